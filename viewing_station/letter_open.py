"""Opens a delivery's letter, and believes it only where it says what the bundle says."""

import io
from dataclasses import dataclass, replace

from formats.bundle import EnvelopeEntry
from formats.errors import check
from formats.letter import LETTER_NAME, MESSAGE_NAME, Letter, decode_letter
from formats.payload import PayloadReader
from viewing_station.bundle_check import MemberFile
from viewing_station.inner import opened_message
from viewing_station.opener import Opener
from viewing_station.trouble import TroubleError, told

# The longest message (100,000 characters of 4 bytes) and list of files make an archive of 2 MiB.
LETTER_ENVELOPE_LIMIT = 4 << 20  # bytes


@dataclass(frozen=True)
class OpenedLetter:
    """A letter and the source's words beside it."""

    letter: Letter
    message: str
    inner: str | None = None  # the message with what was sealed in it beforehand, opened


@dataclass(frozen=True)
class Address:
    """Which instance (its id) and which desk (its slug) a letter must have been written to."""

    instance: str
    desk: str


def open_letter(
    opener: Opener, member: MemberFile, entry: EnvelopeEntry, address: Address
) -> OpenedLetter:
    """Open the letter of the delivery that `entry` names. Raises TroubleError."""
    if entry.size > LETTER_ENVELOPE_LIMIT:
        raise TroubleError(what="its letter is larger than any letter can be")
    with told("letter"):
        plain = io.BytesIO()
        opener.open(member, plain.write, limit=entry.size)
        member.require_proof()
        opened = _read(plain)
    _check_address(opened.letter, entry.delivery, address)
    return replace(opened, inner=opened_message(opener, opened.message))


def _read(plain: io.BytesIO) -> OpenedLetter:
    archive = PayloadReader(plain, max_members=2)
    names = {member.name for member in archive.members()}
    check(members=names == {LETTER_NAME, MESSAGE_NAME})
    letter = decode_letter(archive.open(LETTER_NAME).read())
    message = archive.open(MESSAGE_NAME).read().decode("utf-8")
    return OpenedLetter(letter, message)


def _check_address(letter: Letter, delivery: str, address: Address) -> None:
    """Refuse a letter that the server passes off as another's."""
    if letter.delivery != delivery:
        raise TroubleError(what=f"the letter in it is that of another delivery, {letter.delivery}")
    if letter.instance != address.instance:
        raise TroubleError(what="the letter in it was written to another instance")
    if letter.desk != address.desk:
        raise TroubleError(what="the letter in it was written to another desk")
