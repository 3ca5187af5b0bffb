"""`viewing-station view`: look at a document without opening it."""

import sys
from pathlib import Path

import click

from viewing_station.commands.options import PATH, Place, at_station, json_option
from viewing_station.documents import find_document
from viewing_station.page_bar import page_bar
from viewing_station.screen import (
    FAINT,
    GOOD,
    NAME,
    WARNING,
    counted,
    show_error,
    show_json,
    show_line,
)
from viewing_station.viewing import Outcome, Wish, view_all, view_one


@click.command("view", short_help="Look at a document without opening it.")
@click.argument("delivery")
@click.argument("file", required=False)
@click.option("--to", "target", type=PATH, required=True, metavar="FILE.pdf", help="Write to it.")
@click.option("--all", "everything", is_flag=True, help="View all documents, into a folder --to.")
@click.option(
    "--member",
    "members",
    multiple=True,
    metavar="PATH",
    help="View this member of an archive or e-mail, by its number or path; again for one within.",
)
@click.option("--text", "text_layer", is_flag=True, help="Read the words, to be searched.")
@click.option("--force", is_flag=True, help="Replace what stands there.")
@json_option
@at_station
def view(  # noqa: PLR0913  as many as there are to choose
    place: Place,
    delivery: str,
    file: str | None,
    *,
    target: Path,
    everything: bool,
    members: tuple[str, ...],
    text_layer: bool,
    force: bool,
    as_json: bool,
) -> None:
    """Make a PDF of what FILE shows, its number or its name in DELIVERY.

    The document is opened where it can reach nothing, and only its pixels come out. Film and
    sound are made anew likewise, as MP4 or Ogg. What was written can be opened with any program.
    With --all, a document that fails says so, the others go on, and the exit code is 1.
    """
    if everything == bool(file) or (everything and members):
        raise click.UsageError("Name one FILE of the delivery, or give --all.")
    wish = Wish(text_layer, force)
    with place.open() as station:
        if everything:
            outcomes = []
            for outcome in view_all(station, delivery, target, wish, page_bar):
                outcomes.append(outcome)
                _tell(outcome, as_json=as_json)
        else:
            document = find_document(station, delivery, file or "")
            outcomes = [view_one(station, document, members, target, wish, page_bar)]
            _tell(outcomes[0], as_json=as_json)
    if as_json:
        listed = [_json(outcome) for outcome in outcomes]
        show_json(listed if everything else listed[0])
    sys.exit(any(outcome.trouble for outcome in outcomes))


def _tell(outcome: Outcome, *, as_json: bool) -> None:
    name = outcome.document.entry.name
    if outcome.trouble:
        show_error(f"{name}: {outcome.trouble}")
    if as_json or outcome.trouble:
        return
    if outcome.looked is None:
        show_line((name, NAME), (f": {outcome.remark}", FAINT))
        return
    looked = outcome.looked
    made = counted(looked.pages, "page") if looked.pages else f"{looked.seconds or 0:,.0f} seconds"
    show_line((name, NAME), (f" ({looked.kind}): ", ""), (made, GOOD), (f", {outcome.file}", ""))
    for remark in looked.remarks:
        show_line((f"  {remark}", WARNING))


def _json(outcome: Outcome) -> dict[str, object]:
    looked, told = outcome.looked, {"remarks": [outcome.remark] if outcome.remark else []}
    made: dict[str, object] = {}
    if looked is not None:
        made = {
            "kind": looked.kind.value,
            "pages": looked.pages,
            "seconds": looked.seconds,
            "text": looked.text,
        }
        told = {"remarks": list(looked.remarks)}
    return {
        "number": outcome.document.number,
        "name": outcome.document.entry.name,
        "file": str(outcome.file) if outcome.file else None,
        **made,
        **told,
        "trouble": outcome.trouble or None,
    }
