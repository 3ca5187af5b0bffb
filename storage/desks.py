"""Queries: desks, their keys and key sets, and their stations."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import delete, or_, select, update
from sqlalchemy.orm import Session

from storage import key_windows
from storage.errors import AlreadyThere, DeskUnknown, DeskWithoutKey
from storage.models import Desk, DeskKey, DeskState, KeySet, KeySetMember, KeyWindow, StationKey
from storage.statements import insert_new, rows_changed


@dataclass(frozen=True)
class ActiveKey:
    """What is sealed to today of one of a desk's keys.

    `sealed_to` is the key's fingerprint, or that of the subkey of the day where it has a calendar;
    `armored` then has this subkey only. `expires` is the first day on which nothing can be sealed
    to the key as it is known now, be it only for some days.
    """

    fingerprint: str
    sealed_to: str
    armored: str
    expires: date | None


def add_desk(s: Session, slug: str, name: str) -> None:
    """Add an open desk. Raises AlreadyThere."""
    if not insert_new(s, Desk, {"slug": slug, "name": name, "state": DeskState.OPEN}):
        raise AlreadyThere


def list_desks(s: Session) -> Sequence[Desk]:
    """Return all desks by their slugs' order."""
    return s.scalars(select(Desk).order_by(Desk.slug)).all()


def get_desk(s: Session, slug: str) -> Desk:
    """Return a desk. Raises DeskUnknown."""
    desk = s.get(Desk, slug)
    if desk is None:
        raise DeskUnknown
    return desk


def set_state(s: Session, slug: str, state: DeskState) -> None:
    """Open, pause or close a desk. Raises DeskUnknown."""
    get_desk(s, slug).state = state


def set_retention(s: Session, slug: str, *, collected: int | None, arrived: int | None) -> None:
    """Delete the desk's deliveries so many days after they were collected, or arrived.

    Whichever comes first; None: never for that reason. Raises DeskUnknown.
    """
    desk = get_desk(s, slug)
    desk.keep_collected_days, desk.keep_days = collected, arrived


def set_quota(s: Session, slug: str, day_quota: int | None) -> None:
    """Take at most so many deliveries of one day; None: any number. Raises DeskUnknown."""
    get_desk(s, slug).day_quota = day_quota


def set_profile(s: Session, slug: str, city: str, subject: str, languages: Sequence[str]) -> None:
    """Set what the desk says of itself; what is empty it does not say. Raises DeskUnknown."""
    desk = get_desk(s, slug)
    desk.city, desk.subject = city or None, subject or None
    desk.languages = " ".join(languages) or None


def add_key(s: Session, slug: str, fingerprint: str, armored: str, expires: date | None) -> None:
    """Add a key, or put a newer copy of it in its place and in use. Raises DeskUnknown.

    `expires` is the first day on which the key is not to be used; its calendar, if it has one, is
    put beside it by `key_windows.put_windows`.
    """
    get_desk(s, slug)
    s.merge(
        DeskKey(desk=slug, fingerprint=fingerprint, armored=armored, expires=expires, retired=False)
    )


def keys(s: Session, slug: str) -> Sequence[DeskKey]:
    """Return all keys of a desk, retired ones too, by fingerprint. Raises DeskUnknown."""
    get_desk(s, slug)
    of_desk = select(DeskKey).where(DeskKey.desk == slug)
    return s.scalars(of_desk.order_by(DeskKey.fingerprint)).all()


def armored(s: Session, slug: str, fingerprint: str) -> str | None:
    """Return the copy of a key that a desk has, None if it has none."""
    key = s.get(DeskKey, (slug, fingerprint))
    return None if key is None else key.armored


def retire_key(s: Session, slug: str, fingerprint: str) -> bool:
    """Seal nothing to a key any more; return whether the desk has that key."""
    key = s.get(DeskKey, (slug, fingerprint))
    if key is not None:
        key.retired = True
    return key is not None


def retire_expired(s: Session, today: date) -> int:
    """Retire all keys that have expired; return how many."""
    expired = update(DeskKey).where(DeskKey.expires <= today, ~DeskKey.retired)
    return rows_changed(s, expired.values(retired=True))


def active_keys(s: Session, slug: str, today: date) -> Sequence[ActiveKey]:
    """Return the keys to seal to today: neither retired nor expired, and with a window today.

    Raises DeskUnknown.
    """
    get_desk(s, slug)
    in_use = s.scalars(
        select(DeskKey)
        .where(DeskKey.desk == slug, ~DeskKey.retired)
        .where(or_(DeskKey.expires.is_(None), DeskKey.expires > today))
        .order_by(DeskKey.fingerprint)
    ).all()
    calendars = key_windows.of_desk(s, slug)
    return [
        active
        for key in in_use
        if (active := _active(key, calendars.get(key.fingerprint, ()), today)) is not None
    ]


def _active(key: DeskKey, windows: Sequence[KeyWindow], today: date) -> ActiveKey | None:
    if not windows:
        return ActiveKey(key.fingerprint, key.fingerprint, key.armored, key.expires)
    window = key_windows.window_of(windows, today)
    if window is None:
        return None
    until = key_windows.covered_until(windows, today)
    return ActiveKey(key.fingerprint, window.subkey, window.armored, until)


def current_key_set(s: Session, slug: str, today: date) -> KeySet:
    """Return the set of the desk's active keys, made if need be: needs a write transaction.

    Ask for `active_keys` in the same transaction, so that the two agree.
    Raises DeskUnknown, DeskWithoutKey.
    """
    return key_set(s, slug, [key.sealed_to for key in active_keys(s, slug, today)])


def key_set(s: Session, slug: str, fingerprints: Sequence[str]) -> KeySet:
    """Return the set of these keys, made if need be. Raises DeskWithoutKey if there are none.

    What a station sealed to need not be what the desk seals to now.
    """
    if not fingerprints:
        raise DeskWithoutKey
    name = _set_name(slug, sorted(fingerprints))
    insert_new(s, KeySet, {"id": name, "desk": slug})
    for fingerprint in fingerprints:
        insert_new(s, KeySetMember, {"key_set": name, "fingerprint": fingerprint})
    return s.get_one(KeySet, name)


def key_set_members(s: Session, key_set: str) -> Sequence[str]:
    """Return the fingerprints of a set's keys, or of the subkeys of their calendars."""
    members = select(KeySetMember.fingerprint).where(KeySetMember.key_set == key_set)
    return s.scalars(members.order_by(KeySetMember.fingerprint)).all()


def _set_name(slug: str, fingerprints: Sequence[str]) -> str:
    """Return the set's id, made from its content: two front ends that make it, make the same."""
    return hashlib.sha256("\n".join([slug, *fingerprints]).encode()).hexdigest()[:32]


def set_station(s: Session, slug: str, public: bytes) -> None:
    """Pin the desk's one station by its Ed25519 public key (32 bytes).

    Raises DeskUnknown; AlreadyThere while another key is pinned.
    """
    get_desk(s, slug)
    if not insert_new(s, StationKey, {"desk": slug, "public": public}):
        raise AlreadyThere


def remove_station(s: Session, slug: str) -> bool:
    """Unpin the desk's station; return whether there was one."""
    return bool(rows_changed(s, delete(StationKey).where(StationKey.desk == slug)))


def station_key(s: Session, slug: str) -> bytes | None:
    """Return the public key of the desk's station, None if there is none."""
    station = s.get(StationKey, slug)
    return None if station is None else station.public
