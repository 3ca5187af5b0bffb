"""The list of all files with their hashes, and the signature over it."""

import hashlib
from pathlib import Path

from scripts.station_bundle.running import run

SUMS = "SHA256SUMS"
SIGNATURE = "SHA256SUMS.asc"


def write_sums(folder: Path) -> str:
    """Write `SHA256SUMS` over every file of `folder`; return its own SHA-256."""
    names = sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())
    lines = [f"{_digest(folder / name)}  {name}\n" for name in names]
    (folder / SUMS).write_text("".join(lines), "utf-8")
    return _digest(folder / SUMS)


def sign_sums(folder: Path, fingerprint: str) -> None:
    """Sign `SHA256SUMS` with a key of the one who makes the folder. Raises NoBundle."""
    sign = ("gpg", "--batch", "--local-user", fingerprint, "--armor", "--detach-sign")
    run(*sign, "--output", folder / SIGNATURE, folder / SUMS, what="The folder was not signed")


def spoken(digest: str) -> str:
    """Group half of a hash (128 bits) so that it can be read over the telephone."""
    return " ".join(digest[at : at + 4] for at in range(0, 32, 4))


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
