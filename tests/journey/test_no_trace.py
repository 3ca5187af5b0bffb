"""Threat model: disk seizure. No word of a source stays anywhere, served or killed.

Looked at: the instance's folder with database and WAL, /tmp, /dev/shm, what the server wrote to
its standard output and error, command lines and environments of all its processes.
"""

import os
import secrets
import socket
import sqlite3
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.journey.house import House, Source, tree
from tests.journey.traces import in_files, in_processes, needles_of, needles_of_codename

FILE_CANARY = "contenu-" + secrets.token_hex(12)
NAME_CANARY = "nom-" + secrets.token_hex(12)
MESSAGE_CANARY = "message-" + secrets.token_hex(12)
STARTED = time.time() - 1
CANARIES = (FILE_CANARY, NAME_CANARY, MESSAGE_CANARY)


@pytest.fixture
def logged(house: House, root: Path) -> House:
    """Serve with standard output and error going to a file in the searched root."""
    keep = os.dup(2)
    log = os.open(root / "stderr.log", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.dup2(log, 2)
    try:
        house.start()
    finally:
        os.dup2(keep, 2)
        os.close(keep)
        os.close(log)
    return house


# The instance and its log lie below /tmp as well.
EVERYWHERE = (Path("/tmp"), Path("/dev/shm"))  # noqa: S108


def find(house: House, needles: set[bytes]) -> list[object]:
    """Search files and living processes."""
    living = [] if house.process is None else [house.process.pid, *tree(house.process.pid)]
    found: list[object] = list(in_files(EVERYWHERE, needles, STARTED, beside(house)))
    found += in_processes(living, needles)
    return found


def beside(house: House) -> Callable[[Path], bool]:
    """Tell the folders of tests that run at the same time: other houses, pytest's, clusters."""
    theirs = ("vas-", "pytest-of-", "vs-pg-", "vg-")
    return lambda path: path.name.startswith(theirs) and path != house.root


def needles(source: Source) -> set[bytes]:
    """Give all that is looked for, the session's cookie included."""
    cookie = source.http.cookies["vasistas"]
    return needles_of([*CANARIES, cookie]) | needles_of_codename(source.codename)


def deliver(source: Source) -> None:
    """Deliver the canaries."""
    content = (FILE_CANARY + "\n").encode() * 9_000
    assert source.deliver(MESSAGE_CANARY, [(f"{NAME_CANARY}.txt", content)]).status_code == 303


def half_a_delivery(house: House, source: Source) -> socket.socket:
    """Send all of a delivery but its end, and leave the connection open."""
    request = source.http.build_request(
        "POST",
        "/deliver",
        files=source.form(MESSAGE_CANARY, [(f"{NAME_CANARY}.bin", FILE_CANARY.encode() * 60_000)]),
    )
    body = request.read()
    lines = [f"{name}: {value}" for name, value in request.headers.items()]
    connection = socket.socket(socket.AF_UNIX)
    connection.connect(house.addresses["source"].removeprefix("unix:"))
    head = "\r\n".join(["POST /deliver HTTP/1.1", *lines, "", ""])
    connection.sendall(head.encode() + body[:-50_000])
    return connection


def test_disk_seizure_finds_no_word_after_a_delivery(logged: House) -> None:
    source = logged.source().first_visit()
    deliver(source)
    back = logged.source()
    back.return_with(source.codename)
    back.get("/mailbox")
    looked_for = needles(source) | needles_of([back.http.cookies["vasistas"]])
    assert find(logged, looked_for) == []
    logged.kill()
    assert find(logged, looked_for) == []


def test_disk_seizure_finds_no_word_of_a_delivery_killed_in_the_middle(logged: House) -> None:
    source = logged.source().first_visit()
    connection = half_a_delivery(logged, source)
    wait_for(lambda: list(logged.home.glob("blobs/*/*.part")), "the delivery is under way")
    assert find(logged, needles(source)) == []
    logged.kill()
    connection.close()
    assert list(logged.home.glob("blobs/*/*.part")), "the kill came in the middle"
    assert find(logged, needles(source)) == []
    with sqlite3.connect(logged.home / "vasistas.db") as db:
        assert db.execute("SELECT count(*) FROM deliveries").fetchone() == (0,)


def test_the_search_finds_a_planted_canary(logged: House) -> None:
    """What is planted in a command line, a file, a database column is found, and only then."""
    codename = "alpha bravo charlie delta echo fox golf hotel"
    looked_for = needles_of(CANARIES) | needles_of_codename(codename)
    assert find(logged, looked_for) == []
    words = ["python3", "-c", "import time; time.sleep(60)", codename.upper()]
    pid = os.spawnvp(os.P_NOWAIT, "python3", words)  # noqa: S606  an innocent
    try:
        wait_for(lambda: in_processes([pid], looked_for), "the planted process is found")
    finally:
        os.kill(pid, 9)
        os.waitpid(pid, 0)
    planted = logged.home / "blobs" / "00" / "x"
    planted.write_bytes(b"\0" * 2_000_000 + FILE_CANARY.upper().encode())
    os.utime(planted, (0, 0))
    assert find(logged, looked_for) == [planted]
    planted.unlink()
    with sqlite3.connect(logged.home / "vasistas.db") as db:
        db.execute("UPDATE desks SET name = ?", (MESSAGE_CANARY,))
    assert find(logged, looked_for)


def wait_for(happened: object, what: str, seconds: float = 20) -> None:
    """Wait until a condition holds."""
    assert callable(happened)
    until = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < until, f"never: {what}"
        time.sleep(0.02)
