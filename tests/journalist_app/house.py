"""A small instance for these tests: real database, blobs and slots, and a browser in front."""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from io import BytesIO
from pathlib import Path

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from crypto.passphrase import Passphrase, hash_passphrase
from crypto.recovery import RecoveryCode, new_recovery_codes
from crypto.signing import SigningSeed, StationSigner
from crypto.totp import STEP, TotpSecret, new_totp_secret, seal_totp
from formats.bundle import BundleManifest, decode_bundle
from formats.courier import KIND, CourierManifest, DeletionItem, ReplyItem
from formats.handles import new_handle, new_item_id
from formats.manifest import MANIFEST_NAME, SIGNATURE_NAME
from formats.tarstream import TarLimits, TarPlan, TarReader
from journalist_app.app import create_app
from journalist_app.credentials import store_codes
from journalist_app.session import COOKIE_NAME, ReviewerSessions, Visit
from storage import deliveries, desks, reviewers
from storage.blob_protocol import Blobs
from storage.deliveries import NewDelivery, NewEnvelope
from storage.engine import Database
from storage.models import Delivery, EnvelopeKind
from storage.slots import HostSlots
from web.config import Config
from web.instance import Instance, Places
from web.key_files import KEY_BYTES, KeptKey, KeptKeys
from web.services import Services

PASSPHRASE = "sept mots qui ne servent que ici"
START = datetime(2026, 11, 21, 12, 0, 10, tzinfo=UTC)
BOUNDARY = "----a-boundary-that-no-courier-holds"
NO_BOUND = TarLimits(members=100_000, member_size=1 << 40, total=1 << 40)


@cache
def passphrase_hash() -> str:
    """One Argon2id run for all tests of a process."""
    return hash_passphrase(Passphrase.from_text(PASSPHRASE))


class Clock:
    """A time that the tests move."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        return self.now

    def forward(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


@dataclass
class Person:
    """A reviewer with what they would type."""

    id: str
    name: str
    totp: TotpSecret
    spare: tuple[RecoveryCode, ...] = ()

    def code(self, moment: datetime) -> str:
        import pyotp  # noqa: PLC0415  the second computation: not through crypto.totp

        return pyotp.TOTP(self.totp.base32, interval=STEP).at(moment)


@dataclass
class House:
    """The instance, its people, desks and stations."""

    services: Services
    clock: Clock
    people: dict[str, Person] = field(default_factory=dict)
    stations: dict[str, StationSigner] = field(default_factory=dict)

    @classmethod
    def build(cls, home: Path, db: Database, blobs: Blobs, *, quick_replies: bool) -> "House":
        config = Config(
            name="Vasistas d’essai", instance=new_item_id(), quick_replies=quick_replies
        )
        places = Places(home)
        places.keys.mkdir(parents=True)
        for file in (places.signing, places.totp):
            file.write_bytes(KeptKeys(KeptKey(secrets.token_bytes(KEY_BYTES))).encode())
        instance = Instance(places=places, config=config, salt=secrets.token_bytes(16))
        clock = Clock()
        slots = home / "run" / "slots"
        services = Services(
            instance=instance,
            db=db,
            blobs=blobs,
            derivations=HostSlots(slots, "derivation", 2, places=32),
            uploads=HostSlots(slots, "upload", 4),
            now=clock,
        )
        return cls(services, clock)

    @property
    def today(self) -> date:
        return self.services.today

    def app(self) -> Flask:
        return create_app(self.services)

    def add_desk(self, slug: str, armored: str = "armored", *, station: bool = True) -> None:
        with self.services.db.write() as transaction:
            desks.add_desk(transaction, slug, f"Équipe {slug}")
            desks.add_key(transaction, slug, slug[0].upper() * 40, armored, None)
            if station:
                self.stations[slug] = StationSigner(SigningSeed.new())
                desks.set_station(transaction, slug, self.stations[slug].public)

    def add_reviewer(self, name: str, *slugs: str, admin: bool = False) -> Person:
        totp, spare = new_totp_secret(), new_recovery_codes()
        new = reviewers.NewReviewer(
            name=name,
            language="fr",
            passphrase_hash=passphrase_hash(),
            totp_box=seal_totp(self.services.instance.totp_key, name, totp),
            admin=admin,
        )
        with self.services.db.write() as transaction:
            person = Person(reviewers.add_reviewer(transaction, new, slugs), name, totp, spare)
            store_codes(transaction, person.id, spare)
        self.people[name] = person
        return person

    def add_delivery(self, desk: str, *, files: int | None = None, day: date | None = None) -> str:
        """Store a delivery of random bytes; `files` is the size of its files' body."""
        made = [self.new_envelope(desk)]
        if files is not None:
            made.append(self.new_envelope(desk, EnvelopeKind.FILES, files))
        new = NewDelivery(
            id=new_handle(),
            desk=desk,
            nonce=secrets.token_bytes(16),
            tag=secrets.token_bytes(16),
            reply_key=secrets.token_bytes(32),
            day=day or self.today,
            envelopes=made,
        )
        with self.services.db.write() as transaction:
            deliveries.insert_delivery(transaction, new)
        return new.id

    def new_envelope(
        self, desk: str, kind: EnvelopeKind = EnvelopeKind.LETTER, size: int = 16_500
    ) -> NewEnvelope:
        """Store the body of an envelope; its row is still to be inserted."""
        head, body = secrets.token_bytes(96), secrets.token_bytes(size)
        with self.services.blobs.create() as blob:
            blob.write(body)
            name = blob.commit()
        with self.services.db.write() as transaction:
            key_set = desks.current_key_set(transaction, desk, self.today).id
        return NewEnvelope(
            kind=kind,
            head=head,
            head_sha256=hashlib.sha256(head).digest(),
            body_blob=name,
            body_size=size,
            body_sha256=hashlib.sha256(body).digest(),
            size_class=1 << 14 if kind is EnvelopeKind.LETTER else 1 << 16,
            key_set=key_set,
        )

    def add_rows(self, desk: str, day: date, number: int) -> list[str]:
        """Store deliveries whose blobs do not exist: for lists, which never look at them."""
        with self.services.db.write() as transaction:
            key_set = desks.current_key_set(transaction, desk, self.today).id
            made = [_row(desk, day, key_set) for _ in range(number)]
            for new in made:
                deliveries.insert_delivery(transaction, new)
        return [new.id for new in made]

    def delivery(self, name: str) -> Delivery | None:
        with self.services.db.read() as transaction:
            found = deliveries.get(transaction, [name])
        return found[0] if found else None

    def body_blob(self, delivery: str, kind: EnvelopeKind = EnvelopeKind.LETTER) -> str:
        with self.services.db.read() as transaction:
            rows = deliveries.envelopes(transaction, [delivery])
        return next(row.body_blob for row in rows if row.kind is kind)

    def sign_in(self, name: str, app: Flask | None = None) -> "Browser":
        """Give a browser with a session, as after a log-in, without the cost of one."""
        sessions = ReviewerSessions(self.services)
        visit = Visit("fr")
        opened = sessions.keeper.start(visit.encode(), self.people[name].id)
        client = (app or self.app()).test_client()
        client.set_cookie(COOKIE_NAME, opened.cookie.to_text())
        return Browser(client, visit.csrf)

    def courier(
        self,
        desk: str,
        replies: Sequence[bytes] = (),
        deletions: Sequence[str] = (),
        **changes: str,
    ) -> "Courier":
        """Write what the desk's station would write; `changes` replace fields of the manifest."""
        signer = self.stations[desk]
        boxes = dict(sorted((new_item_id(), box) for box in replies))
        items = [
            ReplyItem(
                id=name,
                nonce=secrets.token_bytes(16),
                tag=secrets.token_bytes(16),
                size=len(box),
                sha256=hashlib.sha256(box).hexdigest(),
            )
            for name, box in boxes.items()
        ]
        wanted = (DeletionItem(new_item_id(), delivery) for delivery in deletions)
        manifest = CourierManifest(
            courier=new_item_id(),
            instance=self.services.instance.config.instance,
            desk=desk,
            day=self.today,
            station=hashlib.sha256(signer.public).hexdigest(),
            replies=tuple(items),
            deletions=tuple(sorted(wanted, key=lambda item: item.id)),
        )
        return Courier(replace(manifest, **changes), boxes, signer)  # type: ignore[arg-type]


@dataclass
class Courier:
    """A courier in its parts, to be written as it should be, or not."""

    manifest: CourierManifest
    boxes: dict[str, bytes]
    signer: StationSigner
    heads: dict[str, bytes] = field(default_factory=dict)

    def members(self) -> list[tuple[str, bytes]]:
        encoded = self.manifest.encode()
        own = [(MANIFEST_NAME, encoded), (SIGNATURE_NAME, self.signer.sign(KIND, encoded))]
        own += [(f"{name}.reply", box) for name, box in self.boxes.items()]
        return own + [(f"{name}.head", head) for name, head in self.heads.items()]

    def file(self) -> bytes:
        return tar(self.members())

    def again(self) -> "Courier":
        """Offer the same items in another courier, as a station does until they arrived."""
        return Courier(replace(self.manifest, courier=new_item_id()), self.boxes, self.signer)


def _row(desk: str, day: date, key_set: str) -> NewDelivery:
    letter = NewEnvelope(
        kind=EnvelopeKind.LETTER,
        head=b"head",
        head_sha256=bytes(32),
        body_blob=secrets.token_hex(16),
        body_size=16_500,
        body_sha256=bytes(32),
        size_class=1 << 14,
        key_set=key_set,
    )
    return NewDelivery(
        id=new_handle(),
        desk=desk,
        nonce=secrets.token_bytes(16),
        tag=secrets.token_bytes(16),
        reply_key=secrets.token_bytes(32),
        day=day,
        envelopes=[letter],
    )


def tar(members: Sequence[tuple[str, bytes]]) -> bytes:
    plan = TarPlan([(name, len(data)) for name, data in members])
    return b"".join(plan.stream(lambda index: (members[index][1],)))


@dataclass
class Browser:
    """A test client with a session and its token."""

    http: FlaskClient
    token: str

    def get(self, path: str, **headers: str) -> TestResponse:
        return self.http.get(path, headers=headers)

    def post(self, path: str, **fields: str | Sequence[str]) -> TestResponse:
        return self.http.post(path, data={"csrf_token": self.token, **fields})

    def hand_over(self, courier: bytes, token: str | None = None) -> TestResponse:
        """Send the form as a browser does; werkzeug's own writer would spool it to a file."""
        field = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="'
        parts = [
            f'{field}csrf_token"\r\n\r\n{self.token if token is None else token}\r\n',
            f'{field}courier"; filename="courier.tar"\r\nContent-Type: application/x-tar\r\n\r\n',
        ]
        form = "".join(parts).encode() + courier + f"\r\n--{BOUNDARY}--\r\n".encode()
        content_type = f"multipart/form-data; boundary={BOUNDARY}"
        return self.http.post("/courier", data=form, content_type=content_type)

    def confirm(self) -> TestResponse:
        return self.post("/courier", confirm="1")


@dataclass
class ReadBundle:
    """A bundle taken apart; its signature was checked by the reader."""

    manifest: BundleManifest
    signed: bytes
    signature: bytes
    members: dict[str, bytes]


def read_bundle(file: bytes) -> ReadBundle:
    reader = TarReader(BytesIO(file), NO_BOUND)
    signed, signature = reader.read_manifest()
    members = {name: stream.read() for name, _, stream in reader}
    return ReadBundle(decode_bundle(signed), signed, signature, members)
