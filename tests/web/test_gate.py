from http import HTTPStatus

import pytest
from flask import Flask, request

from web.errors import BadToken, NoSession, RequestRefused
from web.gate import Gate, Policy


def build() -> tuple[Flask, Gate]:
    app = Flask("gated", static_folder=None)
    app.register_error_handler(RequestRefused, lambda error: (type(error).__name__, error.status))

    def admit(permission: str) -> None:
        if permission != "public" and request.args.get("as") != permission:
            raise NoSession

    def check() -> None:
        if request.form.get("csrf_token") != "right":
            raise BadToken

    gate = Gate(app, admit, check)
    gate.get("/", lambda: "home", "public")
    gate.get("/file/<slug>.asc", lambda slug: slug, "public")
    gate.post("/act", lambda: "done", "member")
    gate.post("/enter", lambda: "in", "public", token=False)
    return app, gate


def test_a_route_without_a_policy_is_refused() -> None:
    app, _ = build()
    app.add_url_rule("/forgotten", "forgotten", lambda: "secret", methods=["GET", "POST"])
    client = app.test_client()
    for answer in (client.get("/forgotten"), client.post("/forgotten")):
        assert answer.status_code == HTTPStatus.FORBIDDEN
        assert b"secret" not in answer.data


def test_a_page_is_given_to_whom_its_policy_says() -> None:
    client = build()[0].test_client()
    assert client.get("/").data == b"home"
    assert client.get("/file/ville.asc").data == b"ville"
    assert client.post("/act", data={"csrf_token": "right"}).data == b"NoSession"
    assert client.post("/act?as=member", data={"csrf_token": "right"}).data == b"done"


@pytest.mark.parametrize("form", [{}, {"csrf_token": ""}, {"csrf_token": "wrong"}])
def test_a_form_needs_its_token_unless_its_policy_says_otherwise(form: dict[str, str]) -> None:
    client = build()[0].test_client()
    assert client.post("/act?as=member", data=form).data == b"BadToken"
    assert client.post("/enter", data=form).data == b"in"


def test_the_token_is_looked_for_only_after_the_permission() -> None:
    client = build()[0].test_client()
    assert client.post("/act").data == b"NoSession"


@pytest.mark.parametrize("method", ["PUT", "DELETE", "OPTIONS", "PATCH", "TRACE", "POST"])
def test_no_other_method_reaches_a_page(method: str) -> None:
    answer = build()[0].test_client().open("/", method=method)
    assert answer.status_code == HTTPStatus.METHOD_NOT_ALLOWED
    assert b"home" not in answer.data


def test_a_path_with_two_slashes_is_nothing_and_leads_nowhere() -> None:
    answer = build()[0].test_client().get("/file//ville.asc")
    assert answer.status_code == HTTPStatus.NOT_FOUND
    assert "Location" not in answer.headers


def test_the_table_of_routes_can_be_read() -> None:
    _, gate = build()
    assert gate.policies == {
        "GET /": Policy("public"),
        "GET /file/<slug>_asc": Policy("public"),
        "POST /act": Policy("member"),
        "POST /enter": Policy("public", token=False),
    }
