"""Runs inside the sandbox: has mat2 make a copy without metadata, and writes that copy out.

mat2's own sandbox cannot be set up within ours, and adds nothing to it.
"""

import subprocess
import sys
from pathlib import Path

TIME_LIMIT = 150  # seconds
GAVE_UP = 3


def main(suffix: str) -> None:
    """Write to standard output the copy of the file `document` that mat2 makes."""
    document = Path("document").rename(f"document{suffix}")
    command = ["mat2", "--no-sandbox", "--unknown-members", "omit", str(document)]
    done = subprocess.run(command, stdout=sys.stderr, timeout=TIME_LIMIT, check=False)
    copy = Path(f"document.cleaned{suffix}")
    if done.returncode or not copy.exists():
        sys.exit(GAVE_UP)
    if suffix == ".pdf":
        _rewrite(copy)
    sys.stdout.buffer.write(copy.read_bytes())


def _rewrite(copy: Path) -> None:
    """Write a PDF anew: mat2 leaves the version that it began with inside, and a broken table."""
    import pikepdf  # noqa: PLC0415  # only a PDF needs it, and it takes a while

    with pikepdf.open(copy, allow_overwriting_input=True) as pdf:
        for key in ("/Metadata", "/PieceInfo"):
            if key in pdf.Root:
                del pdf.Root[key]
        if "/Info" in pdf.trailer:
            del pdf.trailer["/Info"]
        pdf.save(copy, deterministic_id=True)
