import datetime as dt
import io
import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from crypto import gpg
from crypto.envelope import EnvelopeSeal
from crypto.errors import BadBox, BadKey, CryptoError, NotForUs, OpenFailed
from crypto.opening import open_envelope, stop_agent
from crypto.packets import split_message
from crypto.secret import Secret
from tests.crypto.conftest import Desk, NewHome
from tests.crypto.gnupg_home import GnupgHome, processes_naming

LETTER = b"letter" * 100_000


@pytest.fixture
def envelope(desk: Desk, seal_home: Path, today: dt.date) -> bytes:
    """An envelope to both of the desk's keys."""
    body = bytearray()
    with EnvelopeSeal([desk.key, desk.other_key], body.extend, today, seal_home) as seal:
        seal.write(LETTER)
        return seal.finish().head + bytes(body)


def opened(desk: Desk, message: bytes) -> bytes:
    out = bytearray()
    open_envelope(io.BytesIO(message), out.extend, desk.home.path, desk.passphrase)
    return bytes(out)


def test_an_envelope_opens_from_a_stream_and_from_a_file(
    desk: Desk, envelope: bytes, tmp_path: Path
) -> None:
    assert opened(desk, envelope) == LETTER
    (tmp_path / "letter.gpg").write_bytes(envelope)
    out = bytearray()
    open_envelope(tmp_path / "letter.gpg", out.extend, desk.home.path, desk.passphrase)
    assert out == LETTER


def test_each_key_of_the_desk_opens_what_is_sealed_to_it_alone(
    desk: Desk, seal_home: Path, today: dt.date
) -> None:
    for key in (desk.key, desk.other_key):
        body = bytearray()
        with EnvelopeSeal([key], body.extend, today, seal_home) as seal:
            seal.write(LETTER)
            assert opened(desk, seal.finish().head + bytes(body)) == LETTER


@pytest.fixture
def two_curves(new_home: NewHome) -> tuple[GnupgHome, list[str]]:
    """A home with two keys on the same curve: gpg tries the wrong one before the right one."""
    home = new_home("the desk's passphrase")
    return home, [home.public(home.make_key(name, "cv25519")) for name in ("Old", "New")]


def test_a_key_that_is_tried_in_vain_first_does_not_keep_the_next_from_opening(
    two_curves: tuple[GnupgHome, list[str]], desk: Desk, seal_home: Path, today: dt.date
) -> None:
    home, keys = two_curves
    codes = set()
    for key in keys:
        body, out = bytearray(), bytearray()
        with EnvelopeSeal([key], body.extend, today, seal_home) as seal:
            seal.write(LETTER)
            message = seal.finish().head + bytes(body)
        open_envelope(io.BytesIO(message), out.extend, home.path, desk.passphrase)
        assert out == LETTER
        codes.add(home.run("--decrypt", given=message).returncode)
    assert codes == {0, 2}  # which is why an exit code alone says nothing


def test_what_is_sealed_to_both_of_two_like_keys_opens_in_any_order(
    two_curves: tuple[GnupgHome, list[str]], desk: Desk, seal_home: Path, today: dt.date
) -> None:
    """While a desk changes its key, a station holds both keys that everything is sealed to."""
    home, keys = two_curves
    for order in (keys, keys[::-1]):
        body, out = bytearray(), bytearray()
        with EnvelopeSeal(order, body.extend, today, seal_home) as seal:
            seal.write(LETTER)
            message = seal.finish().head + bytes(body)
        open_envelope(io.BytesIO(message), out.extend, home.path, desk.passphrase)
        assert out == LETTER


def test_after_a_trial_in_vain_a_message_must_be_whole_all_the_same(
    two_curves: tuple[GnupgHome, list[str]], desk: Desk, seal_home: Path, today: dt.date
) -> None:
    home, keys = two_curves
    for key in keys:
        body = bytearray()
        with EnvelopeSeal([key], body.extend, today, seal_home) as seal:
            seal.write(LETTER)
            message = seal.finish().head + bytes(body)
        flipped = bytearray(message)
        flipped[-300] ^= 1
        changed = [message[:-1], message[:-22], message[: len(message) // 2], message * 2]
        changed += [bytes(flipped), message + b"\0", message + b"junk" * 9, message + bytes(body)]
        changed += [message + b"\xcb\x08b\0\0\0\0\0hi", message[:97] + bytes(body[:200])]
        for other in changed:
            with pytest.raises(OpenFailed):
                open_envelope(io.BytesIO(other), bytearray().extend, home.path, desk.passphrase)


@pytest.mark.parametrize("kept", [0, 1, 95, 96, 497, 9_000, 100_000, -1, -22])
def test_a_truncated_envelope_is_refused(desk: Desk, envelope: bytes, kept: int) -> None:
    with pytest.raises(OpenFailed):
        opened(desk, envelope[:kept])


def test_a_head_without_its_body_is_refused(desk: Desk, envelope: bytes) -> None:
    head, _ = split_message(envelope)
    assert desk.home.run("--decrypt", given=head).returncode == 0  # gpg alone calls it well
    with pytest.raises(OpenFailed):
        opened(desk, head)


@pytest.mark.parametrize("at", [700, 100_000, -1, -30])
def test_an_altered_envelope_is_refused(desk: Desk, envelope: bytes, at: int) -> None:
    altered = bytearray(envelope)
    altered[at] ^= 1
    with pytest.raises(OpenFailed):
        opened(desk, bytes(altered))


def test_two_envelopes_in_a_row_are_refused(desk: Desk, envelope: bytes) -> None:
    with pytest.raises(OpenFailed):
        opened(desk, envelope + envelope)


def test_plaintext_before_or_after_an_envelope_is_refused(desk: Desk, envelope: bytes) -> None:
    plain = desk.home.gpg("--store", "-z0", given=b"forged")
    for message in (plain + envelope, envelope + plain, envelope + b"trailing"):
        with pytest.raises(OpenFailed):
            opened(desk, message)


@pytest.mark.parametrize(
    "arguments", [["--store"], ["--sign"], ["--clearsign"], ["--symmetric"], ["--detach-sign"]]
)
def test_what_is_not_encrypted_to_a_key_is_refused(desk: Desk, arguments: list[str]) -> None:
    message = desk.home.gpg(*arguments, given=b"text")
    with pytest.raises(OpenFailed):
        opened(desk, message)


@pytest.mark.parametrize(
    "message", [b"", b"text", b"\x00" * 1000, b"-----BEGIN PGP MESSAGE-----\n"]
)
def test_what_is_no_message_is_refused(desk: Desk, message: bytes) -> None:
    with pytest.raises(OpenFailed):
        opened(desk, message)


@pytest.mark.parametrize(
    "arguments", [[], ["--armor"], ["--sign"], ["--armor", "--sign", "--compress-algo", "zip"]]
)
def test_what_a_source_encrypted_to_the_desk_opens(desk: Desk, arguments: list[str]) -> None:
    to = ["--trust-model", "always", "--recipient", "=Desk", "--encrypt"]
    assert opened(desk, desk.home.gpg(*arguments, *to, given=b"text")) == b"text"


def test_a_signature_by_a_stranger_inside_is_no_error(
    desk: Desk, new_home: Callable[..., GnupgHome]
) -> None:
    stranger = new_home()
    stranger.make_key("Stranger")
    stranger.gpg("--import", given=desk.key.encode())
    to = ["--trust-model", "always", "--recipient", "=Desk", "--sign", "--encrypt"]
    assert opened(desk, stranger.gpg(*to, given=b"text")) == b"text"


def test_an_envelope_for_others_is_told(
    desk: Desk, new_home: Callable[..., GnupgHome], seal_home: Path, today: dt.date
) -> None:
    others = new_home()
    for owner, subkey in (("Curve", "cv25519"), ("RSA", "rsa3072")):
        key, body = others.public(others.make_key(owner, subkey)), bytearray()
        with EnvelopeSeal([key], body.extend, today, seal_home) as seal:
            head = seal.finish().head
        with pytest.raises(NotForUs):
            opened(desk, head + bytes(body))


def test_a_wrong_passphrase_opens_nothing(desk: Desk, envelope: bytes) -> None:
    stop_agent(desk.home.path)  # it would remember the right one
    out = bytearray()
    with pytest.raises(NotForUs):
        open_envelope(io.BytesIO(envelope), out.extend, desk.home.path, Secret(b"wrong"))
    assert out == b""


@pytest.mark.parametrize("passphrase", [b"two\nlines", b"a\0b", b"x" * 256])
def test_a_passphrase_that_gpg_would_cut_is_refused(desk: Desk, passphrase: bytes) -> None:
    with pytest.raises(BadKey):
        open_envelope(io.BytesIO(b""), bytearray().extend, desk.home.path, Secret(passphrase))


def test_a_failing_sink_ends_gpg(desk: Desk, envelope: bytes) -> None:
    def full_disk(_: bytes) -> None:
        raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match="No space"):
        open_envelope(io.BytesIO(envelope), full_disk, desk.home.path, desk.passphrase)
    assert decrypting(desk) == []


class FailingSource(io.BytesIO):
    """A file of the store that turns out to be altered half-way."""

    def read(self, size: int | None = -1) -> bytes:
        if self.tell():
            raise BadBox
        return super().read(size)


def test_a_failing_source_ends_gpg_and_is_the_cause(desk: Desk, envelope: bytes) -> None:
    out = bytearray()
    with pytest.raises(OpenFailed) as caught:
        open_envelope(FailingSource(envelope), out.extend, desk.home.path, desk.passphrase)
    assert isinstance(caught.value.__cause__, BadBox)
    assert decrypting(desk) == []


def test_gpg_killed_in_mid_stream_is_told(desk: Desk, envelope: bytes) -> None:
    def kill(_: bytes) -> None:
        for process in decrypting(desk):
            os.kill(process, signal.SIGKILL)

    with pytest.raises(OpenFailed):
        open_envelope(io.BytesIO(envelope), kill, desk.home.path, desk.passphrase)


def test_a_message_with_too_much_to_say_is_ended(desk: Desk, envelope: bytes) -> None:
    """Each of a head's packets costs gpg a try and some lines: a flood of them is cut short."""
    head, _ = split_message(envelope)
    assert opened(desk, head[96:] * 20 + envelope) == LETTER
    with pytest.raises(OpenFailed):
        opened(desk, head[96:] * 5_000 + envelope)


def test_the_agent_is_stopped(new_home: Callable[..., GnupgHome]) -> None:
    home = new_home()
    home.make_key("Owner")
    assert agents(home) != []
    stop_agent(home.path)
    assert agents(home) == []
    stop_agent(home.path)  # none runs: nothing to do


def test_an_agent_that_cannot_be_stopped_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(gpg.ENVIRONMENT, "PATH", str(tmp_path))
    with pytest.raises(CryptoError, match="could not be stopped"):
        stop_agent(tmp_path)


def agents(home: GnupgHome) -> list[int]:
    return [
        process
        for process in processes_naming(home.path)
        if Path(f"/proc/{process}/comm").read_text() == "gpg-agent\n"
    ]


def decrypting(desk: Desk) -> list[int]:
    return [
        process
        for process in processes_naming(desk.home.path)
        if b"--decrypt" in Path(f"/proc/{process}/cmdline").read_bytes()
    ]


@pytest.fixture(autouse=True)
def nothing_is_left(desk: Desk) -> Iterator[None]:
    yield
    assert decrypting(desk) == []
