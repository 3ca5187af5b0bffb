"""Take pictures of the viewing station's full screen, at a station made for them.

usage: station_pictures.py FOLDER
"""

import asyncio
import io
import os
import re
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from PIL import Image
from playwright.async_api import Browser, FloatRect, async_playwright

sys.path.insert(0, str(Path(__file__).parent.parent))  # the tests' small server serves here too
os.environ |= {"TERM": "xterm-256color", "COLORTERM": "truecolor"}

from crypto import store_key
from crypto.secret import Secret
from scripts.station_letters import LETTERS, REPLIES
from tests.viewing_station.conftest import new_reviewer
from tests.viewing_station.inspecting.betraying import betraying_docx
from tests.viewing_station.reviewer import PASSPHRASE, Reviewer
from tests.viewing_station.small_server import TODAY, SmallServer, Source
from viewing_station import marking
from viewing_station.interface.app import StationApp
from viewing_station.interface.working import WorkingScreen
from viewing_station.station import Station, open_station
from viewing_station.threads import Thread, all_threads

CHROMIUM = "/usr/bin/chromium"
DESK = "lyon"
COLOURS = 64


@dataclass(frozen=True)
class Look:
    """One picture: its name, the terminal's size, and the keys that lead there."""

    name: str
    size: tuple[int, int]
    keys: Sequence[str] = ()


READING = ("down", "enter")
WIDE, NARROW = (120, 36), (60, 30)
REPLY = "Merci, les deux fichiers se lisent bien. Savez-vous qui a signé la version de mars ?"
LOOKS = (
    Look("reading-dark", WIDE, READING),
    Look("reading-light", WIDE, ("t", *READING)),
    Look("list-narrow-dark", NARROW),
    Look("reading-narrow-light", NARROW, ("t", *READING)),
    Look("search-dark", WIDE, ("slash", *"lot")),
    Look("reply-light", WIDE, ("t", "down", "r", *REPLY)),
    Look("reply-sealing-dark", WIDE, ("down", "r", *REPLY, "ctrl+s")),
    Look("documents-dark", WIDE, ("down", "enter", "tab")),
    Look("inspect-light", WIDE, ("t", "down", "enter", "tab", "i")),
    Look("view-dark", WIDE, ("down", "enter", "tab", "v")),
    Look("clean-light", WIDE, ("t", "down", "enter", "tab", "y")),
    Look("help-dark", (120, 48), ("question_mark",)),
)


def furnish(folder: Path) -> Reviewer:
    """Make a station and open what sources sent to it."""
    store_key.PASSES, store_key.MEMORY = 1, 64 * 1024  # nobody guesses at this one
    (folder / "sealing").mkdir(mode=0o700)
    server = SmallServer(folder / "sealing", desk=DESK, name="Vasistas Rhône")
    reviewer = new_reviewer(folder)
    (folder / "instance.json").write_bytes(server.identity.encode())
    reviewer.run("init", "--desk", DESK, "--instance", str(folder / "instance.json"))
    server.desk_keys = [(reviewer.home / f"{DESK}-openpgp.asc").read_text()]
    envelopes = []
    for letters in LETTERS:
        source = Source()
        for letter in letters:
            day = TODAY - timedelta(letter.days_ago)
            files = {name: _content(name, size) for name, size in letter.files}
            envelopes += server.receive(source, letter.message, files, day=day)
    reviewer.open(server.bundle(envelopes))
    for place, text in REPLIES:
        reviewer.run("reply", reviewer.json("threads")[place]["id"], text=text)
    return reviewer


def _content(name: str, size: int) -> bytes:
    """Return a document that tells of its author, or as many zeros as one would have bytes."""
    return betraying_docx() if name.endswith(".docx") else bytes(size)


def mark(station: Station) -> None:
    """Do what reviewers do in a week."""
    threads = all_threads(station.deliveries, station.settings)
    _read(station, threads[2:])
    marking.star(station, threads[1].id)
    marking.change_labels(station, threads[1].id, ["marché public", "Lyon 7e"])
    marking.assign(station, threads[1].id, "Inès")
    marking.set_note(station, threads[1].id, "Comparer le lot 2 au cahier des charges de 2024.")
    marking.change_labels(station, threads[3].id, ["drones"])
    marking.assign(station, threads[4].id, "Marc")
    marking.mute(station, threads[-1].id)


def _read(station: Station, threads: Sequence[Thread]) -> None:
    with station.records.change():
        for thread in threads:
            for delivery in thread.deliveries:
                station.deliveries.mark_read(delivery)


async def picture(station: Station, look: Look) -> str:
    """Return the screen as SVG, after the keys."""
    app = StationApp(station, minutes=15)
    async with app.run_test(size=look.size) as pilot:
        await pilot.pause(0.5)
        for key in look.keys:
            await pilot.press({" ": "space", ",": "comma", ".": "full_stop"}.get(key, key))
        await pilot.pause(1.0)
        while isinstance(app.screen, WorkingScreen):
            await pilot.pause(0.2)
        svg = app.export_screenshot(simplify=True)
        for thread in list(app.desk.written):
            app.desk.drop_draft(thread)
    return svg


def bare(svg: str) -> tuple[str, FloatRect]:
    """Return the SVG in a font of this machine, and where the terminal lies in its window."""
    svg = re.sub(r"@font-face\s*\{.*?\}", "", svg, flags=re.DOTALL)
    svg = svg.replace("Fira Code", "DejaVu Sans Mono")
    box = re.search(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', svg)
    clip = re.search(r'clip-terminal">\s*<rect x="0" y="0" width="([\d.]+)" height="([\d.]+)"', svg)
    place = re.search(r'<g transform="translate\(([\d.]+), ([\d.]+)\)" clip-path', svg)
    if clip is None or place is None or box is None:
        raise SystemExit("textual draws its pictures in another way now")
    svg = svg.replace("<svg ", f'<svg width="{box[1]}" height="{box[2]}" ', 1)
    x, y = map(float, place.groups())
    width, height = map(float, clip.groups())
    edge = 1  # of the window around it
    return svg, {"x": x, "y": y + edge, "width": width, "height": height - edge}


async def develop(browser: Browser, svg: str, file: Path) -> None:
    """Draw the SVG in Chromium, and keep the terminal's part of it."""
    drawn, place = bare(svg)
    page = await browser.new_page(viewport={"width": 2000, "height": 1400})
    await page.set_content(f"<style>body{{margin:0}}</style>{drawn}")
    taken = await page.screenshot(clip=place)
    await page.close()
    with Image.open(io.BytesIO(taken)) as whole:  # some thirty colours, and as many between them
        whole.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE).save(file, optimize=True)


async def take(reviewer: Reviewer, folder: Path) -> None:
    """Take all pictures."""
    with open_station(reviewer.home, Secret(PASSPHRASE.encode())) as station:
        mark(station)
        async with async_playwright() as playwright:
            browser = await playwright.chromium.launch(
                executable_path=CHROMIUM, args=["--no-sandbox"]
            )
            for look in LOOKS:
                svg = await picture(station, look)
                await develop(browser, svg, folder / f"station-{look.name}.png")
            await browser.close()


def main() -> None:
    """Make a station, and take its pictures."""
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="st-") as home:
        asyncio.run(take(furnish(Path(home)), folder))


if __name__ == "__main__":
    main()
