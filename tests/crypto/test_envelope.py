import contextlib
import datetime as dt
import hashlib
import os
import random
import re
import signal
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from crypto import gpg
from crypto.envelope import EnvelopeSeal, SealedEnvelope
from crypto.errors import NoUsableKey, SealFailed
from tests.crypto.conftest import Desk
from tests.crypto.gnupg_home import GnupgHome, processes_naming

DAY = dt.datetime.now(dt.UTC).date()
MEBIBYTE = 1024 * 1024


class Sealing:
    """One sealing of a test, with all that left it."""

    def __init__(self, home: Path, *keys: str) -> None:
        self.body = bytearray()
        self.seal = EnvelopeSeal(keys, self.body.extend, DAY, home)

    def whole(self, plaintext: bytes, sizes: Iterator[int] | None = None) -> SealedEnvelope:
        with self.seal as seal:
            at = 0
            while at < len(plaintext):
                size = next(sizes) if sizes else len(plaintext)
                seal.write(plaintext[at : at + size])
                at += size
            return seal.finish()

    def all_that_left(self) -> bytes:
        """Return head and body as far as they came, as an attacker may find them."""
        return self.seal._splitter.head + bytes(self.body)


def sealed(home: Path, plaintext: bytes, *keys: str) -> bytes:
    sealing = Sealing(home, *keys)
    return sealing.whole(plaintext).head + bytes(sealing.body)


@pytest.fixture(autouse=True)
def nothing_is_left(seal_home: Path) -> Iterator[None]:
    """After each test: no process, no thread, no descriptor and no file."""
    threads, descriptors = threading.active_count(), open_descriptors()
    yield
    assert processes_naming(seal_home) == []
    assert threading.active_count() == threads
    assert open_descriptors() == descriptors
    assert list(seal_home.iterdir()) == []


@pytest.mark.parametrize("size", [0, 1, 8191, 8192, 65536, 1_000_003])
def test_plain_gpg_opens_an_envelope(desk: Desk, seal_home: Path, size: int) -> None:
    plaintext = random.Random(size).randbytes(size)  # noqa: S311 - an example, and no secret
    assert desk.home.gpg("--decrypt", given=sealed(seal_home, plaintext, desk.key)) == plaintext


def test_the_result_describes_head_and_body(desk: Desk, seal_home: Path) -> None:
    sealing = Sealing(seal_home, desk.key)
    result = sealing.whole(b"letter")
    assert result.head_sha256 == hashlib.sha256(result.head).digest()
    assert result.body_size == len(sealing.body)
    assert result.body_sha256 == hashlib.sha256(sealing.body).digest()
    assert len(result.head) == 96  # one key on a curve


def test_a_packet_dump_shows_no_recipient_no_name_no_time(desk: Desk, seal_home: Path) -> None:
    message = sealed(seal_home, b"letter" * 50_000, desk.key, desk.other_key)
    dump = desk.home.gpg("--list-packets", given=message).decode()
    assert re.findall(r"tag=(\d+)", dump) == ["1", "1", "18", "11"]
    assert re.findall(r"keyid (\w+)", dump) == ["0" * 16, "0" * 16]
    assert "version 3, algo 18" in dump
    assert "version 3, algo 1," in dump
    assert "mdc_method: 2" in dump
    end_of_day = dt.datetime.combine(DAY, dt.time(23, 59, 59), dt.UTC)
    assert f'created {int(end_of_day.timestamp())}, name=""' in dump


def test_the_cipher_is_aes_256_with_an_mdc(desk: Desk, seal_home: Path) -> None:
    message = sealed(seal_home, b"letter", desk.key)
    said = desk.home.run("--status-fd", "2", "--decrypt", given=message).stderr
    assert b"[GNUPG:] DECRYPTION_INFO 2 9 0\n" in said
    assert b"[GNUPG:] GOODMDC\n" in said


def test_a_key_that_asks_for_another_cipher_changes_nothing(
    new_home: Callable[..., GnupgHome], seal_home: Path
) -> None:
    home = new_home()
    fingerprint = home.make_key("Old preferences", "cv25519")
    home.gpg("--command-fd", "0", "--edit-key", fingerprint, given=b"setpref 3DES ZIP\ny\nsave\n")
    message = sealed(seal_home, b"letter", home.public())
    assert b"DECRYPTION_INFO 2 9 0" in home.run("--status-fd", "2", "-d", given=message).stderr


def test_each_key_opens_the_envelope(
    desk: Desk, new_home: Callable[..., GnupgHome], seal_home: Path
) -> None:
    colleague = new_home()
    colleague.make_key("Colleague", "nistp256")
    message = sealed(seal_home, b"letter", desk.key, colleague.public())
    assert desk.home.gpg("--decrypt", given=message) == b"letter"
    assert colleague.gpg("--decrypt", given=message) == b"letter"


def test_no_key_is_told(seal_home: Path) -> None:
    with pytest.raises(NoUsableKey):
        EnvelopeSeal([], bytearray().extend, DAY, seal_home)


def test_keys_without_number_are_refused(desk: Desk, seal_home: Path) -> None:
    with pytest.raises(SealFailed):
        EnvelopeSeal([desk.key] * 65, bytearray().extend, DAY, seal_home)


@pytest.mark.parametrize("fault", ["expired", "revoked", "no subkey", "no key", "cut"])
def test_an_unusable_key_is_told_and_nothing_is_sealed(
    desk: Desk, new_home: Callable[..., GnupgHome], seal_home: Path, fault: str
) -> None:
    home = new_home()
    subkeys = [] if fault == "no subkey" else ["cv25519"]
    clock = ("20200101T000000", "10d") if fault == "expired" else (None, "0")
    fingerprint = home.make_key("Owner", *subkeys, clock=clock[0], expires=clock[1])
    if fault == "revoked":
        home.revoke(fingerprint)
    key = {"no key": "no key", "cut": home.public()[:200]}.get(fault) or home.public()
    for keys in ([key], [desk.key, key]):
        sealing = Sealing(seal_home, *keys)
        with pytest.raises(NoUsableKey):
            sealing.whole(b"letter" * 100_000)
        assert sealing.all_that_left() == b""


def test_a_key_seals_until_the_day_before_it_expires(
    new_home: Callable[..., GnupgHome], seal_home: Path
) -> None:
    home = new_home()
    clock = f"{DAY:%Y%m%d}T120000"
    home.make_key("Owner", "cv25519", clock=clock, expires="seconds=86400")
    assert sealed(seal_home, b"letter", home.public())
    tomorrow = DAY + dt.timedelta(days=1)
    expired = EnvelopeSeal([home.public()], bytearray().extend, tomorrow, seal_home)
    with expired as seal, pytest.raises(NoUsableKey):
        seal.finish()


def test_gpg_killed_in_mid_stream_leaves_nothing(desk: Desk, seal_home: Path) -> None:
    sealing = Sealing(seal_home, desk.key)
    with sealing.seal as seal:
        seal.write(bytes(MEBIBYTE))
        os.kill(seal.pid, signal.SIGKILL)
        with pytest.raises(SealFailed):
            write_much(seal)
    assert not Path(f"/proc/{sealing.seal.pid}").exists()  # neither alive nor a zombie
    assert_nothing_opens(desk, sealing)


def test_gpg_killed_before_the_end_is_told_by_finish(desk: Desk, seal_home: Path) -> None:
    sealing = Sealing(seal_home, desk.key)
    with sealing.seal as seal:
        seal.write(b"letter")
        os.kill(seal.pid, signal.SIGKILL)
        with pytest.raises(SealFailed):
            seal.finish()
        with pytest.raises(ValueError, match="closed"):
            seal.write(b"more")
    assert_nothing_opens(desk, sealing)


def test_gpg_killed_when_all_is_written_is_told_by_finish(desk: Desk, seal_home: Path) -> None:
    sealing = Sealing(seal_home, desk.key)
    with sealing.seal as seal:
        seal.write(bytes(4 * MEBIBYTE))
        seal._plaintext.flush()
        time.sleep(0.2)  # the body has begun, and nothing is left to write
        os.kill(seal.pid, signal.SIGKILL)
        with pytest.raises(SealFailed):
            seal.finish()
    assert_nothing_opens(desk, sealing)


def test_an_exception_kills_gpg_before_its_input_ends(desk: Desk, seal_home: Path) -> None:
    sealing = Sealing(seal_home, desk.key)
    with pytest.raises(ZeroDivisionError), sealing.seal as seal:
        write_much_then_fail(seal)
    assert not Path(f"/proc/{sealing.seal.pid}").exists()
    assert len(sealing.body) > MEBIBYTE
    assert_nothing_opens(desk, sealing)


def test_an_input_closed_first_would_have_sealed_half_a_letter(desk: Desk, seal_home: Path) -> None:
    """The trap that the test above is about is real: gpg takes the end for the end."""
    sealing = Sealing(seal_home, desk.key)
    with pytest.raises(ZeroDivisionError), sealing.seal as seal, closed_first(seal):
        write_much_then_fail(seal)
    opened = desk.home.run("--decrypt", given=sealing.all_that_left())
    assert (opened.returncode, len(opened.stdout)) == (0, 4 * MEBIBYTE)


def test_leaving_without_finish_seals_nothing(desk: Desk, seal_home: Path) -> None:
    sealing = Sealing(seal_home, desk.key)
    with sealing.seal as seal:
        seal.write(bytes(4 * MEBIBYTE))
    assert_nothing_opens(desk, sealing)


@pytest.mark.parametrize("size", [10, 8 * MEBIBYTE])
def test_a_full_disk_fails_the_sealing_with_its_cause(
    desk: Desk, seal_home: Path, size: int
) -> None:
    def full_disk(_: bytes) -> None:
        raise OSError(28, "No space left on device")

    sealing = EnvelopeSeal([desk.key], full_disk, DAY, seal_home)
    with sealing as seal, pytest.raises(SealFailed) as caught:
        write_and_finish(seal, size)
    assert isinstance(caught.value.__cause__, OSError)


def test_gpg_that_is_not_installed_is_told(
    desk: Desk, seal_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(gpg.ENVIRONMENT, "PATH", str(tmp_path))
    with pytest.raises(SealFailed):
        sealed(seal_home, b"letter", desk.key)


@pytest.mark.parametrize("size", [0, 16 * 1024, 65536 - 7, 300_000])
def test_equal_lengths_give_equal_lengths_however_they_are_written(
    desk: Desk, seal_home: Path, size: int
) -> None:
    chance = random.Random(size)  # noqa: S311 - chunk sizes, and no secret
    lengths = set()
    for most in (3, 512, 8192, 70_000, size or 1):
        sealing = Sealing(seal_home, desk.key)
        result = sealing.whole(chance.randbytes(size), random_sizes(chance, most))
        lengths.add((len(result.head), result.body_size))
    assert len(lengths) == 1


def test_slow_writers_change_no_length(desk: Desk, seal_home: Path) -> None:
    fast, slow = Sealing(seal_home, desk.key), Sealing(seal_home, desk.key)
    with slow.seal as seal:
        for _ in range(3):
            seal.write(bytes(300_000))
            time.sleep(0.05)  # gpg reads what there is, and waits
        size = seal.finish().body_size
    assert size == fast.whole(bytes(900_000)).body_size


def test_no_plaintext_on_the_command_line_or_in_the_environment(
    desk: Desk, seal_home: Path
) -> None:
    with Sealing(seal_home, desk.key).seal as seal:
        seal.write(b"canary" * 100_000)
        process = Path(f"/proc/{seal.pid}")
        assert b"canary" not in (process / "cmdline").read_bytes()
        assert set((process / "environ").read_bytes().rstrip(b"\0").split(b"\0")) == {
            f"{name}={value}".encode() for name, value in gpg.ENVIRONMENT.items()
        }


def test_several_envelopes_at_once(desk: Desk, seal_home: Path) -> None:
    plaintexts = [bytes([n]) * MEBIBYTE for n in range(8)]
    with ThreadPoolExecutor(8) as threads:
        messages = list(threads.map(lambda p: sealed(seal_home, p, desk.key), plaintexts))
    assert [desk.home.gpg("--decrypt", given=m) for m in messages] == plaintexts


def random_sizes(chance: random.Random, most: int) -> Iterator[int]:
    while True:
        yield chance.randint(max(1, most // 3), most)


def open_descriptors() -> int:
    return sum(1 for _ in Path("/proc/self/fd").iterdir())


@contextlib.contextmanager
def closed_first(seal: EnvelopeSeal) -> Iterator[None]:
    """Do on failure what must not be done: close gpg's input while it lives."""
    try:
        yield
    finally:
        seal._plaintext.close()
        seal._process.wait()


def write_and_finish(seal: EnvelopeSeal, size: int) -> None:
    seal.write(bytes(size))
    seal.finish()


def write_much(seal: EnvelopeSeal) -> None:
    for _ in range(64):
        seal.write(bytes(MEBIBYTE))


def write_much_then_fail(seal: EnvelopeSeal) -> None:
    seal.write(bytes(4 * MEBIBYTE))
    time.sleep(0.2)  # let gpg put out what it can
    raise ZeroDivisionError


def assert_nothing_opens(desk: Desk, sealing: Sealing) -> None:
    """Assert that what is left does not pass for a whole message."""
    opened = desk.home.run("--status-fd", "2", "--decrypt", given=sealing.all_that_left())
    assert b"GOODMDC" not in opened.stderr
    assert opened.returncode or not opened.stdout  # gpg calls a head without a body well, too
