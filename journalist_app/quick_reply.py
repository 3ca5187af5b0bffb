"""A reply typed online: sealed at once to its delivery, with a copy sealed to the desk.

The server sees its text in passing, which a reply from the viewing station does not allow. So it
exists only where the instance says so, names its origin inside the seal, and reaches the station
with the next bundle.
"""

import hashlib
from datetime import date

from crypto.envelope import EnvelopeSeal
from crypto.errors import SealFailed
from crypto.kinds import ReplyKey
from crypto.replybox import seal_reply
from formats.errors import FormatError
from formats.handles import new_item_id
from formats.reply import REPLY_LIMIT, Origin, ReplyText, encode_reply
from journalist_app.refusals import ReplyEmpty, ReplyNotSealed, ReplyTooLong
from storage import desks, quick_copies, replies
from storage.models import Delivery
from web.errors import BadForm
from web.faults import report_fault
from web.services import Services


class QuickReplies:
    """Seals and stores replies typed online."""

    def __init__(self, services: Services) -> None:
        self._services = services

    def send(self, delivery: Delivery, untrusted_text: str) -> None:
        """Seal a reply to a delivery and store it, with its copy, in one transaction.

        Raises ReplyEmpty, ReplyTooLong, BadForm or ReplyNotSealed; nothing is stored then.
        """
        padded = _encode(untrusted_text)
        day = self._services.today
        sealed = self._seal_to_desk(delivery.desk, padded, day)
        reply = replies.NewReply(
            id=new_item_id(),
            desk=delivery.desk,
            nonce=delivery.nonce,
            tag=delivery.tag,
            box=seal_reply(ReplyKey(delivery.reply_key), padded),
            day=day,
        )
        copy = quick_copies.NewQuickCopy(
            id=new_item_id(),  # its own: the reply's would tie the two rows together
            desk=delivery.desk,
            delivery=delivery.id,
            day=day,
            sealed=sealed,
            sha256=hashlib.sha256(sealed).digest(),
        )
        with self._services.db.write() as transaction:
            replies.insert_reply(transaction, reply)
            quick_copies.insert_copy(transaction, copy)

    def _seal_to_desk(self, desk: str, padded: bytes, day: date) -> bytes:
        """Seal the padded reply as one OpenPGP message to the desk's keys of a day."""
        with self._services.db.read() as transaction:
            keys = [key.armored for key in desks.active_keys(transaction, desk, day)]
        body = bytearray()
        try:
            gnupg = self._services.instance.places.gnupg
            with EnvelopeSeal(keys, body.extend, day, gnupg) as seal:
                seal.write(padded)
                head = seal.finish().head
        except SealFailed as error:
            report_fault(error)
            raise ReplyNotSealed from None
        return head + bytes(body)


def _encode(untrusted_text: str) -> bytes:
    text = untrusted_text.replace("\r\n", "\n").strip()
    if not text:
        raise ReplyEmpty
    if len(text) > REPLY_LIMIT:
        raise ReplyTooLong
    try:
        return encode_reply(ReplyText(Origin.ONLINE, text))
    except FormatError:
        raise BadForm from None
