"""How the apps' workers ask the ledger: small messages over a unix socket, and their answers.

A worker holds one connection; when it ends, however that came about, so does what it held. The
messages keep their borders (SOCK_SEQPACKET) and have one size.
"""

import os
import selectors
import socket
import struct
import threading
import time
from collections.abc import Callable
from enum import IntEnum
from pathlib import Path

from admin.serving.circuit_ledger import CircuitLedger, Ruling
from web.circuits import Held, Spent, Verdict

ANSWER_SECONDS = 1.0  # the ledger answers within a millisecond; a page must not hang on it
PAUSE_SECONDS = 5.0  # after an answer that did not come: not every page waits for the next one
BACKLOG = 16  # a worker each
_QUESTION = struct.Struct(">BBI16s")  # verb, kind, circuit, reviewer
_ANSWER = struct.Struct(">BI")  # allowed, milliseconds to wait


class _Verb(IntEnum):
    ENTER = 1
    LEAVE = 2
    SPEND = 3
    BELONGS = 4


class CircuitLink:
    """A worker's end. Where nobody answers all is allowed: the caps over everybody stand."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._socket: socket.socket | None = None
        self._not_before = 0.0

    def enter(self, circuit: int, what: Held) -> Verdict:
        """Ask to hold something."""
        return self._ask(_Verb.ENTER, what, circuit)

    def leave(self, circuit: int, what: Held) -> None:
        """Say that it is held no more."""
        self._ask(_Verb.LEAVE, what, circuit)

    def spend(self, circuit: int, what: Spent) -> Verdict:
        """Ask to do something once."""
        return self._ask(_Verb.SPEND, what, circuit)

    def belongs(self, circuit: int, reviewer: str) -> None:
        """Say whose circuit it is."""
        self._ask(_Verb.BELONGS, 0, circuit, bytes.fromhex(reviewer))

    def _ask(self, verb: _Verb, kind: int, circuit: int, reviewer: bytes = b"") -> Verdict:
        question = _QUESTION.pack(verb, kind, circuit, reviewer)
        with self._lock:
            if time.monotonic() < self._not_before:
                return Verdict()
            try:
                connection = self._connected()
                connection.send(question)
                allowed, wait = _ANSWER.unpack(connection.recv(_ANSWER.size))
            except (OSError, struct.error) as error:
                if isinstance(error, TimeoutError):
                    self._not_before = time.monotonic() + PAUSE_SECONDS
                self._hang_up()
                return Verdict()
        return Verdict(bool(allowed), wait / 1000)

    def _connected(self) -> socket.socket:
        if self._socket is None:
            connection = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
            self._socket = connection
            connection.settimeout(ANSWER_SECONDS)
            connection.connect(str(self._path))
        return self._socket

    def _hang_up(self) -> None:
        if self._socket is not None:
            self._socket.close()
            self._socket = None


class CircuitCounter:
    """The ledger's end: answers all workers from a thread of its own."""

    def __init__(self, listener: socket.socket, close: Callable[[int], None]) -> None:
        """`close` gets the circuits that went too far; it must not take long."""
        self._listener, self._close = listener, close
        self._ledger = CircuitLedger()
        self._lock = threading.Lock()
        self._selector = selectors.DefaultSelector()

    def start(self) -> None:
        """Begin to answer; ends with the process."""
        self._selector.register(self._listener, selectors.EVENT_READ)
        threading.Thread(target=self._serve, name="circuits", daemon=True).start()

    def circuits_of(self, reviewer: str) -> list[int]:
        """List the circuits that a reviewer was seen on."""
        with self._lock:
            return self._ledger.circuits_of(reviewer)

    def clear(self) -> None:
        """Forget all circuits."""
        with self._lock:
            self._ledger.clear()

    def _serve(self) -> None:
        while True:
            for key, _ in self._selector.select():
                if key.fileobj is self._listener:
                    worker, _ = self._listener.accept()
                    worker.settimeout(0)  # nobody makes the others wait
                    self._selector.register(worker, selectors.EVENT_READ)
                elif isinstance(key.fileobj, socket.socket):
                    self._answer(key.fileobj)

    def _answer(self, worker: socket.socket) -> None:
        holder = str(worker.fileno())
        try:
            question = worker.recv(_QUESTION.size)
            ruling, circuit = self._judge(holder, question)
            verdict = ruling.verdict
            worker.send(_ANSWER.pack(verdict.allowed, round(verdict.wait * 1000)))
        except (OSError, struct.error, ValueError):  # gone, or not one of our workers
            self._selector.unregister(worker)
            with self._lock:
                self._ledger.drop(holder)
            worker.close()
            return
        if ruling.close:
            self._close(circuit)

    def _judge(self, holder: str, question: bytes) -> tuple[Ruling, int]:
        verb, kind, circuit, reviewer = _QUESTION.unpack(question)
        now = time.monotonic()
        with self._lock:
            match _Verb(verb):
                case _Verb.ENTER:
                    return self._ledger.enter(holder, circuit, Held(kind), now), circuit
                case _Verb.LEAVE:
                    self._ledger.leave(holder, circuit, Held(kind))
                case _Verb.SPEND:
                    return self._ledger.spend(circuit, Spent(kind), now), circuit
                case _Verb.BELONGS:
                    self._ledger.belongs(circuit, reviewer.hex(), now)
        return Ruling(), circuit


def listen_for_workers(path: Path) -> socket.socket:
    """Open the ledger's socket, for the service's own user alone."""
    path.unlink(missing_ok=True)  # left by a process that was killed
    before = os.umask(0o177)
    try:
        listener = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        listener.bind(str(path))
        listener.listen(BACKLOG)
    finally:
        os.umask(before)
    return listener
