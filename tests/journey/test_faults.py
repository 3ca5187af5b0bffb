"""Every way a delivery can fail, over a real socket, each seen to have happened.

Whatever the fault: no row, no blob, no `.part` file, no gpg process while none is under way; and
who still listens reads what happened. The service goes on.
"""

import os
import shutil
import signal
import socket
import sqlite3
import struct
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from pathlib import Path

import pytest

from tests.journey.house import House, Source, tree

BOUNDARY = "faults"
MIB = 1 << 20


def envelope_count(house: House) -> tuple[int, int]:
    """Count stored rows and files below `blobs`, whole or partial."""
    with sqlite3.connect(house.home / "vasistas.db") as db:
        rows = db.execute("SELECT count(*) FROM deliveries").fetchone()[0]
    return rows, sum(path.is_file() for path in (house.home / "blobs").rglob("*"))


def gpgs(house: House) -> list[int]:
    """List the gpg and gpg-agent processes below the server, zombies included."""
    assert house.process is not None
    found = []
    for pid in tree(house.process.pid):
        try:
            name = Path(f"/proc/{pid}/comm").read_text().strip()
        except FileNotFoundError:
            continue
        if name.startswith("gpg"):
            found.append(pid)
    return found


def eventually(holds: Callable[[], bool], what: str, seconds: float = 20) -> None:
    """Wait until something holds."""
    until = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < until, f"never: {what}"
        time.sleep(0.02)


class Raw:
    """A delivery sent by hand: what is announced and what is sent are chosen apart."""

    def __init__(self, house: House, source: Source) -> None:
        self.source = source
        self.connection = socket.socket(socket.AF_UNIX)
        self.connection.settimeout(60)
        self.connection.connect(house.addresses["source"].removeprefix("unix:"))

    def head(self, length: int, boundary: str = BOUNDARY) -> None:
        """Send the request's header."""
        cookie = self.source.http.cookies["vasistas"]
        lines = [
            "POST /deliver HTTP/1.1",
            "Host: localhost",
            f"Cookie: vasistas={cookie}",
            f"Content-Type: multipart/form-data; boundary={boundary}",
            f"Content-Length: {length}",
            "",
            "",
        ]
        self.connection.sendall("\r\n".join(lines).encode())

    def beginning(self, message: str = "bonjour") -> bytes:
        """Build the form up to the beginning of the file's bytes."""
        return (
            f"--{BOUNDARY}\r\n"
            f'Content-Disposition: form-data; name="csrf_token"\r\n\r\n{self.source.token}\r\n'
            f"--{BOUNDARY}\r\n"
            f'Content-Disposition: form-data; name="message"\r\n\r\n{message}\r\n'
            f"--{BOUNDARY}\r\n"
            f'Content-Disposition: form-data; name="files"; filename="a.bin"\r\n\r\n'
        ).encode()

    def send(self, data: bytes) -> None:
        """Send bytes of the body."""
        self.connection.sendall(data)

    def answer(self) -> str:
        """Read the answer to its end, or to the connection's."""
        got = b""
        try:
            while chunk := self.connection.recv(65_536):
                got += chunk
                head, _, body = got.partition(b"\r\n\r\n")
                if len(body) >= 65_536 and b"Content-Length: 65536" in head:
                    break
        except ConnectionResetError:
            pass
        return got.decode(errors="replace")


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    """Close what a test opens by the way."""
    with ExitStack() as opened:
        yield opened


@pytest.fixture
def served(house: House) -> Iterator[House]:
    """Give a served house; see that it still serves and holds nothing at the end."""
    house.start()
    yield house
    eventually(lambda: not gpgs(house), "no gpg is left")
    eventually(lambda: envelope_count(house) == (0, 0), "nothing is stored")
    assert house.source().first_visit().deliver("encore là").status_code == 303
    assert envelope_count(house)[0] == 1
    eventually(lambda: not gpgs(house), "no gpg is left after a delivery either")
    house.stop()


@pytest.fixture
def raw(served: House) -> Iterator[Raw]:
    """Give a source's connection, ready for a delivery."""
    sender = Raw(served, served.source().first_visit())
    yield sender
    sender.connection.close()


def under_way(house: House, raw: Raw, length: int = 50 * MIB) -> int:
    """Begin a large delivery; give the id of its gpg once bytes have reached the disk."""
    raw.head(length)
    raw.send(raw.beginning() + os.urandom(4 * MIB))
    eventually(lambda: len(gpgs(house)) == 1, "gpg is at work")
    eventually(lambda: _grown(house), "bytes have reached the disk")
    return gpgs(house)[0]


def _grown(house: House) -> bool:
    return any(p.stat().st_size > MIB for p in (house.home / "blobs").rglob("*.part"))


def test_a_truncated_body_leaves_nothing(served: House, raw: Raw) -> None:
    under_way(served, raw)
    raw.connection.shutdown(socket.SHUT_WR)
    answer = raw.answer()
    assert answer.startswith("HTTP/1.1 400")
    assert "coupé" in answer


def test_a_body_that_ends_without_its_boundary_leaves_nothing(served: House, raw: Raw) -> None:
    body = raw.beginning() + b"x" * 300_000
    raw.head(len(body))
    raw.send(body)
    answer = raw.answer()
    assert answer.startswith("HTTP/1.1 400")
    assert "coupé" in answer
    assert envelope_count(served) == (0, 0)


def test_a_form_that_is_no_form_leaves_nothing(served: House, raw: Raw) -> None:
    raw.head(5_000, boundary="another")
    raw.send(b"no form at all" * 500)
    assert raw.answer().startswith("HTTP/1.1 400")
    assert envelope_count(served) == (0, 0)


def test_a_delivery_too_large_is_told_by_its_length(served: House, raw: Raw) -> None:
    raw.head(3 << 30)
    raw.send(raw.beginning())
    raw.connection.shutdown(socket.SHUT_WR)
    answer = raw.answer()
    assert answer.startswith("HTTP/1.1 413")
    assert "dépasse la taille" in answer


def test_too_many_parts_leave_nothing(served: House, raw: Raw) -> None:
    one = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="files"; filename="f"\r\n\r\nx\r\n'
    body = raw.beginning() + b"x\r\n" + one.encode() * 2_000 + f"--{BOUNDARY}--\r\n".encode()
    raw.head(len(body))
    raw.send(body)
    answer = raw.answer()
    assert answer.startswith("HTTP/1.1 413")
    assert "trop de fichiers" in answer


def test_gpg_killed_in_mid_stream_leaves_nothing(served: House, raw: Raw) -> None:
    length = 50 * MIB
    gpg = under_way(served, raw, length)
    os.kill(gpg, signal.SIGKILL)
    sent = len(raw.beginning()) + 4 * MIB
    rest = length - sent
    end = f"\r\n--{BOUNDARY}--\r\n".encode()
    raw.send(b"z" * (rest - len(end)) + end)
    answer = raw.answer()
    assert answer.startswith("HTTP/1.1 500")
    assert "pas pu être scellé" in answer


def test_a_client_that_resets_its_connection_leaves_nothing(served: House) -> None:
    served.stop()
    served.start(tcp=True)
    source = served.source().first_visit()
    raw = Raw.__new__(Raw)
    raw.source = source
    host, port = served.addresses["source"].split(":")
    raw.connection = socket.create_connection((host, int(port)))
    under_way(served, raw)
    raw.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    raw.connection.close()  # with lingering off, a close sends RST
    eventually(lambda: not gpgs(served), "gpg ends with its delivery")


def test_a_stalled_body_is_closed_after_seconds(served: House, raw: Raw) -> None:
    under_way(served, raw)
    started = time.monotonic()
    answer = raw.answer()
    assert answer.startswith("HTTP/1.1 408")
    assert "trop longtemps" in answer
    assert 20 < time.monotonic() - started < 50


def crowd(house: House, size: int, each: bytes) -> list[socket.socket]:
    """Open connections that all send the same beginning and then nothing."""
    opened = []
    for _ in range(size):
        connection = socket.socket(socket.AF_UNIX)
        connection.connect(house.addresses["source"].removeprefix("unix:"))
        connection.sendall(each)
        opened.append(connection)
    return opened


SLOW_FORM = (
    b"POST /return HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5000\r\n"
    b"Content-Type: application/x-www-form-urlencoded\r\n\r\ncodename=a"
)


@pytest.mark.parametrize(
    "beginning",
    [b"GET / HTTP/1.1\r\nHost: local", SLOW_FORM, b"no HTTP at all\r\n\r\n", b""],
    ids=["half header", "slow form", "no HTTP", "silence"],
)
def test_a_crowd_of_slow_connections_keeps_nobody_out(
    served: House, stack: ExitStack, beginning: bytes
) -> None:
    """More connections than there are threads; a page still comes, and deliveries go on."""
    for connection in crowd(served, 400, beginning):
        stack.callback(connection.close)
    source = served.source()
    started = time.monotonic()
    assert source.http.get("/").status_code == 200
    assert source.http.get("/safety").status_code == 200
    assert time.monotonic() - started < 10


def test_a_half_sent_header_is_closed_after_seconds(served: House, stack: ExitStack) -> None:
    (connection,) = crowd(served, 1, b"GET / HTTP/1.1\r\nHost: local")
    stack.callback(connection.close)
    connection.settimeout(40)
    started = time.monotonic()
    answer = connection.recv(100)
    assert answer == b"" or answer.startswith(b"HTTP/1.1 400")
    assert time.monotonic() - started < 25


def test_a_small_delivery_on_a_slow_circuit_arrives(house: House, stack: ExitStack) -> None:
    """Twenty seconds for some kilobytes: slower than any form, and no fault of the source."""
    with house.serving():
        raw = Raw(house, house.source().first_visit())
        stack.callback(raw.connection.close)
        body = raw.beginning() + b"x" * 20_000 + f"\r\n--{BOUNDARY}--\r\n".encode()
        raw.head(len(body))
        step = len(body) // 10
        for start in range(0, len(body), step):
            raw.send(body[start : start + step])
            time.sleep(1.9)
        assert raw.answer().startswith("HTTP/1.1 303")
    assert envelope_count(house)[0] == 1


def test_a_worker_that_dies_is_replaced(served: House) -> None:
    """An out-of-memory kill takes one worker, and not the house."""
    assert served.process is not None
    apps = [pid for pid in tree(served.process.pid) if b"--app\0source" in cmdline(pid)]
    workers = [pid for pid in apps if parent(pid) in apps]
    assert workers
    for worker in workers:
        os.kill(worker, signal.SIGKILL)
    eventually(lambda: not any(Path(f"/proc/{pid}").exists() for pid in workers), "they are gone")
    assert served.source().first_visit().codename
    assert served.process.poll() is None


def cmdline(pid: int) -> bytes:
    """Give a process's arguments, or nothing if it is gone."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except (FileNotFoundError, ProcessLookupError):
        return b""


def parent(pid: int) -> int:
    """Give a process's parent."""
    return int(Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[1])


def test_a_desk_without_a_usable_key_closes_the_hatch(served: House) -> None:
    key = served("desk", "key", "list", "ville").split()[0]
    source = served.source().first_visit()
    served("desk", "key", "retire", "ville", key)
    answer = source.deliver("bonjour", [("a", b"a" * 100_000)])
    assert answer.status_code == 503
    assert "guichet est fermé" in answer.text
    assert "bonjour</textarea>" in answer.text, "the message is given back"
    assert len(answer.content) == 65_536
    served("desk", "key", "add", "ville", served.stations["ville"].home / "ville-openpgp.asc")


def test_a_killed_server_leaves_nothing_that_the_sweeper_does_not_remove(served: House) -> None:
    raw = Raw(served, served.source().first_visit())
    under_way(served, raw)
    served.kill()
    raw.connection.close()
    assert envelope_count(served)[0] == 0
    for part in (served.home / "blobs").rglob("*.part"):
        assert b"bonjour" not in part.read_bytes()
        part.unlink()  # the sweeper waits an hour; its own tests have a clock
    served.start()


def fill(path: Path) -> None:
    """Write zeros until the disk is full."""
    with path.open("wb", buffering=0) as file, suppress(OSError):
        while True:
            file.write(b"\0" * 65_536)


@pytest.fixture
def small_disk(furnished: House, root: Path) -> Iterator[House]:
    """Give a served house whose home is a real file system of 40 MB."""
    if os.geteuid() != 0:
        pytest.skip("mounting a small file system needs root")
    small = root / "server"
    small.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=40m,mode=700", "tmpfs", small]
    if subprocess.run(mount, check=False, capture_output=True).returncode != 0:
        pytest.skip("mounting a small file system is not allowed here")
    try:
        house = furnished.copy(root)
        house.configure(files_floor_bytes=1, letters_floor_bytes=1)
        with house.serving():
            yield house
    finally:
        subprocess.run(["umount", "-l", small], check=True)


def test_a_full_disk_leaves_nothing(small_disk: House, stack: ExitStack) -> None:
    """The announced length fits the marks; the disk fills meanwhile, by another's doing."""
    raw = Raw(small_disk, small_disk.source().first_visit())
    stack.callback(raw.connection.close)
    length = 20 * MIB
    raw.head(length)
    raw.send(raw.beginning() + os.urandom(4 * MIB))
    eventually(lambda: _grown(small_disk), "bytes have reached the disk")
    fill(small_disk.home / "ballast")
    end = f"\r\n--{BOUNDARY}--\r\n".encode()
    raw.send(b"z" * (length - len(raw.beginning()) - 4 * MIB - len(end)) + end)
    answer = raw.answer()
    (small_disk.home / "ballast").unlink()
    assert answer.startswith("HTTP/1.1 507")
    assert "assez de place" in answer
    eventually(lambda: envelope_count(small_disk) == (0, 0), "nothing is stored")
    assert not gpgs(small_disk)


def test_a_nearly_full_disk_refuses_files_first_and_letters_later(small_disk: House) -> None:
    small_disk.stop()
    free = shutil.disk_usage(small_disk.home).free
    small_disk.configure(files_floor_bytes=free, letters_floor_bytes=10 * MIB)
    small_disk.start()
    source = small_disk.source().first_visit()
    assert source.deliver("lettre", [("a", b"a")]).status_code == 507
    assert source.deliver("lettre").status_code == 303
