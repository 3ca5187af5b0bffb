from collections.abc import Callable
from typing import Any

import pytest

from crypto import store_key
from crypto.errors import BadBox
from crypto.secret import Secret
from crypto.store_key import (
    STAMP_SIZE,
    MasterKey,
    RecordSeal,
    derive_file_key,
    new_master,
    unwrap_master,
    wrap_master,
)

Vectors = Callable[[str], Any]


@pytest.fixture(autouse=True)
def full_cost(monkeypatch: pytest.MonkeyPatch) -> None:
    """The format's own cost: the station's tests, in the same process before, lower it."""
    monkeypatch.setattr(store_key, "PASSES", 3)
    monkeypatch.setattr(store_key, "MEMORY", 256 << 20)


def test_a_master_key_wrapped_elsewhere_unwraps(vectors: Vectors) -> None:
    case = vectors("store")
    passphrase = Secret(case["passphrase"].encode())
    master = unwrap_master(passphrase, bytes.fromhex(case["wrapped"]))
    assert master.reveal().hex() == case["master"]
    for wrapped in case["malformed_wrapped"]:
        with pytest.raises(BadBox):
            unwrap_master(passphrase, bytes.fromhex(wrapped))


def test_the_wrong_passphrase_unwraps_nothing_and_a_new_one_the_same() -> None:
    master, wrapped = new_master(Secret(b"right"))
    assert unwrap_master(Secret(b"right"), wrapped) == master
    with pytest.raises(BadBox):
        unwrap_master(Secret(b"wrong"), wrapped)
    assert unwrap_master(Secret(b"new"), wrap_master(Secret(b"new"), master)) == master


def test_records_match_the_vectors(vectors: Vectors) -> None:
    case = vectors("store")
    seal = RecordSeal(MasterKey(bytes.fromhex(case["master"])))
    record = seal.open(case["context"], bytes.fromhex(case["record"]))
    assert record == case["data"].encode()
    for box in case["malformed_records"]:
        with pytest.raises(BadBox):
            seal.open(case["context"], bytes.fromhex(box))


def test_a_record_opens_in_its_place_only() -> None:
    seal = RecordSeal(MasterKey.new())
    box = seal.seal("thread/1", b"data")
    assert seal.open("thread/1", box) == b"data"
    for other, context in ((seal, "thread/2"), (RecordSeal(MasterKey.new()), "thread/1")):
        with pytest.raises(BadBox):
            other.open(context, box)


def test_each_writing_of_a_record_has_another_stamp() -> None:
    seal = RecordSeal(MasterKey.new())
    assert len({seal.seal("thread/1", b"data")[:STAMP_SIZE] for _ in range(100)}) == 100


def test_each_file_has_its_key(vectors: Vectors) -> None:
    case = vectors("store")
    master = MasterKey(bytes.fromhex(case["master"]))
    assert derive_file_key(master, case["file_name"]).reveal().hex() == case["file_key"]
    assert derive_file_key(master, "a") != derive_file_key(master, "b")
