"""Who may be asked for, and from where a form may come."""

from flask import Flask, request

from web.errors import ForeignHost, ForeignOrigin

LOCAL_HOSTS = frozenset({"localhost", "127.0.0.1"})
_OWN_FETCHES = frozenset({"same-origin", "none"})


def guard_hosts(app: Flask, hosts: tuple[str, ...]) -> None:
    """Refuse a Host that is neither ours nor local, and a form that another site sent."""
    own = frozenset(host.lower() for host in hosts)

    def check() -> None:
        if _name(request.host) not in LOCAL_HOSTS | own:
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


def _name(host: str) -> str:
    return host.rpartition(":")[0].lower() if ":" in host else host.lower()
