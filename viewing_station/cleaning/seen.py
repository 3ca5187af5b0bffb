"""What a copy shows to everyone, though no metadata says it any more."""

from viewing_station.copies import Method
from viewing_station.inspecting.finding import Weight
from viewing_station.inspecting.inspection import Inspection
from viewing_station.inspecting.kinds import Kind

HEADED = frozenset({Kind.MAIL, Kind.OUTLOOK})
SHORTEST = 4  # characters: a name that is shorter stands in many a word
HEADER_SHOWN = "Its pages show who wrote the message, to whom, and when."


def still_seen(before: Inspection, method: Method, text: str) -> tuple[str, ...]:
    """Return what the pages of a copy still show of what inspecting the original found.

    text: what was read on its pages; empty where nobody read them.
    """
    if method is not Method.PAGES:
        return ()
    headed = (HEADER_SHOWN,) if before.kind in HEADED else ()
    read = _plain(text)
    names = dict.fromkeys(f.value for f in before.findings if f.weight is Weight.NAMES)
    return (
        *headed,
        *(
            f"Its pages show a name that was found before: {name}"
            for name in names
            if len(name) >= SHORTEST and _plain(name) in read
        ),
    )


def _plain(text: str) -> str:
    return " ".join(text.casefold().split())
