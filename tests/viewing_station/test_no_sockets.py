"""No command of the station asks the kernel for a network, in a namespace that has none."""

import os
import re
import subprocess
from collections.abc import Sequence
from pathlib import Path

from crypto.fingerprint import fingerprint
from tests.viewing_station.reviewer import Reviewer
from tests.viewing_station.small_server import SmallServer, Source
from tests.viewing_station.terminal import RUN

SOCKET = re.compile(r"socket(?:pair)?\((AF_\w+)")
LOCAL = {"AF_UNIX"}  # gpg and its agent


def traced(cut_off: Sequence[str], log: Path, reviewer: Reviewer, *words: str) -> str:
    """Run a command without a network, and note each socket that it or its children make."""
    where = ["--home", str(reviewer.home), "--passphrase-file", str(reviewer.passphrase_file)]
    watch = ["strace", "-f", "-qq", "-A", "-e", "trace=socket,socketpair", "-o", str(log)]
    done = subprocess.run(
        [*cut_off, *watch, *RUN, *where, *words],
        env={"PATH": os.environ["PATH"], "LANG": "C.UTF-8"},
        input="Merci.",
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, (words, done.stderr)
    return done.stdout


def test_every_command_works_without_one_socket_to_a_network(
    tmp_path: Path, reviewer: Reviewer, server: SmallServer, source: Source, cut_off: Sequence[str]
) -> None:
    [letter, files] = server.receive(source, "x", {"plan.txt": b"nord"})
    bundle = reviewer.keep(server.bundle([letter, files]))
    identity = tmp_path / "instance.json"
    identity.write_bytes(server.identity.encode())
    log = tmp_path / "sockets"

    def run(*words: str) -> str:
        return traced(cut_off, log, reviewer, *words)

    fresh = Reviewer(tmp_path / "fresh", reviewer.passphrase_file)
    traced(cut_off, log, fresh, "init", "--desk", "demo", "--instance", str(identity))
    run("open", str(bundle))
    thread = reviewer.thread()
    run("threads", "--json")
    run("show", thread)
    run("export", thread, str(tmp_path / "out"))
    run("reply", thread)
    run("discard", letter.entry.delivery)
    run("key", "list")
    told = fingerprint(server.signer.public)
    run("instance", "set", str(identity), "--fingerprint", told)
    run("courier", str(tmp_path / "c.tar"), "--qr-images", str(tmp_path / "qr"))
    made = set(SOCKET.findall(log.read_text()))
    assert made <= LOCAL, log.read_text()
    assert made, "nothing was traced: gpg's agent alone makes a socket"


def test_the_trace_sees_a_socket_that_is_made(tmp_path: Path, cut_off: Sequence[str]) -> None:
    log = tmp_path / "sockets"
    make = [RUN[0], "-c", "import socket; socket.socket().close()"]
    watch = ["strace", "-f", "-qq", "-e", "trace=socket", "-o", str(log)]
    subprocess.run([*cut_off, *watch, *make], check=True)
    assert SOCKET.findall(log.read_text()) == ["AF_INET"]


def test_the_namespace_has_no_interface_but_its_own_loop(cut_off: Sequence[str]) -> None:
    shown = subprocess.run(
        [*cut_off, "cat", "/proc/self/net/dev"], capture_output=True, text=True, check=True
    ).stdout
    assert [line.split(":")[0].strip() for line in shown.splitlines()[2:]] == ["lo"]
