"""Looking at a document of a hundred pages against the same programs run by hand, in one run."""

import io
import resource
import subprocess
import tempfile
import time
from pathlib import Path

import pikepdf
from PIL import Image, ImageDraw, ImageFont
from rich.table import Table

from tests.journey.house import House
from viewing_station.looking.pages import make_pages

PAGES = 100
READ_BY_HAND = 5  # pages; the rest would take as long again
WORDS = "Le titulaire remet au pouvoir adjudicateur le livrable décrit en annexe. "
FONT = "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf"


def measure(house: House) -> Table:
    """Make a PDF of pages full of words; look at it without and with its words."""
    del house
    table = Table(title=f"Looking at {PAGES} pages")
    for column in ("how", "seconds", "by hand", "ratio", "peak of our memory, MiB"):
        table.add_column(column, justify="right")
    document = written()
    drawn, read = by_hand(document)
    for name, text_layer, reference in (("pages", False, drawn), ("and words", True, drawn + read)):
        began = time.monotonic()
        made = make_pages(io.BytesIO(document), "x.pdf", io.BytesIO(), text_layer=text_layer)
        ours = time.monotonic() - began
        assert made.count == PAGES
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10
        table.add_row(name, f"{ours:.1f}", f"{reference:.1f}", f"{ours / reference:.2f}", f"{peak}")
    return table


def written() -> bytes:
    """Return a PDF of scanned pages, forty lines each."""
    sheet = Image.new("L", (1240, 1754), 255)
    draw = ImageDraw.Draw(sheet)
    font = ImageFont.truetype(FONT, 22)
    for line in range(40):
        draw.text((100, 100 + line * 38), f"{line} {WORDS}", 0, font)
    file = io.BytesIO()
    sheet.save(file, "PDF", resolution=150)
    document = pikepdf.new()
    with pikepdf.open(file) as page:
        for _ in range(PAGES):
            document.pages.extend(page.pages)
        saved = io.BytesIO()
        document.save(saved)
    return saved.getvalue()


def by_hand(document: bytes) -> tuple[float, float]:
    """Return the seconds of pdftoppm for all pages, and of tesseract, one page after another."""
    with tempfile.TemporaryDirectory(prefix="vas-") as folder:
        file = Path(folder) / "x.pdf"
        file.write_bytes(document)
        began = time.monotonic()
        subprocess.run(["pdftoppm", "-r", "150", "-jpeg", str(file), f"{folder}/p"], check=True)
        drawn = time.monotonic() - began
        began = time.monotonic()
        for picture in sorted(Path(folder).glob("*.jpg"))[:READ_BY_HAND]:
            words = ["tesseract", str(picture), "-", "-l", "fra+eng", "--dpi", "150"]
            subprocess.run(words, check=True, capture_output=True)
        return drawn, (time.monotonic() - began) * PAGES / READ_BY_HAND
