"""The configuration of our tor process: the apps' services, and nothing else that tor can do.

Where a service's option has a meaning for the circuits of visitors, it is set: proof of work for
a flood of introductions, a cap on the streams of a circuit, the circuit's id told to the app.
"""

from dataclasses import dataclass
from pathlib import Path

ONION_PORT = 80


@dataclass(frozen=True)
class Defence:
    """What bounds the visitors of a service.

    `pow_rate` (a second) and `pow_burst` bound the rendezvous that tor takes up; past them those
    with more proof of work come first. `streams` bounds the connections of one circuit, which is
    closed past it.
    """

    pow_rate: int
    pow_burst: int
    streams: int


@dataclass(frozen=True)
class Service:
    """A service to publish: its folder, and the unix socket of the app behind it."""

    folder: Path
    socket: Path


@dataclass(frozen=True)
class Torrc:
    """What our tor is told. `extra` is a file of the admin's: bridges, or another network."""

    data: Path
    control: Path
    cookie: Path
    owner: int
    defence: Defence
    extra: Path | None = None

    def render(self, services: list[Service]) -> str:
        """Write the configuration with these services in it."""
        lines = [*self._process()]
        for service in services:
            lines += self._service(service)
        return "\n".join(lines) + "\n"

    def _process(self) -> list[str]:
        # The admin's lines come first: of an option with one value, tor takes the last.
        include = [f"%include {_quoted(self.extra)}"] if self.extra else []
        return [
            *include,
            f"DataDirectory {_quoted(self.data)}",
            f"ControlSocket unix:{_quoted(self.control)}",  # else tor cuts it at a space
            "CookieAuthentication 1",
            f"CookieAuthFile {_quoted(self.cookie)}",
            f"__OwningControllerProcess {self.owner}",
            "RunAsDaemon 0",
            "SocksPort 0",
            "ORPort 0",
            "ClientOnly 1",
            "SafeLogging 1",
            "Log warn stdout",
            "HiddenServiceNonAnonymousMode 0",
            "HiddenServiceSingleHopMode 0",
        ]

    def _service(self, service: Service) -> list[str]:
        return [
            f"HiddenServiceDir {_quoted(service.folder)}",
            f"HiddenServicePort {ONION_PORT} unix:{_quoted(service.socket)}",
            "HiddenServiceExportCircuitID haproxy",
            "HiddenServicePoWDefensesEnabled 1",
            f"HiddenServicePoWQueueRate {self.defence.pow_rate}",
            f"HiddenServicePoWQueueBurst {self.defence.pow_burst}",
            f"HiddenServiceMaxStreams {self.defence.streams}",
            "HiddenServiceMaxStreamsCloseCircuit 1",
        ]


def _quoted(path: Path) -> str:
    """Write a path as tor reads it: a C string (tor(1), "THE CONFIGURATION FILE FORMAT").

    Behind `unix:` tor looks for a comment before it looks for a string: no `#` stands as such.
    """
    text = str(path)
    if any(ord(character) < ord(" ") for character in text):
        raise ValueError("a path in tor's configuration cannot hold control characters")
    for character, escaped in (("\\", "\\\\"), ('"', '\\"'), ("#", "\\x23")):
        text = text.replace(character, escaped)
    return f'"{text}"'
