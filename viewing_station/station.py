"""An opened station: what every command but `init` works with."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from crypto.errors import BadBox
from crypto.secret import Secret
from crypto.store_key import MasterKey, unwrap_master
from viewing_station.copies import Copies
from viewing_station.deliveries import Deliveries
from viewing_station.errors import WrongPassphraseError
from viewing_station.foreign_keys import ForeignKeys
from viewing_station.home import Home, locked
from viewing_station.instance_keys import Standing
from viewing_station.keyring import mend_keyring
from viewing_station.marks import ThreadMarks
from viewing_station.outbox import Outbox
from viewing_station.publications import Publications
from viewing_station.records import Records, open_records
from viewing_station.settings import Settings
from viewing_station.vault import Vault


@dataclass(frozen=True)
class Station:
    """The parts of one station, for as long as a command holds it."""

    home: Home
    records: Records
    settings: Settings
    deliveries: Deliveries
    outbox: Outbox
    copies: Copies
    marks: ThreadMarks
    publications: Publications
    foreign_keys: ForeignKeys
    vault: Vault
    master: MasterKey = field(repr=False)

    def learn(self, standing: Standing) -> None:
        """Take what a signature tells: once the new key signs alone, the one before is left."""
        before = self.settings.trust
        if (after := before.after(standing)) is not before:
            with self.records.change():
                self.settings.trust = after

    def sweep(self) -> None:
        """Delete the sealed files that neither a delivery nor a copy knows."""
        archives = [
            name
            for delivery in self.deliveries.all()
            for name in (delivery.archive, *delivery.inner.values())
        ]
        self.vault.sweep([*archives, *(copy.archive for copy in self.copies.all())])


@contextmanager
def open_station(root: Path, passphrase: Secret) -> Iterator[Station]:
    """Hold and open the station in `root`.

    Raises NoStationError, BusyError, WrongPassphraseError, DamagedError.
    """
    home = Home(root)
    home.require()
    with locked(home):
        master = unwrap(home, passphrase)
        home.rewrapped.unlink(missing_ok=True)  # a change of passphrase that was cut off
        mend_keyring(home.gnupg)
        with open_records(home.database, master) as records:
            yield assemble(home, records, master)


@contextmanager
def beside(station: Station) -> Iterator[Station]:
    """Yield the same station for work in another thread: SQLite's connections may not cross."""
    with open_records(station.home.database, station.master) as records:
        yield assemble(station.home, records, station.master)


def assemble(home: Home, records: Records, master: MasterKey) -> Station:
    """Put the parts together."""
    return Station(
        home=home,
        records=records,
        settings=Settings(records),
        deliveries=Deliveries(records),
        outbox=Outbox(records),
        copies=Copies(records),
        marks=ThreadMarks(records),
        publications=Publications(records),
        foreign_keys=ForeignKeys(records),
        vault=Vault(home.files, master),
        master=master,
    )


def unwrap(home: Home, passphrase: Secret) -> MasterKey:
    """Return the station's master key. Raises WrongPassphraseError."""
    try:
        return unwrap_master(passphrase, home.master_key.read_bytes())
    except BadBox:
        raise WrongPassphraseError from None
