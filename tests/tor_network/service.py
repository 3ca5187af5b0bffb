"""A plain onion service to try the network with: a host's tor, and an HTTP server behind it."""

import base64
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from nacl.public import PrivateKey
from stem.control import EventType
from stem.response.events import HSDescEvent

from tests.tor_network.errors import NotStarted
from tests.tor_network.node import Node

LOOPBACK = "127.0.0.1"
MIB = 1 << 20
UPLOAD_SECONDS = 30.0
REPUBLISH_SECONDS = 2.0  # an upload sooner after the last is rejected, and not tried again


def key_pair(onion: str) -> tuple[str, str]:
    """Make a client's key; give the text of its `.auth` and of its `.auth_private` file."""
    key = PrivateKey.generate()
    public, private = (
        base64.b32encode(bytes(half)).decode().rstrip("=") for half in (key.public_key, key)
    )
    service = onion.removesuffix(".onion")
    return f"descriptor:x25519:{public}", f"{service}:descriptor:x25519:{private}"


class Host(Node):
    """A tor outside the network that joins it to publish one service."""

    def __init__(self, folder: Path, common: Path, port: int) -> None:
        self.service = folder / "service"
        lines = [
            f"%include {common}",
            "SocksPort 0",
            f"HiddenServiceDir {self.service}",
            f"HiddenServicePort 80 {LOOPBACK}:{port}",
        ]
        super().__init__(folder, lines)

    @property
    def onion(self) -> str:
        """The service's address."""
        return (self.service / "hostname").read_text().strip()

    def wait_until_open(self) -> None:
        """Wait until the service stands in the directories."""
        with self.publishing():
            pass

    def admit(self, name: str, auth: str) -> None:
        """Admit a client, and wait until the directories know."""
        file = self.service / "authorized_clients" / f"{name}.auth"
        file.write_text(auth)
        with self.publishing():
            self.hang_up()

    def dismiss(self, name: str) -> None:
        """Admit a client no longer."""
        (self.service / "authorized_clients" / f"{name}.auth").unlink()
        with self.publishing():
            self.hang_up()

    @contextmanager
    def publishing(self) -> Iterator[None]:
        """Wait, at the end, until every upload that began meanwhile has ended."""
        seen: Counter[str] = Counter()
        done = threading.Event()

        def note(event: HSDescEvent) -> None:
            seen[event.action] += 1
            if 0 < seen["UPLOAD"] == seen["UPLOADED"] + seen["FAILED"]:
                done.set()

        self.wait_until(lambda: self.ask("version") != "", "an open control socket")
        with self.control() as controller:
            controller.add_event_listener(note, EventType.HS_DESC)
            yield
            if not done.wait(UPLOAD_SECONDS):
                raise NotStarted(f"{self.name} did not publish: {dict(seen)}")


class _Answers(BaseHTTPRequestHandler):
    """Sends so many zeros as the path names, or says how many bytes came."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        length = int(self.path.strip("/") or "0")
        self._head(length)
        for start in range(0, length, MIB):
            self.wfile.write(bytes(min(MIB, length - start)))

    def do_POST(self) -> None:
        left = length = int(self.headers["Content-Length"])
        while left:
            left -= len(self.rfile.read(min(MIB, left)))
        answer = str(length).encode()
        self._head(len(answer))
        self.wfile.write(answer)

    def _head(self, length: int) -> None:
        self.send_response(200)
        self.send_header("Content-Length", str(length))
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def http_server() -> Iterator[int]:
    """Serve meanwhile; give the port."""
    with ThreadingHTTPServer((LOOPBACK, 0), _Answers) as server:
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield server.server_port
        finally:
            server.shutdown()
            thread.join()
