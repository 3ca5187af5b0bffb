from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crypto.errors import BadKey
from crypto.kinds import Nonce
from crypto.root import Root
from crypto.schedule import (
    MailboxKeys,
    TagKey,
    expand,
    make_tag,
    matching,
    new_nonce,
    reply_key,
    reply_secret,
    thread_id,
)

Vectors = Callable[[str], Any]


def test_the_schedule_matches_the_vectors(vectors: Vectors) -> None:
    for case in vectors("schedule")["valid"]:
        keys = expand(Root(bytes.fromhex(case["root"])))
        nonce = Nonce(bytes.fromhex(case["nonce"]))
        secret = reply_secret(keys, nonce)
        assert keys.thread.reveal().hex() == case["thread_key"]
        assert keys.tag.reveal().hex() == case["tag_key"]
        assert keys.reply.reveal().hex() == case["reply_root_key"]
        assert make_tag(keys, nonce).hex() == case["tag"]
        assert secret.reveal().hex() == case["reply_secret"]
        assert reply_key(secret).hex() == case["reply_key"]
        for slug, thread in case["thread_ids"].items():
            assert thread_id(keys, slug).hex() == thread


def test_wrong_sizes_are_refused(vectors: Vectors) -> None:
    malformed, keys = vectors("schedule"), expand(Root(bytes(32)))
    for nonce in map(bytes.fromhex, malformed["malformed_nonces"]):
        with pytest.raises(BadKey):
            make_tag(keys, Nonce(nonce))
        with pytest.raises(BadKey):
            reply_secret(keys, Nonce(nonce))
    for packed in map(bytes.fromhex, malformed["malformed_packed_keys"]):
        with pytest.raises(BadKey):
            MailboxKeys.from_bytes(packed)
    for root in map(bytes.fromhex, malformed["malformed_roots"]):
        with pytest.raises(BadKey):
            Root(root)


@given(st.binary(min_size=32, max_size=32))
def test_packed_keys_come_back(root: bytes) -> None:
    keys = expand(Root(root))
    again = MailboxKeys.from_bytes(keys.to_bytes())
    assert (again.thread, again.tag, again.reply) == (keys.thread, keys.tag, keys.reply)


def test_keys_show_in_no_repr() -> None:
    keys = expand(Root(bytes(32)))
    assert repr(keys).count("redacted") == 3
    assert keys.tag.reveal().hex() not in repr(keys)


def test_a_codename_finds_its_own_rows_among_others() -> None:
    own, other = expand(Root(bytes(32))), expand(Root(bytes([1]) * 32))
    rows, wanted = [], []
    for number in range(200):
        nonce, keys = new_nonce(), own if number % 7 == 0 else other
        rows.append((str(number), nonce, make_tag(keys, nonce)))
        wanted += [str(number)] * (keys is own)
    assert list(matching(own.tag, iter(rows))) == wanted
    assert list(matching(TagKey(bytes(32)), rows)) == []


def test_rows_of_one_codename_share_nothing() -> None:
    keys = expand(Root(bytes(32)))
    nonces = [new_nonce() for _ in range(50)]
    values = [bytes(nonce) for nonce in nonces]
    values += [make_tag(keys, nonce) for nonce in nonces]
    values += [reply_key(reply_secret(keys, nonce)) for nonce in nonces]
    assert len(set(values)) == 150


def test_threads_differ_by_desk() -> None:
    keys = expand(Root(bytes(32)))
    assert thread_id(keys, "paris") != thread_id(keys, "lyon")
