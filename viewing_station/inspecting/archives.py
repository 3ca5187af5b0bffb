"""Archives: whose files they were, when they were saved, and each file in turn."""

import bz2
import gzip
import lzma
import re
import struct
import subprocess
import tarfile
import zipfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

from viewing_station.inspecting.examination import MEMBERS_LIMIT, Examination, Item
from viewing_station.inspecting.finding import Weight
from viewing_station.inspecting.parts import UNREADABLE_PART

NAMES, POINTS, HINTS = Weight.NAMES, Weight.POINTS, Weight.HINTS

LISTED_LIMIT = 20_000  # entries looked at in an archive: of a million no one learns more
PIECE = 256 << 10  # bytes read at once
TIME_LIMIT = 60  # seconds for bsdtar
LISTING_LIMIT = 16 << 20  # bytes of its listing
ZIP_EPOCH = 1980
PLACED = re.compile(r"(?:^|/)(?:__MACOSX/|\.DS_Store$|Thumbs\.db$|desktop\.ini$)", re.IGNORECASE)
SYSTEMS = {0: "Windows or DOS", 3: "Unix", 7: "Macintosh", 19: "macOS"}  # APPNOTE 4.4.2
MTREE = "mtree:!all,uid,uname,gid,gname,time,type"
OWNER = re.compile(r"\b(uname|gname|uid|gid)=(\S+)")
GZIP = b"\x1f\x8b"
Reader = IO[bytes] | gzip.GzipFile | bz2.BZ2File | lzma.LZMAFile
PACKED: dict[bytes, Callable[[Path], Reader]] = {
    GZIP: gzip.GzipFile,
    b"BZh": bz2.BZ2File,
    b"\xfd7zXZ": lzma.LZMAFile,
}
ROOT = frozenset({"", "0", "root", "wheel", "nobody", "nogroup"})


def examine_archive(examination: Examination, item: Item) -> None:
    """Tell what an archive says of its maker, and have its members looked at."""
    if zipfile.is_zipfile(item.path):
        _examine_zip(examination, item)
    elif _is_tar(item.path):
        _examine_tar(examination, item)
    elif not _examine_packed(examination, item):
        _examine_other(examination, item)


def _is_tar(path: Path) -> bool:
    try:
        return tarfile.is_tarfile(path)
    except (OSError, EOFError, ValueError, lzma.LZMAError):
        return False


def _examine_zip(examination: Examination, item: Item) -> None:
    with zipfile.ZipFile(item.path) as archive:
        if archive.comment:
            comment = archive.comment.decode("utf-8", "replace")
            examination.tell(item, NAMES, "comment", comment, "It has a comment: {value}")
        infos = archive.infolist()
        _cap(examination, item, len(infos))
        for info in infos[:LISTED_LIMIT]:
            _tell_entry(examination, item, info)
        for info in infos[:LISTED_LIMIT]:
            if info.is_dir():
                continue
            try:
                examination.add(item, info.filename, _pieces(archive.open(info)))
            except UNREADABLE_PART:
                examination.unread(item, info.filename)


def _tell_entry(examination: Examination, item: Item, info: zipfile.ZipInfo) -> None:
    system = SYSTEMS.get(info.create_system, str(info.create_system))
    examination.tell(item, HINTS, "system", system, "It was packed on: {value}")
    if info.date_time[0] > ZIP_EPOCH:
        _tell_time(examination, item, "{}-{:02}-{:02} {:02}:{:02}:{:02}".format(*info.date_time))
    if info.comment:
        comment = info.comment.decode("utf-8", "replace")
        examination.tell(item, NAMES, "comment", comment, "A file in it has a comment: {value}")
    for owner in _owners(info.extra):
        _tell_owner(examination, item, "user and group numbers", owner)
    _tell_placed(examination, item, info.filename)


def _owners(extra: bytes) -> Iterator[str]:
    """Yield the numbers of user and group that Info-ZIP keeps."""
    place = 0
    while place + 4 <= len(extra):
        kind, size = struct.unpack_from("<HH", extra, place)
        body = extra[place + 4 : place + 4 + size]
        place += 4 + size
        if kind == 0x7875 and len(body) >= 2:  # noqa: PLR2004  # version, then two sized numbers
            width = body[1]
            user = int.from_bytes(body[2 : 2 + width], "little")
            group = int.from_bytes(body[3 + width :], "little")
            if (user, group) != (0, 0):
                yield f"{user} and {group}"


def _examine_tar(examination: Examination, item: Item) -> None:
    with tarfile.open(item.path) as archive:
        for count, entry in enumerate(archive):
            if count >= LISTED_LIMIT:
                _cap(examination, item, count + 1)
                return
            _tell_tar_entry(examination, item, entry)
            content = archive.extractfile(entry) if entry.isreg() else None
            if content is not None:
                examination.add(item, entry.name, _pieces(content))


def _tell_tar_entry(examination: Examination, item: Item, entry: tarfile.TarInfo) -> None:
    for what, name in (("user", entry.uname), ("group", entry.gname)):
        if name not in ROOT:
            sentence = f"It names the {what} its files belonged to: {{value}}"
            examination.tell(item, NAMES, what, name, sentence)
    if entry.uid or entry.gid:
        _tell_owner(examination, item, "user and group numbers", f"{entry.uid} and {entry.gid}")
    if entry.mtime > 0:
        _tell_time(examination, item, _day(int(entry.mtime)))
    _tell_placed(examination, item, entry.name)


def _examine_packed(examination: Examination, item: Item) -> bool:
    """One packed file alone. Gzip keeps its name and its time."""
    with item.path.open("rb") as file:
        head = file.read(10)
    if head.startswith(GZIP):
        _tell_gzip(examination, item, head)
    for magic, open_packed in PACKED.items():
        if head.startswith(magic):
            with open_packed(item.path) as content:
                examination.add(item, "content", _pieces(content))
            return True
    return False


def _tell_gzip(examination: Examination, item: Item, head: bytes) -> None:
    """RFC 1952, 2.3: a flag at byte 3 says that a name follows; the time stands before it."""
    time = int.from_bytes(head[4:8], "little")
    if time:
        _tell_time(examination, item, _day(time))
    if len(head) > 3 and head[3] & 8 and not head[3] & 4:  # noqa: PLR2004
        with item.path.open("rb") as file:
            name = file.read(1024)[10:].partition(b"\0")[0].decode("utf-8", "replace")
        examination.tell(item, HINTS, "gzip", name, "It keeps the name its file had: {value}")


def _examine_other(examination: Examination, item: Item) -> None:
    """Read the formats that only bsdtar knows: 7z, rar, cab, iso, cpio."""
    listing = _bsdtar("-cf", "-", "--format=mtree", f"--options={MTREE}", f"@{item.path}")
    if listing is None or len(listing) > LISTING_LIMIT:
        examination.unread(item, "an archive that does not open here")
        return
    for line in listing.decode("utf-8", "replace").splitlines()[:LISTED_LIMIT]:
        for what, value in OWNER.findall(line):
            if value not in ROOT:
                _tell_owner(examination, item, what, value)
        if time := re.search(r"\btime=(\d+)", line):
            _tell_time(examination, item, _day(int(time[1])))
    unpacked = examination.folder / f"unpacked-{item.path.name}"
    unpacked.mkdir()
    done = _bsdtar("-xf", str(item.path), "-C", str(unpacked), "--no-same-owner")
    if done is None:
        examination.unread(item, "some of its files")
    for path in sorted(unpacked.rglob("*"))[:MEMBERS_LIMIT]:
        if path.is_file() and not path.is_symlink():
            with path.open("rb") as file:
                examination.add(item, str(path.relative_to(unpacked)), _pieces(file))
            path.unlink()


def _bsdtar(*words: str) -> bytes | None:
    try:
        done = subprocess.run(
            ["bsdtar", *words], capture_output=True, timeout=TIME_LIMIT, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return None if done.returncode else done.stdout


def _tell_owner(examination: Examination, item: Item, what: str, value: str) -> None:
    sentence = f"It says whose its files were ({what}): {{value}}"
    examination.tell(item, NAMES, what, value, sentence)


def _tell_time(examination: Examination, item: Item, value: str) -> None:
    examination.tell(item, POINTS, "time", value, "It says when a file in it was saved: {value}")


def _day(seconds: int) -> str:
    """Say a time that is kept as seconds since 1970."""
    try:
        return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%d %H:%M:%S} UTC"
    except (ValueError, OverflowError, OSError):
        return f"{seconds} seconds after 1970"


def _tell_placed(examination: Examination, item: Item, name: str) -> None:
    if PLACED.search(name):
        sentence = "A file that the system of its maker put there: {value}"
        examination.tell(item, HINTS, "members", name, sentence)


def _cap(examination: Examination, item: Item, count: int) -> None:
    if count > LISTED_LIMIT:
        examination.unread(item, f"more than {LISTED_LIMIT:,} files are in it")


def _pieces(content: Reader) -> Iterator[bytes]:
    while piece := content.read(PIECE):
        yield piece
