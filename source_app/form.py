"""The delivery form, read as it streams in: token, desk, message, then the files.

The order is the form's own (INTERFACE.md) and it is required: the token stands first, so that
nothing of a forged form is read, and the message before the files, so that what is wrong with
it is known before gigabytes have been sent.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum
from itertools import chain
from typing import Protocol

from source_app.intake import Intake
from web.csrf import TOKEN_MAX_CHARACTERS, check_token
from web.errors import BadForm, BadToken, BodyTooLarge
from web.multipart import Part

FIELDS = 3  # csrf_token, desk, message
UTF8_MAX_BYTES = 4  # a character
SLUG_MAX_BYTES = 64


class _Stage(IntEnum):
    START = 0
    TOKEN = 1
    DESK = 2
    MESSAGE = 3
    FILES = 4


_STAGES = {
    "csrf_token": _Stage.TOKEN,
    "desk": _Stage.DESK,
    "message": _Stage.MESSAGE,
    "files": _Stage.FILES,
}


@dataclass
class Fields:
    """The form's small fields. `message` is kept so that an error page can give it back."""

    desk: str | None = None
    message: str = ""
    too_long: bool = False

    def __repr__(self) -> str:
        return "Fields(…)"


class Begin(Protocol):
    """Judges the small fields and starts the intake; raises the refusal the source reads."""

    def __call__(self, fields: Fields, *, for_files: bool) -> Intake:
        """Start, before the first file (`for_files`) or at the end of a form without files."""


class DeliveryForm:
    """Reads one delivery form, part by part."""

    def __init__(self, token: str, message_max_characters: int):
        self._token = token
        self._message_max_bytes = message_max_characters * UTF8_MAX_BYTES
        self._stage = _Stage.START
        self.fields = Fields()

    def receive(self, parts: Iterator[Part], begin: Begin) -> Intake:
        """Read all parts; `begin` judges the fields and starts the intake before any file."""
        intake: Intake | None = None
        for part in parts:
            self._advance(part.name)
            if self._stage is not _Stage.FILES:
                self._take_field(part)
            elif (content := _content(part)) is not None:
                intake = intake or begin(self.fields, for_files=True)
                intake.add_file(part.filename or "", content)
        if self._stage < _Stage.TOKEN:
            raise BadToken
        return intake or begin(self.fields, for_files=False)

    def _advance(self, name: str) -> None:
        stage = _STAGES.get(name)
        if stage is None:
            raise BadForm
        if self._stage is _Stage.START and stage is not _Stage.TOKEN:
            raise BadToken
        if stage < self._stage or (stage is self._stage and stage is not _Stage.FILES):
            raise BadForm
        self._stage = stage

    def _take_field(self, part: Part) -> None:
        if self._stage is _Stage.TOKEN:
            check_token(self._token, part.text(TOKEN_MAX_CHARACTERS))
        elif self._stage is _Stage.DESK:
            self.fields.desk = part.text(SLUG_MAX_BYTES) or None
        else:
            self._take_message(part)

    def _take_message(self, part: Part) -> None:
        try:
            self.fields.message = part.text(self._message_max_bytes)
        except BodyTooLarge:
            self.fields.too_long = True


def _content(part: Part) -> Iterator[bytes] | None:
    """Give a file's content; None for what a browser sends where no file was chosen.

    That has neither a name nor content. A file without a name is still a file.
    """
    first = next(part.chunks, None)
    if first is None:
        return iter(()) if part.filename else None
    return chain((first,), part.chunks)
