"""The letter: what a delivery says of itself to the desk, inside its small envelope.

Beside `letter.json` the archive holds `message.txt`, the source's words in UTF-8. The
delivery's, the instance's and the desk's names are inside, so that a server cannot pass one
delivery off as another; reply key, nonce and tag are inside, so that replies need not trust
the server's word for them.
"""

from dataclasses import dataclass, field
from datetime import date

from formats.errors import check
from formats.handles import is_desk_slug, is_handle, is_item_id, is_language, is_sha256
from formats.names import all_distinct, can_be_carried
from formats.strict_json import Fields, Json, check_canonical, encode_json, parse_json

VERSION = 1
LETTER_NAME = "letter.json"
MESSAGE_NAME = "message.txt"

FILES_LIMIT = 1000  # files; more than anyone picks by hand
FILE_SIZE_LIMIT = 1 << 40  # bytes (1 TiB); no delivery comes near, and sums stay far from 2^63
LETTER_LIMIT = 1 << 20  # bytes (1 MiB); FILES_LIMIT files with the longest names take half

THREAD_SIZE = NONCE_SIZE = TAG_SIZE = 16  # bytes
REPLY_KEY_SIZE = 32  # bytes: an X25519 public key

_FORMAT = f"vasistas/letter/{VERSION}"


@dataclass(frozen=True)
class FileEntry:
    """A file of the delivery: its name in the archive, its size in bytes, its SHA-256 in hex.

    Raises Malformed if one of them cannot be.
    """

    name: str = field(repr=False)
    size: int
    sha256: str = field(repr=False)

    def __post_init__(self) -> None:
        check(
            name=can_be_carried(self.name),
            size=0 <= self.size <= FILE_SIZE_LIMIT,
            sha256=is_sha256(self.sha256),
        )


@dataclass(frozen=True)
class Letter:
    """All that `letter.json` holds. What would link or betray stays out of its repr.

    `delivery` is a handle, `instance` an id in hex, `desk` a slug, `language` two letters;
    `thread`, `nonce`, `tag` (16 bytes each) and `reply_key` (32 bytes) are raw.
    Raises Malformed if a field cannot be, or two files have one name.
    """

    delivery: str
    instance: str
    desk: str
    language: str
    day: date
    thread: bytes = field(repr=False)
    nonce: bytes = field(repr=False)
    tag: bytes = field(repr=False)
    reply_key: bytes = field(repr=False)
    files: tuple[FileEntry, ...] = ()

    def __post_init__(self) -> None:
        check(
            delivery=is_handle(self.delivery),
            instance=is_item_id(self.instance),
            desk=is_desk_slug(self.desk),
            language=is_language(self.language),
            thread=len(self.thread) == THREAD_SIZE,
            nonce=len(self.nonce) == NONCE_SIZE,
            tag=len(self.tag) == TAG_SIZE,
            reply_key=len(self.reply_key) == REPLY_KEY_SIZE,
            files=len(self.files) <= FILES_LIMIT
            and all_distinct(entry.name for entry in self.files),
        )

    def encode(self) -> bytes:
        """Return the bytes of `letter.json`."""
        return encode_json(
            {
                "format": _FORMAT,
                "delivery": self.delivery,
                "instance": self.instance,
                "desk": self.desk,
                "language": self.language,
                "day": self.day.isoformat(),
                "thread": self.thread.hex(),
                "nonce": self.nonce.hex(),
                "tag": self.tag.hex(),
                "reply_key": self.reply_key.hex(),
                "files": [_file_json(entry) for entry in self.files],
            }
        )


def decode_letter(data: bytes) -> Letter:
    """Read `letter.json`. Raises Malformed or TooLarge for what `Letter.encode` never gives."""
    fields = Fields(
        parse_json(data, LETTER_LIMIT),
        *("format", "delivery", "instance", "desk", "language", "day"),
        *("thread", "nonce", "tag", "reply_key", "files"),
    )
    check(format=fields.text("format") == _FORMAT)
    letter = Letter(
        delivery=fields.text("delivery"),
        instance=fields.text("instance"),
        desk=fields.text("desk"),
        language=fields.text("language"),
        day=fields.day("day"),
        thread=fields.raw("thread"),
        nonce=fields.raw("nonce"),
        tag=fields.raw("tag"),
        reply_key=fields.raw("reply_key"),
        files=fields.many("files", _file_entry, FILES_LIMIT),
    )
    check_canonical(letter.encode(), data)
    return letter


def _file_json(entry: FileEntry) -> Json:
    return {"name": entry.name, "size": entry.size, "sha256": entry.sha256}


def _file_entry(value: object) -> FileEntry:
    fields = Fields(value, "name", "size", "sha256")
    return FileEntry(fields.text("name"), fields.number("size"), fields.text("sha256"))
