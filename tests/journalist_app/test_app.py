"""The whole table of routes, and who gets through each."""

from io import BytesIO

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from journalist_app.permissions import ADMIN, PUBLIC, REVIEWER
from storage import reviewers
from storage.models import Base
from tests.journalist_app.house import PASSPHRASE, Browser, House, read_bundle
from web.gate import Gate

# Route, permission, and whether the gate itself asks for the session's token.
INBOX = {
    "GET /": (REVIEWER, True),
    "GET /bundle/<bundle>": (REVIEWER, True),
    "GET /courier": (REVIEWER, True),
    "GET /history": (REVIEWER, True),
    "POST /bundle": (REVIEWER, True),
    "POST /courier": (REVIEWER, False),
    "POST /deliveries/clear": (REVIEWER, True),
    "POST /deliveries/delete": (REVIEWER, True),
    "POST /deliveries/star": (REVIEWER, True),
}
ENTRY = {
    "GET /language/<language>": (PUBLIC, True),
    "GET /login": (PUBLIC, True),
    "POST /login": (PUBLIC, False),
    "POST /logout": (REVIEWER, True),
}
ACCOUNT = {
    "GET /account": (REVIEWER, True),
    "GET /account/passphrase": (REVIEWER, True),
    "GET /account/passphrase/confirm": (REVIEWER, True),
    "GET /account/recovery": (REVIEWER, True),
    "GET /account/totp": (REVIEWER, True),
    "POST /account/passphrase": (REVIEWER, True),
    "POST /account/passphrase/confirm": (REVIEWER, True),
    "POST /account/recovery": (REVIEWER, True),
    "POST /account/sessions/end": (REVIEWER, True),
    "POST /account/totp": (REVIEWER, True),
    "POST /account/totp/confirm": (REVIEWER, True),
}
ADMINS = {
    "GET /admin/desks": (ADMIN, True),
    "GET /admin/desks/<slug>": (ADMIN, True),
    "GET /admin/desks/<slug>/key": (ADMIN, True),
    "GET /admin/desks/<slug>/key/<fingerprint>/retire": (ADMIN, True),
    "GET /admin/desks/<slug>/limits": (ADMIN, True),
    "GET /admin/desks/<slug>/station": (ADMIN, True),
    "GET /admin/desks/<slug>/station/remove": (ADMIN, True),
    "GET /admin/new-desk": (ADMIN, True),
    "GET /admin/reviewers": (ADMIN, True),
    "GET /admin/reviewers/<reviewer>": (ADMIN, True),
    "GET /admin/reviewers/<reviewer>/change": (ADMIN, True),
    "GET /admin/reviewers/<reviewer>/remove": (ADMIN, True),
    "GET /admin/reviewers/<reviewer>/reset": (ADMIN, True),
    "GET /admin/reviewers/add": (ADMIN, True),
    "POST /admin/desks/<slug>/key": (ADMIN, False),
    "POST /admin/desks/<slug>/key/<fingerprint>/retire": (ADMIN, True),
    "POST /admin/desks/<slug>/limits": (ADMIN, True),
    "POST /admin/desks/<slug>/state": (ADMIN, True),
    "POST /admin/desks/<slug>/station": (ADMIN, False),
    "POST /admin/desks/<slug>/station/remove": (ADMIN, True),
    "POST /admin/new-desk": (ADMIN, True),
    "POST /admin/reviewers/<reviewer>/change": (ADMIN, True),
    "POST /admin/reviewers/<reviewer>/remove": (ADMIN, True),
    "POST /admin/reviewers/<reviewer>/reset": (ADMIN, True),
    "POST /admin/reviewers/add": (ADMIN, True),
}
ROUTES = INBOX | ENTRY | ACCOUNT | ADMINS
ANSWERING = {
    "GET /answers": (REVIEWER, True),
    "POST /answers": (REVIEWER, True),
    "POST /deliveries/reply": (REVIEWER, True),
}
QUICK_REPLY = "POST /deliveries/reply"
SENT_ON = dict.fromkeys(["POST /logout", "POST /deliveries/star", "POST /answers"], 303)
COUNTED = {"sessions", "log_in_waits"}


def table(app: Flask) -> dict[str, tuple[str, bool]]:
    gate: Gate = app.extensions["gate"]
    found = {}
    for rule in app.url_map.iter_rules():
        policy = gate.policies[rule.endpoint]
        for method in (rule.methods or set()) - {"HEAD"}:
            found[f"{method} {rule.rule}"] = (policy.permission, policy.token)
    return found


def test_the_table_of_routes_is_this_one(house: House) -> None:
    assert table(house.app()) == ROUTES


def test_quick_replies_add_their_routes(talking_house: House) -> None:
    assert table(talking_house.app()) == ROUTES | ANSWERING


def test_a_route_that_names_no_permission_is_refused(house: House) -> None:
    app = house.app()
    app.add_url_rule("/forgotten", "forgotten", lambda: "in the open")

    answer = app.test_client().get("/forgotten")

    assert answer.status_code == 403
    assert "in the open" not in answer.text


def closed_routes() -> list[str]:
    return [name for name, (permission, _) in (ROUTES | ANSWERING).items() if permission != PUBLIC]


def filled(house: House, rule: str) -> str:
    """Put what is there into a rule's blanks."""
    blanks = {
        "<bundle>": "0" * 32,
        "<slug>": "nord",
        "<fingerprint>": "N" * 40,
        "<reviewer>": house.people["max"].id,
    }
    for blank, value in blanks.items():
        rule = rule.replace(blank, value)
    return rule


def state(house: House) -> str:
    """Write down all that a route could change, but for what a refusal counts."""
    with house.services.db.read() as transaction:
        tables = {
            name: table for name, table in Base.metadata.tables.items() if name not in COUNTED
        }
        return repr(
            {name: transaction.execute(select(table)).all() for name, table in tables.items()}
        )


@pytest.mark.parametrize("route", closed_routes())
def test_nobody_gets_through_a_closed_route(talking_house: House, route: str) -> None:
    delivery = talking_house.add_delivery("nord")
    method, _, rule = route.partition(" ")
    client, before = talking_house.app().test_client(), state(talking_house)

    data = {"id": delivery, "confirm": "1", "text": "x", "state": "paused"}
    answer = client.open(filled(talking_house, rule), method=method, data=data)

    if method == "GET":
        assert answer.status_code == 303
        assert answer.headers["Location"].startswith("/login")
    else:
        assert answer.status_code == 403
    assert state(talking_house) == before


@pytest.mark.parametrize("route", ADMINS)
@pytest.mark.parametrize("who", ["lou", "max"])
def test_a_reviewer_gets_through_no_admins_route(house: House, route: str, who: str) -> None:
    browser = house.sign_in(who)
    method, _, rule = route.partition(" ")
    before = state(house)
    typed = {"passphrase": PASSPHRASE, "code": house.people[who].code(house.clock.now)}

    data = typed | {"csrf_token": browser.token, "confirm": "1", "state": "paused", "name": "x"}
    answer = browser.http.open(filled(house, rule), method=method, data=data)

    assert answer.status_code == 403
    assert "réservée" in answer.text
    assert state(house) == before


@pytest.mark.parametrize("route", [route for route in ADMINS if route.startswith("GET")])
def test_an_admin_gets_through_all_of_them(house: House, route: str) -> None:
    answer = house.sign_in("ada").get(filled(house, route.partition(" ")[2]))

    assert answer.status_code == 200
    assert "<h1>" in answer.text


def test_an_admin_sees_no_delivery_of_a_desk_that_is_not_theirs(talking_house: House) -> None:
    delivery = talking_house.add_delivery("nord")
    made = talking_house.sign_in("lou").post("/bundle", id=delivery)
    bundle = read_bundle(made.data).manifest.bundle
    admin = talking_house.sign_in("ada")
    before = state(talking_house)

    assert delivery not in admin.get("/").text
    assert delivery not in admin.get("/?desk=nord").text
    assert admin.get(f"/bundle/{bundle}").status_code == 404
    for path in ("/bundle", "/deliveries/delete", "/deliveries/star", "/deliveries/reply"):
        assert admin.post(path, id=delivery, confirm="1", text="x").status_code == 404
    assert admin.post("/bundle", all_new="1").status_code == 409
    assert admin.hand_over(talking_house.courier("nord", [b"box"]).file()).status_code == 422
    assert state(talking_house) == before


def test_an_admin_who_is_none_any_more_is_out_at_once(house: House) -> None:
    browser = house.sign_in("ada")
    assert browser.get("/admin/desks").status_code == 200
    with house.services.db.write() as transaction:
        reviewers.set_admin(transaction, house.people["ada"].id, admin=False)

    assert browser.get("/admin/desks").status_code == 403
    assert "/admin/" not in browser.get("/account").text


def test_a_permission_that_nobody_knows_lets_nobody_in(house: House) -> None:
    app = house.app()
    app.extensions["gate"].get("/odd", lambda: "in the open", "janitor")

    assert house.sign_in("ada", app).get("/odd").status_code == 403


@pytest.mark.parametrize("cookie", ["", "x", "A" * 43, "é", "A" * 4000])
def test_a_made_up_cookie_is_nobody(house: House, cookie: str) -> None:
    client = house.app().test_client()
    client.set_cookie("vasistas_reviewer", cookie)

    assert client.get("/").status_code == 303


@pytest.mark.parametrize(
    ("path", "fields"),
    [
        ("/bundle", {}),
        ("/deliveries/delete", {"confirm": "1"}),
        ("/deliveries/reply", {"text": "x"}),
    ],
)
def test_another_desks_delivery_is_as_if_it_were_not_there(
    talking_house: House, path: str, fields: dict[str, str]
) -> None:
    delivery = talking_house.add_delivery("nord")
    stranger = talking_house.sign_in("max")

    theirs = stranger.post(path, id=delivery, **fields)
    nobodys = stranger.post(path, id="0000-0000-0000", **fields)

    assert theirs.status_code == nobodys.status_code == 404
    assert theirs.text.replace(stranger.token, "") == nobodys.text.replace(stranger.token, "")
    kept = talking_house.delivery(delivery)
    assert kept is not None
    assert kept.collected_day is None


def test_another_desks_bundle_is_as_if_it_were_not_there(house: House) -> None:
    delivery = house.add_delivery("nord")
    made = house.sign_in("lou").post("/bundle", id=delivery)
    bundle = read_bundle(made.data).manifest.bundle

    assert house.sign_in("lou").get(f"/bundle/{bundle}").status_code == 200
    assert house.sign_in("max").get(f"/bundle/{bundle}").status_code == 404


def test_another_desks_list_shows_nothing_of_it(house: House) -> None:
    delivery = house.add_delivery("nord")

    assert delivery in house.sign_in("lou").get("/").text
    for path in ("/", "/?desk=nord"):
        assert delivery not in house.sign_in("max").get(path).text


def test_another_desks_courier_is_not_believed(house: House) -> None:
    stranger = house.sign_in("max")

    answer = stranger.hand_over(house.courier("nord", [b"box"]).file())

    assert answer.status_code == 422
    assert stranger.confirm().status_code == 422


def reviewers_requests(house: House, browser: Browser) -> dict[str, TestResponse]:
    """Send each route what it is there for, the log-out last."""
    first, second = house.add_delivery("nord"), house.add_delivery("nord")
    made = browser.post("/bundle", id=first)
    courier = house.courier("nord", [b"box"]).file()
    return {
        "POST /bundle": made,
        "GET /bundle/<bundle>": browser.get(f"/bundle/{read_bundle(made.data).manifest.bundle}"),
        "GET /": browser.get("/"),
        "GET /courier": browser.get("/courier"),
        "POST /courier": browser.hand_over(courier),
        QUICK_REPLY: browser.post("/deliveries/reply", id=second),
        "GET /history": browser.get("/history"),
        "GET /answers": browser.get("/answers"),
        "POST /answers": browser.post(
            "/answers", desk="nord", title="Reçu", french="Bien reçu.", english="Received."
        ),
        "POST /deliveries/star": browser.post("/deliveries/star", id=second),
        "POST /deliveries/clear": browser.post(
            "/deliveries/clear", desk="nord", day=house.today.isoformat()
        ),
        "POST /deliveries/delete": browser.post("/deliveries/delete", id=second),
        "POST /logout": browser.post("/logout"),
    }


def test_a_reviewer_gets_through_all_of_them(talking_house: House) -> None:
    answers = reviewers_requests(talking_house, talking_house.sign_in("lou"))

    assert set(answers) == {*closed_routes()} - {*ADMINS, *ACCOUNT}  # those: test_account and on
    codes = {route: answer.status_code for route, answer in answers.items()}
    assert codes == dict.fromkeys(answers, 200) | SENT_ON


@pytest.mark.parametrize(
    "route", [route for route in [*closed_routes(), QUICK_REPLY] if route.startswith("POST")]
)
@pytest.mark.parametrize("token", ["", "0" * 32, "é"])
def test_a_form_without_the_sessions_token_does_nothing(
    talking_house: House, route: str, token: str
) -> None:
    delivery = talking_house.add_delivery("nord")
    browser = talking_house.sign_in("lou")
    browser.token = token

    answer = browser.post(route.partition(" ")[2], id=delivery, confirm="1", text="x")

    assert answer.status_code == 403
    kept = talking_house.delivery(delivery)
    assert kept is not None
    assert kept.collected_day is None
    assert browser.get("/").status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "http://elsewhere.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site", "Origin": "http://localhost"},
    ],
)
def test_a_form_from_another_site_is_refused(house: House, headers: dict[str, str]) -> None:
    browser = house.sign_in("lou")
    for path in ("/login", "/logout", "/bundle"):
        data = {"csrf_token": browser.token}
        assert browser.http.post(path, data=data, headers=headers).status_code == 403


def test_another_hosts_name_is_refused(house: House) -> None:
    answer = house.app().test_client().get("/login", base_url="http://elsewhere.example")

    assert answer.status_code == 400


def test_an_uploaded_file_where_none_is_asked_for_is_refused(house: House) -> None:
    browser = house.sign_in("lou")
    data = {"csrf_token": browser.token, "id": (BytesIO(b"x"), "x")}

    answer = browser.http.post("/bundle", data=data, content_type="multipart/form-data")

    assert answer.status_code == 400


def test_every_answer_bears_the_strict_headers(house: House) -> None:
    delivery = house.add_delivery("nord")
    browser = house.sign_in("lou")
    answers = [
        browser.get("/"),
        browser.get("/nowhere"),
        browser.post("/bundle"),
        browser.post("/bundle", id=delivery),
    ]

    for answer in answers:
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_every_page_of_a_session_has_its_token(house: House) -> None:
    browser = house.sign_in("lou")
    field = f'name="csrf_token" value="{browser.token}"'

    assert field in browser.get("/").text
    for path in ("/", "/courier", "/account", "/account/totp"):
        page = browser.get(path).text
        assert page.count('method="post"') == page.count(field) > 0


def test_our_own_fault_is_a_page_without_a_traceback(
    house: House, capsys: pytest.CaptureFixture[str]
) -> None:
    house.add_delivery("nord")
    browser = house.sign_in("lou")
    house.services.db.close()
    (house.services.instance.places.home / "vasistas.db").unlink()

    answer = browser.get("/")

    assert answer.status_code == 500
    assert "Traceback" not in answer.text
    assert "fault:" in capsys.readouterr().err
