"""Our own scripts for the sandbox: read here, as text, because that is how they get inside.

They are no modules of ours: what they import, this side never has in memory.
"""

from pathlib import Path

IMAGE = "image.py"
MAIL = "mail.py"
ARCHIVE = "archive.py"
PDF = "pdf.sh"
OFFICE = "office.sh"

_FOLDER = Path(__file__).with_name("inside")


def script(name: str) -> str:
    """Return a script's text."""
    return (_FOLDER / name).read_text("utf-8")
