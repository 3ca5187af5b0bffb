from datetime import date

from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from formats.handles import new_handle
from journalist_app.paging import View
from storage.listing import Cursor, State

DESKS = {"nord": "Nord", "sud": "Sud"}


def asked(**query: str) -> View:
    return View.asked(MultiDict(query), DESKS)


@given(
    desk=st.sampled_from([None, *DESKS]),
    state=st.sampled_from([None, State.NEW, State.COLLECTED]),
    day=st.dates(),
)
def test_an_address_is_read_back_as_what_it_was_made_of(
    desk: str | None, state: State | None, day: date
) -> None:
    after = Cursor(day, new_handle())
    address = View(desk, state).at(after)
    query = dict(pair.split("=") for pair in address.removeprefix("/?").split("&"))

    assert asked(**query) == View(desk, state, after)


@given(st.text(), st.text(), st.text())
def test_any_query_is_a_view(desk: str, state: str, after: str) -> None:
    view = asked(desk=desk, state=state, after=after)

    assert view.desk in {None, *DESKS}


def test_what_is_not_understood_narrows_nothing() -> None:
    assert asked(desk="est", state="starred", after="2026-13-40.k7qm-3vtx-9fwd") == View()
    assert asked(after="2026-11-20.nothing") == View()


def test_changing_the_filter_begins_at_the_beginning() -> None:
    view = View("nord", State.NEW, Cursor(date(2026, 11, 20), new_handle()))

    assert view.with_desk("sud") == "/?desk=sud&state=new"
    assert view.with_state(None) == "/?desk=nord"
    assert view.with_desk(None) == "/?state=new"
    assert View().with_state(None) == "/"
