"""The frame that tells how far a delivery is. It asks for itself again, with no script.

The page that holds it stays where it is while its form is sent into a frame beside: a browser
that leaves a page for another no longer refreshes what is in it.
"""

from dataclasses import dataclass

from flask import Response, g

from source_app.refusals import NotSealed
from web.errors import Busy, RequestRefused
from web.pages import page
from web.pagesize import FRAME_BYTES
from web.progress import Progress, ProgressBoard, Stage
from web.services import Services

PATH = "/progress"
WAITING_SECONDS = 5  # between two looks before a delivery: the page may stand open for an hour
UNDER_WAY_SECONDS = 2
SEALED_SECONDS = 15  # the form is still there: what it sends next must not be taken for done
SILENT_SECONDS = 15  # without a byte: worth telling, long before the server gives up
GUESS_AFTER_SECONDS = 5  # before, the time left would be a wild guess
AGAIN_SECONDS: dict[Stage | None, int] = {
    Stage.RECEIVING: UNDER_WAY_SECONDS,
    Stage.SEALED: SEALED_SECONDS,
}
MINUTE = 60
HOUR = 60 * MINUTE


@dataclass(frozen=True)
class TimeLeft:
    """About how long, in the largest unit that says something: `seconds`, `minutes`, `hours`."""

    count: int
    unit: str


class ProgressFrame:
    """GET /progress."""

    def __init__(self, services: Services) -> None:
        self._board: ProgressBoard = services.progress
        self._reasons = {kind.__name__: kind.sentence for kind in _kinds_of_refusal()}

    def show(self) -> Response:
        """Show the latest delivery of this session, and when to look again."""
        g.page_bytes = FRAME_BYTES
        session = g.open_session
        progress = None if session is None else self._board.find(bytes(session.id))
        stage = progress.stage if progress else None
        return page(
            "progress.html",
            here=session is not None,
            progress=progress,
            stage=stage.name if stage else "",
            share=_share(progress),
            left=self._left(progress),
            silent=self._silence(progress),
            reason=self._reasons.get(progress.reason, NotSealed.sentence) if progress else "",
            again=None if session is None else AGAIN_SECONDS.get(stage, WAITING_SECONDS),
        )

    def _left(self, progress: Progress | None) -> TimeLeft | None:
        """Return how long what is missing takes at the pace so far, the silence included."""
        if progress is None or progress.stage is not Stage.RECEIVING or not progress.received:
            return None
        elapsed = self._board.now() - progress.begun
        if elapsed < GUESS_AFTER_SECONDS:
            return None
        return time_left(elapsed * (progress.total - progress.received) / progress.received)

    def _silence(self, progress: Progress | None) -> int:
        """Return for how many seconds nothing has come; 0 where that is not worth telling."""
        if progress is None or progress.stage is not Stage.RECEIVING:
            return 0
        silent = int(self._board.now() - progress.changed)
        return silent if silent >= SILENT_SECONDS and progress.received < progress.total else 0


def time_left(seconds: float) -> TimeLeft:
    """Round a time as a person would say it, and rather up."""
    if seconds < MINUTE:
        return TimeLeft(max(10, -(-int(seconds) // 10) * 10), "seconds")
    if seconds < 2 * HOUR:
        return TimeLeft(-(-int(seconds) // MINUTE), "minutes")
    return TimeLeft(-(-int(seconds) // HOUR), "hours")


def _share(progress: Progress | None) -> int:
    """Return the percentage received; it is 100 only when all has come."""
    if progress is None or not progress.total:
        return 0
    return progress.received * 100 // progress.total


def _kinds_of_refusal() -> list[type[RequestRefused | Busy]]:
    found: list[type[RequestRefused | Busy]] = [RequestRefused, Busy]
    for kind in found:
        found += kind.__subclasses__()
    return found
