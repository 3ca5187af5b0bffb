"""All sessions of a kind end at once, and those of the other kind go on."""

from datetime import timedelta

import pytest

from admin.custody.open_sessions import end_sessions
from crypto.sessionbox import SessionKind
from storage.models import HistoryLine, SessionRow, Visitor
from tests.web.instances import Clock
from web.services import Services
from web.sessions import Lifetimes, SessionKeeper

SPAN = Lifetimes(timedelta(hours=1), timedelta(hours=2))
KINDS = {Visitor.SOURCE: SessionKind.SOURCE, Visitor.REVIEWER: SessionKind.REVIEWER}


@pytest.mark.parametrize("ended", [[Visitor.SOURCE], [Visitor.REVIEWER], list(Visitor)])
def test_those_of_the_kind_end_and_others_stay(
    services: Services, clock: Clock, ended: list[Visitor]
) -> None:
    keepers = {
        visitor: SessionKeeper(services.db, kind, "c", SPAN, clock)
        for visitor, kind in KINDS.items()
    }
    cookies = {
        visitor: [keeper.start(b"data").cookie.to_text() for _ in range(3)]
        for visitor, keeper in keepers.items()
    }
    end_sessions(services, ended)
    for visitor, keeper in keepers.items():
        found = [keeper.find(cookie) is not None for cookie in cookies[visitor]]
        assert found == [visitor not in ended] * 3
    with services.db.read() as transaction:
        assert transaction.query(SessionRow).count() == 3 * (2 - len(ended))


def test_how_many_they_were_is_not_kept(services: Services) -> None:
    end_sessions(services, list(Visitor))
    with services.db.read() as transaction:
        found = transaction.query(HistoryLine).filter(HistoryLine.deed == "sessions-ended").all()
    assert {(line.about, line.number) for line in found} == {("source", None), ("reviewer", None)}
