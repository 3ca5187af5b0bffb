"""A client of the private network: what Tor Browser's tor is to a source or a reviewer."""

import threading
from pathlib import Path

from stem import Signal
from stem.control import EventType
from stem.response.events import SignalEvent

from tests.tor_network.errors import NotStarted
from tests.tor_network.node import Node

SIGNAL_SECONDS = 30.0  # tor heeds one NEWNYM in ten seconds, and puts off the next


class OnionClient(Node):
    """A tor with a SOCKS port on loopback, and a folder of client keys."""

    def __init__(self, folder: Path, common: Path) -> None:
        self.keys = folder / "keys"
        self.socks_port = 0
        lines = [
            f"%include {common}",
            "SocksPort 127.0.0.1:auto ExtendedErrors",
            f"ClientOnionAuthDir {self.keys}",
        ]
        super().__init__(folder, lines)

    def start(self) -> None:
        """Start tor with the keys that it was given, if any."""
        self.folder.mkdir(mode=0o700, exist_ok=True)
        self.keys.mkdir(mode=0o700, exist_ok=True)
        super().start()

    def wait_until_usable(self) -> None:
        """Wait until it can build circuits, and note its SOCKS port."""
        self.wait_for_circuits()
        listener = self.ask("net/listeners/socks").strip('"')
        self.socks_port = int(listener.rpartition(":")[2])

    def add_key(self, auth_private: str) -> None:
        """Take the text of an `.auth_private` file, in the place of one for the same service."""
        service = auth_private.partition(":")[0].removesuffix(".onion")
        file = self.keys / f"{service}.auth_private"
        file.write_text(auth_private)
        file.chmod(0o600)
        self._signal(Signal.RELOAD)

    def drop_keys(self) -> None:
        """Lose all keys."""
        for file in self.keys.glob("*.auth_private"):
            file.unlink()
        self._signal(Signal.RELOAD)

    def forget(self) -> None:
        """Drop cached descriptors and circuits; done on return, ten seconds after the last time.

        Open streams go on, and so do those that an `httpx.Client` keeps.
        """
        self._signal(Signal.NEWNYM)

    def _signal(self, signal: Signal) -> None:
        """Send a signal and wait until tor says that it has acted on it: it answers before."""
        acted = threading.Event()

        def note(event: SignalEvent) -> None:
            if event.signal == signal:
                acted.set()

        with self.control() as controller:
            controller.add_event_listener(note, EventType.SIGNAL)
            controller.signal(signal)
            if not acted.wait(SIGNAL_SECONDS):
                raise NotStarted(f"{self.name} did not act on {signal}")
