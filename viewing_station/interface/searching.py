"""The search's own thread: what it holds in memory serves every search of a sitting."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

from viewing_station.search import Hit, Searcher
from viewing_station.station import Station, beside


class Searching:
    """Searches in one thread, with the station's records over a connection of its own."""

    def __init__(self, station: Station) -> None:
        self._station = station
        self._thread = ThreadPoolExecutor(1, "search")
        self._ending = ExitStack()
        self._searcher: Searcher | None = None
        self._newest = ""

    def search(self, question: str) -> list[Hit]:
        """Wait for what is found; nothing is where a newer question overtook this one.

        Raises what `Searcher.search` raises.
        """
        self._newest = question
        return self._thread.submit(self._search, question).result()

    def close(self) -> None:
        """Wait for the search that runs, and close its connection."""
        self._newest = ""
        self._thread.submit(self._ending.close)
        self._thread.shutdown()

    def _search(self, question: str) -> list[Hit]:
        if self._searcher is None:
            self._searcher = Searcher(self._ending.enter_context(beside(self._station)))
        return self._searcher.search(question) if question == self._newest else []
