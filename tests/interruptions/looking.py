"""How an instance and a station stand, told in words that do not change by themselves.

These run in processes of their own, as the commands do, and print JSON.
"""

import hashlib
import json
import sys
from contextlib import suppress
from io import BytesIO
from pathlib import Path
from typing import Any

from sqlalchemy import select

from admin import announcing
from admin.checks.history_check import check_history
from admin.checks.permission_check import check_permissions
from admin.compose import build_services
from admin.onion_state import read_state
from admin.onions import next_of, service_of
from admin.serving.shape import APP_NAMES
from crypto.errors import CryptoError
from crypto.passphrase import Passphrase, verify_passphrase
from crypto.secret import Secret
from crypto.totp import TotpSealingKey, open_totp
from storage import reviewers
from storage.errors import SchemaTooOld
from storage.models import (
    Desk,
    DeskKey,
    Envelope,
    HistoryLine,
    OldHead,
    Reviewer,
    ReviewerDesk,
    SessionRow,
    StationKey,
)
from tests.interruptions.stage import RANDOM
from viewing_station.deliveries import Delivery
from viewing_station.errors import WrongPassphraseError
from viewing_station.key_make import secret_keys
from viewing_station.settings import KeyNote
from viewing_station.station import Station, open_station
from web.instance import Places, open_instance
from web.services import Services


def instance() -> None:
    """Tell of the instance in a folder: it opens, its history holds, and what is in it."""
    home = Path(sys.argv[1])
    if not (home / "config.toml").exists():
        print(json.dumps(None))
        return
    try:
        services = build_services(open_instance(home))
    except SchemaTooOld:
        print(json.dumps("old"))
        return
    problems = [*check_history(services), *check_permissions(services)]
    found = {"problems": [problem.said for problem in problems]}
    found |= _rows(services) | _secrets(services)
    places = services.instance.places
    print(json.dumps(found | _onions(places) | _moves(places)))


def accepts() -> None:
    """Tell whether a reviewer's passphrase is the one given: HOME NAME PASSPHRASE."""
    services = build_services(open_instance(Path(sys.argv[1])))
    with services.db.read() as s:
        found = reviewers.by_name(s, sys.argv[2])
    assert found is not None
    given = Passphrase.from_text(sys.argv[3])
    print(json.dumps(verify_passphrase(found.passphrase_hash, given)))


def _rows(services: Services) -> dict[str, Any]:
    with services.db.read() as s:
        return {
            "desks": sorted(
                [d.slug, d.name, d.state, d.city, d.subject, d.languages]
                for d in s.scalars(select(Desk))
            ),
            "keys": sorted([k.desk, k.fingerprint, k.retired] for k in s.scalars(select(DeskKey))),
            "stations": sorted([k.desk, k.public.hex()] for k in s.scalars(select(StationKey))),
            "reviewers": sorted([r.name, r.admin] for r in s.scalars(select(Reviewer))),
            "sessions": len(s.scalars(select(SessionRow)).all()),
            "theirs": len(s.scalars(select(ReviewerDesk)).all()),
            "heads": sorted([*_envelope(services, e)] for e in s.scalars(select(Envelope))),
            "old": sorted([h.delivery, h.kind, _hash(h.head)] for h in s.scalars(select(OldHead))),
            "deeds": sorted(
                {
                    f"{line.deed} {line.desk} {RANDOM.sub('#', line.about or '')}"
                    for line in s.scalars(select(HistoryLine))
                }
            ),
        }


def _envelope(services: Services, envelope: Envelope) -> tuple[str, ...]:
    body = _hash(b"".join(services.blobs.read(envelope.body_blob)))
    assert body == envelope.body_sha256.hex()
    head = _hash(envelope.head)
    assert head == envelope.head_sha256.hex()
    return envelope.delivery, envelope.kind, envelope.key_set, head, body


def _secrets(services: Services) -> dict[str, Any]:
    """How many keys of each kind there are, and whether each reviewer's TOTP secret opens."""
    instance = services.instance
    with services.db.read() as s:
        boxes = [(each.name, each.totp_box) for each in s.scalars(select(Reviewer))]
    return {
        "signers": len(instance.signers),
        "totp": len(instance.totp_keys),
        "open": all(_opens(instance.totp_keys, *each) for each in boxes),
        "succession": instance.places.succession.exists(),
    }


def _opens(keys: tuple[TotpSealingKey, ...], name: str, box: bytes) -> bool:
    for key in keys:
        with suppress(CryptoError):
            open_totp(key, name, box)
            return True
    return False


def _moves(places: Places) -> dict[str, Any]:
    """Whether addresses are moving, and whether that is announced."""
    found = {}
    for app in APP_NAMES:
        state = read_state(places, app)
        coming = next_of(places, app)
        found[app] = [
            state.overlap is not None,
            bool(state.retired),
            bool(coming and coming.address().host),
            bool(coming and coming.clients.sealed),
            len([*places.onions.glob(f"{app}.{'?' * 56}")]),
        ]
    return {
        "moves": found,
        "pinned": announcing.key_file(places).exists(),
        "announced": announcing.announcement_file(places).exists(),
    }


def _onions(places: Places) -> dict[str, Any]:
    there = {app: service_of(places, app) for app in APP_NAMES if service_of(places, app).exists}
    return {
        "onions": {app: bool(service.address().host) for app, service in there.items()},
        "clients": {app: sorted(service.clients.valid()) for app, service in there.items()},
        "sealed": {app: service.clients.sealed for app, service in there.items()},
    }


def station() -> None:
    """Tell of the station in a folder, opened by the first passphrase that does: HOME FILE…."""
    home, *files = map(Path, sys.argv[1:])
    if not (home / "master.key").exists():
        print(json.dumps(None))
        return
    for number, file in enumerate(files):
        try:
            with open_station(home, Secret(file.read_bytes().strip())) as opened:
                print(json.dumps({"opened by": number} | _station(opened)))
        except WrongPassphraseError:
            continue


def _station(opened: Station) -> dict[str, Any]:
    settings, outbox = opened.settings, opened.outbox
    carried = [item for sent in outbox.couriers() for item in sent.items]
    return {
        "desk": settings.desk,
        "instance": settings.instance.encode().decode(),
        "keys": [_state(note) for note in settings.key_notes()],
        "confirmed": [key.fingerprint for key in opened.foreign_keys.all()],
        "secret": len(secret_keys(opened.home.gnupg)),
        "deliveries": sorted(_delivery(opened, each) for each in opened.deliveries.all()),
        "replies": sorted([reply.delivery, reply.text] for reply in outbox.replies()),
        "deletions": sorted(item.delivery for item in outbox.deletions()),
        "heads": sorted([*head.sealed_to, head.place] for head in outbox.heads()),
        "carried": sorted(set(carried)),
    }


def _state(note: KeyNote) -> str:
    if note.destroyed:
        return "destroyed"
    return "retired" if note.retired else "usable"


def _delivery(opened: Station, each: Delivery) -> list[str]:
    with opened.vault.open(each.archive) if each.archive else BytesIO() as payload:
        return [each.name, opened.deliveries.message(each.name), _hash(payload.read())]


def _hash(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
