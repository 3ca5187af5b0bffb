"""How an instance and a station stand, told in words that do not change by themselves.

These run in processes of their own, as the commands do, and print JSON.
"""

import hashlib
import json
import sys
from pathlib import Path
from typing import Any

from sqlalchemy import select

from admin.checks.history_check import check_history
from admin.checks.permission_check import check_permissions
from admin.compose import build_services
from admin.onions import service_of
from admin.serving.shape import APP_NAMES
from storage import history
from storage.models import (
    Desk,
    DeskKey,
    Envelope,
    HistoryLine,
    OldHead,
    Reviewer,
    ReviewerDesk,
    StationKey,
)
from web.instance import Places, open_instance
from web.services import Services


def instance() -> None:
    """Tell of the instance in a folder: it opens, its history holds, and what is in it."""
    home = Path(sys.argv[1])
    if not (home / "config.toml").exists():
        print(json.dumps(None))
        return
    services = build_services(open_instance(home))
    problems = [*check_history(services), *check_permissions(services)]
    found = {"problems": [problem.said for problem in problems]}
    print(json.dumps(found | _rows(services) | _onions(services.instance.places)))


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
            "theirs": len(s.scalars(select(ReviewerDesk)).all()),
            "heads": sorted([*_envelope(services, e)] for e in s.scalars(select(Envelope))),
            "old": sorted([h.delivery, h.kind, _hash(h.head)] for h in s.scalars(select(OldHead))),
            "deeds": sorted(
                {f"{line.deed} {line.desk} {line.about}" for line in s.scalars(select(HistoryLine))}
            ),
        }


def _envelope(services: Services, envelope: Envelope) -> tuple[str, ...]:
    body = _hash(b"".join(services.blobs.read(envelope.body_blob)))
    assert body == envelope.body_sha256.hex()
    head = _hash(envelope.head)
    assert head == envelope.head_sha256.hex()
    return envelope.delivery, envelope.kind, envelope.key_set, head, body


def _onions(places: Places) -> dict[str, Any]:
    there = {app: service_of(places, app) for app in APP_NAMES if service_of(places, app).exists}
    return {
        "onions": {app: bool(service.address().host) for app, service in there.items()},
        "clients": {app: sorted(service.clients.valid()) for app, service in there.items()},
        "sealed": {app: service.clients.sealed for app, service in there.items()},
    }


def _hash(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


assert history
