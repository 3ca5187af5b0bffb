"""A small instance with deliveries, an admin's own gpg, and a backup of the one for the other."""

import hashlib
import io
import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from admin.compose import build_services
from formats.backup import LIMITS
from formats.handles import new_handle
from formats.tarstream import TarPlan, TarReader
from storage import desks, restorations
from storage.deliveries import NewDelivery, NewEnvelope, insert_delivery
from storage.models import EnvelopeKind
from tests.admin.conftest import Command, KeyFiles, Outcome
from tests.crypto.gnupg_home import GnupgHome
from web.instance import open_instance
from web.services import Services


@pytest.fixture
def opened(home: Path, vasistas: Command, keys: KeyFiles) -> Iterator[Services]:
    """Open the instance, with a desk that can be sealed to."""
    assert vasistas("desk", "add", "ville", "--name", "Ville").code == 0
    assert vasistas("desk", "key", "add", "ville", keys.public).code == 0
    services = build_services(open_instance(home))
    with services.db.write() as transaction:
        desks.set_station(transaction, "ville", bytes(32))
    yield services
    services.db.close()


@dataclass(frozen=True)
class Stored:
    """A delivery and the blob of its one body."""

    id: str
    blob: str
    body: bytes


def store(services: Services, body: bytes | None = None, desk: str = "ville") -> Stored:
    """Store a delivery with one envelope, whose contents nobody opens."""
    body = body or secrets.token_bytes(5_000)
    with services.db.write() as transaction:
        key_set = desks.current_key_set(transaction, desk, services.today).id
    with services.blobs.create() as blob:
        blob.write(body)
        name = blob.commit()
        envelope = NewEnvelope(
            kind=EnvelopeKind.LETTER,
            head=secrets.token_bytes(96),
            head_sha256=secrets.token_bytes(32),
            body_blob=name,
            body_size=len(body),
            body_sha256=hashlib.sha256(body).digest(),
            size_class=1 << 14,
            key_set=key_set,
        )
        new = NewDelivery(
            id=new_handle(),
            desk=desk,
            nonce=secrets.token_bytes(16),
            tag=secrets.token_bytes(16),
            reply_key=secrets.token_bytes(32),
            day=services.today,
            envelopes=[envelope],
        )
        with services.db.write() as transaction:
            insert_delivery(transaction, new)
    return Stored(new.id, name, body)


@pytest.fixture
def admin(monkeypatch: pytest.MonkeyPatch) -> Iterator[GnupgHome]:
    """Give the admin's own gpg, as their environment names it."""
    home = GnupgHome()
    home.make_key("Admin", "cv25519", clock="20260101T000000")
    monkeypatch.setenv("GNUPGHOME", str(home.path))
    yield home
    home.close()


@pytest.fixture
def to(admin: GnupgHome, tmp_path: Path) -> tuple[str, ...]:
    """Give the options that seal to the admin's key."""
    (tmp_path / "admin.asc").write_text(admin.public())
    return ("--to", admin.fingerprints()[0], "--key", str(tmp_path / "admin.asc"))


def awaited(services: Services) -> list[str]:
    """List the desks whose stations have to answer."""
    with services.db.read() as transaction:
        return [row.desk for row in restorations.awaited(transaction)]


BackUp = Callable[..., Outcome]


@pytest.fixture
def back_up(vasistas: Command, to: tuple[str, ...]) -> BackUp:
    """Back the instance up to a file, sealed to the admin's key."""
    return lambda file, *words: vasistas("backup", file, *to, *words)


def taken_apart(admin: GnupgHome, file: Path) -> dict[str, bytes]:
    """Open a backup with plain gpg, and give its members."""
    plain = io.BytesIO(admin.gpg("--decrypt", given=file.read_bytes()))
    return {name: stream.read() for name, _, stream in TarReader(plain, LIMITS)}


def put_together(admin: GnupgHome, members: dict[str, bytes], file: Path) -> None:
    """Make a backup of these members, sealed as anybody can who has the public key."""
    plan = TarPlan([(name, len(content)) for name, content in members.items()])
    contents = list(members.values())
    plain = b"".join(plan.stream(lambda index: (contents[index],)))
    words = ["--trust-model", "always", "--hidden-recipient", admin.fingerprints()[0]]
    file.write_bytes(admin.gpg("-z0", "--rfc4880", *words, "--encrypt", given=plain))
