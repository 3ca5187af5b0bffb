"""Plain text: it has no metadata, but it can be marked by what does not show."""

import re
from collections import Counter

from viewing_station.inspecting.examination import Examination, Item
from viewing_station.inspecting.finding import Weight

POINTS, HINTS = Weight.POINTS, Weight.HINTS
LOOKED_AT = 16 << 20  # bytes: a text of 3,000 pages

MARKS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")
# Nothing shows where these stand. A soft hyphen and a joiner have their uses, seldom here.
INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b-\u200f\u202a-\u202e"
    "\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\U000e0000-\U000e0fff]"
)
# Spaces of unusual width. French writes U+00A0 and U+202F, which are left out.
SPACES = re.compile("[\u1680\u2000-\u200a\u205f\u3000\u2800]")
# Cyrillic and Greek letters within a word of Latin ones: they look the same.
MIXED = re.compile(
    "\\b(?=\\w*[A-Za-z\u00c0-\u024f])(?=\\w*[\u0370-\u03ff\u0400-\u04ff])[^\\W\\d_]{2,60}\\b"
)
TRAILING = re.compile(r"[ \t]+$", re.MULTILINE)
ENDS = re.compile(r"\r\n|\r|\n")
MANY_TRAILING = 8  # lines that end in spaces: fewer happen to everyone
SHOWN = 8  # kinds of characters told by their codes


def examine_text(examination: Examination, item: Item) -> None:
    """Tell of what does not show in a text."""
    with item.path.open("rb") as file:
        content = file.read(LOOKED_AT)
    if item.size > LOOKED_AT:
        examination.unread(item, f"only its first {LOOKED_AT >> 20} MiB were looked at")
    text = _decoded(content)
    if content.startswith(MARKS):
        sentence = "It begins with a mark of the program that wrote it (a byte order mark)."
        examination.tell(item, HINTS, "text", "BOM", sentence)
        text = text.removeprefix("\ufeff")
    _tell_marks(examination, item, text)
    _tell_habits(examination, item, text)


def _decoded(content: bytes) -> str:
    if content.startswith(MARKS[1:]):
        return content.decode("utf-16", "replace")
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return content.decode("cp1252", "replace")


def _tell_marks(examination: Examination, item: Item, text: str) -> None:
    invisible = Counter(INVISIBLE.findall(text))
    if invisible:
        sentence = "It holds characters that do not show and may mark this one copy: {value}"
        examination.tell(item, POINTS, "text", _codes(invisible), sentence)
    spaces = Counter(SPACES.findall(text))
    if spaces:
        sentence = "It holds spaces of unusual widths, which may mark this one copy: {value}"
        examination.tell(item, POINTS, "text", _codes(spaces), sentence)
    mixed = dict.fromkeys(MIXED.findall(text))
    if mixed:
        sentence = "Words hold letters of another alphabet that look alike, and may mark this copy: {value}"  # noqa: E501
        examination.tell(item, POINTS, "text", ", ".join(list(mixed)[:SHOWN]), sentence)


def _tell_habits(examination: Examination, item: Item, text: str) -> None:
    trailing = len(TRAILING.findall(text))
    if trailing >= MANY_TRAILING:
        sentence = "Many lines end in spaces or tabs, which may mark this one copy: {value} lines"
        examination.tell(item, POINTS, "text", f"{trailing:,}", sentence)
    ends = Counter(ENDS.findall(text))
    if len(ends) > 1:
        sentence = "Its lines end in different ways: parts of it come from several systems."
        examination.tell(item, HINTS, "text", "", sentence)
    elif "\r\n" in ends:
        sentence = "Its lines end as programs on Windows write them."
        examination.tell(item, HINTS, "text", "CR LF", sentence)


def _codes(counted: Counter[str]) -> str:
    told = [f"U+{ord(mark):04X} × {count:,}" for mark, count in counted.most_common(SHOWN)]
    return ", ".join(told)
