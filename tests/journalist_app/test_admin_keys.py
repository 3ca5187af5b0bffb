"""The pages that decide what is sealed to whom."""

import secrets
from collections.abc import Iterator

import pytest
from werkzeug.test import TestResponse

from crypto.fingerprint import fingerprint, spaced
from formats.station import StationIdentity
from journalist_app.desk_keeping import DeskKeeping
from tests.crypto.gnupg_home import GnupgHome
from tests.journalist_app.house import BOUNDARY, PASSPHRASE, Browser, House

KEY_DAY = "20260101T000000"  # before the day of these tests


@pytest.fixture(scope="module")
def home() -> Iterator[GnupgHome]:
    made = GnupgHome()
    yield made
    made.close()


@pytest.fixture(scope="module")
def key(home: GnupgHome) -> str:
    return home.make_key("Desk", "cv25519", clock=KEY_DAY)


@pytest.fixture
def public(home: GnupgHome, key: str) -> bytes:
    return home.public(key).encode()


@pytest.fixture
def ada(house: House) -> Browser:
    return house.sign_in("ada")


def send(
    house: House, browser: Browser, path: str, token: str | None = None, **fields: bytes
) -> TestResponse:
    """Send the form as a browser does, the token first, with what proves who asks."""
    house.clock.forward(30)
    proof = {"passphrase": PASSPHRASE, "code": house.people["ada"].code(house.clock.now)}
    given = {"csrf_token": browser.token if token is None else token} | proof
    parts = {name: value.encode() for name, value in given.items()} | fields
    form = b""
    for name, value in parts.items():
        file = '; filename="x"' if name == "file" else ""
        form += (
            f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"{file}\r\n\r\n'.encode()
        )
        form += value + b"\r\n"
    form += f"--{BOUNDARY}--\r\n".encode()
    content_type = f"multipart/form-data; boundary={BOUNDARY}"
    return browser.http.post(path, data=form, content_type=content_type)


def fingerprints(house: House, slug: str = "nord") -> set[str]:
    return {key.fingerprint for key in DeskKeeping(house.services).keys(slug)}


@pytest.mark.parametrize("field", ["file", "text"])
def test_a_key_is_added_by_file_or_pasted(
    house: House, ada: Browser, home: GnupgHome, key: str, field: str
) -> None:
    armored = home.public(key).encode().replace(b"\n", b"\r\n" if field == "text" else b"\n")

    answer = send(house, ada, "/admin/desks/nord/key", **{field: armored})

    assert answer.headers["Location"] == "/admin/desks/nord"
    page = ada.get("/admin/desks/nord").text
    assert page.count(spaced(key)) >= 2  # said once, and listed
    assert key in fingerprints(house)
    assert key not in fingerprints(house, "sud")


@pytest.mark.parametrize("field", ["file", "text"])
def test_a_secret_key_is_refused_loudly(
    house: House, ada: Browser, home: GnupgHome, key: str, field: str
) -> None:
    secret = home.gpg("--armor", "--export-secret-keys", key)

    answer = send(house, ada, "/admin/desks/nord/key", **{field: secret})

    assert answer.status_code == 422
    assert "CLÉ SECRÈTE REFUSÉE" in answer.text
    assert "PRIVATE KEY" not in answer.text
    assert key not in fingerprints(house)
    line = secret.splitlines()[5]
    for file in house.services.instance.places.home.rglob("*"):
        assert not file.is_file() or line not in file.read_bytes()


def test_a_key_that_expires_says_when(house: House, ada: Browser, home: GnupgHome) -> None:
    short = home.make_key("Short", "cv25519", clock=KEY_DAY, expires="2026-12-24")
    send(house, ada, "/admin/desks/nord/key", file=home.public(short).encode())

    assert "expire le 24 décembre 2026" in ada.get("/admin/desks/nord").text


@pytest.mark.parametrize("path", ["/admin/desks/nord/key", "/admin/desks/nord/station"])
@pytest.mark.parametrize("content", [b"", b"x", b"\x99" * 999, b"x" * ((1 << 20) + 1), b"{}"])
def test_what_is_none_is_refused_and_nothing_is_added(
    house: House, ada: Browser, path: str, content: bytes
) -> None:
    DeskKeeping(house.services).remove_station("nord")
    before = fingerprints(house)

    answer = send(house, ada, path, file=content)

    assert answer.status_code == 422
    assert 'class="problem"' in answer.text
    assert fingerprints(house) == before
    assert DeskKeeping(house.services).station("nord") is None


@pytest.mark.parametrize("path", ["/admin/desks/nord/key", "/admin/desks/nord/station"])
@pytest.mark.parametrize(
    "wrong", [{"code": b"000000"}, {"passphrase": b"wrong"}, {"code": b"\xff"}]
)
def test_a_session_alone_adds_nothing(
    house: House, public: bytes, path: str, wrong: dict[str, bytes]
) -> None:
    DeskKeeping(house.services).remove_station("nord")
    content, before = public, fingerprints(house)
    if path.endswith("station"):
        content = StationIdentity("nord", secrets.token_bytes(32)).encode()

    answer = send(house, house.sign_in("ada"), path, file=content, **wrong)

    assert answer.status_code == 403
    assert fingerprints(house) == before
    assert DeskKeeping(house.services).station("nord") is None


@pytest.mark.parametrize("path", ["/admin/desks/nord/key", "/admin/desks/nord/station"])
@pytest.mark.parametrize("token", ["", "0" * 32])
def test_without_the_sessions_token_nothing_is_read(
    house: House, public: bytes, path: str, token: str
) -> None:
    before = fingerprints(house)

    answer = send(house, house.sign_in("ada"), path, token, file=public)

    assert answer.status_code == 403
    assert fingerprints(house) == before


def test_a_key_is_retired_after_it_was_said_what_that_means(house: House, ada: Browser) -> None:
    path = f"/admin/desks/nord/key/{'N' * 40}/retire"
    assert "la dernière clé" in ada.get(path).text
    house.clock.forward(30)
    code = house.people["ada"].code(house.clock.now)

    assert ada.post(path, passphrase=PASSPHRASE, code="000000").status_code == 403
    assert ada.post(path, passphrase=PASSPHRASE, code=code).status_code == 303

    page = ada.get("/admin/desks/nord").text
    assert "retirée" in page
    assert "rien ne peut être déposé" in page


def test_a_key_or_a_desk_that_is_not_there_is_told(house: House, ada: Browser) -> None:
    for path in (
        "/admin/desks/nord/key/ABCD/retire",
        "/admin/desks/none/key",
        "/admin/desks/none/key/ABCD/retire",
        "/admin/desks/none/station",
        "/admin/desks/none/station/remove",
    ):
        assert ada.get(path).status_code == 404
    for path in ("/admin/desks/none/key", "/admin/desks/none/station"):
        assert send(house, ada, path, file=b"x").status_code == 404


def test_a_station_is_removed_and_another_set(house: House, ada: Browser) -> None:
    public = secrets.token_bytes(32)
    file = StationIdentity("nord", public).encode()
    assert send(house, ada, "/admin/desks/nord/station", file=file).status_code == 409
    house.clock.forward(30)
    code = house.people["ada"].code(house.clock.now)
    ada.post("/admin/desks/nord/station/remove", passphrase=PASSPHRASE, code=code)
    assert DeskKeeping(house.services).station("nord") is None

    pasted = file.rstrip(b"\n").replace(b"\n", b"\r\n")
    assert send(house, ada, "/admin/desks/nord/station", text=pasted).status_code == 303

    assert DeskKeeping(house.services).station("nord") == public
    assert ada.get("/admin/desks/nord").text.count(spaced(fingerprint(public))) == 2
