"""Reading a desk's public key: what may be sealed to, and what is refused with its reason.

gpg does the reading, in a home that is thrown away; no agent is started and nothing secret is
taken in. What is kept is not the file but the key as gpg understood it, exported again without
other people's signatures and pictures, and only after an envelope was sealed to it on trial.

A key with several subkeys for encryption is a calendar: each is sealed to in its window only. It
is cut into as many keys with one subkey each, so that no program has a choice (ADR 0049).
"""

import base64
import binascii
import contextlib
import datetime as dt
import re
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from crypto.envelope import EnvelopeSeal
from crypto.errors import BadDeskKey, BadPackets, SealFailed
from crypto.key_listing import Record, calendar_subkeys, day_of, list_key, run_gpg
from crypto.packets import packet_tags

MAX_FILE_SIZE = 1024 * 1024  # bytes: a key with many signatures on it has some 100 KiB
MAX_USER_ID_SIZE = 256  # characters kept of a user id
MAX_WINDOWS = 800  # of one key: a day each for two years; each still to come costs 20 ms of trial

# A collision of SHA-1 lets someone move an owner's signature to another key ("SHA-1 is a
# Shambles", 2020). What is signed with it counts as not signed.
WITHOUT_SHA1 = ("--weak-digest", "SHA1")

_SECRET_TAGS = frozenset({5, 7})  # RFC 4880, sections 5.5.1.3 and 5.5.1.4
_ARMOR = re.compile(rb"-----BEGIN PGP [^\n]*-----\s*?\n(.*?)-----END PGP ", re.DOTALL)
_BLANK_LINE = re.compile(rb"\n[ \t\r]*\n")
_ESCAPE = re.compile(r"\\x([0-9a-fA-F]{2})")


@dataclass(frozen=True)
class Window:
    """A subkey of a calendar (its fingerprint), sealed to from the day `begins`.

    `ends` is the first day on which it is not; None: it has no end. `armored` is the key cut to
    this one subkey; empty where the window is over.
    """

    subkey: str
    begins: dt.date
    ends: dt.date | None
    armored: str = ""


@dataclass(frozen=True)
class DeskKey:
    """A public key that envelopes can be sealed to.

    `fingerprint` has 40 capital hexadecimal digits. `expires` is the first day (UTC) on which
    nothing can be sealed to it any more; None if it never expires. `user_id` is the owner's word.
    `windows` are those of a calendar, in their order, as far as they are known; none for any other
    key.
    """

    fingerprint: str
    armored: str
    expires: dt.date | None
    user_id: str
    windows: tuple[Window, ...] = ()


Known = Callable[[str], str | None]


def read_desk_key(
    file: bytes, today: dt.date, scratch: Path | None = None, known: Known = lambda _: None
) -> DeskKey:
    """Return the one key of an exported file, armored or not; raise `BadDeskKey`.

    `scratch` is where gpg's home is made for the moment: the system's place for such if None.
    `known` gives, for a fingerprint, the copy that is held already: the two become one, so that an
    older file takes no subkey away, and what was revoked stays so.
    Raises a plain `CryptoError` when gpg itself cannot be run.
    """
    with _scratch(file, scratch) as home:
        key = _read(file, today, home, known)
        windows = tuple(_cut(window, today, home) for window in key.windows)
        if not windows:
            _seal_on_trial(key.armored, today, home)
        return replace(key, windows=windows)


def read_key_of_the_day(file: bytes, today: dt.date, scratch: Path | None = None) -> DeskKey:
    """Return the one key of a file as `read_desk_key` does, but try and cut it for no other day."""
    with _scratch(file, scratch) as home:
        key = _read(file, today, home, lambda _: None)
        _seal_on_trial(key.armored, today, home)
        return key


@contextlib.contextmanager
def _scratch(file: bytes, scratch: Path | None) -> Iterator[Path]:
    if len(file) > MAX_FILE_SIZE:
        raise BadDeskKey("unreadable")
    _refuse_secrets(file)
    with tempfile.TemporaryDirectory(dir=scratch, prefix="vasistas-") as home:
        yield Path(home)


def _read(file: bytes, today: dt.date, home: Path, known: Known) -> DeskKey:
    """Return the key with its windows, none of them cut."""
    given = _judge(file, today, home)
    fingerprint = next(record.text for record in given if record.kind == "fpr")
    held = (known(fingerprint) or "").encode("ascii")
    armored = _canonical([held, file], fingerprint, today, home)
    records = list_key(armored.encode("ascii"), today, home)
    primary = _only_primary(records, file)
    usable = _usable(primary, records)
    before = list_key(held, today, home, *WITHOUT_SHA1) if held else []
    windows = _windows(records, given, before)  # gpg's export has none that is over
    return DeskKey(fingerprint, armored, _expires(primary, usable), _user_id(records), windows)


def _judge(file: bytes, today: dt.date, home: Path) -> list[Record]:
    """Return what gpg lists of a file whose key may be taken, by itself."""
    records = list_key(file, today, home, *WITHOUT_SHA1)
    primary = _only_primary(records, file)
    try:
        _usable(primary, records)
    except BadDeskKey as refused:
        _refuse_sha1(file, today, home, refused)
        raise
    return records


def _refuse_sha1(file: bytes, today: dt.date, home: Path, refused: BadDeskKey) -> None:
    """Say that it is SHA-1, where nothing else is wrong with a key."""
    records = list_key(file, today, home)
    try:
        _usable(_only_primary(records, file), records)
    except BadDeskKey:
        return
    raise BadDeskKey("sha1") from refused


def _windows(*listings: Sequence[Record]) -> tuple[Window, ...]:
    """Return the windows of a calendar, in their order, none longer than the primary key lasts."""
    subkeys = calendar_subkeys(*listings)
    if len(subkeys) > MAX_WINDOWS:
        raise BadDeskKey("too-many")
    last = listings[0][0].expiry
    windows = []
    for fingerprint, record in subkeys.items():
        ends = [end for end in (record.expiry, last) if end is not None]
        windows.append(
            Window(fingerprint, day_of(record.made), day_of(min(ends)) if ends else None)
        )
    return tuple(sorted(windows, key=lambda window: (window.begins, window.subkey)))


def _cut(window: Window, today: dt.date, home: Path) -> Window:
    """Return a window with the key cut to its subkey, after an envelope was sealed to it."""
    first = max(window.begins, today)
    if window.ends is not None and window.ends <= first:
        return window
    armored = _exported(f"{window.subkey}!", today, home)
    _seal_on_trial(armored, first, home)
    return replace(window, armored=armored)


def _refuse_secrets(file: bytes) -> None:
    """Raise `BadDeskKey` if the file has, or says that it has, a secret key in it."""
    if b"PRIVATE KEY BLOCK" in file:
        raise BadDeskKey("secret")
    for packets in _binary_parts(file):
        with contextlib.suppress(BadPackets):  # gpg has its say on what is no packet
            if not _SECRET_TAGS.isdisjoint(packet_tags(packets)):
                raise BadDeskKey("secret")


def _binary_parts(file: bytes) -> Iterator[bytes]:
    """Yield the packets of each armored part, or the file itself if it has none."""
    blocks = _ARMOR.findall(file)
    if not blocks:
        yield file
    for block in blocks:
        lines = _BLANK_LINE.split(b"\n" + block, maxsplit=1)[-1].split()
        encoded = b"".join(line for line in lines if not line.startswith(b"="))
        with contextlib.suppress(binascii.Error):
            yield base64.b64decode(encoded)


def _only_primary(records: list[Record], file: bytes) -> Record:
    primaries = [record for record in records if record.kind in {"pub", "sec"}]
    if any(record.kind in {"sec", "ssb"} for record in records):
        raise BadDeskKey("secret")
    if not primaries:
        raise BadDeskKey("unreadable" if b"BEGIN PGP PUBLIC KEY" in file else "none")
    if len(primaries) > 1:
        raise BadDeskKey("several")
    return primaries[0]


def _usable(primary: Record, records: list[Record]) -> list[Record]:
    """Return the keys of the file that gpg may seal to, of which there is one at least."""
    _refuse_if_over([primary])
    if not primary.is_valid:
        raise BadDeskKey("unreadable")
    encrypting = [r for r in records if r.kind in {"pub", "sub"} and r.can_encrypt]
    usable = [record for record in encrypting if record.is_valid]
    if not usable:
        _refuse_if_over(encrypting)
        raise BadDeskKey("no-encryption")
    if not all(record.is_strong for record in [primary, *usable]):
        raise BadDeskKey("weak")
    return usable


def _refuse_if_over(records: list[Record]) -> None:
    if any(record.validity == "r" for record in records):
        raise BadDeskKey("revoked")
    if any(record.validity == "e" for record in records):
        raise BadDeskKey("expired")


def _expires(primary: Record, usable: list[Record]) -> dt.date | None:
    """Return the day on which the primary key, or the last usable one, expires."""
    ends = [record.expiry for record in usable]
    last = None if None in ends else max(end for end in ends if end is not None)
    limits = [limit for limit in (primary.expiry, last) if limit is not None]
    return day_of(min(limits)) if limits else None


def _user_id(records: list[Record]) -> str:
    """Return the first valid user id, with the listing's escapes undone."""
    escaped = next((r.text for r in records if r.kind == "uid" and r.is_valid), "")
    return _ESCAPE.sub(lambda match: chr(int(match[1], 16)), escaped)[:MAX_USER_ID_SIZE]


def _canonical(files: Sequence[bytes], fingerprint: str, today: dt.date, home: Path) -> str:
    """Return the key as gpg understood it, armored, with its owner's signatures only."""
    for file in files:
        if file:
            run_gpg(home, today, file, *WITHOUT_SHA1, "--import")
    return _exported(fingerprint, today, home)


def _exported(name: str, today: dt.date, home: Path) -> str:
    options = ("--export-options", "export-minimal,no-export-attributes")
    armored = run_gpg(home, today, b"", *options, "--armor", "--export", name)
    if not armored:
        raise BadDeskKey("unreadable")
    return armored.decode("ascii")


def _seal_on_trial(armored: str, today: dt.date, scratch: Path) -> None:
    home = scratch / "trial"
    home.mkdir(mode=0o700, exist_ok=True)
    try:
        with EnvelopeSeal([armored], lambda _: None, today, home) as seal:
            seal.write(b"trial")
            seal.finish()
    except SealFailed as error:
        raise BadDeskKey("no-encryption") from error
