"""Where a source can be taken in one press: pages that say nothing of whoever looks at them."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

# Pages that many people open, that work in Tor Browser, and that lead to nothing by themselves.
USUAL = (
    "Wikipédia https://fr.wikipedia.org/",
    "Météo-France https://meteofrance.com/",
    "DuckDuckGo https://duckduckgo.com/",
)


@dataclass(frozen=True)
class WayOut:
    """A page elsewhere: its name, and its address (https)."""

    name: str
    url: str

    @property
    def origin(self) -> str:
        """Its origin, which a form's redirect must be allowed to lead to (CSP, form-action)."""
        return f"https://{urlsplit(self.url).netloc}"


def ways_out(configured: Sequence[str]) -> tuple[WayOut, ...]:
    """Return the instance's ways out, or the usual ones."""
    parted = (line.rpartition(" ") for line in configured or USUAL)
    return tuple(WayOut(name, url) for name, _, url in parted)


def way_named(ways: Sequence[WayOut], untrusted_number: str) -> WayOut | None:
    """Return the way of this number, from 0; None for anything else."""
    numbered = {str(number): way for number, way in enumerate(ways)}
    return numbered.get(untrusted_number)
