"""Envelopes move to other keys: the new opens them, the old does not, no body is touched."""

import datetime as dt
import os
import subprocess
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from crypto.envelope import EnvelopeSeal
from crypto.errors import NotForUs, RewrapFailed, WrongSessionKey
from crypto.packets import BODY_BEGINNING, body_prefix, count_recipients
from crypto.recipient import Recipient, read_recipient
from crypto.rewrap import Rewrapping
from crypto.secret import Secret
from tests.crypto.conftest import NewHome
from tests.crypto.gnupg_home import GnupgHome

PLAIN = b"letter" * 1000
PASSPHRASE = "the desk's passphrase"
KINDS = ("rsa4096", "cv25519")


@pytest.fixture(scope="module")
def keys() -> Iterator[dict[str, str]]:
    """Return the exported private keys of each kind: homes are made from them at will."""
    home = GnupgHome(PASSPHRASE)
    made = {
        name: home.make_key(name, kind.partition(" ")[0])
        for name, kind in [(f"{kind} {n}", kind) for kind in KINDS for n in (1, 2)]
        + [(curve, curve) for curve in ("nistp256", "nistp384", "nistp521")]
    }
    exported = {
        name: home.gpg("--armor", "--export-secret-keys", fingerprint).decode()
        for name, fingerprint in made.items()
    }
    exported |= {f"{name} public": home.public(made[name]) for name in made}
    yield exported
    home.close()


@pytest.fixture
def holding(new_home: NewHome, keys: dict[str, str]) -> Callable[..., GnupgHome]:
    def make(*names: str) -> GnupgHome:
        home = new_home(PASSPHRASE)
        for name in names:
            home.gpg("--import", given=keys[name].encode())
        return home

    return make


def seal(keys: list[str], today: dt.date, home: Path, plain: bytes = PLAIN) -> tuple[bytes, bytes]:
    body = bytearray()
    with EnvelopeSeal(keys, body.extend, today, home) as sealing:
        sealing.write(plain)
        return sealing.finish().head, bytes(body)


def prefix(body: bytes) -> bytes:
    return body_prefix(body[:BODY_BEGINNING])


def rewrapping(home: GnupgHome, *to: Recipient, held: bool = True) -> Rewrapping:
    fingerprints = [recipient.fingerprint for recipient in to] if held else []
    return Rewrapping(home.path, Secret(home.passphrase.encode()), to, fingerprints)


def opens(home: GnupgHome, message: bytes) -> bool:
    done = home.run("--decrypt", given=message)
    return done.returncode == 0 and done.stdout == PLAIN


@pytest.mark.parametrize("kinds", [(old, new) for old in KINDS for new in KINDS])
def test_the_new_key_opens_it_in_plain_gpg_and_the_old_one_does_not(
    kinds: tuple[str, str],
    keys: dict[str, str],
    holding: Callable[..., GnupgHome],
    seal_home: Path,
    today: dt.date,
) -> None:
    old, new = f"{kinds[0]} 1", f"{kinds[1]} 2"
    head, body = seal([keys[f"{old} public"]], today, seal_home)
    recipient = read_recipient(keys[f"{new} public"].encode(), today)
    fresh = rewrapping(holding(old, new), recipient).rewrap(head, prefix(body))
    assert opens(holding(new), fresh + body)
    assert not opens(holding(old), fresh + body)
    assert opens(holding(old), head + body)


@pytest.mark.parametrize("curve", ["nistp256", "nistp384", "nistp521"])
def test_keys_on_the_other_curves_are_sealed_to_too(
    curve: str,
    keys: dict[str, str],
    holding: Callable[..., GnupgHome],
    seal_home: Path,
    today: dt.date,
) -> None:
    head, body = seal([keys["cv25519 1 public"]], today, seal_home)
    recipient = read_recipient(keys[f"{curve} public"].encode(), today)
    fresh = rewrapping(holding("cv25519 1", curve), recipient).rewrap(head, prefix(body))
    assert opens(holding(curve), fresh + body)


def test_a_head_for_several_keys_opens_with_each_of_them(
    keys: dict[str, str], holding: Callable[..., GnupgHome], seal_home: Path, today: dt.date
) -> None:
    names = ["rsa4096 1", "cv25519 1", "nistp384"]
    head, body = seal([keys["cv25519 2 public"]], today, seal_home)
    to = [read_recipient(keys[f"{name} public"].encode(), today) for name in names]
    fresh = rewrapping(holding("cv25519 2"), *to, held=False).rewrap(head, prefix(body))
    assert count_recipients(fresh) == 3
    assert all(opens(holding(name), fresh + body) for name in names)


def test_heads_are_re_wrapped_in_several_threads_at_once(
    keys: dict[str, str], holding: Callable[..., GnupgHome], seal_home: Path, today: dt.date
) -> None:
    sealed = [seal([keys["cv25519 1 public"]], today, seal_home) for _ in range(20)]
    work = rewrapping(
        holding("cv25519 1", "cv25519 2"),
        read_recipient(keys["cv25519 2 public"].encode(), today),
    )
    with ThreadPoolExecutor(4) as pool:
        fresh = list(pool.map(lambda each: work.rewrap(each[0], prefix(each[1])), sealed))
    home = holding("cv25519 2")
    assert all(opens(home, new + body) for new, (_, body) in zip(fresh, sealed, strict=True))


def test_a_head_that_belongs_to_another_body_is_refused(
    keys: dict[str, str], holding: Callable[..., GnupgHome], seal_home: Path, today: dt.date
) -> None:
    head, _ = seal([keys["cv25519 1 public"]], today, seal_home)
    work = rewrapping(
        holding("cv25519 1"), read_recipient(keys["cv25519 1 public"].encode(), today)
    )
    # One prefix in 65,536 fits by chance, so several are tried.
    refused = 0
    for _ in range(3):
        try:
            work.rewrap(head, os.urandom(18))
        except WrongSessionKey:
            refused += 1
    assert refused >= 2


def test_what_no_key_here_opens_is_said_to_be_so(
    keys: dict[str, str], holding: Callable[..., GnupgHome], seal_home: Path, today: dt.date
) -> None:
    head, body = seal([keys["cv25519 1 public"]], today, seal_home)
    to = read_recipient(keys["cv25519 2 public"].encode(), today)
    with pytest.raises(NotForUs):
        rewrapping(holding("cv25519 2"), to).rewrap(head, prefix(body))


def test_a_new_head_that_does_not_open_here_is_not_used(
    keys: dict[str, str], holding: Callable[..., GnupgHome], seal_home: Path, today: dt.date
) -> None:
    head, body = seal([keys["cv25519 1 public"]], today, seal_home)
    to = read_recipient(keys["cv25519 2 public"].encode(), today)
    with pytest.raises(RewrapFailed):  # it is said to be held here, and is not
        rewrapping(holding("cv25519 1"), to).rewrap(head, prefix(body))


def test_no_process_list_shows_a_session_key_and_no_agent_is_left(
    keys: dict[str, str], holding: Callable[..., GnupgHome], seal_home: Path, today: dt.date
) -> None:
    """The session key comes on a pipe: of all command lines of gpg none has 64 hex digits."""
    head, body = seal([keys["cv25519 1 public"]], today, seal_home)
    seen: list[list[str]] = []
    run = subprocess.run

    def watched(command: list[str], **given: object) -> object:
        seen.append([str(word) for word in command])
        return run(command, **given)  # type: ignore[call-overload]  # as it was called

    home = holding("cv25519 1")
    to = read_recipient(keys["cv25519 1 public"].encode(), today)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(subprocess, "run", watched)
        rewrapping(home, to).rewrap(head, prefix(body))
    assert len(seen) == 2
    assert not [word for command in seen for word in command if len(word) >= 64]
