"""A reply typed online: what is stored of it, and what is not."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from crypto.kinds import Nonce
from crypto.replybox import open_reply
from crypto.schedule import MailboxKeys, make_tag, new_nonce, reply_key, reply_secret
from formats.reply import REPLY_LIMIT, Origin, ReplyText, decode_reply
from journalist_app import quick_reply
from journalist_app.quick_reply import QuickReplies
from journalist_app.refusals import ReplyEmpty, ReplyNotSealed, ReplyTooLong
from storage import deliveries, desks
from storage.models import QuickCopy, Reply
from tests.crypto.gnupg_home import GnupgHome
from tests.journalist_app.house import House
from web.errors import RequestRefused

TEXT = "Merci. Gardez l’original, et revenez dans une semaine."


@dataclass
class Answered:
    """A delivery whose source is known here, and the desk's private key."""

    house: House
    delivery: str
    keys: MailboxKeys
    desk: GnupgHome

    def send(self, text: str) -> None:
        row = self.house.delivery(self.delivery)
        assert row is not None
        QuickReplies(self.house.services).send(row, text)

    def stored(self) -> tuple[list[Reply], list[QuickCopy]]:
        with self.house.services.db.read() as transaction:
            return transaction.query(Reply).all(), transaction.query(QuickCopy).all()


@pytest.fixture
def answered(talking_house: House) -> Iterator[Answered]:
    desk = GnupgHome()
    try:
        fingerprint = desk.make_key("desk", "cv25519", clock="20260101T000000")
        with talking_house.services.db.write() as transaction:
            desks.retire_key(transaction, "nord", "N" * 40)
            public = desk.public(fingerprint)
            desks.add_key(transaction, "nord", fingerprint, public, None)
        keys = MailboxKeys.from_bytes(bytes(range(96)))
        delivery = a_delivery(talking_house, keys, new_nonce())
        yield Answered(talking_house, delivery, keys, desk)
    finally:
        desk.close()


def a_delivery(house: House, keys: MailboxKeys, nonce: Nonce) -> str:
    new = deliveries.NewDelivery(
        id="k7qm-3vtx-9fwd",
        desk="nord",
        nonce=nonce,
        tag=make_tag(keys, nonce),
        reply_key=reply_key(reply_secret(keys, nonce)),
        day=house.today,
        envelopes=[house.new_envelope("nord")],
    )
    with house.services.db.write() as transaction:
        deliveries.insert_delivery(transaction, new)
    return new.id


def test_the_codename_opens_it(answered: Answered) -> None:
    answered.send(TEXT)

    ((reply,), _) = answered.stored()
    row = answered.house.delivery(answered.delivery)
    assert row is not None
    assert (reply.nonce, reply.tag, reply.desk) == (row.nonce, row.tag, "nord")
    opened = open_reply(reply_secret(answered.keys, Nonce(reply.nonce)), reply.box)
    assert decode_reply(opened) == ReplyText(Origin.ONLINE, TEXT)


def test_the_desks_key_opens_the_copy(answered: Answered) -> None:
    answered.send(TEXT)

    ((reply,), (copy,)) = answered.stored()
    assert copy.id != reply.id  # once the delivery is gone, nothing ties the two together
    assert (copy.delivery, copy.desk) == (answered.delivery, "nord")
    assert copy.sha256 == hashlib.sha256(copy.sealed).digest()
    opened = answered.desk.gpg("--decrypt", given=copy.sealed)
    assert decode_reply(opened) == ReplyText(Origin.ONLINE, TEXT)


def test_the_text_is_nowhere_in_the_clear(answered: Answered) -> None:
    answered.send("canari " * 20)

    home = answered.house.services.instance.places.home
    for file in home.rglob("*"):
        if file.is_file():
            assert b"canari" not in file.read_bytes()


def test_two_replies_of_other_lengths_look_alike(answered: Answered) -> None:
    answered.send("Oui.")
    answered.send("Non, et voici longuement pourquoi. " * 20)

    replies, copies = answered.stored()
    assert len({len(reply.box) for reply in replies}) == 1
    assert len({len(copy.sealed) for copy in copies}) == 1


@pytest.mark.parametrize(
    ("text", "refusal"),
    [
        ("", ReplyEmpty),
        (" \r\n ", ReplyEmpty),
        ("é" * (REPLY_LIMIT + 1), ReplyTooLong),
        ("\ud800", RequestRefused),
    ],
)
def test_what_is_no_reply_is_refused(
    answered: Answered, text: str, refusal: type[RequestRefused]
) -> None:
    with pytest.raises(refusal):
        answered.send(text)
    assert answered.stored() == ([], [])


def test_line_ends_are_made_plain(answered: Answered) -> None:
    answered.send("a\r\nb")

    ((reply,), _) = answered.stored()
    opened = open_reply(reply_secret(answered.keys, Nonce(reply.nonce)), reply.box)
    assert decode_reply(opened).text == "a\nb"


def test_the_longest_reply_fits(answered: Answered) -> None:
    answered.send("\U0001f4a1" * REPLY_LIMIT)

    replies, copies = answered.stored()
    assert (len(replies), len(copies)) == (1, 1)


def test_without_a_usable_key_nothing_is_stored(
    answered: Answered, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(quick_reply, "report_fault", lambda _: None)
    with answered.house.services.db.write() as transaction:
        for key in desks.keys(transaction, "nord"):
            desks.retire_key(transaction, "nord", key.fingerprint)

    with pytest.raises(ReplyNotSealed):
        answered.send(TEXT)
    assert answered.stored() == ([], [])
