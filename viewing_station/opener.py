"""Opens OpenPGP messages with the desk's key, while GnuPG's agent runs for it."""

import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, cast

from crypto.errors import OpenFailed
from crypto.opening import open_envelope
from viewing_station.desk_key import KeyringPassphrase
from viewing_station.keyring import keyring
from viewing_station.station import Station
from viewing_station.trouble import OverflowingError


class Opener:
    """The desk's secret key, at hand."""

    def __init__(self, gnupg: Path, passphrase: KeyringPassphrase) -> None:
        self._gnupg = gnupg
        self._passphrase = passphrase

    def open(
        self, source: BinaryIO | io.RawIOBase, sink: Callable[[bytes], object], limit: int
    ) -> int:
        """Write what an OpenPGP message holds to `sink`, `limit` bytes at most; return its size.

        Nothing the sink was given may be used unless this returns. Raises OpenFailed (its
        subclass NotForUs where no key here opens it), OverflowingError, and OSError where the
        source could not be read.
        """
        left = limit

        def capped(chunk: bytes) -> None:
            nonlocal left
            left -= len(chunk)
            if left < 0:
                raise OverflowingError
            sink(chunk)

        try:
            open_envelope(cast("BinaryIO", source), capped, self._gnupg, self._passphrase)
        except OpenFailed as failure:
            if isinstance(failure.__cause__, OSError):  # a stick pulled out: nobody altered it
                raise failure.__cause__ from None
            raise
        return limit - left


@contextmanager
def opener(station: Station) -> Iterator[Opener]:
    """Hold the desk's key at hand. Raises KeyringError."""
    with keyring(station.home.gnupg) as gnupg:
        yield Opener(gnupg, station.settings.keyring_passphrase)
