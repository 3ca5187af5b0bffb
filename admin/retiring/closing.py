"""What `serve` does with an instance that is retired: its closing page, and then nothing."""

from datetime import UTC, datetime
from pathlib import Path

import click

from admin.errors import AdminError
from admin.onions import published_services, service_of
from admin.retiring.notice import Notice, Stage, read_notice
from admin.retiring.retirement import end_closing
from admin.serving.addresses import Address, parse_socket
from admin.serving.stopping import Stop
from admin.serving.supervisor import Announce, Ended, Onions, Serving, serve
from tor.daemon import find_tor
from tor.files import make_private_folder
from web.instance import Places

_LOOK_SECONDS = 0.5


def is_retired(home: Path) -> bool:
    """Tell whether an instance is at its end, or on the way there."""
    return read_notice(home) is not None


def await_destruction(home: Path, stop: Stop) -> None:
    """Wait until `retire` has done its work, or until told to stop."""
    while _at_work(read_notice(home)) and not stop.wait(_LOOK_SECONDS):
        pass


def serve_closing(
    home: Path, source: Address, stop: Stop, torrc: Path | None, *, tor: bool
) -> None:
    """Serve the closing page for as long as it is wanted, and then destroy its key.

    Raises AdminError where `retire` was cut off before.
    """
    notice = read_notice(home)
    if stop.asked:
        return
    if _at_work(notice):
        raise AdminError(
            "This instance is being retired: run `vasistas retire` again to finish it."
        )
    if notice is not None and notice.stage is Stage.CLOSED:
        if not _is_over(home) and _serve_page(home, source, stop, torrc, tor=tor) is Ended.ASKED:
            return
        end_closing(home)
    since = notice.since if notice else ""
    click.echo(f"This instance was retired on {since}: there is nothing to serve.", err=True)


def _serve_page(home: Path, source: Address, stop: Stop, torrc: Path | None, *, tor: bool) -> Ended:
    places = Places(home)
    for folder in (places.run, places.gnupg):
        make_private_folder(folder)
    serving = Serving(
        {"source": source},
        Announce(),
        lambda: _is_over(home),
        _onion(places, torrc) if tor else None,
        closing=True,
    )
    return serve(home, serving, stop)


def _onion(places: Places, torrc: Path | None) -> Onions | None:
    """Give the source service, where the instance had one."""
    if not service_of(places, "source").exists:
        return None
    find_tor()
    found = published_services(places, ("source",))["source"]
    return Onions({"source": parse_socket(found.socket)}, torrc.resolve() if torrc else None)


def _at_work(notice: Notice | None) -> bool:
    return notice is not None and notice.stage in {Stage.EXPORTING, Stage.DESTROYING}


def _is_over(home: Path) -> bool:
    notice = read_notice(home)
    return notice is None or notice.is_over(datetime.now(UTC).date())
