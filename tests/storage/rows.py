"""Rows to test with: random where the real ones are, the same every time where nothing is said."""

import secrets
from datetime import date, timedelta

from sqlalchemy.orm import Session

from storage import desks
from storage.deliveries import NewDelivery, NewEnvelope, insert_delivery
from storage.models import EnvelopeKind, SessionRow, Visitor
from storage.replies import NewReply
from storage.reviewers import NewReviewer, add_reviewer
from storage.sessions import NewSession, put

DAY = date(2026, 11, 20)
NEXT_DAY = DAY + timedelta(days=1)
NOW = 1_795_000_000  # unix seconds


def add_desk(s: Session, slug: str = "nord") -> str:
    """Add a desk with one key and its key set; return the key set's id."""
    desks.add_desk(s, slug, slug.title())
    desks.add_key(s, slug, slug[0].upper() * 40, "armored", None)
    return desks.current_key_set(s, slug, DAY).id


def new_envelope(key_set: str, kind: EnvelopeKind = EnvelopeKind.LETTER) -> NewEnvelope:
    return NewEnvelope(
        kind=kind,
        head=secrets.token_bytes(96),
        head_sha256=secrets.token_bytes(32),
        body_blob=secrets.token_hex(16),
        body_size=16_500,
        body_sha256=secrets.token_bytes(32),
        size_class=16_384 if kind is EnvelopeKind.LETTER else 65_536,
        key_set=key_set,
    )


def new_delivery(
    key_set: str, desk: str = "nord", day: date = DAY, *, files: bool = False
) -> NewDelivery:
    envelopes = [new_envelope(key_set)]
    if files:
        envelopes.append(new_envelope(key_set, EnvelopeKind.FILES))
    return NewDelivery(
        id=secrets.token_hex(7),
        desk=desk,
        nonce=secrets.token_bytes(16),
        tag=secrets.token_bytes(16),
        reply_key=secrets.token_bytes(32),
        day=day,
        envelopes=envelopes,
    )


def add_delivery(
    s: Session, key_set: str, desk: str = "nord", day: date = DAY, *, files: bool = False
) -> NewDelivery:
    new = new_delivery(key_set, desk, day, files=files)
    insert_delivery(s, new)
    return new


def new_reply(desk: str = "nord", day: date = DAY) -> NewReply:
    return NewReply(
        id=secrets.token_hex(16),
        desk=desk,
        nonce=secrets.token_bytes(16),
        tag=secrets.token_bytes(16),
        box=secrets.token_bytes(4144),
        day=day,
    )


def new_reviewer(name: str = "ada") -> NewReviewer:
    return NewReviewer(name=name, language="fr", passphrase_hash="$argon2id$", totp_box=b"box")


def a_reviewer(s: Session, name: str = "ada") -> str:
    return add_reviewer(s, new_reviewer(name), [])


def add_session(
    s: Session, reviewer: str | None = None, *, expires: int = NOW + 60, ends: int = NOW + 3600
) -> bytes:
    kind = Visitor.REVIEWER if reviewer else Visitor.SOURCE
    new = NewSession(
        id=secrets.token_bytes(32),
        kind=kind,
        box=b"box",
        expires=expires,
        ends=ends,
        reviewer=reviewer,
    )
    put(s, new)
    return new.id


def session_ids(s: Session) -> set[bytes]:
    return {row.id for row in s.query(SessionRow)}
