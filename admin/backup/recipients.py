"""Whom a backup is sealed to: admins' own OpenPGP keys, checked like desks' keys and kept here."""

import re
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path

from admin.errors import AdminError
from crypto.deskkeys import MAX_FILE_SIZE, DeskKey, read_desk_key
from crypto.errors import BadDeskKey
from crypto.fingerprint import spaced
from tor.files import make_private_folder, write_whole
from web.instance import Places

_WHOLE = re.compile(r"[0-9A-F]{40}")


def whole_fingerprint(typed: str) -> str:
    """Return a fingerprint as it was typed, in capitals without spaces.

    Raises ValueError unless it has all its 40 digits: the last 16 of two keys can be the same.
    """
    digits = "".join(typed.split()).upper()
    if not _WHOLE.fullmatch(digits):
        raise ValueError("a fingerprint has 40 hexadecimal digits")
    return digits


def find_recipients(
    places: Places, wanted: Sequence[str], files: Iterable[Path], today: date
) -> list[DeskKey]:
    """Give the keys of these fingerprints, of the files given or as they were kept, checked anew.

    Keys from files are kept, so that the next backup needs the fingerprint alone. Raises
    AdminError for a key that is not here, not asked for, or cannot be sealed to.
    """
    given = {key.fingerprint: key for key in (_checked(file, today) for file in files)}
    for fingerprint in given:
        if fingerprint not in wanted:
            raise AdminError(f"--key has the key {spaced(fingerprint)}, which --to does not name.")
    found = [given.get(each) or _kept(places, each, today) for each in dict.fromkeys(wanted)]
    for key in given.values():
        make_private_folder(_folder(places))
        write_whole(_place(places, key.fingerprint), key.armored.encode("ascii"))
    return found


def _kept(places: Places, fingerprint: str, today: date) -> DeskKey:
    place = _place(places, fingerprint)
    if not place.exists():
        raise AdminError(
            f"The key {spaced(fingerprint)} is not known here: give its public file with --key."
        )
    key = _checked(place, today)
    if key.fingerprint != fingerprint:
        raise AdminError(f"{place} holds another key: give the right one with --key.")
    return key


def _checked(file: Path, today: date) -> DeskKey:
    with file.open("rb") as source:
        content = source.read(MAX_FILE_SIZE + 1)
    try:
        return read_desk_key(content, today)
    except BadDeskKey as error:
        if error.reason == "secret":
            raise AdminError(
                f"{file} holds a SECRET key, and was not kept: give the public file alone. On a "
                "server the secret one is exposed, and its owner must make a new key."
            ) from None
        raise AdminError(f"{file}: {error}") from None


def _folder(places: Places) -> Path:
    return places.keys / "backup"


def _place(places: Places, fingerprint: str) -> Path:
    return _folder(places) / f"{fingerprint}.asc"
