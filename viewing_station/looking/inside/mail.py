"""Runs inside the sandbox: an e-mail's text, the list of what is attached, or one attachment.

    -c SCRIPT text LIMIT       what people read of it, in UTF-8
    -c SCRIPT list LIMIT       a line of JSON for each attachment, one more for how it ended
    -c SCRIPT print NUMBER     the bytes of the NUMBERth attachment, from 1

Whether it is Outlook's or everybody's is told by its beginning. Nothing it names is fetched.
"""

import json
import sys
from collections.abc import Iterator
from email import message_from_binary_file, policy
from html.parser import HTMLParser
from pathlib import Path
from typing import Any, BinaryIO

MESSAGE = "/work/message"
OUTLOOK = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # [MS-CFB]
HEADERS = ("From", "To", "Cc", "Date", "Subject")
ATTACHMENTS_LIMIT = 1000
NAME_LIMIT = 4096  # characters
TOO_DEEP = "it is nested deeper than any e-mail that people write"
BROKEN = (ValueError, LookupError, TypeError, AttributeError, AssertionError)  # of email and oxmsg


class Words(HTMLParser):
    """Keeps the words of a page, and no more."""

    unseen = ("script", "style", "title", "head")
    breaks = ("p", "br", "div", "tr", "li", "h1", "h2", "h3", "blockquote", "table")

    def __init__(self) -> None:
        super().__init__()
        self.parts: list[str] = []
        self.depth = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Break lines where the page does."""
        del attrs
        self.depth += tag in self.unseen
        if tag in self.breaks:
            self.parts.append("\n")
        if tag == "img":
            self.parts.append("[image]")

    def handle_endtag(self, tag: str) -> None:
        """See what is not shown to its end."""
        self.depth = max(0, self.depth - (tag in self.unseen))

    def handle_data(self, data: str) -> None:
        """Keep words that are shown."""
        if not self.depth:
            self.parts.append(" ".join(data.split()) + " " if data.strip() else "")


def words_of(html: str) -> str:
    """Return the words of a page."""
    words = Words()
    words.feed(html)
    return "".join(words.parts)


class Mail:
    """Everybody's e-mail (RFC 5322, MIME)."""

    def __init__(self, file: BinaryIO) -> None:
        self.message = message_from_binary_file(file, policy=policy.default)
        wrapped = [p for p in self.message.walk() if p.get_content_type() == "message/rfc822"]
        self.inner = {id(q) for p in wrapped for r in p.iter_parts() for q in r.walk()}

    def headers(self) -> Iterator[str]:
        """Yield the headers that people read; one that cannot be read, as it stands."""
        for name in HEADERS:
            try:
                value = self.message[name]
            except BROKEN:
                raw = (v for n, v in self.message.raw_items() if n.lower() == name.lower())
                value = next(raw, "")
            if value:
                yield f"{name}: {' '.join(str(value).split())}"

    def body(self) -> str:
        """Return the text; where there is but a page, its words."""
        for kind, plain in (("plain", str), ("html", words_of)):
            part = self.message.get_body((kind,))
            if part is not None:
                return plain(self._content(part))
        return self._content(self.message) if self.message.get_content_maintype() == "text" else ""

    def attachments(self) -> Iterator[tuple[str, Any]]:
        """Yield name and part of what is attached, those that a page shows among them."""
        body = {id(self.message.get_body((kind,))) for kind in ("plain", "html")}
        for part in self.message.walk() if self.message.is_multipart() else ():
            if part.is_multipart() and part.get_content_type() != "message/rfc822":
                continue
            if id(part) in body or self._is_inside(part):
                continue
            ending = ".eml" if part.get_content_type() == "message/rfc822" else ""
            yield part.get_filename() or part.get_content_type().replace("/", ".") + ending, part

    def _is_inside(self, part: Any) -> bool:
        """Tell whether a part belongs to a message that is attached, and is opened with that."""
        return id(part) in self.inner

    @staticmethod
    def _content(part: Any) -> str:
        raw = part.get_payload(decode=True) or b""
        try:
            return raw.decode(part.get_content_charset() or "utf-8")
        except (LookupError, UnicodeDecodeError):
            return raw.decode("cp1252", "replace")

    @staticmethod
    def content(part: Any) -> bytes:
        """Return an attachment's bytes."""
        if part.get_content_type() == "message/rfc822":
            return b"".join(bytes(inner) for inner in part.iter_parts())
        return part.get_payload(decode=True) or b""


class OutlookMail:
    """Outlook's own kind ([MS-OXMSG])."""

    def __init__(self) -> None:
        from oxmsg import Message  # noqa: PLC0415  only for these

        self.message = Message.load(MESSAGE)

    def headers(self) -> Iterator[str]:
        """Yield the headers that people read."""
        message = self.message
        yield f"From: {message.sender or ''}"
        for to in message.recipients[:ATTACHMENTS_LIMIT]:
            yield f"To: {to.name} <{to.email_address}>"
        yield f"Date: {message.sent_date or ''}"
        yield f"Subject: {message.subject or ''}"

    def body(self) -> str:
        """Return the text; where there is but a page, its words."""
        return self.message.body or words_of(self.message.html_body or "")

    def attachments(self) -> Iterator[tuple[str, Any]]:
        """Yield name and part of what is attached."""
        for attached in self.message.attachments:
            yield attached.file_name or "attachment", attached

    @staticmethod
    def content(attached: Any) -> bytes:
        """Return an attachment's bytes."""
        return attached.file_bytes or b""


def opened() -> "Mail | OutlookMail":
    """Open the message of either kind."""
    with Path(MESSAGE).open("rb") as file:
        if file.read(len(OUTLOOK)) == OUTLOOK:
            return OutlookMail()
        file.seek(0)
        return Mail(file)


def clean(name: object) -> str:
    """Return a name as text on one line, whatever was put in its place."""
    return " ".join(str(name).split())[:NAME_LIMIT].encode("utf-8", "replace").decode()


def read(limit: int) -> None:
    """Print what people read."""
    mail = opened()
    lines = [*mail.headers(), "", mail.body(), ""]
    for number, (name, _) in enumerate(mail.attachments(), 1):
        if number > ATTACHMENTS_LIMIT:
            lines.append("[...]")
            break
        lines.append(f"[{number}] {clean(name)}")
    sys.stdout.buffer.write("\n".join(lines).encode("utf-8", "replace")[:limit])


def write(line: dict[str, object]) -> None:
    """Print a line of JSON, in ASCII."""
    sys.stdout.write(json.dumps(line) + "\n")


def listed(limit: int) -> None:
    """Print what is attached, and whether that is all."""
    ended = "whole"
    mail = opened()
    for number, (name, part) in enumerate(mail.attachments(), 1):
        if number > limit:
            ended = "more"
            break
        size = len(mail.content(part))
        told: dict[str, object] = {
            "name": clean(name),
            "kind": "file",
            "size": size,
            "target": "",
            "protected": False,
        }
        write(told)
    write({"ended": ended})


def printed(wanted: int) -> None:
    """Print an attachment's bytes."""
    mail = opened()
    for number, (_, part) in enumerate(mail.attachments(), 1):
        if number == wanted:
            sys.stdout.buffer.write(mail.content(part))
            return
    sys.exit("no such attachment")


if __name__ == "__main__":
    try:
        {"text": read, "list": listed, "print": printed}[sys.argv[1]](int(sys.argv[2]))
    except RecursionError:
        sys.exit(TOO_DEEP)
    except BROKEN as error:
        sys.exit(f"not a message: {type(error).__name__}")
