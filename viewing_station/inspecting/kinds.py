"""What kind of file it is, by what it holds. A name may lie, and is not asked."""

import re
import zipfile
from enum import Enum
from pathlib import Path

LOOKED_AT = 64 << 10  # bytes of its beginning
PDF_WITHIN = 1024  # bytes: readers take a PDF's header that far in
TAR_MAGIC_AT = 257  # bytes (POSIX.1-1988, ustar)
TS_PACKET = 188  # bytes (ISO/IEC 13818-1)


class Kind(Enum):
    """How a file is looked at, and how it is cleaned."""

    PDF = "PDF"
    OOXML = "office document"
    ODF = "OpenDocument"
    FLAT_ODF = "OpenDocument in one piece"
    OLE = "older office document"
    RTF = "RTF document"
    OUTLOOK = "Outlook message"
    MAIL = "e-mail"
    IMAGE = "image"
    MEDIA = "audio or video"
    MARKUP = "web page or drawing"
    XMP = "block of metadata"
    TEXT = "text"
    ARCHIVE = "archive"
    EMPTY = "empty file"
    UNKNOWN = "unknown"


IMAGES = re.compile(
    rb"\xff\xd8\xff|\x89PNG\r\n\x1a\n|GIF8[79]a|II\*\0|MM\0\*|II\+\0|MM\0\+|BM.{4}\0{4}"
    rb"|RIFF.{4}WEBP|.{4}ftyp(heic|heix|mif1|msf1|avif|avis|hevc|crx )|\0\0\0\x0cjP  |8BPS"
    rb"|P[1-6]\s|FUJIFILM|IIU\0|\0\0\x01\0|\xff\x0a|\0\0\0\x0cJXL ",
    re.DOTALL,
)
MEDIA = re.compile(
    rb".{4}(ftyp|moov|mdat|wide|free|skip)|RIFF.{4}(AVI |WAVE)|ID3|OggS|fLaC|\x1aE\xdf\xa3"
    rb"|\x30\x26\xb2\x75\x8e\x66\xcf\x11|FORM.{4}AIF[FC]|FLV\x01|#!AMR|\0\0\x01[\xba\xb3]|\.snd"
    rb"|caff\0|MThd|wvpk|MAC |\xff[\xe2-\xe7\xf2-\xf7\xfa-\xfb\xf1\xf9]",
    re.DOTALL,
)
ARCHIVES = re.compile(
    rb"PK\x03\x04|PK\x05\x06|\x1f\x8b|BZh[1-9]|\xfd7zXZ\0|7z\xbc\xaf\x27\x1c|Rar!\x1a\x07|MSCF|070701"
    rb"|070707|!<arch>\n|\x28\xb5\x2f\xfd|\x04\x22\x4d\x18|.{32769}CD001|.{2}-lh.-",
    re.DOTALL,
)
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
OUTLOOK = "__properties_version1.0".encode("utf-16-le")
HEADER = re.compile(
    rb"(?i)(?:received|return-path|from|to|subject|date|message-id|mime-version|delivered-to"
    rb"|x-[a-z-]+|dkim-signature|reply-to|cc|content-type|authentication-results|arc-[a-z-]+):"
)
FIELD = re.compile(rb"(?:[!-9;-~]+:[^\n]*|[ \t][^\n]*)\r?\n")
MARKUP = re.compile(rb"(?is)\s*(?:<\?xml|<!doctype|<!--|<html|<svg|<head|<body)")
XMP = (b"<?xpacket", b"<x:xmpmeta")
FLAT_ODF = b"urn:oasis:names:tc:opendocument:xmlns:office:1.0"
CONTROLS = re.compile(rb"[\0-\x08\x0e-\x1a\x1c-\x1f]")
ODF_TYPE = b"application/vnd.oasis.opendocument."
ODF_SUFFIXES = {b"text": ".odt", b"spreadsheet": ".ods", b"presentation": ".odp"}
ODF_SUFFIXES |= {b"graphics": ".odg", b"chart": ".odc", b"formula": ".odf"}
SUFFIXES = {Kind.PDF: ".pdf", Kind.RTF: ".rtf", Kind.OUTLOOK: ".msg", Kind.MAIL: ".eml"}
SUFFIXES |= {Kind.TEXT: ".txt"}
HEADS = tuple(
    (re.compile(pattern, re.DOTALL), suffix)
    for pattern, suffix in (
        (rb"\xff\xd8", ".jpg"),
        (rb"\x89PNG", ".png"),
        (rb"GIF8", ".gif"),
        (rb"II\*\0|MM\0\*", ".tiff"),
        (rb"RIFF.{4}WEBP", ".webp"),
        (rb".{4}ftyp(heic|heix|mif1|msf1)", ".heic"),
        (rb"BM", ".bmp"),
        (rb"RIFF.{4}WAVE", ".wav"),
        (rb"RIFF.{4}AVI ", ".avi"),
        (rb".{4}ftyp(M4A|M4B)", ".m4a"),
        (rb".{4}ftyp|.{4}moov|.{4}mdat", ".mp4"),
        (rb"ID3|\xff[\xe2-\xff]", ".mp3"),
        (rb"OggS", ".ogg"),
        (rb"fLaC", ".flac"),
        (rb"\x1aE\xdf\xa3", ".mkv"),
        (rb"\x30\x26\xb2\x75", ".wmv"),
        (rb"FORM.{4}AIF", ".aiff"),
        (rb"(?i).{0,2000}?<svg", ".svg"),
        (rb"(?i).{0,2000}?<html|<!doctype html", ".html"),
        (rb"PK", ".zip"),
    )
)
LEAST_FIELDS = 2  # lines that look like a header: one could be a note that begins with "To:"


def kind_of(path: Path) -> Kind:
    """Tell a file's kind."""
    with path.open("rb") as file:
        head = file.read(LOOKED_AT)
    if not head:
        return Kind.EMPTY
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _zip_kind(path)
    if head.startswith(OLE):
        return Kind.OUTLOOK if OUTLOOK in path.read_bytes() else Kind.OLE
    return _magic_kind(head) or _text_kind(head)


def suffix_of(path: Path, kind: Kind) -> str:
    """Return the suffix that programs expect of such a file, dot and all; '' where none is known.

    It comes from what the file holds and from this list, so that nothing of its name goes along.
    """
    if kind in SUFFIXES:
        return SUFFIXES[kind]
    with path.open("rb") as file:
        head = file.read(LOOKED_AT)
    if kind in {Kind.OOXML, Kind.ODF}:
        return _office_suffix(path, head)
    for pattern, suffix in HEADS:
        if pattern.match(head):
            return suffix
    return ""


def _office_suffix(path: Path, head: bytes) -> str:
    with zipfile.ZipFile(path) as archive:
        names = archive.namelist()
    for folder, suffix in (("word/", ".docx"), ("xl/", ".xlsx"), ("ppt/", ".pptx")):
        if any(name.startswith(folder) for name in names):
            return suffix
    for name, suffix in ODF_SUFFIXES.items():
        if ODF_TYPE + name in head:
            return suffix
    return ""


def _magic_kind(head: bytes) -> Kind | None:
    for pattern, kind in ((IMAGES, Kind.IMAGE), (MEDIA, Kind.MEDIA), (ARCHIVES, Kind.ARCHIVE)):
        if pattern.match(head):
            return kind
    if b"%PDF-" in head[:PDF_WITHIN]:
        return Kind.PDF
    if head[TAR_MAGIC_AT:].startswith(b"ustar"):
        return Kind.ARCHIVE
    if head[:1] == b"\x47" and head[TS_PACKET : TS_PACKET + 1] == b"\x47":
        return Kind.MEDIA
    return None


def _zip_kind(path: Path) -> Kind:
    try:
        with zipfile.ZipFile(path) as archive:
            names = set(archive.namelist())
            if "[Content_Types].xml" in names:
                return Kind.OOXML
            if "mimetype" in names:
                with archive.open("mimetype") as file:
                    return Kind.ODF if file.read(100).startswith(ODF_TYPE) else Kind.ARCHIVE
    except (zipfile.BadZipFile, OSError, RuntimeError, NotImplementedError, ValueError, EOFError):
        pass
    return Kind.ARCHIVE


def _text_kind(head: bytes) -> Kind:
    if head.startswith(b"{\\rtf"):
        return Kind.RTF
    if head.lstrip().startswith(XMP):
        return Kind.XMP
    if _is_mail(head):
        return Kind.MAIL
    if not _is_text(head):
        return Kind.UNKNOWN
    if not MARKUP.match(head.removeprefix(b"\xef\xbb\xbf")):
        return Kind.TEXT
    return Kind.FLAT_ODF if FLAT_ODF in head else Kind.MARKUP


def _is_mail(head: bytes) -> bool:
    """Tell whether it begins with a header's lines, of which some are those of e-mail."""
    text = head[head.find(b"\n") + 1 :] if head.startswith(b"From ") else head
    known, place = 0, 0
    while field := FIELD.match(text, place):
        known += bool(HEADER.match(field[0]))
        place = field.end()
    ended = place >= len(text) - 1 or text[place : place + 2].startswith((b"\n", b"\r\n"))
    return known >= LEAST_FIELDS and (ended or len(head) == LOOKED_AT)


def _is_text(head: bytes) -> bool:
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return True
    return not CONTROLS.search(head)
