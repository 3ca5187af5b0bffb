"""Retires an instance, stage by stage; each can be cut off anywhere and is taken up again."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from admin.compose import build_services
from admin.errors import AdminError
from admin.presence import alone_with
from admin.retiring.destroying import destroy
from admin.retiring.exporting import count_uncollected, export_uncollected, refuse_filled
from admin.retiring.notice import Notice, Stage, read_notice, write_notice
from web.instance import Places, open_instance

# `serve` looks every half second, and lets requests and uploads under way end for some seconds.
PATIENCE_SECONDS = 60.0


@dataclass(frozen=True)
class Asked:
    """What an admin asks for; `export` None: nothing is to be exported.

    `confirm` is given the instance's name and raises unless it is meant.
    """

    export: Path | None
    discard: bool
    closing_days: int | None
    confirm: Callable[[str], None]


def retire(home: Path, asked: Asked) -> Iterator[str]:
    """End the instance in `home`; yield a sentence for each thing done. Raises AdminError."""
    notice = read_notice(home)
    if notice is None:
        notice = _begin(home, asked)
    elif notice.stage is Stage.EXPORTING and asked.export is not None:
        notice = replace(notice, export=str(asked.export.absolute()))  # the stick was full
        write_notice(home, notice)
    elif notice.stage is Stage.CLOSED and asked.closing_days is None:
        asked.confirm(notice.name)
        # A running `serve` sees that its last day is over, and lets go.
        write_notice(home, replace(notice, until=_today() - timedelta(days=1)))
    yield from _go_on(home)


def end_closing(home: Path) -> None:
    """Destroy what the closing page needed, once its days are over."""
    with alone_with(home, PATIENCE_SECONDS):
        notice = read_notice(home)
        if notice is not None and notice.stage is Stage.CLOSED and notice.is_over(_today()):
            destroy(Places(home), closing=False)
            write_notice(home, notice.at(Stage.ENDED))


def _begin(home: Path, asked: Asked) -> Notice:
    services = build_services(open_instance(home))
    config = services.instance.config
    uncollected = count_uncollected(services)
    services.db.close()
    if uncollected and asked.export is None and not asked.discard:
        told = ", ".join(f"{number} of {desk}" for desk, number in uncollected.items())
        raise AdminError(
            f"Nobody has collected {told}: name a folder for them with --export, or say "
            "--discard-uncollected."
        )
    if asked.export is not None:
        refuse_filled(asked.export)
        if asked.export.absolute().is_relative_to(home.absolute()):
            raise AdminError("The export cannot lie in the home: all of that is destroyed.")
    asked.confirm(config.name)
    today = _today()
    notice = Notice(
        name=config.name,
        language=config.language,
        since=today,
        until=today + timedelta(days=asked.closing_days) if asked.closing_days else None,
        export=str(asked.export.absolute()) if asked.export is not None else "",
        stage=Stage.EXPORTING,
    )
    write_notice(home, notice)
    return notice


def _go_on(home: Path) -> Iterator[str]:
    with alone_with(home, PATIENCE_SECONDS):
        notice = read_notice(home)
        if notice is not None and notice.stage is Stage.EXPORTING:
            yield from _export(home, notice)
            notice = _to(home, notice, Stage.DESTROYING)
        if notice is not None and notice.stage is Stage.DESTROYING:
            destroy(Places(home), closing=notice.until is not None)
            name = notice.name
            notice = _to(home, notice, Stage.CLOSED if notice.until else Stage.ENDED)
            yield f"The keys and data of {name} are destroyed."
    if notice is not None and notice.stage is Stage.CLOSED:
        if not notice.is_over(_today()):
            yield f"Its closing page stands until {notice.until}, as long as `serve` runs."
            return
        end_closing(home)
    yield "Nothing of it is left but the day: the folder can be removed."


def _export(home: Path, notice: Notice) -> Iterator[str]:
    if not notice.export:
        return
    services = build_services(open_instance(home))
    try:
        for each in export_uncollected(services, Path(notice.export)):
            yield f"{each.file}: {each.deliveries} deliveries, for the station of {each.desk}."
    finally:
        services.db.close()


def _to(home: Path, notice: Notice, stage: Stage) -> Notice:
    notice = notice.at(stage)
    write_notice(home, notice)
    return notice


def _today() -> date:
    return datetime.now(UTC).date()
