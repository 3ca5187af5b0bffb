"""What a station is: its desk, the instance it trusts, and the keys it signs and opens with."""

import json
from dataclasses import asdict, dataclass
from datetime import date

from crypto.secret import Secret
from crypto.signing import SigningSeed
from formats.identity import Identity, decode_identity
from viewing_station.desk_key import KeyringPassphrase
from viewing_station.errors import DamagedError
from viewing_station.instance_keys import Trust, TrustedInstance
from viewing_station.records import Records

KIND = "setting"
KEY = "key"

# Days: most deliveries are collected within them; for the others a server asks to re-wrap.
USUAL_GRACE = 30


class NamesKey(Secret):
    """Gives threads their friendly names: another station's names say nothing about these."""

    __slots__ = ()

    SIZE = 32


@dataclass(frozen=True)
class KeyNote:
    """One of the desk's OpenPGP keys made here.

    `order` tells which of two of one day is newer. What is `retired` is sealed to no more; of what
    is `destroyed`, the secret part is gone. A key with a calendar has a subkey for `every` so many
    days; 0: it has none.
    """

    fingerprint: str
    made: date
    order: int = 0
    retired: bool = False
    destroyed: bool = False
    every: int = 0


class Settings:
    """The settings among the records. Changes belong in a `with records.change():`."""

    def __init__(self, records: Records) -> None:
        self._records = records

    @property
    def desk(self) -> str:
        """The desk's slug."""
        return self._get("desk").decode()

    @desk.setter
    def desk(self, slug: str) -> None:
        self._put("desk", slug.encode())

    @property
    def instance(self) -> Identity:
        """The pinned identity of the instance."""
        return decode_identity(self._get("instance"))

    @instance.setter
    def instance(self, identity: Identity) -> None:
        self._put("instance", identity.encode())

    @property
    def trust(self) -> Trust:
        """The keys of the instance that are believed, and those that were left."""
        past = json.loads(self._records.get(KIND, "instance-past") or b"[]")
        former = self._records.get(KIND, "instance-former")
        return Trust(TrustedInstance(self.instance, former), frozenset(map(bytes.fromhex, past)))

    @trust.setter
    def trust(self, trust: Trust) -> None:
        self.instance = trust.instance.identity
        self._put("instance-past", json.dumps(sorted(key.hex() for key in trust.past)).encode())
        if trust.instance.former is None:
            self._records.drop(KIND, "instance-former")
        else:
            self._put("instance-former", trust.instance.former)

    @property
    def seed(self) -> SigningSeed:
        """What couriers are signed with."""
        return SigningSeed(self._get("seed"))

    @seed.setter
    def seed(self, seed: SigningSeed) -> None:
        self._put("seed", seed.reveal())

    @property
    def announcement_seed(self) -> SigningSeed | None:
        """What announces the instance's moves, where this station was chosen for it."""
        kept = self._records.get(KIND, "announcement-seed")
        return None if kept is None else SigningSeed(kept)

    @announcement_seed.setter
    def announcement_seed(self, seed: SigningSeed) -> None:
        self._put("announcement-seed", seed.reveal())

    @property
    def keyring_passphrase(self) -> KeyringPassphrase:
        """What GnuPG protects the desk's secret key with."""
        return KeyringPassphrase(self._get("keyring-passphrase"))

    @keyring_passphrase.setter
    def keyring_passphrase(self, passphrase: KeyringPassphrase) -> None:
        self._put("keyring-passphrase", passphrase.reveal())

    @property
    def names_key(self) -> NamesKey:
        """What gives threads their friendly names."""
        return NamesKey(self._get("names-key"))

    @names_key.setter
    def names_key(self, key: NamesKey) -> None:
        self._put("names-key", key.reveal())

    @property
    def keys_before(self) -> frozenset[str] | None:
        """The secret keys that were there when one began to be made; None once it is noted."""
        kept = self._records.get(KIND, "keys-before")
        return None if kept is None else frozenset(json.loads(kept))

    @keys_before.setter
    def keys_before(self, fingerprints: frozenset[str] | None) -> None:
        if fingerprints is None:
            self._records.drop(KIND, "keys-before")
        else:
            self._put("keys-before", json.dumps(sorted(fingerprints)).encode())

    @property
    def grace(self) -> int:
        """How many days after its window a subkey of a calendar is kept at least."""
        kept = self._records.get(KIND, "grace")
        return USUAL_GRACE if kept is None else int(kept)

    @grace.setter
    def grace(self, days: int) -> None:
        self._put("grace", str(days).encode())

    def put_key(self, note: KeyNote) -> None:
        """Note a key of the desk."""
        fields = asdict(note) | {"made": note.made.isoformat()}
        self._records.put(KEY, note.fingerprint, json.dumps(fields).encode())

    def key_notes(self) -> list[KeyNote]:
        """Return the desk's keys held here, oldest first."""
        kept = [json.loads(note) for note in self._records.all(KEY)]
        notes = [KeyNote(**note | {"made": date.fromisoformat(note["made"])}) for note in kept]
        return sorted(notes, key=lambda note: (note.made, note.order, note.fingerprint))

    def _get(self, name: str) -> bytes:
        kept = self._records.get(KIND, name)
        if kept is None:
            raise DamagedError(what=f"its {name}")
        return kept

    def _put(self, name: str, content: bytes) -> None:
        self._records.put(KIND, name, content)
