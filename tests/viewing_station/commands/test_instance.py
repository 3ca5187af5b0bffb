"""A new key of the instance is trusted once its fingerprint was confirmed."""

from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest

from crypto.fingerprint import fingerprint, spaced
from crypto.signing import InstanceSigner, SigningSeed
from formats.handles import new_item_id
from formats.succession import KIND as SUCCESSION
from formats.succession import Link, Succession, statement
from tests.viewing_station.reviewer import Reviewer
from tests.viewing_station.small_server import TODAY, SmallServer, Source
from tests.viewing_station.terminal import terminal


@pytest.fixture
def renewed(server: SmallServer) -> SmallServer:
    """The server, with a new key."""
    return replace(server, signer=InstanceSigner(SigningSeed.new()))


def written(folder: Path, server: SmallServer) -> str:
    file = folder / "new-instance.json"
    file.write_bytes(server.identity.encode())
    return str(file)


def announced(folder: Path, *servers: SmallServer) -> str:
    links = []
    for before, after in pairwise(servers):
        said = statement(before.instance, before.signer.public, after.signer.public, TODAY)
        signature = before.signer.sign(SUCCESSION, said)
        links.append(Link(before.signer.public, after.signer.public, TODAY, signature))
    file = folder / "succession.json"
    file.write_bytes(Succession(servers[0].instance, tuple(links)).encode())
    return str(file)


def test_a_succession_needs_no_fingerprint(
    reviewer: Reviewer, server: SmallServer, renewed: SmallServer, source: Source, tmp_path: Path
) -> None:
    envelopes = server.receive(source, "x")
    file = announced(tmp_path, server, renewed)
    shown = reviewer.run("instance", "set", file).stdout
    assert spaced(fingerprint(renewed.signer.public)) in shown
    assert "trusted already" in reviewer.run("instance", "set", file).stdout
    # What the old key signed before is still taken, until the new one signs alone.
    assert reviewer.open_json(server.bundle(envelopes))[0]["state"] == "new"
    assert reviewer.open_json(renewed.bundle([])) == []
    assert "does not carry the signature" in reviewer.refuse(server.bundle(envelopes))


def test_a_station_that_is_behind_is_told_so(
    reviewer: Reviewer, server: SmallServer, renewed: SmallServer
) -> None:
    both = replace(renewed, former=server.signer).bundle([])
    assert "new signing key" in reviewer.open(both).stdout
    assert "new signing key" not in reviewer.open(server.bundle([])).stdout


def test_a_forged_succession_changes_nothing(
    reviewer: Reviewer, server: SmallServer, renewed: SmallServer, tmp_path: Path
) -> None:
    forged = replace(server, signer=InstanceSigner(SigningSeed.new()))
    content = Path(announced(tmp_path, forged, renewed)).read_bytes()
    file = tmp_path / "forged.json"
    file.write_bytes(
        content.replace(forged.signer.public.hex().encode(), server.signer.public.hex().encode())
    )
    assert "was not made by the key before it" in reviewer.refusal("instance", "set", str(file))
    told = fingerprint(server.signer.public)
    words = ["instance", "set", announced(tmp_path, server, renewed), "--fingerprint", told]
    assert "not the one you confirmed" in reviewer.refusal(*words)
    assert reviewer.open_json(server.bundle([])) == []


def test_nobody_is_taken_back(
    reviewer: Reviewer, server: SmallServer, renewed: SmallServer, tmp_path: Path
) -> None:
    reviewer.run("instance", "set", announced(tmp_path, server, renewed))
    told = fingerprint(server.signer.public)
    words = ["instance", "set", written(tmp_path, server), "--fingerprint", told]
    assert "was replaced before" in reviewer.refusal(*words)


def test_what_announces_nothing_is_refused(reviewer: Reviewer, tmp_path: Path) -> None:
    (tmp_path / "other.json").write_text("{}")
    assert "is neither" in reviewer.refusal("instance", "set", str(tmp_path / "other.json"))


def test_the_key_that_is_trusted_needs_no_confirmation(
    reviewer: Reviewer, server: SmallServer, tmp_path: Path
) -> None:
    assert "trusted already" in reviewer.run("instance", "set", written(tmp_path, server)).stdout


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


def test_at_a_terminal_the_fingerprint_is_asked_for(
    reviewer: Reviewer, server: SmallServer, renewed: SmallServer, tmp_path: Path
) -> None:
    file = written(tmp_path, renewed)
    where = ("--home", str(reviewer.home), "--passphrase-file", str(reviewer.passphrase_file))
    for told, code in (("abcd", 1), (fingerprint(renewed.signer.public), 0)):
        with terminal(*where, "instance", "set", file) as shown:
            shown.wait_for("as the admin said it")
            shown.type(told.encode() + b"\n")
            assert shown.end() == code
    assert reviewer.open_json(renewed.bundle([])) == []
    assert "does not carry the signature" in reviewer.refuse(server.bundle([]))
