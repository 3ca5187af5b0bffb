"""Outlook's .msg: the same as e-mail, in a container of Microsoft's.

The library imports the e-mail parser, so it is loaded when it is needed: see `mail`.
"""

from importlib import import_module
from typing import Any

from viewing_station.inspecting.examination import Examination, Item
from viewing_station.inspecting.finding import Weight
from viewing_station.inspecting.mail import tell_headers

NAMES, POINTS, HINTS = Weight.NAMES, Weight.POINTS, Weight.HINTS
TRANSPORT = 0x007D  # PidTagTransportMessageHeaders
PEOPLE_LIMIT = 500  # recipients of one message
TEXT_LIMIT = 4_000  # characters of a property

# MAPI property ids (MS-OXPROPS), and what they say.
PROPERTIES = {
    0x0C1A: (NAMES, "It says who wrote it: {value}"),
    0x0C1F: (NAMES, "It says who wrote it: {value}"),
    0x5D01: (NAMES, "It says who wrote it: {value}"),
    0x0042: (NAMES, "It names who it was sent for: {value}"),
    0x0065: (NAMES, "It names who it was sent for: {value}"),
    0x0040: (NAMES, "It says whose mailbox this copy comes from: {value}"),
    0x0076: (NAMES, "It says whose mailbox this copy comes from: {value}"),
    0x3FF8: (NAMES, "It names who made it: {value}"),
    0x3FFA: (NAMES, "It names who last changed it: {value}"),
    0x0037: (HINTS, "Its subject is: {value}"),
    0x1035: (POINTS, "An identifier ties it to the mailbox it comes from: {value}"),
    0x1042: (POINTS, "It is tied to other messages: {value}"),
    0x0039: (POINTS, "It says when it was written: {value}"),
    0x0E06: (POINTS, "It says when it was written: {value}"),
    0x3007: (POINTS, "It says when it was made: {value}"),
    0x3008: (HINTS, "It says when it was last changed: {value}"),
}


def examine_outlook(examination: Examination, item: Item) -> None:
    """Tell what an Outlook message says, and have its attachments looked at."""
    message = import_module("oxmsg").Message.load(str(item.path))
    for prop in message.properties:
        if prop.pid in PROPERTIES:
            weight, sentence = PROPERTIES[prop.pid]
            value = str(prop.value)[:TEXT_LIMIT].strip("\0 ")
            if value:
                examination.tell(item, weight, f"property 0x{prop.pid:04X}", value, sentence)
    for recipient in message.recipients[:PEOPLE_LIMIT]:
        value = f"{recipient.name} <{recipient.email_address}>"
        examination.tell(item, NAMES, "recipient", value, "It says who received it: {value}")
    _tell_transport(examination, item, message)
    for number, attached in enumerate(message.attachments, start=1):
        _examine_attachment(examination, item, attached, number)


def _tell_transport(examination: Examination, item: Item, message: Any) -> None:
    """Tell the header it travelled with, which holds some fields several times."""
    for prop in message.properties:
        if prop.pid == TRANSPORT:
            tell_headers(examination, item, import_module("email").message_from_string(prop.value))


def _examine_attachment(examination: Examination, item: Item, attached: Any, number: int) -> None:
    name = attached.file_name or f"attachment {number}"
    sentence = "A file with its own name is attached: {value}"
    examination.tell(item, HINTS, "attachment", name, sentence)
    content = attached.file_bytes
    if content is None:
        examination.unread(item, name)
    else:
        examination.add(item, name, iter([content]))
