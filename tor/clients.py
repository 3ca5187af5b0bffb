"""Who may reach a service: one X25519 key each (tor's client authorisation).

**With no valid key left tor opens the service to everybody.** So there is always one more, whose
secret half was thrown away: the seal. It shuts nobody out and lets nobody in; while it stands,
the service can never fall open, however many clients are removed.

tor reads all files whose name ends in `.auth`. Each client has a file of its own, written in one
step: two admins at once do not undo each other's change.
"""

import base64
import hashlib
import os
import re
import stat
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path

from nacl.public import PrivateKey

from tor.errors import BadClientName, ClientExists, NoSuchClient, TooManyClients, WouldBeOpen
from tor.files import alone, make_private_folder, remove, write_whole
from tor.identity import OnionAddress

CLIENTS_MAX = 300  # more were seen to hit an assertion in tor 0.4.9 (at 400)
AUTH_FILE_MAX_BYTES = 1024
SEAL = "_seal"  # no client's name: those begin with a letter or a digit
_SUFFIX = ".auth"
_NAME = re.compile(r"[^\W_](?:[\w.-]{0,38}[^\W_])?")
# No more than the end of a line follows: what is cut off at the size limit is no key.
_AUTH = re.compile(rb"descriptor:x25519:([A-Z2-7]{52})(?:\r?\n)?")


@dataclass(frozen=True)
class ClientKey:
    """A new client's secret key, to be handed over and kept nowhere."""

    address: OnionAddress
    secret: str = field(repr=False)  # unpadded base 32: what Tor Browser asks for

    @property
    def auth_private(self) -> str:
        """The line of a `.auth_private` file (tor's ClientOnionAuthDir)."""
        return f"{self.address.label}:descriptor:x25519:{self.secret}"


@dataclass(frozen=True)
class AuthorizedClients:
    """The keys in a service's `authorized_clients`."""

    folder: Path

    def names(self) -> list[str]:
        """List the clients by name, the seal not among them."""
        found = [path.name.removesuffix(_SUFFIX) for path in self.folder.glob(f"*{_SUFFIX}")]
        return sorted(name for name in found if _NAME.fullmatch(name))

    def add(self, name: str, address: OnionAddress) -> ClientKey:
        """Let a client in; raises ClientExists, BadClientName or TooManyClients."""
        with self._alone():
            place = self._place(name)
            if place.exists():
                raise ClientExists(f"{name} has a key already: `onion client rotate` replaces it.")
            if len(self.names()) >= CLIENTS_MAX:
                raise TooManyClients(f"tor bears no more than {CLIENTS_MAX} clients of a service.")
            return self._give(place, address)

    def rotate(self, name: str, address: OnionAddress) -> ClientKey:
        """Replace a client's key; raises NoSuchClient."""
        with self._alone():
            return self._give(self._known(name), address)

    def remove(self, name: str) -> None:
        """Take a client's key away; raises NoSuchClient."""
        with self._alone():
            remove(self._known(name))

    def seal(self) -> None:
        """Write the seal anew. A new one makes tor publish the descriptor again."""
        with self._alone():
            self._write(self.folder / f"{SEAL}{_SUFFIX}", PrivateKey.generate())

    def take_over(self, service: Path) -> list[str]:
        """Let in the clients of another tor's service folder too; give their names."""
        theirs = AuthorizedClients(service / self.folder.name).valid()
        with self._alone():
            for name, content in theirs.items():
                write_whole(self._place(name), content)
        return list(theirs)

    def follow(self, other: "AuthorizedClients") -> None:
        """Let in whom the other service lets in, by the same keys, and nobody else.

        The seal is each service's own, so that this one stays closed whatever the other holds.
        """
        theirs = other.valid()
        with self._alone():
            for name in self.names():
                if name not in theirs:
                    remove(self._place(name))
            for name, content in theirs.items():
                if _read(self._place(name)) != content:
                    write_whole(self._place(name), content)

    def valid(self) -> dict[str, bytes]:
        """Give the clients whose key tor would take, by name; raises TooManyClients."""
        read = {name: _read(self.folder / f"{name}{_SUFFIX}") for name in self.names()}
        found = {name: content for name, content in read.items() if _is_key(content)}
        if len(found) > CLIENTS_MAX:
            raise TooManyClients(f"tor bears no more than {CLIENTS_MAX} clients of a service.")
        return found

    def digest(self) -> bytes:
        """Give what changes when a client comes, goes, or gets another key (SHA-256, 32 bytes)."""
        found = hashlib.sha256()
        for name in self.names():
            found.update(name.encode() + b"\0" + _read(self.folder / f"{name}{_SUFFIX}") + b"\0")
        return found.digest()

    @property
    def sealed(self) -> bool:
        """Whether the seal is there and valid."""
        return _is_key(_read(self.folder / f"{SEAL}{_SUFFIX}"))

    def check_sealed(self) -> None:
        """Raise WouldBeOpen unless the seal is there and valid."""
        if not self.sealed:
            raise WouldBeOpen(
                "The key that keeps the reviewers' onion service closed is missing or damaged: "
                "the service was taken down. `vasistas onion publish` makes the key again."
            )

    def _alone(self) -> AbstractContextManager[None]:
        make_private_folder(self.folder)
        return alone(self.folder / ".lock")

    def _place(self, name: str) -> Path:
        if not _NAME.fullmatch(name):
            raise BadClientName("A client's name is 1 to 40 letters, digits, dots or hyphens.")
        return self.folder / f"{name}{_SUFFIX}"

    def _known(self, name: str) -> Path:
        place = self._place(name)
        if not place.exists():
            raise NoSuchClient(f"No onion key was given to {name}.")
        return place

    def _give(self, place: Path, address: OnionAddress) -> ClientKey:
        key = PrivateKey.generate()
        self._write(place, key)
        return ClientKey(address, _base32(bytes(key)))

    def _write(self, place: Path, key: PrivateKey) -> None:
        public = _base32(bytes(key.public_key))
        write_whole(place, f"descriptor:x25519:{public}\n".encode())


def _base32(key: bytes) -> str:
    return base64.b32encode(key).decode().rstrip("=")


def _read(path: Path) -> bytes:
    """Read a small file; nothing for what is none, and without waiting for a pipe's other end."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW)
        with os.fdopen(descriptor, "rb") as file:
            regular = stat.S_ISREG(os.fstat(descriptor).st_mode)
            return file.read(AUTH_FILE_MAX_BYTES) if regular else b""
    except OSError:
        return b""


def _is_key(content: bytes) -> bool:
    """Tell whether tor takes a file for a client's key."""
    match = _AUTH.fullmatch(content)
    if match is None:
        return False
    return any(base64.b32decode(match[1] + b"===="))  # tor ends at a key of zeros (an assertion)
