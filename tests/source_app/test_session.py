import json
from datetime import date

import pytest
from flask import g
from hypothesis import given
from hypothesis import strategies as st

from crypto.codename import generate
from source_app.session import SourceSession, SourceSessions, current_source
from storage.models import SessionRow
from tests.source_app.house import House, new_keys
from web.errors import NoSession

ids = st.lists(st.text("0123456789abcdef", min_size=32, max_size=32), max_size=4)
sessions = st.builds(
    SourceSession,
    language=st.sampled_from(["fr", "en"]),
    csrf=st.text("0123456789abcdef", min_size=32, max_size=32),
    desk=st.one_of(st.none(), st.text(st.characters(codec="utf-8"), max_size=40)),
    codename=st.one_of(st.none(), st.builds(lambda: generate("fr").text)),
    keys=st.one_of(st.none(), st.binary(min_size=96, max_size=96).map(bytes.hex)),
    deliveries=ids,
    replies=ids,
    tested=st.one_of(st.none(), st.dates().map(date.isoformat)),
    notice=st.one_of(st.none(), st.text(st.characters(codec="utf-8"))),
)


@given(sessions)
def test_what_is_sealed_is_read_back(source: SourceSession) -> None:
    again = SourceSession(**json.loads(source.encode()))
    assert again == source
    assert again.encode() == source.encode()
    assert again.tested_day == (date.fromisoformat(source.tested) if source.tested else None)


@given(sessions)
def test_the_repr_shows_nothing(source: SourceSession) -> None:
    assert repr(source) == f"{source}" == "SourceSession(…)"


def test_keys_and_codename_come_back_as_they_were() -> None:
    keys, codename = new_keys(), generate("en")
    source = SourceSession("fr", codename=codename.text)
    assert source.mailbox_keys is None
    source.remember_keys(keys)
    again = SourceSession(**json.loads(source.encode()))
    found = again.mailbox_keys
    assert found is not None
    assert found.to_bytes() == keys.to_bytes()
    assert again.shown_codename == codename


def test_every_session_has_a_token_of_its_own() -> None:
    assert len({SourceSession("fr").csrf for _ in range(50)}) == 50


def test_without_a_session_there_is_no_source(house: House) -> None:
    sessions = SourceSessions(house.services)
    with house.app.test_request_context("/"):
        sessions.load()
        with pytest.raises(NoSession):
            current_source()
        sessions.end()  # and ending it is no error


def test_a_session_takes_the_place_of_the_one_before(house: House) -> None:
    sessions = SourceSessions(house.services)
    with house.app.test_request_context("/"):
        sessions.load()
        first = sessions.start(SourceSession("fr"))
        second = sessions.start(SourceSession("en"))
        assert g.source.language == "en"
        assert first.id != second.id
    assert house.stored(SessionRow) == 1


def test_a_visit_ends_after_an_hour_without_a_request_and_after_half_a_day(house: House) -> None:
    browser = house.visit(new_keys())
    for _ in range(12 * 2 - 1):
        house.clock.forward(minutes=30)
        assert browser.get("/mailbox").status_code == 200
    house.clock.forward(minutes=45)
    assert browser.get("/mailbox").status_code == 403
    idle = house.visit(new_keys())
    house.clock.forward(minutes=75)
    assert idle.get("/mailbox").status_code == 403


def test_nothing_readable_of_a_session_is_on_the_disk(house: House) -> None:
    keys, codename = new_keys(), generate("fr").text
    house.visit(keys, codename=codename)
    home = house.services.instance.places.home
    for file in (path for path in home.rglob("*") if path.is_file()):
        content = file.read_bytes()
        assert codename.encode() not in content
        assert keys.to_bytes().hex().encode() not in content
        assert keys.tag.reveal() not in content
