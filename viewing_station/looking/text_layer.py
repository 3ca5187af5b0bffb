"""The words on a page, read from its pixels: to be searched, and to be copied out of the PDF."""

import io
import math
from dataclasses import dataclass
from itertools import groupby

from PIL import Image

from viewing_station.looking.pixels import Raster
from viewing_station.looking.tools import TESSERACT
from viewing_station.sandbox import (
    MIB,
    SHELL,
    Limits,
    ToolFailedError,
    ToolMissingError,
    collected,
    run,
)

LANGUAGES = "fra+eng"
LANGUAGE = "tesseract-ocr-fra"  # the package that is not always there; English is
READING = Limits(seconds=180)
LIMIT = 8 * MIB  # bytes that reading one page may give
WORDS_LIMIT = 20_000  # words on a page: a newspaper's has 5,000
WORD_LIMIT = 200  # characters

# The columns of tesseract's table: page, block, paragraph and line number a word's place.
_COLUMNS = 12
_WORD = "5"  # the level of a word


@dataclass(frozen=True)
class Word:
    """A word, and where it stands, in pixels from the page's upper left corner."""

    text: str
    left: int
    top: int
    width: int
    height: int
    line: tuple[str, ...]


def read_words(raster: Raster, dots: int) -> tuple[Word, ...]:
    """Read a page's words (tesseract), each within the page. Raises SandboxError."""
    TESSERACT.require()
    picture = io.BytesIO()
    image = Image.frombytes("RGB", (raster.width, raster.height), raster.pixels)
    image.convert("L").save(picture, "PPM")
    picture.seek(0)
    taken, keep = collected(LIMIT)
    # One thread each: several pages are read at once.
    reading = f"OMP_THREAD_LIMIT=1 tesseract page - -l {LANGUAGES} --dpi {dots} tsv"
    try:
        run(SHELL, ["-c", reading], keep, files={"page": picture}, limits=READING)
    except ToolFailedError as failed:
        if "traineddata" in failed.untrusted_said:
            raise ToolMissingError(tool="tesseract's French", package=LANGUAGE) from None
        raise
    lines = bytes(taken).decode("utf-8", "replace").split("\n")
    words = (_word(line.split("\t"), raster) for line in lines[: 5 * WORDS_LIMIT])
    return tuple(word for word in words if word is not None)[:WORDS_LIMIT]


def text_of(words: tuple[Word, ...]) -> str:
    """Return the words as lines of text, an empty one between paragraphs."""
    paragraphs = [
        "\n".join(
            " ".join(word.text for word in line)
            for _, line in groupby(paragraph, key=lambda word: word.line)
        )
        for _, paragraph in groupby(words, key=lambda word: word.line[:-1])
    ]
    return "\n\n".join(paragraphs)


def _word(untrusted: list[str], raster: Raster) -> Word | None:
    """Read a row of the table; what is no word, or no word on this page, is none."""
    if len(untrusted) != _COLUMNS or untrusted[0] != _WORD:
        return None
    place = [_whole(number) for number in untrusted[6:10]]
    text = "".join(c for c in untrusted[11].strip() if c.isprintable())[:WORD_LIMIT]
    left, top, width, height = place
    inside = left >= 0 and top >= 0 and width > 0 and height > 0
    if not text or not inside or left + width > raster.width or top + height > raster.height:
        return None
    return Word(text, left, top, width, height, tuple(number[:8] for number in untrusted[1:5]))


def _whole(untrusted: str) -> int:
    try:
        number = float(untrusted[:16])
    except ValueError:
        return -1
    return int(number) if math.isfinite(number) else -1
