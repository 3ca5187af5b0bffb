from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crypto.errors import BadBox, BadKey
from crypto.kinds import ReplyKey
from crypto.replybox import open_reply, seal_reply
from crypto.schedule import ReplySecret, reply_key

Vectors = Callable[[str], Any]


def test_a_box_made_elsewhere_opens(vectors: Vectors) -> None:
    case = vectors("replybox")
    secret = ReplySecret(bytes.fromhex(case["secret"]))
    assert reply_key(secret).hex() == case["key"]
    assert open_reply(secret, bytes.fromhex(case["box"])).hex() == case["padded"]


def test_malformed_boxes_do_not_open(vectors: Vectors) -> None:
    case = vectors("replybox")
    secret = ReplySecret(bytes.fromhex(case["secret"]))
    for fault, box in case["malformed_boxes"].items():
        with pytest.raises(BadBox):
            pytest.fail(f"{fault}: {open_reply(secret, bytes.fromhex(box))!r}")


def test_malformed_keys_are_refused(vectors: Vectors) -> None:
    for key in vectors("replybox")["malformed_keys"]:
        with pytest.raises(BadKey):
            seal_reply(ReplyKey(bytes.fromhex(key)), b"reply")


@given(st.binary(max_size=5000))
def test_a_sealed_reply_opens_for_its_codename_only(padded: bytes) -> None:
    secret, stranger = ReplySecret(bytes([1]) * 32), ReplySecret(bytes([2]) * 32)
    box = seal_reply(reply_key(secret), padded)
    assert len(box) == len(padded) + 48
    assert open_reply(secret, box) == padded
    with pytest.raises(BadBox):
        open_reply(stranger, box)


def test_two_boxes_of_one_reply_are_unlike() -> None:
    key = reply_key(ReplySecret(bytes([1]) * 32))
    assert seal_reply(key, b"reply")[:32] != seal_reply(key, b"reply")[:32]
