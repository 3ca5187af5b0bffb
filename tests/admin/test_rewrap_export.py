"""What is asked of a station, how far it is, and how it ends: as commands on an instance."""

import hashlib
import json
import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest

from admin.compose import build_services
from crypto.signing import InstanceVerifier
from formats.handles import new_handle
from formats.rewrap import RewrapManifest, decode_rewrap
from formats.tarstream import TarLimits, TarReader
from storage import desks
from storage.deliveries import NewDelivery, NewEnvelope, insert_delivery
from storage.models import Envelope, EnvelopeKind, OldHead
from storage.rewraps import HeadSwap, swap
from tests.admin.conftest import Command, KeyFiles
from web.instance import open_instance
from web.services import Services

PREFIX = bytes(range(18))


@pytest.fixture
def opened(home: Path) -> Iterator[Services]:
    services = build_services(open_instance(home))
    yield services
    services.db.close()


@pytest.fixture
def desk(vasistas: Command, keys: KeyFiles) -> str:
    """Make a desk with one key."""
    assert vasistas("desk", "add", "ville", "--name", "Ville").code == 0
    assert vasistas("desk", "key", "add", "ville", keys.public).code == 0
    return "ville"


def add_envelopes(services: Services, desk: str, number: int) -> list[str]:
    with services.db.write() as transaction:
        key_set = desks.current_key_set(transaction, desk, services.today).id
    return [_add(services, desk, key_set) for _ in range(number)]


def _add(services: Services, desk: str, key_set: str) -> str:
    head, body = secrets.token_bytes(96), b"\xd2\xed\x01" + PREFIX + secrets.token_bytes(100)
    with services.blobs.create() as blob:
        blob.write(body)
        name = blob.commit()
    envelope = NewEnvelope(
        kind=EnvelopeKind.LETTER,
        head=head,
        head_sha256=hashlib.sha256(head).digest(),
        body_blob=name,
        body_size=len(body),
        body_sha256=hashlib.sha256(body).digest(),
        size_class=1 << 14,
        key_set=key_set,
    )
    new = NewDelivery(
        id=new_handle(),
        desk=desk,
        nonce=secrets.token_bytes(16),
        tag=secrets.token_bytes(16),
        reply_key=secrets.token_bytes(32),
        day=services.today,
        envelopes=[envelope],
    )
    with services.db.write() as transaction:
        insert_delivery(transaction, new)
    return new.id


def change_key(vasistas: Command, keys: KeyFiles) -> None:
    assert vasistas("desk", "key", "add", "ville", keys.other).code == 0
    assert vasistas("desk", "key", "retire", "ville", keys.fingerprint).code == 0


def read(file: Path, services: Services) -> tuple[RewrapManifest, dict[str, bytes]]:
    with file.open("rb") as source:
        reader = TarReader(source, TarLimits(99, 1 << 20, 1 << 20))
        manifest, signature = reader.read_manifest()
        InstanceVerifier(services.instance.signer.public).verify("rewrap", manifest, signature)
        decoded = decode_rewrap(manifest)
        return decoded, {
            member.name: stream.read() for member, stream in reader.exactly(decoded.members())
        }


def status(vasistas: Command) -> dict[str, object]:
    (only,) = json.loads(vasistas("rewrap", "status", "--json").out)
    assert isinstance(only, dict)
    return only


def answer(services: Services, delivery: str) -> None:
    """Swap a head as a courier does."""
    head = secrets.token_bytes(96)
    with services.db.write() as transaction:
        key_set = desks.current_key_set(transaction, "ville", services.today).id
        old = transaction.get_one(Envelope, (delivery, EnvelopeKind.LETTER)).head_sha256
        new = HeadSwap(
            delivery=delivery,
            kind=EnvelopeKind.LETTER,
            old=old,
            head=head,
            sha256=hashlib.sha256(head).digest(),
        )
        assert swap(transaction, new, key_set)


def test_the_file_holds_each_head_once_with_its_bodys_prefix_and_no_body(
    desk: str, vasistas: Command, keys: KeyFiles, opened: Services, tmp_path: Path
) -> None:
    names = add_envelopes(opened, desk, 5)
    change_key(vasistas, keys)
    late = add_envelopes(opened, desk, 2)  # sealed to the new key already
    file = tmp_path / "r.tar"
    done = vasistas("rewrap", "export", file)
    assert done.code == 0
    assert "5 heads of ville" in done.out
    manifest, heads = read(file, opened)
    assert [entry.delivery for entry in manifest.heads] == sorted(names)
    assert {entry.prefix for entry in manifest.heads} == {PREFIX}
    assert not set(late) & {entry.delivery for entry in manifest.heads}
    with opened.db.read() as transaction:
        stored = {row.delivery: row.head for row in transaction.query(Envelope)}
    assert heads == {f"{name}.letter.head": stored[name] for name in names}
    assert (manifest.desk, manifest.day) == (desk, opened.today)
    assert [len(each) for each in manifest.sealed_to] == [40]
    assert manifest.sealed_to != (keys.fingerprint,)
    assert file.stat().st_mode & 0o777 == 0o600
    assert file.stat().st_size < 20_000


def test_nothing_is_overwritten_and_nothing_half_is_left(
    desk: str, vasistas: Command, keys: KeyFiles, opened: Services, tmp_path: Path
) -> None:
    add_envelopes(opened, desk, 1)
    change_key(vasistas, keys)
    folder = tmp_path / "stick"
    folder.mkdir()
    (folder / "r.tar").write_text("mine")
    refused = vasistas("rewrap", "export", folder / "r.tar")
    assert (refused.code, "was left as it is" in refused.err) == (1, True)
    assert {path.name: path.read_text() for path in folder.iterdir()} == {"r.tar": "mine"}
    missing = vasistas("rewrap", "export", tmp_path / "none" / "r.tar")
    assert missing.code == 1


def test_where_there_is_nothing_to_ask_for_it_says_so(
    desk: str, vasistas: Command, opened: Services, tmp_path: Path
) -> None:
    for _ in range(2):
        for words in ((), ("--desk", desk)):
            refused = vasistas("rewrap", "export", tmp_path / "r.tar", *words)
            assert refused.code == 1
            assert "nothing to re-wrap" in refused.err
        add_envelopes(opened, desk, 1)  # sealed to the present key
    assert not (tmp_path / "r.tar").exists()


def test_a_desk_is_named_where_several_have_work(
    desk: str, vasistas: Command, keys: KeyFiles, opened: Services, tmp_path: Path
) -> None:
    vasistas("desk", "add", "sud", "--name", "Sud")
    vasistas("desk", "key", "add", "sud", keys.public)
    for slug in (desk, "sud"):
        add_envelopes(opened, slug, 1)
        vasistas("desk", "key", "add", slug, keys.other)
    refused = vasistas("rewrap", "export", tmp_path / "r.tar")
    assert "--desk sud or ville" in refused.err
    assert vasistas("rewrap", "export", tmp_path / "r.tar", "--desk", "sud").code == 0
    assert read(tmp_path / "r.tar", opened)[0].desk == "sud"
    assert "no desk nord" in vasistas("rewrap", "export", tmp_path / "x", "--desk", "nord").err


def test_without_a_usable_key_there_is_nobody_to_seal_to(
    desk: str, vasistas: Command, keys: KeyFiles, opened: Services, tmp_path: Path
) -> None:
    add_envelopes(opened, desk, 1)
    vasistas("desk", "key", "retire", desk, keys.fingerprint)
    refused = vasistas("rewrap", "export", tmp_path / "r.tar", "--desk", desk)
    assert "no usable key" in refused.err
    assert "no usable key" in vasistas("rewrap", "status").out
    assert status(vasistas)["usable"] is False


def test_the_status_tells_how_far_it_is(
    desk: str, vasistas: Command, keys: KeyFiles, opened: Services
) -> None:
    first, _ = add_envelopes(opened, desk, 2)
    expected = {"desk": desk, "envelopes": 2, "outstanding": 0, "old_heads": 0, "usable": True}
    assert status(vasistas) == expected
    change_key(vasistas, keys)
    assert status(vasistas) == expected | {"outstanding": 2}
    answer(opened, first)
    assert status(vasistas) == expected | {"outstanding": 1, "old_heads": 1}
    assert "1 of 2 envelopes" in vasistas("rewrap", "status").out


def test_finishing_waits_for_everything_unless_it_is_told_not_to(
    desk: str, vasistas: Command, keys: KeyFiles, opened: Services
) -> None:
    first, _ = add_envelopes(opened, desk, 2)
    change_key(vasistas, keys)
    assert "0 old heads" in vasistas("rewrap", "finish").out
    answer(opened, first)
    refused = vasistas("rewrap", "finish")
    assert (refused.code, "1 of 2 envelopes" in refused.err) == (1, True)
    assert status(vasistas)["old_heads"] == 1
    assert "1 old heads destroyed" in vasistas("rewrap", "finish", "--incomplete").out
    assert status(vasistas)["old_heads"] == 0
    assert "0 old heads" in vasistas("rewrap", "undo").out


def test_undoing_brings_back_what_finishing_did_not_destroy(
    desk: str, vasistas: Command, keys: KeyFiles, opened: Services
) -> None:
    names = add_envelopes(opened, desk, 3)
    change_key(vasistas, keys)
    for name in names:
        answer(opened, name)
    assert "3 old heads are back" in vasistas("rewrap", "undo").out
    assert (status(vasistas)["outstanding"], status(vasistas)["old_heads"]) == (3, 0)


def test_what_was_destroyed_is_in_no_file_of_the_database(
    desk: str, home: Path, vasistas: Command, keys: KeyFiles, opened: Services
) -> None:
    (name,) = add_envelopes(opened, desk, 1)
    with opened.db.read() as transaction:
        old = transaction.get_one(Envelope, (name, EnvelopeKind.LETTER)).head
    change_key(vasistas, keys)
    answer(opened, name)
    with opened.db.read() as transaction:
        assert transaction.query(OldHead).one().head == old
    opened.db.close()
    assert vasistas("rewrap", "finish").code == 0
    assert old not in b"".join(path.read_bytes() for path in home.glob("vasistas.db*"))
