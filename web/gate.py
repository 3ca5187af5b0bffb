"""Deny by default: a route says who may use it, and one that says nothing is refused."""

from collections.abc import Callable
from dataclasses import dataclass

from flask import Flask, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import Forbidden

View = Callable[..., ResponseReturnValue]


@dataclass(frozen=True)
class Policy:
    """Who may use a route, and whether its form must carry the session's token.

    `token` is False only where no session may stand yet (Origin guards those forms), or where
    the view checks the token itself as the first part of a stream.
    """

    permission: str
    token: bool = True


class Gate:
    """The routes of one app with their policies.

    `admit` raises unless the request has the permission it is given; `check_token` raises
    unless the form carries the session's token.
    """

    def __init__(
        self, app: Flask, admit: Callable[[str], None], check_token: Callable[[], None]
    ) -> None:
        self._app, self._admit, self._check_token = app, admit, check_token
        self.policies: dict[str, Policy] = {}
        app.url_map.merge_slashes = False  # its redirect would be a page of the framework's
        app.before_request(self._guard)

    def get(self, rule: str, view: View, permission: str) -> None:
        """Add a page."""
        self._add(rule, view, "GET", Policy(permission))

    def post(self, rule: str, view: View, permission: str, *, token: bool = True) -> None:
        """Add a form's target."""
        self._add(rule, view, "POST", Policy(permission, token))

    def _add(self, rule: str, view: View, method: str, policy: Policy) -> None:
        endpoint = f"{method} {rule}".replace(".", "_")  # Flask keeps dots for blueprints
        self._app.add_url_rule(
            rule, endpoint, view, methods=[method], provide_automatic_options=False
        )
        self.policies[endpoint] = policy

    def _guard(self) -> None:
        if request.endpoint is None:
            return  # no such route: Flask answers 404 or 405
        policy = self.policies.get(request.endpoint)
        if policy is None:
            raise Forbidden
        self._admit(policy.permission)
        if request.method == "POST" and policy.token:
            self._check_token()
