"""The way out: the session ends at once, and the browser forgets it."""

from flask import Flask, Response, g, request

from source_app.session import SourceSessions, current_source
from source_app.ways_out import WayOut, way_named
from web.csrf import check_token
from web.errors import BadForm
from web.faults import report_fault
from web.pages import page
from web.responses import see_other


class LeavingViews:
    """/leave, and /elsewhere, where the quick way out is chosen."""

    def __init__(self, sessions: SourceSessions, ways: tuple[WayOut, ...]) -> None:
        self._sessions, self._ways = sessions, ways

    def set_up(self, app: Flask) -> None:
        """Give every page the number of the way that its quick button takes."""
        app.jinja_env.globals["way_out"] = lambda: "0" if g.source is None else g.source.way

    def leave(self) -> Response:
        """End the session and say what to do next, or go elsewhere at once.

        The token is asked for where the browser did not say that the form is ours: a page that
        was opened before the session has none, and its way out must work all the same.
        """
        if g.source is not None and not _sent_from_here():
            check_token(g.source.csrf, request.form.get("csrf_token", ""))
        elsewhere = way_named(self._ways, request.form.get("to", ""))
        ended = self.end()
        return self.farewell(
            page("left.html", ended=ended) if elsewhere is None else see_other(elsewhere.url)
        )

    def farewell(self, response: Response) -> Response:
        """Have the browser forget all that it kept of us."""
        # Not "cookies": Chromium then drops the Set-Cookie beside it, which deletes ours, and
        # does not heed this header where an address is no secure context, as http://….onion.
        response.headers["Clear-Site-Data"] = '"cache", "storage"'
        response.delete_cookie(self._sessions.keeper.cookie_name, httponly=True, samesite="Strict")
        return response

    def end(self) -> bool:
        """End the session; tell whether its row is gone. The browser must forget in any case."""
        try:
            self._sessions.end()
        except Exception as error:  # noqa: BLE001  a full disk, say: the row expires by itself
            report_fault(error)
            g.open_session = g.source = None
            return False
        return True

    def ask_where(self) -> Response:
        """Show where the quick way out may lead."""
        return page("elsewhere.html", ways=self._ways)

    def choose_where(self) -> Response:
        """Take the choice into the session; it ends with it."""
        chosen = request.form.get("to", "")
        if way_named(self._ways, chosen) is None:
            raise BadForm
        source = current_source()
        source.way = chosen
        self._sessions.save()
        return see_other("/mailbox" if source.keys else "/deliver")


def _sent_from_here() -> bool:
    """Tell whether the browser named our own origin; the guard of forms lets no other pass."""
    return request.headers.get("Origin", "null") != "null"
