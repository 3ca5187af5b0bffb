"""What a file is, by its beginning and its members; its name is believed where nothing else speaks.

The beginnings are those of the formats' own descriptions. Nothing is parsed here: what is taken for
a picture and is none fails later, inside the sandbox.
"""

from enum import StrEnum
from pathlib import PurePath

LOOKED_AT = 4096  # bytes of a file's beginning
TEXT_CONTROLS = frozenset(b"\t\n\r\f\x1b")


class Kind(StrEnum):
    """What is done with a file depends on this."""

    PDF = "PDF"
    OFFICE = "office document"
    IMAGE = "image"
    TEXT = "text"
    EMAIL = "e-mail"
    OUTLOOK = "Outlook e-mail"
    ARCHIVE = "archive"
    MEDIA = "sound or film"
    UNKNOWN = "file of an unknown kind"

    @property
    def said(self) -> str:
        """The kind with its article: `an image`, `a PDF`, `text`."""
        if self in {Kind.TEXT, Kind.MEDIA}:
            return self.value
        return f"an {self}" if self.value[0].lower() in "aeiou" else f"a {self}"


# A beginning, where it stands, and what it means.
_BEGINNINGS: tuple[tuple[int, bytes, Kind], ...] = (
    (0, b"%PDF-", Kind.PDF),
    (0, b"\xff\xd8\xff", Kind.IMAGE),  # JPEG
    (0, b"\x89PNG\r\n\x1a\n", Kind.IMAGE),
    (0, b"GIF87a", Kind.IMAGE),
    (0, b"GIF89a", Kind.IMAGE),
    (0, b"II*\x00", Kind.IMAGE),  # TIFF
    (0, b"MM\x00*", Kind.IMAGE),
    (0, b"BM", Kind.IMAGE),
    (8, b"WEBP", Kind.IMAGE),
    (0, b"\x00\x00\x00\x0cjP  ", Kind.IMAGE),  # JPEG 2000
    (0, b"{\\rtf", Kind.OFFICE),
    (0, b"ID3", Kind.MEDIA),  # MP3
    (0, b"\xff\xfb", Kind.MEDIA),
    (0, b"\xff\xfa", Kind.MEDIA),
    (0, b"\xff\xf2", Kind.MEDIA),
    (0, b"\xff\xf9", Kind.MEDIA),
    (0, b"0&\xb2u\x8ef\xcf\x11", Kind.MEDIA),  # Windows Media
    (0, b"FLV\x01", Kind.MEDIA),
    (0, b"\x00\x00\x01\xba", Kind.MEDIA),  # MPEG, as cameras of DVDs write it
    (8, b"AIFF", Kind.MEDIA),
    (0, b"\xff\xf3", Kind.MEDIA),
    (0, b"\xff\xf1", Kind.MEDIA),  # AAC
    (0, b"OggS", Kind.MEDIA),
    (0, b"fLaC", Kind.MEDIA),
    (0, b"\x1aE\xdf\xa3", Kind.MEDIA),  # Matroska, WebM
    *((4, b"ftyp" + brand, Kind.IMAGE) for brand in (b"heic", b"heix", b"mif1", b"avif", b"avis")),
    (4, b"ftyp", Kind.MEDIA),  # MP4, MOV, M4A, 3GP
    (4, b"moov", Kind.MEDIA),
    (4, b"mdat", Kind.MEDIA),
    (8, b"WAVE", Kind.MEDIA),
    (8, b"AVI ", Kind.MEDIA),
    (0, b"#!AMR", Kind.MEDIA),
    (0, b"7z\xbc\xaf\x27\x1c", Kind.ARCHIVE),
    (0, b"Rar!\x1a\x07", Kind.ARCHIVE),
    (0, b"\x1f\x8b", Kind.ARCHIVE),  # gzip
    (0, b"BZh", Kind.ARCHIVE),
    (0, b"\xfd7zXZ\x00", Kind.ARCHIVE),
    (0, b"(\xb5/\xfd", Kind.ARCHIVE),  # Zstandard
    (257, b"ustar", Kind.ARCHIVE),  # tar
    (0, b"MSCF", Kind.ARCHIVE),  # Windows' cabinets
)
_ZIP = (b"PK\x03\x04", b"PK\x05\x06")
_FIRST_NAME = 30  # where the first member's name begins in a ZIP
_COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # [MS-CFB]: the older Word, Excel, Outlook
# What the first members of a ZIP are called, where it is a document ([ISO 29500-2], [ODF 1.3-2]).
_OFFICE_MARKS = (
    b"[Content_Types].xml",
    b"mimetypeapplication/vnd.oasis.opendocument",
    b"META-INF/manifest.xml",
    b"content.xml",
    b"_rels/.rels",
    b"docProps/",
    b"word/",
    b"xl/",
    b"ppt/",
)
_HEADERS = (b"received:", b"from:", b"return-path:", b"message-id:", b"date:", b"delivered-to:")

_BY_NAME = {
    Kind.PDF: {"pdf"},
    Kind.OFFICE: {
        *("doc", "docx", "docm", "dot", "dotx", "rtf", "odt", "ott", "fodt", "xls", "xlsx", "xlsm"),
        *("ods", "fods", "ppt", "pptx", "pptm", "pps", "odp", "odg", "csv"),
    },
    Kind.IMAGE: {
        *("jpg", "jpeg", "png", "gif", "tif", "tiff", "bmp", "webp", "heic", "heif", "avif", "jp2"),
    },
    Kind.TEXT: {"txt", "text", "log", "md", "json", "xml", "html", "htm", "ini", "conf", "sql"},
    Kind.EMAIL: {"eml"},
    Kind.OUTLOOK: {"msg"},
    Kind.ARCHIVE: {"zip", "tar", "tgz", "gz", "bz2", "xz", "7z", "rar", "zst", "cab"},
    Kind.MEDIA: {
        *("mp3", "mp4", "m4a", "m4v", "mov", "avi", "mkv", "webm", "wav", "ogg", "oga", "ogv"),
        *("opus", "flac", "aac", "amr", "3gp", "wma", "wmv", "flv", "mpg", "mpeg", "aiff", "ts"),
    },
}


def extension(name: str) -> str:
    """Return a name's extension in lower case, without its dot."""
    return PurePath(name).suffix.removeprefix(".").lower()


def kind_of(beginning: bytes, name: str) -> Kind:
    """Tell what a file is by its first LOOKED_AT bytes; its name decides between the rest."""
    for at, mark, kind in _BEGINNINGS:
        if beginning[at : at + len(mark)] == mark:
            return kind
    if beginning.startswith(_ZIP):
        return Kind.OFFICE if _is_office(beginning, name) else Kind.ARCHIVE
    if beginning.startswith(_COMPOUND):
        return Kind.OUTLOOK if extension(name) == "msg" else Kind.OFFICE
    if _is_text(beginning):
        return _kind_of_text(beginning, name)
    return Kind.UNKNOWN


def kind_by_name(name: str) -> Kind | None:
    """Tell what a file's name says that it is; None where it says nothing."""
    ending = extension(name)
    return next((kind for kind, endings in _BY_NAME.items() if ending in endings), None)


def remark(beginning: bytes, name: str) -> str:
    """Say where name and content contradict each other; empty where they do not."""
    found, named = kind_of(beginning, name), kind_by_name(name)
    plain = {Kind.TEXT, Kind.OFFICE}  # a table or a page of the web is text as well
    if named is None or named is found or {named, found} <= plain:
        return ""
    return f"its name says that it is {named.said}, and its content is {found.said}"


def _is_office(beginning: bytes, name: str) -> bool:
    """Believe the first member; marks further on may be those of a document in an archive."""
    first = beginning[_FIRST_NAME:]
    named = kind_by_name(name) is Kind.OFFICE
    return first.startswith(_OFFICE_MARKS) or (
        named and any(mark in first for mark in _OFFICE_MARKS)
    )


def _is_text(beginning: bytes) -> bool:
    if beginning.startswith((b"\xff\xfe", b"\xfe\xff")):  # UTF-16
        return True
    return not any(byte < 0x20 and byte not in TEXT_CONTROLS for byte in beginning)  # noqa: PLR2004


def _kind_of_text(beginning: bytes, name: str) -> Kind:
    lines = beginning.lower().split(b"\n")[:20]
    headers = sum(line.startswith(_HEADERS) for line in lines)
    if extension(name) == "eml" or headers >= 2:  # noqa: PLR2004  one could be a word
        return Kind.EMAIL
    if extension(name) == "csv" or b"<office:document" in beginning:  # OpenDocument in one file
        return Kind.OFFICE
    return Kind.TEXT
