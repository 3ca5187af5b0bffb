"""A bundle is believed whole, or nothing of it is kept."""

import io
import os
import random
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crypto.signing import InstanceSigner, SigningSeed
from formats.bundle import EnvelopeKind, QuickCopy
from formats.handles import new_handle, new_item_id
from formats.manifest import MANIFEST_NAME, SIGNATURE_NAME
from formats.tarstream import TarLimits, TarReader
from tests.viewing_station.reviewer import Reviewer
from tests.viewing_station.small_server import TODAY, Envelope, Files, SmallServer, Source, tar
from viewing_station.bundle_check import Proof, check_bundle
from viewing_station.errors import BundleRefusedError
from viewing_station.instance_keys import TrustedInstance


@pytest.fixture(scope="module")
def envelopes(founded: tuple[Path, SmallServer]) -> list[Envelope]:
    """Two deliveries, one of them with a file."""
    server, source = founded[1], Source()
    return [*server.receive(source, "un", {"a.txt": b"a"}), *server.receive(source, "deux")]


def unwatched(_: int) -> None:
    """Watch no progress."""


def members(bundle: bytes) -> Files:
    """Return what is in a bundle, in its order."""
    reader = TarReader(io.BytesIO(bundle), TarLimits(100, 1 << 30, 1 << 30))
    manifest, signature = reader.read_manifest()
    rest = {name: stream.read() for name, _, stream in reader}
    return {MANIFEST_NAME: manifest, SIGNATURE_NAME: signature, **rest}


def reason(bundle: bytes, server: SmallServer, folder: Path) -> str:
    """Return why a bundle is refused."""
    file = folder / "bundle.tar"
    file.write_bytes(bundle)
    with file.open("rb") as source, pytest.raises(BundleRefusedError) as refused:
        check_bundle(source, TrustedInstance(server.identity), server.desk, unwatched)
    return str(refused.value)


def test_a_truncated_bundle_is_refused(
    tmp_path: Path, server: SmallServer, envelopes: list[Envelope]
) -> None:
    bundle = server.bundle(envelopes)
    cuts = {0, 1, 511, 512, 513, len(bundle) - 1, *random.sample(range(len(bundle)), 60)}
    for cut in cuts:
        assert "damaged or not whole" in reason(bundle[:cut], server, tmp_path)


def test_an_altered_bundle_is_refused(
    tmp_path: Path, server: SmallServer, envelopes: list[Envelope]
) -> None:
    bundle = bytearray(server.bundle(envelopes))
    for at in random.sample(range(len(bundle)), 80):
        bundle[at] ^= 1
        assert reason(bytes(bundle), server, tmp_path)
        bundle[at] ^= 1


def test_what_was_refused_leaves_nothing(
    reviewer: Reviewer, server: SmallServer, envelopes: list[Envelope]
) -> None:
    bundle = bytearray(server.bundle(envelopes))
    bundle[-3000] ^= 1  # in the last envelope: all others are good
    assert "is not what the instance signed" in reviewer.refuse(bytes(bundle))
    assert reviewer.json("threads") == []
    assert list((reviewer.home / "files").iterdir()) == []
    assert reviewer.open_json(server.bundle(envelopes))


def test_a_bundle_of_another_instance_is_refused(
    reviewer: Reviewer, server: SmallServer, envelopes: list[Envelope]
) -> None:
    stranger = replace(server, signer=InstanceSigner(SigningSeed.new()))
    assert "the signature of Vasistas démo" in reviewer.refuse(stranger.bundle(envelopes))
    renamed = server.bundle(envelopes, instance=new_item_id())
    assert "another instance" in reviewer.refuse(renamed)


def test_a_bundle_for_another_desk_is_refused(
    reviewer: Reviewer, server: SmallServer, envelopes: list[Envelope]
) -> None:
    told = reviewer.refuse(server.bundle(envelopes, desk="lyon"))
    assert "for the desk lyon" in told
    assert reviewer.json("threads") == []


def without_last(parts: Files) -> Files:
    return dict(list(parts.items())[:-1])


def with_one_more(parts: Files) -> Files:
    return parts | {f"{new_handle()}.letter.gpg": b"more"}


def with_one_renamed(parts: Files) -> Files:
    *others, (_, content) = parts.items()
    return dict([*others, (f"{new_handle()}.letter.gpg", content)])


def in_another_order(parts: Files) -> Files:
    manifest, signature, *rest = parts.items()
    return dict([manifest, signature, *reversed(rest)])


def with_two_swapped(parts: Files) -> Files:
    names = list(parts)
    contents = list(parts.values())
    contents[2], contents[3] = contents[3], contents[2]
    return dict(zip(names, contents, strict=True))


def signature_first(parts: Files) -> Files:
    manifest, signature, *rest = parts.items()
    return dict([signature, manifest, *rest])


@pytest.mark.parametrize(
    "altered",
    [
        without_last,
        with_one_more,
        with_one_renamed,
        in_another_order,
        with_two_swapped,
        signature_first,
    ],
)
def test_members_are_those_of_the_manifest(
    tmp_path: Path,
    server: SmallServer,
    envelopes: list[Envelope],
    altered: Callable[[Files], Files],
) -> None:
    assert reason(tar(altered(members(server.bundle(envelopes)))), server, tmp_path)


def test_nothing_follows_the_end(
    tmp_path: Path, server: SmallServer, envelopes: list[Envelope]
) -> None:
    bundle = server.bundle(envelopes)
    assert reason(bundle + b"x", server, tmp_path)
    assert reason(bundle + bundle, server, tmp_path)


def test_the_signature_is_one_of_a_bundle(
    tmp_path: Path, server: SmallServer, envelopes: list[Envelope]
) -> None:
    manifest = server.manifest(envelopes).encode()
    parts = {MANIFEST_NAME: manifest, SIGNATURE_NAME: server.signer.sign("courier", manifest)}
    assert "signature" in reason(tar(parts), server, tmp_path)


def test_a_pipe_is_refused_at_once(reviewer: Reviewer, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    assert "not a file" in reviewer.refusal("open", str(tmp_path / "pipe"))


def test_a_bundle_that_changes_between_the_passes_is_not_believed(
    reviewer: Reviewer, server: SmallServer, envelopes: list[Envelope]
) -> None:
    file = reviewer.keep(server.bundle(envelopes))
    with file.open("rb") as source:
        bundle = check_bundle(source, TrustedInstance(server.identity), server.desk, unwatched)
        [entry, *_] = bundle.manifest.envelopes
        content = bytearray(file.read_bytes())
        content[bundle.places[entry.name] + 10] ^= 1
        file.write_bytes(content)
        with pytest.raises(Exception, match="changed while it was read"):
            bundle.member(entry, unwatched).require_proof()


def entry_of(head: bytes, body: bytes) -> Envelope:
    return SmallServer.envelope(new_handle(), EnvelopeKind.LETTER, head, body)


@given(st.binary(min_size=1), st.binary(min_size=1), st.data())
def test_a_proof_does_not_depend_on_the_pieces(
    head: bytes, body: bytes, data: st.DataObject
) -> None:
    content = head + body
    cuts = sorted(data.draw(st.lists(st.integers(0, len(content)))))
    proof = Proof(entry_of(head, body).entry)
    for start, end in zip([0, *cuts], [*cuts, len(content)], strict=True):
        proof.take(content[start:end])
    assert proof.holds()


@given(st.binary(min_size=1), st.binary(min_size=1), st.data())
def test_a_proof_fails_on_any_other_bytes(head: bytes, body: bytes, data: st.DataObject) -> None:
    content = bytearray(head + body)
    content[data.draw(st.integers(0, len(content) - 1))] ^= data.draw(st.integers(1, 255))
    proof = Proof(entry_of(head, body).entry)
    proof.take(bytes(content))
    assert not proof.holds()


def test_a_proof_fails_on_less_and_on_more() -> None:
    copy = QuickCopy(new_item_id(), new_handle(), TODAY, 3, "0" * 64)
    for content in (b"", b"ab", b"abcd"):
        proof = Proof(copy)
        proof.take(content)
        assert not proof.holds()
