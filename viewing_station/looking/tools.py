"""The programs that looking needs, and the Debian packages that bring them."""

import shutil
from dataclasses import dataclass

from viewing_station.sandbox import BUBBLEWRAP, Tool

PDFTOPPM = Tool("pdftoppm", "poppler-utils")
SOFFICE = Tool(
    "soffice", "libreoffice-writer-nogui, libreoffice-calc-nogui, libreoffice-impress-nogui"
)
TESSERACT = Tool("tesseract", "tesseract-ocr, tesseract-ocr-fra")
FFMPEG = Tool("ffmpeg", "ffmpeg")
FFPROBE = Tool("ffprobe", "ffmpeg")
BSDTAR = Tool("bsdtar", "libarchive-tools")
EXIFTOOL = Tool("exiftool", "libimage-exiftool-perl")
MAT2 = Tool("mat2", "mat2")

# What each is for, in words.
USES = {
    BUBBLEWRAP: "anything to do with documents",
    PDFTOPPM: "PDFs, office documents, texts, e-mails",
    SOFFICE: "office documents, texts, e-mails",
    TESSERACT: "a layer of text over pages",
    FFMPEG: "sound and film",
    BSDTAR: "archives",
    EXIFTOOL: "what documents say of their author",
    MAT2: "copies without metadata that keep their format",
}


@dataclass(frozen=True)
class Presence:
    """A tool, what cannot be looked at without it, and whether it is here."""

    tool: Tool
    use: str
    here: bool


def presences() -> tuple[Presence, ...]:
    """Tell of each tool whether it is here."""
    return tuple(
        Presence(tool, use, shutil.which(tool.program) is not None) for tool, use in USES.items()
    )
