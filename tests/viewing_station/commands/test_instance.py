"""A new key of the instance is trusted once its fingerprint was confirmed."""

from dataclasses import replace
from pathlib import Path

import pytest

from crypto.fingerprint import fingerprint, spaced
from crypto.signing import InstanceSigner, SigningSeed
from formats.handles import new_item_id
from tests.viewing_station.reviewer import Reviewer
from tests.viewing_station.small_server import SmallServer, Source


@pytest.fixture
def renewed(server: SmallServer) -> SmallServer:
    """The server, with a new key."""
    return replace(server, signer=InstanceSigner(SigningSeed.new()))


def written(folder: Path, server: SmallServer) -> str:
    file = folder / "new-instance.json"
    file.write_bytes(server.identity.encode())
    return str(file)


def test_the_new_key_replaces_the_old(
    reviewer: Reviewer, server: SmallServer, renewed: SmallServer, source: Source, tmp_path: Path
) -> None:
    told = spaced(fingerprint(renewed.signer.public)).upper()
    reviewer.run("instance", "set", written(tmp_path, renewed), "--fingerprint", told)
    envelopes = server.receive(source, "x")
    assert "does not carry the signature" in reviewer.refuse(server.bundle(envelopes))
    assert reviewer.open_json(renewed.bundle(envelopes))[0]["state"] == "new"


@pytest.mark.parametrize("told", ["", "0" * 64, "abcd"])
def test_another_fingerprint_changes_nothing(
    reviewer: Reviewer, server: SmallServer, renewed: SmallServer, tmp_path: Path, told: str
) -> None:
    file = written(tmp_path, renewed)
    refusal = reviewer.refusal("instance", "set", file, "--fingerprint", told)
    assert spaced(fingerprint(renewed.signer.public)) in refusal
    assert reviewer.open_json(server.bundle([])) == []


def test_a_fingerprint_must_be_given(
    reviewer: Reviewer, renewed: SmallServer, tmp_path: Path
) -> None:
    reviewer.run("instance", "set", written(tmp_path, renewed), code=2)


def test_another_instance_is_refused(
    reviewer: Reviewer, renewed: SmallServer, tmp_path: Path
) -> None:
    other = replace(renewed, instance=new_item_id())
    told = fingerprint(other.signer.public)
    refusal = reviewer.refusal("instance", "set", written(tmp_path, other), "--fingerprint", told)
    assert "another instance" in refusal
