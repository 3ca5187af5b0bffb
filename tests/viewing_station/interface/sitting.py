"""Someone at the full screen: presses keys, and reads what is on the screen."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

from textual.pilot import Pilot

from crypto.secret import Secret
from tests.viewing_station.reviewer import PASSPHRASE, Reviewer
from viewing_station.interface.app import StationApp
from viewing_station.interface.document_list import DocumentAction
from viewing_station.station import Station, open_station

PATIENCE = 30.0  # seconds, on a machine that others use as well
GLANCE = 0.05  # seconds between two looks


@dataclass(frozen=True)
class Sitting:
    """A reviewer at the screen."""

    app: StationApp
    pilot: Pilot[str]
    station: Station

    async def press(self, *keys: str) -> None:
        await self.pilot.press(*keys)
        await self.pilot.pause()

    async def type(self, text: str) -> None:
        names = {" ": "space", "\n": "enter", "/": "slash", ".": "full_stop", "-": "minus"}
        await self.press(*(names.get(each, each) for each in text))

    def screen(self) -> str:
        """Return the screen as text."""
        strips = self.app.screen._compositor.render_strips()
        return "\n".join("".join(segment.text for segment in strip).rstrip() for strip in strips)

    def words(self) -> str:
        """Return the words on the screen, whatever lines they are on."""
        return " ".join(self.screen().split())

    def right(self) -> str:
        """Return the words of the conversation."""
        return " ".join(" ".join(line.partition("│")[2] for line in self._lines()).split())

    def _lines(self) -> list[str]:
        return self.screen().splitlines()

    async def until(self, text: str) -> str:
        """Return the screen once it shows `text`."""
        for _ in range(round(PATIENCE / GLANCE)):
            await self.pilot.pause(GLANCE)
            if text in self.screen() or text in self.words():
                return self.screen()
        raise AssertionError(f"no {text!r} in\n{self.screen()}")

    async def until_not(self, text: str) -> str:
        """Return the screen once it shows `text` no more."""
        for _ in range(round(PATIENCE / GLANCE)):
            await self.pilot.pause(GLANCE)
            if text not in self.screen():
                return self.screen()
        raise AssertionError(f"{text!r} is still in\n{self.screen()}")


Drive = Callable[[Sitting], Awaitable[Any]]


def sit(
    reviewer: Reviewer,
    drive: Drive,
    size: tuple[int, int] = (100, 30),
    minutes: float = 15,
    actions: Sequence[DocumentAction] = (),
) -> str | None:
    """Open the station's full screen and do what `drive` does; return what the app said."""

    async def run() -> str | None:
        with open_station(reviewer.home, Secret(PASSPHRASE.encode())) as station:
            app = StationApp(station, minutes, actions)
            async with app.run_test(size=size) as pilot:
                sitting = Sitting(app, pilot, station)
                await sitting.until("? Help")
                await drive(sitting)
            return app.return_value

    return asyncio.run(run())
