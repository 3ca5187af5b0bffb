"""`viewing-station rewrap`: answer the server's request to move envelopes to other keys."""

import sys
from pathlib import Path

import click

from crypto.fingerprint import spaced
from viewing_station.commands.options import PATH, Place, at_station, json_option, today
from viewing_station.rewrap_answer import Answer, answer_rewrap
from viewing_station.screen import (
    FAINT,
    GOOD,
    NAME,
    WARNING,
    counted,
    human_day,
    show_error,
    show_json,
    show_line,
)

SHOWN = 10  # refusals told one by one


@click.command("rewrap", short_help="Answer a request to move envelopes to other keys.")
@click.argument("file", type=PATH)
@json_option
@at_station
def rewrap(place: Place, file: Path, *, as_json: bool) -> None:
    """Re-wrap the heads in FILE, which `vasistas rewrap export` wrote, for the next courier.

    They are sealed to keys that were made or confirmed here, and to no other, whatever FILE says.
    Interrupted, it goes on where it was. What does not open here is told, and the exit code is
    then 1; the others are re-wrapped all the same.
    """
    with place.open() as station:
        answer = answer_rewrap(station, file, today())
    if as_json:
        show_json(_json(answer))
    else:
        _show(answer)
    for refusal in answer.refusals[:SHOWN]:
        show_error(f"{refusal.name}: {refusal.why}")
    if more := len(answer.refusals[SHOWN:]):
        show_error(f"{counted(more, 'other head')} likewise; --json lists them")
    sys.exit(1 if answer.refusals else 0)


def _show(answer: Answer) -> None:
    show_line(
        ("Request of ", ""), (human_day(answer.day), NAME), (": ", ""),
        (f"{counted(answer.rewrapped, 'head')} re-wrapped", GOOD if answer.rewrapped else FAINT),
        (f", {counted(answer.known, 'head')} done before." if answer.known else ".", ""),
    )  # fmt: skip
    for fingerprint in answer.keys:
        show_line(("  sealed to ", ""), (spaced(fingerprint), NAME))
    for fingerprint in answer.not_sealed_to:
        show_line(("  NOT sealed to ", WARNING), (spaced(fingerprint), NAME))
    if answer.not_sealed_to:
        show_line(("  The server asks for it, and it is no usable key of this station.", WARNING))
    if answer.rewrapped or answer.known:
        show_line(("They go with the next courier.", FAINT))


def _json(answer: Answer) -> dict[str, object]:
    return {
        "rewrapped": answer.rewrapped,
        "known": answer.known,
        "refused": [{"head": each.name, "why": each.why} for each in answer.refusals],
        "sealed_to": list(answer.sealed_to),
        "not_sealed_to": list(answer.not_sealed_to),
    }
