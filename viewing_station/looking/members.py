"""What lies inside an archive or an e-mail: listed, and taken out one by one, never unpacked.

A member is known by its number, so that no path of a stranger's is ever followed. The list is read
in the sandbox by libarchive or the e-mail's readers, and checked here before it is believed.
"""

import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from enum import Enum
from pathlib import PurePosixPath
from typing import Any, BinaryIO

from viewing_station.errors import StationError
from viewing_station.looking.kinds import LOOKED_AT, Kind, kind_of
from viewing_station.looking.script import ARCHIVE, MAIL, script
from viewing_station.looking.tools import BSDTAR
from viewing_station.sandbox import (
    MIB,
    Limits,
    ToolFailedError,
    TooMuchError,
    collected,
    run_python,
)

MEMBERS_LIMIT = 10_000  # members that are listed; nobody reads a longer list
LIST_LIMIT = 32 * MIB  # bytes of a list: each of its members has a name of 3 KiB then
NAME_LIMIT = 4096  # characters: what Linux takes as a path
SIZE_LIMIT = 1 << 50  # bytes that a member may say it has; beyond, it lies
ARCHIVE_LIMIT = 2048 * MIB  # bytes of an archive: what one delivery may weigh
MEMBER_LIMIT = 512 * MIB  # bytes of a member taken out: it is held in memory
RATIO_LIMIT = 1000  # times a member may be larger than its whole archive: texts reach 30
RATIO_FROM = 16 * MIB  # bytes; below, a ratio says nothing
DEPTH_LIMIT = 5  # archives within archives: an e-mail with a ZIP in it is two
LISTING = Limits(seconds=120, scratch=ARCHIVE_LIMIT + MIB, output=LIST_LIMIT)
PRINTING = Limits(seconds=300, scratch=ARCHIVE_LIMIT + MIB, output=MEMBER_LIMIT)

_FIELDS: dict[str, Any] = {
    "name": str,
    "kind": str,
    "size": int | None,
    "target": str,
    "protected": bool,
}

Source = Callable[[], AbstractContextManager[BinaryIO]]


class NoMembersError(StationError):
    """It is {kind}: there is nothing inside that could be listed."""


class NotListedError(StationError):
    """What looking inside gave is no list; it may be trying something."""


class UnreadableArchiveError(StationError):
    """It does not open as an archive or an e-mail: it is damaged, or nested beyond all reason."""


class ProtectedMemberError(StationError):
    """It is protected by a password, so nothing of it can be taken out here."""


class NoSuchMemberError(StationError):
    """There is no member {wanted} inside: `viewing-station members` lists them with numbers."""


class NotAFileError(StationError):
    """The member {number} is a {kind}, which is shown and never followed: it has no content."""


class BombError(StationError):
    """The member {number} swells beyond all measure: it was made to fill a disk, and was left."""


class TooDeepError(StationError):
    """Members within members are followed {limit} deep, and no deeper."""


class MemberKind(Enum):
    """What a member says that it is; only files are ever taken out."""

    FILE = "file"
    FOLDER = "folder"
    LINK = "link"
    DEVICE = "device"


@dataclass(frozen=True)
class Member:
    """A member: its number counts from 1. name and target are a stranger's words, for showing.

    size: bytes, as the archive says; None where it does not.
    """

    number: int
    name: str
    kind: MemberKind
    size: int | None
    target: str = ""
    protected: bool = False

    @property
    def remarks(self) -> tuple[str, ...]:
        """What a reviewer should know before taking it out."""
        told = {
            "its path is absolute": self.name.startswith(("/", "\\")) or self.name[1:2] == ":",
            "its path leads out of its folder": ".." in self.name.replace("\\", "/").split("/"),
            f"a link to {self.target}": self.kind is MemberKind.LINK,
            "a device": self.kind is MemberKind.DEVICE,
            "protected by a password": self.protected,
        }
        return tuple(remark for remark, holds in told.items() if holds)

    @property
    def short_name(self) -> str:
        """The last part of its path, by which its kind may be told."""
        return PurePosixPath(self.name.replace("\\", "/")).name


@dataclass(frozen=True)
class Listing:
    """What lies inside, and what is to be said of the whole."""

    kind: Kind
    members: tuple[Member, ...]
    remarks: tuple[str, ...] = ()

    def find(self, wanted: str) -> Member:
        """Return a member by its name, or by its number. Raises NoSuchMemberError."""
        by_name = [member for member in self.members if member.name == wanted]
        by_number = [member for member in self.members if str(member.number) == wanted]
        for member in (*by_name, *by_number):
            return member
        raise NoSuchMemberError(wanted=wanted)


_ENDINGS = {
    "whole": (),
    "more": (f"it has more than {MEMBERS_LIMIT:,} members: those after them are not listed",),
    "damaged": ("it is damaged: what comes after these members cannot be read",),
    "protected": ("it is protected by a password, its list too",),
}


def list_members(source: Source, name: str) -> Listing:
    """List what lies inside. Raises NoMembersError, UnreadableArchiveError, SandboxError."""
    kind = _kind(source, name)
    if kind is Kind.ARCHIVE:
        BSDTAR.require()  # whose package brings libarchive
    taken, keep = collected(LIST_LIMIT)
    _look(source, kind, ["list", str(MEMBERS_LIMIT)], keep, LISTING)
    return _named(_listing(kind, bytes(taken)), name)


def take_out(source: Source, name: str, wanted: str, sink: Callable[[bytes], object]) -> Member:
    """Give `sink` a member's bytes; what it got counts once this returns.

    Raises NoSuchMemberError, NotAFileError, ProtectedMemberError, BombError, and as `list_members`.
    """
    listing = list_members(source, name)
    member = listing.find(wanted)
    if member.kind is not MemberKind.FILE:
        raise NotAFileError(number=member.number, kind=member.kind.value)
    if member.protected:
        raise ProtectedMemberError
    measure = _Measure(member.number, _weight(source), sink)
    try:
        _look(source, listing.kind, ["print", str(member.number)], measure.take, PRINTING)
    except TooMuchError:
        raise BombError(number=member.number) from None
    return member


def _named(listing: Listing, name: str) -> Listing:
    """Give what is compressed, and no archive, the name that decompressing gives it."""
    if [(member.name, member.size) for member in listing.members] != [("data", None)]:
        return listing
    return replace(listing, members=(replace(listing.members[0], name=PurePosixPath(name).stem),))


class _Measure:
    """Passes on a member's bytes as long as they are in proportion to the archive's."""

    def __init__(self, number: int, weight: int, sink: Callable[[bytes], object]) -> None:
        self._number, self._sink = number, sink
        self._limit = min(MEMBER_LIMIT, max(RATIO_FROM, weight * RATIO_LIMIT))
        self._size = 0

    def take(self, piece: bytes) -> None:
        """Take the next bytes. Raises BombError."""
        self._size += len(piece)
        if self._size > self._limit:
            raise BombError(number=self._number)
        self._sink(piece)


def _kind(source: Source, name: str) -> Kind:
    with source() as file:
        kind = kind_of(file.read(LOOKED_AT), name)
    if kind not in {Kind.ARCHIVE, Kind.EMAIL, Kind.OUTLOOK}:
        raise NoMembersError(kind=kind.said)
    return kind


def _weight(source: Source) -> int:
    with source() as file:
        return sum(map(len, iter(lambda: file.read(MIB), b"")))


def _look(
    source: Source, kind: Kind, words: list[str], sink: Callable[[bytes], object], limits: Limits
) -> None:
    ours, inside = (ARCHIVE, "archive") if kind is Kind.ARCHIVE else (MAIL, "message")
    try:
        with source() as file:
            run_python(script(ours), words, sink, files={inside: file}, limits=limits)
    except ToolFailedError as failed:
        said = failed.untrusted_said.lower()
        if "passphrase" in said or "encrypt" in said:
            raise ProtectedMemberError from None
        raise UnreadableArchiveError from None


def _listing(kind: Kind, untrusted: bytes) -> Listing:
    lines = untrusted.splitlines()
    if not 1 <= len(lines) <= MEMBERS_LIMIT + 1:
        raise NotListedError
    ended = _fields(lines[-1], {"ended": str})["ended"]
    if ended not in _ENDINGS:
        raise NotListedError
    members = tuple(_member(number, line) for number, line in enumerate(lines[:-1], start=1))
    if not members and ended == "damaged":
        raise UnreadableArchiveError
    nothing = () if members else ("there is nothing in it that can be read",)
    return Listing(kind, members, (*nothing, *_ENDINGS[ended]))


def _member(number: int, line: bytes) -> Member:
    untrusted = _fields(line, _FIELDS)
    kinds = {kind.value: kind for kind in MemberKind}
    size = untrusted["size"]
    if untrusted["kind"] not in kinds or len(untrusted["name"]) > NAME_LIMIT:
        raise NotListedError
    return Member(
        number=number,
        name=untrusted["name"],
        kind=kinds[untrusted["kind"]],
        size=size if size is not None and 0 <= size <= SIZE_LIMIT else None,
        target=untrusted["target"][:NAME_LIMIT],
        protected=untrusted["protected"],
    )


def _fields(line: bytes, wanted: dict[str, Any]) -> dict[str, Any]:
    """Read an object of just these fields and types."""
    try:
        untrusted = json.loads(line)
    except (ValueError, RecursionError):
        raise NotListedError from None
    if not isinstance(untrusted, dict) or untrusted.keys() != wanted.keys():
        raise NotListedError
    if not all(isinstance(untrusted[name], type_) for name, type_ in wanted.items()):
        raise NotListedError
    return untrusted
