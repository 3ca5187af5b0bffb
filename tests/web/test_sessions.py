from datetime import timedelta

import pytest
from flask import Flask, make_response
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from crypto.sessionbox import SessionCookie, SessionKind
from storage.models import SessionRow, Visitor
from tests.web.instances import Clock
from web.services import Services
from web.sessions import GRAIN_SECONDS, UPLOAD_HOURS, Lifetimes, OpenSession, SessionKeeper

DATA = b"the words of a codename, and its keys"
IDLE, LONGEST = timedelta(minutes=60), timedelta(hours=12)


@pytest.fixture
def keeper(services: Services) -> SessionKeeper:
    return keeper_of(services)


def keeper_of(services: Services, kind: SessionKind = SessionKind.SOURCE) -> SessionKeeper:
    return SessionKeeper(services.db, kind, "vasistas", Lifetimes(IDLE, LONGEST), services.now)


def row_of(services: Services, session: OpenSession) -> SessionRow | None:
    with services.db.read() as transaction:
        return transaction.scalars(
            select(SessionRow).where(SessionRow.id == session.id)
        ).one_or_none()


def find(keeper: SessionKeeper, session: OpenSession) -> OpenSession | None:
    return keeper.find(session.cookie.to_text())


def test_cookie_and_row_together_open_it(keeper: SessionKeeper) -> None:
    found = find(keeper, keeper.start(DATA))
    assert found is not None
    assert (found.data, found.reviewer) == (DATA, None)


def test_the_row_alone_opens_nothing(keeper: SessionKeeper, services: Services) -> None:
    session = keeper.start(DATA)
    row = row_of(services, session)
    assert row is not None
    kept = row.id + row.box + repr(vars(row)).encode()
    assert DATA not in kept
    assert session.cookie.reveal() not in kept
    home = services.instance.places.home
    for file in (path for path in home.rglob("*") if path.is_file()):
        content = file.read_bytes()
        assert DATA not in content
        assert session.cookie.reveal() not in content
        assert session.cookie.to_text().encode() not in content
    assert keeper.find(SessionCookie(row.id).to_text()) is None


def test_the_cookie_alone_opens_nothing(keeper: SessionKeeper) -> None:
    session = keeper.start(DATA)
    keeper.end(session)
    assert find(keeper, session) is None
    assert keeper.find(SessionCookie.new().to_text()) is None


def test_a_row_under_anothers_cookie_opens_nothing(
    keeper: SessionKeeper, services: Services
) -> None:
    """Who can write to the database still cannot give one visitor another's mailbox."""
    mine, theirs = keeper.start(b"mine"), keeper.start(b"theirs")
    their_row = row_of(services, theirs)
    assert their_row is not None
    with services.db.write() as transaction:
        moved = transaction.get_one(SessionRow, mine.id)
        moved.box = their_row.box
    assert find(keeper, mine) is None


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])  # nothing is changed
@given(st.one_of(st.none(), st.text(st.characters(), max_size=60), st.from_regex("[A-Z_-]{43}")))
def test_any_other_cookie_opens_nothing(keeper: SessionKeeper, untrusted: str | None) -> None:
    assert keeper.find(untrusted) is None


def test_a_cookie_in_another_spelling_opens_nothing(keeper: SessionKeeper) -> None:
    text = keeper.start(DATA).cookie.to_text()
    for other in (text + "=", text + "==", f" {text}", text[:-1], text + "A", text.swapcase()):
        assert keeper.find(other) is None


def test_a_session_of_one_kind_is_none_of_the_other(
    keeper: SessionKeeper, services: Services
) -> None:
    session = keeper.start(DATA)
    assert find(keeper_of(services, SessionKind.REVIEWER), session) is None
    with services.db.write() as transaction:
        transaction.get_one(SessionRow, session.id).kind = Visitor.REVIEWER
    assert find(keeper, session) is None


def test_it_ends_when_nothing_is_asked_for(keeper: SessionKeeper, clock: Clock) -> None:
    session = keeper.start(DATA)
    clock.forward(seconds=IDLE.total_seconds() - 1)
    assert find(keeper, session) is not None
    clock.forward(seconds=IDLE.total_seconds() - 1)  # put off by the visit before
    assert find(keeper, session) is not None
    clock.forward(seconds=IDLE.total_seconds() + GRAIN_SECONDS)
    clock.forward(seconds=GRAIN_SECONDS)
    assert find(keeper, session) is None


def test_it_ends_however_often_it_is_used(keeper: SessionKeeper, clock: Clock) -> None:
    session = keeper.start(DATA)
    for _ in range(int(LONGEST / IDLE * 2) - 1):
        clock.forward(seconds=IDLE.total_seconds() / 2)
        assert find(keeper, session) is not None
    clock.forward(seconds=IDLE.total_seconds() / 2 + GRAIN_SECONDS)
    assert find(keeper, session) is None


def test_an_expiry_is_not_written_at_every_request(
    keeper: SessionKeeper, services: Services, clock: Clock
) -> None:
    session = keeper.start(DATA)
    seen = set()
    for _ in range(30):
        clock.forward(minutes=1)
        find(keeper, session)
        row = row_of(services, session)
        assert row is not None
        seen |= {row.expires, row.ends}
    assert len(seen) <= 4, "two or three expiries and one end in half an hour"
    assert not any(moment % GRAIN_SECONDS for moment in seen), "no time is finer than its grain"


def test_an_upload_of_hours_keeps_its_session(keeper: SessionKeeper, clock: Clock) -> None:
    session = keeper.start(DATA)
    clock.forward(minutes=30)
    keeper.hold(session)
    clock.forward(hours=UPLOAD_HOURS - 1)
    assert find(keeper, session) is not None
    keeper.release(session)
    clock.forward(seconds=IDLE.total_seconds() - 1)
    assert find(keeper, session) is not None
    clock.forward(seconds=IDLE.total_seconds())
    assert find(keeper, session) is None


def test_an_upload_that_never_ended_ends_its_session_too(
    keeper: SessionKeeper, clock: Clock
) -> None:
    session = keeper.start(DATA)
    keeper.hold(session)
    clock.forward(hours=UPLOAD_HOURS, seconds=GRAIN_SECONDS)
    clock.forward(seconds=GRAIN_SECONDS)
    assert find(keeper, session) is None


def test_a_session_left_during_an_upload_does_not_come_back(keeper: SessionKeeper) -> None:
    session = keeper.start(DATA)
    keeper.hold(session)
    keeper.end(session)
    keeper.release(session)
    keeper.save(session)
    assert find(keeper, session) is None


def test_what_is_saved_is_found(keeper: SessionKeeper) -> None:
    session = keeper.start(DATA)
    session.data = b"changed"
    keeper.save(session)
    found = find(keeper, session)
    assert found is not None
    assert found.data == b"changed"


def test_the_cookie_ends_with_the_browser_and_is_out_of_reach(keeper: SessionKeeper) -> None:
    session = keeper.start(DATA)
    app = Flask("cookies", static_folder=None)
    with app.test_request_context():
        response = make_response("")
        keeper.give_cookie(response, session)
    value, *attributes = response.headers["Set-Cookie"].split("; ")
    assert value == f"vasistas={session.cookie.to_text()}"
    assert sorted(attributes) == ["HttpOnly", "Path=/", "SameSite=Strict"]


def test_the_repr_shows_nothing(keeper: SessionKeeper) -> None:
    assert repr(keeper.start(DATA)) == "OpenSession(…)"
