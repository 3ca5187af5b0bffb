"""E-mail: who wrote to whom, from which machine, over which servers.

The library's parser imports `socket`. It is loaded here when it is needed, which is inside the
sandbox, where there is no network to reach.
"""

import re
from importlib import import_module
from typing import Any

from viewing_station.inspecting.examination import Examination, Item
from viewing_station.inspecting.finding import Weight
from viewing_station.inspecting.mail_rules import meanings

HEADERS_LIMIT = 2_000  # of one message
PARTS_LIMIT = 300  # of one message
REMOTE = re.compile(
    r"""(?i)<(?:img|link|iframe)[^>]{0,2000}?(?:src|href)\s*=\s*["']?"""
    r"""(https?://[^"'\s>]{1,1000})"""
)
SEPARATOR = re.compile(rb"\AFrom [^\n]*\n")  # of a mailbox file


def examine_mail(examination: Examination, item: Item) -> None:
    """Tell what a message says, and have its attachments looked at."""
    content = SEPARATOR.sub(b"", item.path.read_bytes())
    message = import_module("email").message_from_bytes(content)
    tell_headers(examination, item, message)
    for number, part in enumerate(message.walk()):
        if number >= PARTS_LIMIT:
            examination.unread(item, f"more than {PARTS_LIMIT} parts")
            return
        _examine_part(examination, item, part, number)


def tell_headers(examination: Examination, item: Item, message: Any) -> None:
    """Tell what the header of a parsed message says."""
    for count, (name, raw) in enumerate(message.items()):
        if count >= HEADERS_LIMIT:
            examination.unread(item, f"more than {HEADERS_LIMIT:,} header fields")
            return
        value = " ".join(_decoded(raw).split())
        if value:
            for weight, told, words in meanings(name, value):
                examination.tell(item, weight, name, told, f"{words}: {{value}}")


def _decoded(raw: object) -> str:
    """Decode a header's words (RFC 2047); what cannot be decoded is shown as it stands."""
    header = import_module("email.header")
    try:
        return str(header.make_header(header.decode_header(str(raw))))
    except (ValueError, LookupError, import_module("email.errors").HeaderParseError):
        return str(raw)


def _examine_part(examination: Examination, item: Item, part: Any, number: int) -> None:
    content = part.get_payload(decode=True)
    if not isinstance(content, bytes):
        return
    if part.get_content_type() == "text/html":
        text = content.decode("utf-8", "replace")
        for link in dict.fromkeys(REMOTE.findall(text)):
            sentence = "It fetches something that tells who reads it, or told so already: {value}"
            examination.tell(item, Weight.POINTS, "text/html", link, sentence)
    name = part.get_filename()
    if name or part.get_content_maintype() not in {"text", "multipart", "message"}:
        shown = _decoded(name) if name else f"part {number}"
        sentence = "A file with its own name is attached: {value}"
        examination.tell(item, Weight.HINTS, "attachment", shown, sentence)
        examination.add(item, shown, iter([content]))
