"""Requests to re-wrap are believed whole or refused whole, and no key comes out of one."""

import hashlib
import io
import os
import random
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from crypto.packets import split_message
from crypto.signing import InstanceSigner, SigningSeed
from formats.bundle import EnvelopeKind
from formats.courier import CourierManifest, decode_courier
from formats.handles import new_handle, new_item_id
from formats.rewrap import decode_rewrap
from formats.tarstream import TarLimits, TarReader
from tests.crypto.conftest import NewHome
from tests.crypto.gnupg_home import GnupgHome
from tests.viewing_station.conftest import CHEAP
from tests.viewing_station.reviewer import Reviewer, agents_of
from tests.viewing_station.small_server import TODAY, Envelope, SmallServer, Source
from viewing_station.desk_keys import KeyState, KnownKey
from viewing_station.errors import NoUsableKeyError
from viewing_station.rewrap_answer import choose

OTHER = "A" * 40


@pytest.fixture(scope="module")
def envelopes(founded: tuple[Path, SmallServer]) -> list[Envelope]:
    """Two deliveries, one of them with a file."""
    server, source = founded[1], Source()
    return [*server.receive(source, "un", {"a.txt": b"a"}), *server.receive(source, "deux")]


def keys(reviewer: Reviewer) -> list[str]:
    return [str(key["fingerprint"]) for key in reviewer.json("key", "list")]


def write(reviewer: Reviewer, request: bytes) -> str:
    file = reviewer.home.parent / "rewrap.tar"
    file.write_bytes(request)
    return str(file)


def answer(reviewer: Reviewer, request: bytes, code: int = 0) -> Any:
    return reviewer.json("rewrap", write(reviewer, request), code=code)


def refuse(reviewer: Reviewer, request: bytes) -> str:
    said = reviewer.refusal("rewrap", write(reviewer, request))
    assert agents_of(reviewer.home) == []
    assert "nothing to carry back" in reviewer.refusal("courier", str(reviewer.home / "none.tar"))
    return said


def courier(reviewer: Reviewer) -> tuple[CourierManifest, dict[str, bytes]]:
    """Write a courier; return its manifest, and the new heads by their members' names."""
    file = reviewer.home.parent / "courier.tar"
    reviewer.run("courier", str(file), "--force")
    reader = TarReader(io.BytesIO(file.read_bytes()), TarLimits(99, 1 << 20, 1 << 20))
    manifest = decode_courier(reader.read_manifest()[0])
    return manifest, {name: stream.read() for name, _, stream in reader}


def rewrapped(reviewer: Reviewer, envelopes: list[Envelope]) -> Iterator[bytes]:
    """Yield each envelope with the head that the next courier brings for it."""
    manifest, heads = courier(reviewer)
    bodies = {
        (each.entry.delivery, each.entry.kind): split_message(each.content)[1] for each in envelopes
    }
    for item in manifest.rewraps:
        yield heads[item.name] + bodies[item.delivery, item.kind]


def opens(home: GnupgHome, message: bytes) -> bool:
    return home.run("--decrypt", given=message).returncode == 0


def test_heads_are_sealed_to_the_new_key_alone_and_each_names_the_one_it_replaces(
    reviewer: Reviewer, server: SmallServer, envelopes: list[Envelope]
) -> None:
    old = keys(reviewer)[0]
    new = reviewer.json("key", "new")["fingerprint"]
    found = answer(reviewer, server.export(envelopes, [new]))
    assert found == {
        "rewrapped": 3,
        "known": 0,
        "refused": [],
        "sealed_to": [new],
        "not_sealed_to": [],
    }
    manifest, heads = courier(reviewer)
    assert manifest.sealed_to == (new,)
    assert {(item.delivery, item.kind, item.old_sha256) for item in manifest.rewraps} == {
        (each.entry.delivery, each.entry.kind, each.entry.head_sha256) for each in envelopes
    }
    assert len({item.id for item in manifest.rewraps}) == len(heads) == 3
    # Without the old key, the station opens them by their new heads.
    reviewer.run("key", "retire", old, "--destroy", "--yes")
    bodies = {e.entry.name: split_message(e.content)[1] for e in envelopes}
    moved = [
        server.envelope(
            item.delivery,
            item.kind,
            heads[item.name],
            bodies[f"{item.delivery}.{item.kind.value}.gpg"],
        )
        for item in manifest.rewraps
    ]
    reviewer.open(server.bundle(moved))
    assert agents_of(reviewer.home) == []


def test_the_plain_words_tell_what_was_done(
    reviewer: Reviewer, server: SmallServer, envelopes: list[Envelope]
) -> None:
    file = write(reviewer, server.export(envelopes, [OTHER]))
    told = reviewer.run("rewrap", file).stdout
    assert "3 heads re-wrapped" in told
    assert "NOT sealed to AAAA AAAA" in told
    assert "3 heads done before" in reviewer.run("rewrap", file).stdout
    assert "with 3 re-wrapped heads" in reviewer.run("courier", file, "--force").stdout


def test_a_key_that_only_the_request_names_opens_nothing(
    reviewer: Reviewer, server: SmallServer, envelopes: list[Envelope], new_home: NewHome
) -> None:
    """A seized server names a key of its own, alone or beside the desk's."""
    thief = new_home()
    theirs = thief.make_key("Demo", "cv25519")
    own = keys(reviewer)[0]
    for named in ([theirs], [theirs, own]):
        found = answer(reviewer, server.export(envelopes, named))
        assert (found["sealed_to"], found["not_sealed_to"]) == ([own], [theirs])
        assert not any(opens(thief, each) for each in rewrapped(reviewer, envelopes))


def test_a_confirmed_key_is_sealed_to_where_it_is_asked_for_and_not_once_it_is_retired(
    reviewer: Reviewer,
    server: SmallServer,
    envelopes: list[Envelope],
    new_home: NewHome,
    tmp_path: Path,
) -> None:
    friend = new_home()
    theirs, own = friend.make_key("Second station", "rsa4096"), keys(reviewer)[0]
    (tmp_path / "theirs.asc").write_text(friend.public(theirs))
    reviewer.run("key", "confirm", str(tmp_path / "theirs.asc"), "--fingerprint", theirs)
    answer(reviewer, server.export(envelopes, [own]))
    assert not any(opens(friend, each) for each in rewrapped(reviewer, envelopes))
    found = answer(reviewer, server.export(envelopes, [own, theirs]))
    assert found["sealed_to"] == sorted([own, theirs])
    assert [opens(friend, each) for each in rewrapped(reviewer, envelopes)] == [True] * 3
    reviewer.run("key", "retire", theirs)
    assert answer(reviewer, server.export(envelopes, [own, theirs]))["sealed_to"] == [own]
    assert not any(opens(friend, each) for each in rewrapped(reviewer, envelopes))


def known(fingerprint: str, *, own: bool = True, state: KeyState = KeyState.USABLE) -> KnownKey:
    return KnownKey(fingerprint=fingerprint, own=own, day=TODAY, state=state)


def test_which_keys_are_sealed_to() -> None:
    old, new, friend = known("C"), known("B"), known("A", own=False)
    retired, expired = known("D", state=KeyState.RETIRED), known("E", state=KeyState.EXPIRED)
    here = [retired, expired, old, new, friend]

    def chosen(*named: str) -> list[str]:
        return [key.fingerprint for key in choose(here, named)]

    assert chosen("B") == ["B"]
    assert chosen("C", "B") == ["B", "C"]
    assert chosen("C", "A", "X") == ["A", "C"]
    assert chosen("X") == ["B"]  # the newest of ours, whatever is asked for
    assert chosen("A") == ["A", "B"]
    assert chosen("D", "E") == ["B"]
    with pytest.raises(NoUsableKeyError):
        choose([retired, expired, friend], ["A"])


def test_a_truncated_request_is_refused(
    reviewer: Reviewer, server: SmallServer, envelopes: list[Envelope]
) -> None:
    request = server.export(envelopes, keys(reviewer))
    for cut in {0, 1, 511, 512, len(request) - 1, *random.sample(range(len(request)), 10)}:
        assert "damaged or not whole" in refuse(reviewer, request[:cut])


def test_an_altered_request_is_refused(
    reviewer: Reviewer, server: SmallServer, envelopes: list[Envelope]
) -> None:
    request = bytearray(server.export(envelopes, keys(reviewer)))
    for at in random.sample(range(len(request)), 20):
        request[at] ^= 1
        assert "was refused whole" in refuse(reviewer, bytes(request))
        request[at] ^= 1


def test_a_request_from_elsewhere_or_for_others_is_refused(
    reviewer: Reviewer, server: SmallServer, envelopes: list[Envelope]
) -> None:
    stranger = replace(server, signer=InstanceSigner(SigningSeed.new()))
    own = keys(reviewer)
    assert "the signature of Vasistas démo" in refuse(reviewer, stranger.export(envelopes, own))
    other = server.export(envelopes, own, instance=new_item_id())
    assert "another instance" in refuse(reviewer, other)
    assert "for the desk sud" in refuse(reviewer, server.export(envelopes, own, desk="sud"))
    assert "it is a bundle" in refuse(reviewer, server.bundle(envelopes))
    refused = reviewer.refusal("open", write(reviewer, server.export(envelopes, own)))
    assert "does not carry the signature" in refused


def test_a_replayed_request_changes_nothing_and_says_so(
    reviewer: Reviewer, server: SmallServer, envelopes: list[Envelope]
) -> None:
    request = server.export(envelopes, keys(reviewer))
    answer(reviewer, request)
    before = courier(reviewer)[0].rewraps
    again = answer(reviewer, request)
    assert (again["rewrapped"], again["known"]) == (0, 3)
    assert courier(reviewer)[0].rewraps == before


def test_what_arrived_is_not_offered_again_and_neither_is_what_a_newer_key_made_useless(
    reviewer: Reviewer, server: SmallServer, envelopes: list[Envelope]
) -> None:
    request = server.export(envelopes, keys(reviewer))
    answer(reviewer, request)
    taken = courier(reviewer)[0].courier
    reviewer.open(server.bundle([], couriers_taken=(taken,)))
    assert "nothing to carry back" in reviewer.refusal("courier", str(reviewer.home / "x.tar"))
    new = reviewer.json("key", "new")["fingerprint"]
    answer(reviewer, server.export(envelopes[:1], [new]))
    manifest, _ = courier(reviewer)
    assert (manifest.sealed_to, len(manifest.rewraps)) == ((new,), 1)
    newest = reviewer.json("key", "new")["fingerprint"]
    answer(reviewer, server.export(envelopes[1:], [newest]))
    manifest, _ = courier(reviewer)
    assert (manifest.sealed_to, len(manifest.rewraps)) == ((newest,), 2)


def test_what_arrived_and_is_asked_for_again_is_done_anew(
    reviewer: Reviewer, server: SmallServer, envelopes: list[Envelope]
) -> None:
    """The server put its old heads back, and would skip an item that it took before."""
    request = server.export(envelopes, keys(reviewer))
    answer(reviewer, request)
    first, _ = courier(reviewer)
    reviewer.open(server.bundle([], couriers_taken=(first.courier,)))
    found = answer(reviewer, request)
    assert (found["rewrapped"], found["known"]) == (3, 0)
    second, _ = courier(reviewer)
    assert len(second.rewraps) == 3
    assert not {item.id for item in first.rewraps} & {item.id for item in second.rewraps}


def test_heads_that_do_not_open_are_told_and_the_others_are_done(
    reviewer: Reviewer, server: SmallServer, envelopes: list[Envelope], new_home: NewHome
) -> None:
    home = new_home()
    foreign = server.with_keys(home.public(home.make_key("Elsewhere", "cv25519")))
    not_ours = foreign.seal(EnvelopeKind.LETTER, new_handle(), b"plain")
    head, body = split_message(envelopes[0].content)
    broken = server.envelope(new_handle(), EnvelopeKind.LETTER, head[:-1] + b"\0", body)
    swapped = server.envelope(
        new_handle(), EnvelopeKind.LETTER, head, body[:4] + os.urandom(100) + body[104:]
    )
    request = server.export([*envelopes, not_ours, broken, swapped], keys(reviewer))
    found = answer(reviewer, request, code=1)
    assert found["rewrapped"] in {3, 4}  # one body in 65,536 fits a head by chance
    why = {each["head"].partition(".")[0]: each["why"] for each in found["refused"]}
    assert why[not_ours.entry.delivery] == "it is sealed to no key that is held here"
    assert broken.entry.delivery in why
    assert why.get(swapped.entry.delivery) in {None, "it does not belong to its body"}
    told = reviewer.run("rewrap", write(reviewer, request), code=1)
    assert told.stderr.count("error: ") == len(why)


def test_a_head_that_is_no_head_is_told(
    reviewer: Reviewer, server: SmallServer, envelopes: list[Envelope]
) -> None:
    whole = server.export(envelopes[-1:], keys(reviewer))
    reader = TarReader(io.BytesIO(whole), TarLimits(99, 1 << 20, 1 << 20))
    manifest = decode_rewrap(reader.read_manifest()[0])
    for head in (b"\x1b[31mred", b"\xd2\x01\x01", os.urandom(300), b"\x85\xff\xff" + bytes(50)):
        entry = replace(manifest.heads[0], size=len(head), sha256=hashlib.sha256(head).hexdigest())
        request = server.signed_export(replace(manifest, heads=(entry,)), [head])
        found = answer(reviewer, request, code=1)
        assert [each["why"] for each in found["refused"]] == ["it is damaged or was altered"]


def test_killed_in_the_middle_it_goes_on_where_it_was(
    reviewer: Reviewer, server: SmallServer, source: Source
) -> None:
    many = [each for n in range(40) for each in server.receive(source, str(n))]
    file = write(reviewer, server.export(many, keys(reviewer)))
    script = [
        *CHEAP,
        "import os, signal",
        "from viewing_station import rewrap_answer",
        "real, kept = rewrap_answer._Work._keep, []",
        "def keep(self):",
        "    real(self)",
        "    kept.append(1)",
        "    if len(kept) == 2: os.kill(os.getpid(), signal.SIGKILL)",
        "rewrap_answer._Work._keep = keep",
        "from viewing_station.cli import main",
        "main()",
    ]
    words = ["--home", reviewer.home, "--passphrase-file", reviewer.passphrase_file]
    done = subprocess.run(
        [sys.executable, "-c", "\n".join(script), *map(str, words), "rewrap", file], check=False
    )
    assert done.returncode == -signal.SIGKILL
    found = reviewer.json("rewrap", file)
    assert (found["known"], found["rewrapped"]) == (32, 8)
    assert len({(i.delivery, i.kind) for i in courier(reviewer)[0].rewraps}) == 40
    assert agents_of(reviewer.home) == []
