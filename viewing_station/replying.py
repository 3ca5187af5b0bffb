"""Seals a reply on the spot, to the key inside the newest letter of its thread."""

from datetime import date

from crypto.errors import BadKey
from crypto.kinds import ReplyKey
from crypto.replybox import seal_reply
from formats.handles import new_item_id
from formats.reply import REPLY_LIMIT, Origin, ReplyText, encode_reply
from viewing_station.errors import EmptyReplyError, LongReplyError, NoReplyKeyError, NotTextError
from viewing_station.outbox import Reply, SealedReply
from viewing_station.station import Station
from viewing_station.threads import Thread

READ_LIMIT = 3 + 4 * REPLY_LIMIT + 2  # bytes: a byte order mark, the longest reply, a line end


def read_text(raw: bytes) -> str:
    """Return a reply's text from bytes; a line end at its end is the editor's, and goes.

    Raises NotTextError, EmptyReplyError, LongReplyError.
    """
    too_long = LongReplyError(limit=f"{REPLY_LIMIT:,}")
    if len(raw) > READ_LIMIT:  # it may have been cut within a character
        raise too_long
    try:
        text = raw.decode("utf-8-sig").removesuffix("\n").removesuffix("\r")
    except UnicodeDecodeError:
        raise NotTextError from None
    if not text.strip():
        raise EmptyReplyError
    if len(text) > REPLY_LIMIT:
        raise too_long
    return text


def queue_reply(station: Station, thread: Thread, text: str, day: date) -> Reply:
    """Seal a reply, keep its text, and queue it. Raises NoReplyKeyError.

    The same text again, before the first has left, is that first one: a command that was cut off
    did not say so.
    """
    letter = thread.newest.letter
    for queued in _waiting(station, letter.delivery):
        if queued.text == text:
            return queued
    padded = encode_reply(ReplyText(Origin.STATION, text))
    try:
        box = seal_reply(ReplyKey(letter.reply_key), padded)
    except BadKey:
        raise NoReplyKeyError(name=letter.delivery) from None
    reply = Reply(new_item_id(), letter.delivery, thread.id, day, text)
    with station.records.change():
        station.outbox.put_reply(reply, SealedReply(letter.nonce, letter.tag, box))
    return reply


def _waiting(station: Station, delivery: str) -> list[Reply]:
    """Return the replies to a delivery that no courier has carried yet."""
    outbox = station.outbox
    theirs = [reply for reply in outbox.replies() if reply.delivery == delivery]
    if not theirs:
        return []
    carried = {item for sent in outbox.couriers() for item in sent.items}
    return [reply for reply in theirs if not reply.online and reply.id not in carried]
