"""How the onion services stand, as rows to print."""

from typing import Any

from admin import announcing
from admin.onion_rotation import moving
from admin.onions import CLOSED, next_of, service_of
from tor.service_dir import ServiceDirectory
from web.services import Services


def onion_rows(services: Services, app: str, states: dict[str, str]) -> list[dict[str, Any]]:
    """List an app's services: none, one, or in a move the old one and the new one.

    `states` says of `APP` and `APP-next` how they stand, where somebody serves.
    """
    places = services.instance.places
    service, coming = service_of(places, app), next_of(places, app)
    if not service.exists:
        return []
    clients = len(service.clients.names()) if app in CLOSED else None
    row = {"service": app, **_where(service, states.get(app)), "clients": clients}
    overlap = moving(places, app)
    if coming is None or overlap is None:
        return [row]
    told = {"until": overlap.until.isoformat()}
    if app == announcing.APP:
        told["announced"] = (
            "announced" if announcing.is_announced(services.instance) else "not announced"
        )
    fresh = {"service": app, **_where(coming, states.get(f"{app}-next")), "clients": clients}
    return [{**row, "stands": "old, until", **told}, {**fresh, "stands": "new"}]


def _where(service: ServiceDirectory, state: str | None) -> dict[str, str]:
    return {"address": f"http://{service.address().host}", "state": state or "not served"}
