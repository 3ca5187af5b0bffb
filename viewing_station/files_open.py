"""Opens a delivery's files into the vault, and keeps them only as the letter describes them."""

import hashlib
from typing import BinaryIO

from formats.bundle import EnvelopeEntry
from formats.letter import FILES_LIMIT, FileEntry, Letter
from formats.payload import Member, PayloadReader
from viewing_station.bundle_check import PIECE, MemberFile
from viewing_station.opener import Opener
from viewing_station.trouble import TroubleError, told
from viewing_station.vault import Vault


def open_files(
    opener: Opener, member: MemberFile, entry: EnvelopeEntry, letter: Letter, vault: Vault
) -> str:
    """Open the files of a letter that is believed; return their name in the vault.

    Raises TroubleError, and then nothing of them stays.
    """
    with told("files"), vault.draft() as draft:
        opener.open(member, draft.write, limit=entry.size)
        member.require_proof()
        draft.finish()
        with vault.reading(draft) as plain:
            _check_files(plain, letter.files)
        return vault.keep(draft)


def _check_files(plain: BinaryIO, files: tuple[FileEntry, ...]) -> None:
    archive = PayloadReader(plain, FILES_LIMIT)
    if archive.members() != tuple(Member(file.name, file.size) for file in files):
        raise TroubleError(what="its files are not those that the letter lists")
    for file in files:
        if _sha256(archive.open(file.name)) != file.sha256:
            raise TroubleError(what=f"its file {file.name} is not the one that was sent")


def _sha256(stream: BinaryIO) -> str:
    digest = hashlib.sha256()
    while piece := stream.read(PIECE):
        digest.update(piece)
    return digest.hexdigest()
