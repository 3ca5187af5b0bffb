"""`viewing-station search`: find words in everything that was opened and written here."""

from collections.abc import Sequence

import click

from viewing_station.commands.options import Place, at_station, json_option
from viewing_station.screen import (
    FAINT,
    NAME,
    WARNING,
    counted,
    human_day,
    show_json,
    show_line,
)
from viewing_station.search import HITS_LIMIT, Hit, Searcher
from viewing_station.search_shelves import HitKind
from viewing_station.search_terms import read_query
from viewing_station.threads import friendly_name

KINDS = {
    HitKind.MESSAGE: "message",
    HitKind.OPENED: "message sealed beforehand",
    HitKind.FILE: "name of file",
    HitKind.TEXT: "text of file",
    HitKind.REPLY: "reply",
    HitKind.NOTE: "note",
    HitKind.LABEL: "label",
    HitKind.ASSIGNEE: "whose it is",
    HitKind.NAME: "thread's name",
}
NUMBERED = (HitKind.FILE, HitKind.TEXT)


@click.command("search", short_help="Find words in everything that was opened.")
@click.argument("words", nargs=-1)
@json_option
@at_station
def search(place: Place, words: tuple[str, ...], *, as_json: bool) -> None:
    """Find WORDS in messages, names and texts of files, replies, notes, labels and names.

    All of them must occur in one text; a part of a word is enough, and case and accents do not
    matter. Words in quotation marks are one phrase. Newest first. Without WORDS one line is read
    from standard input: it then stands in no list of processes and in no shell's history.
    """
    query = _query(words)
    read_query(query)  # or a passphrase is typed for nothing
    with place.open() as station:
        hits = Searcher(station).search(query, HITS_LIMIT + 1)
        key = station.settings.names_key
        names = {hit.thread: friendly_name(key, hit.thread) for hit in hits}
    shown = hits[:HITS_LIMIT]
    if as_json:
        show_json([_json(hit, names[hit.thread]) for hit in shown])
        return
    _show(shown, names)
    if len(hits) > HITS_LIMIT:
        show_line((f"These are the newest {HITS_LIMIT}: another word makes them fewer.", WARNING))


def _query(words: Sequence[str]) -> str:
    if not words:
        return str(click.prompt("Search for", prompt_suffix=": ", err=True, default=""))
    return " ".join(f'"{word}"' if " " in word and '"' not in word else word for word in words)


def _show(hits: Sequence[Hit], names: dict[str, str]) -> None:
    show_line((counted(len(hits), "place"), NAME) if hits else ("Nothing found.", FAINT))
    for hit in hits:
        where = f"  {KINDS[hit.kind]}"
        if hit.kind in NUMBERED:
            where += f" {hit.place}"
        where += f", delivery {hit.delivery}" if hit.delivery else ""
        show_line((names[hit.thread], NAME), (f"  {human_day(hit.day)}", FAINT), (where, FAINT))
        show_line((f"    {hit.excerpt}", ""))


def _json(hit: Hit, name: str) -> dict[str, object]:
    return {
        "id": hit.thread,
        "name": name,
        "kind": hit.kind.value,
        "delivery": hit.delivery or None,
        "place": hit.place or None,
        "day": hit.day.isoformat(),
        "excerpt": hit.excerpt,
    }
