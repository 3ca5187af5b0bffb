"""Who may be asked for, and from where a form may come."""

from flask import Flask, request

from web.circuits import circuit_of
from web.errors import ForeignHost, ForeignOrigin, ReadAlong
from web.onion import Onion, OnionNames

LOCAL_HOSTS = frozenset({"localhost", "127.0.0.1"})
_OWN_FETCHES = frozenset({"same-origin", "none"})


# What a proxy on the way adds: a gateway from the web to onion services among them (tor2web).
_PROXIED = (
    "X-Tor2Web",
    "X-Forwarded-For",
    "X-Forwarded-Host",
    "X-Forwarded-Proto",
    "Forwarded",
    "Via",
)


def guard_hosts(app: Flask, hosts: tuple[str, ...], onion: Onion | None = None) -> None:
    """Refuse a Host that is not ours, whoever reads along, and a form that another site sent.

    What came through Tor must ask for the onion service's own name, while it moves for either of
    two; what did not, for a local name or one of the configured `hosts`.
    """
    local = LOCAL_HOSTS | frozenset(host.lower() for host in hosts)

    def check() -> None:
        through_tor = circuit_of(request.environ) is not None
        if through_tor and any(name in request.headers for name in _PROXIED):
            raise ReadAlong
        if _name(request.host) not in (_onion_hosts(onion) if through_tor else local):
            raise ForeignHost
        if request.method not in {"GET", "HEAD", "OPTIONS"}:
            check_origin()

    app.before_request(check)


def check_origin() -> None:
    """Refuse a form whose Origin or Sec-Fetch-Site says that another site sent it.

    Both are set by the browser and out of a page's reach; a client that is no browser may leave
    them out, and carries no one else's cookie. `Origin: null` passes only where the browser
    says by Sec-Fetch-Site that the page was ours.
    """
    site = request.headers.get("Sec-Fetch-Site")
    origin = request.headers.get("Origin")
    if site is not None and site not in _OWN_FETCHES:
        raise ForeignOrigin
    if origin is None or (origin == "null" and site == "same-origin"):
        return
    if origin.partition("://")[2] != request.host:
        raise ForeignOrigin


def overlap_at(onion: Onion | None) -> OnionNames | None:
    """Give the app's names if this request came to the old one of two; else None."""
    names = onion() if onion is not None else None
    if names is None or names.overlap is None or _name(request.host) != names.host:
        return None
    return names


def _onion_hosts(onion: Onion | None) -> frozenset[str]:
    return frozenset() if onion is None else onion().hosts


def _name(host: str) -> str:
    return host.rpartition(":")[0].lower() if ":" in host else host.lower()
