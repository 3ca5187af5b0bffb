"""What the journeys ask of a browser, whichever it is."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

NAVIGATION_SECONDS = 60  # a page over the private network takes one; a loaded machine is slower
HEIGHT, WIDTH = 900, 1000  # multiples of 100, as letterboxing leaves them


@dataclass(frozen=True)
class Seen:
    """A request as the browser sent it, with the headers that say where it comes from."""

    method: str
    url: str
    origin: str | None
    site: str | None
    referer: str | None


class Browser(Protocol):
    """A window on one onion service; elements are named by CSS selectors."""

    name: str

    def open(self, path: str) -> None:
        """Open a page of the service by its address."""

    def back(self) -> None:
        """Press the browser's own button that goes one page back."""

    def press(self, selector: str) -> None:
        """Press a button or a link, and wait for the page that comes."""

    def click(self, selector: str) -> None:
        """Press what leads to no other page in this window."""

    def text_in(self, frame: str, selector: str) -> str:
        """Read what stands in a frame; nothing while it is between two pages."""

    def press_in(self, frame: str, selector: str) -> None:
        """Press a link in a frame that leads the whole window on."""

    def until(self, holds: Callable[[], bool], what: str) -> None:
        """Wait until something holds."""

    def fill(self, selector: str, text: str) -> None:
        """Put a text into a field, in the place of what is there."""

    def choose(self, selector: str, files: Sequence[Path]) -> None:
        """Choose files."""

    def text(self, selector: str) -> str:
        """Read what a person reads in the first such element."""

    def value(self, selector: str) -> str:
        """Read what stands in a field."""

    def count(self, selector: str) -> int:
        """Count such elements."""

    def overflow(self) -> int:
        """Say by how many pixels the page is wider than its window."""

    def cookies(self) -> dict[str, str]:
        """Give every cookie that the browser holds."""

    def picture(self, path: Path) -> None:
        """Take a picture of the whole page."""

    def requests(self) -> list[Seen]:
        """List all that the pages have asked for, of anyone."""
