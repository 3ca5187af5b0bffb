"""What the fields of a message's header say, in plain words."""

import re
from collections.abc import Iterator

from viewing_station.inspecting.finding import Weight

NAMES, POINTS, HINTS = Weight.NAMES, Weight.POINTS, Weight.HINTS

SERVERS = (
    "dkim-signature|domainkey-signature|arc-.*|authentication-results|received-spf|autocrypt"
    "|x-(?:google|ms|forefront|microsoft|exchange|gm|spam|virus|proofpoint|mimecast)-.*"
)
# The first whose names fit counts. Names are matched whole, in any case.
RULES: tuple[tuple[str, Weight, str], ...] = (
    ("from|sender|resent-from", NAMES, "It says who wrote it"),
    ("to|cc|bcc|resent-to|apparently-to", NAMES, "It says who received it"),
    (
        "delivered-to|x-original-to|envelope-to|x-envelope-to|x-rcpt-to|x-gm-original-to",
        NAMES,
        "It says whose mailbox this copy comes from",
    ),
    ("reply-to|return-path|errors-to|disposition-notification-to", NAMES, "It names an address"),
    (
        "x-(?:originating|sender|client|real|source|remote)-ip",
        NAMES,
        "It carries the network address it was written from",
    ),
    (
        "x-originating-client|user-agent|x-mailer|x-mimeole|x-newsreader",
        POINTS,
        "It says what program it was written with",
    ),
    ("received", POINTS, "It says over which machines it went, and when"),
    ("message-id", POINTS, "An identifier ties it to the mailbox it comes from"),
    (
        "date|resent-date|delivery-date",
        POINTS,
        "It says when it was written, in its writer's time zone",
    ),
    (
        "thread-index|thread-topic|in-reply-to|references|conversation-id",
        POINTS,
        "It is tied to other messages",
    ),
    (
        "organization|x-ms-exchange-organization-.*|x-auth.*|x-sender|x-source.*",
        NAMES,
        "It names an organisation or an account",
    ),
    (
        "list-unsubscribe.*|feedback-id|x-campaign.*|x-mailgun.*|x-sg-.*|list-id|precedence",
        POINTS,
        "It carries a mark of its own for each recipient or list",
    ),
    (
        SERVERS,
        HINTS,
        "It carries a trace of a mail server or program",
    ),
    ("subject", HINTS, "Its subject is"),
    ("content-language|accept-language", HINTS, "It says what language was set"),
)
HARMLESS = frozenset({"mime-version", "content-type", "content-transfer-encoding", "content-id"})
HARMLESS |= {"content-disposition", "importance", "x-priority", "priority"}

ADDRESS = re.compile(r"\b\d{1,3}(?:\.\d{1,3}){3}\b|\b[0-9a-fA-F]{1,4}(?::[0-9a-fA-F]{0,4}){3,7}\b")
MESSAGE_HOST = re.compile(r"@([^>\s]+)")


def meanings(name: str, value: str) -> Iterator[tuple[Weight, str, str]]:
    """Yield what a field says: a weight, the value, and the words before it."""
    for names, weight, words in RULES:
        if re.fullmatch(names, name, re.IGNORECASE):
            yield weight, value, words
            break
    else:
        if name.lower() not in HARMLESS:
            yield HINTS, f"{name}: {value}", "It carries a field of its own"
    if name.lower() == "message-id" and (host := MESSAGE_HOST.search(value)):
        yield POINTS, host[1], "It names the machine it was sent from"
    if name.lower() == "received":
        for address in dict.fromkeys(ADDRESS.findall(value)):
            yield POINTS, address, "It carries the network address of a machine"
