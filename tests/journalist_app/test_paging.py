from datetime import date

from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from formats.handles import new_handle
from journalist_app.paging import QUERY_MAX_CHARACTERS, View
from storage.listing import Cursor, State

DESKS = {"nord": "Nord", "sud": "Sud", "e" * 40: "Est"}
DAY = date(2026, 11, 20)


def asked(**query: str) -> View:
    return View.asked(MultiDict(query), DESKS)


views = st.builds(
    View,
    desk=st.sampled_from([None, *DESKS]),
    state=st.sampled_from([None, *State]),
    starred=st.booleans(),
    day=st.none() | st.dates(),
    after=st.none() | st.builds(Cursor, st.dates(), st.builds(new_handle)),
)


@given(views)
def test_an_address_is_read_back_as_what_it_was_made_of(view: View) -> None:
    query = dict(pair.split("=") for pair in view.query.split("&") if pair)

    assert asked(**query) == View.returning(view.query, DESKS) == view
    assert view.address == ("/?" + view.query if view.query else "/")
    assert len(view.query) < QUERY_MAX_CHARACTERS


@given(st.text(), st.text(), st.text(), st.text(), st.text())
def test_any_query_is_a_view(desk: str, state: str, starred: str, day: str, after: str) -> None:
    view = asked(desk=desk, state=state, starred=starred, day=day, after=after)

    assert view.desk in {None, *DESKS}


@given(st.text())
def test_any_returning_field_is_a_view_of_this_site(query: str) -> None:
    assert View.returning(query, DESKS).address.startswith("/")
    assert "//" not in View.returning(query, DESKS).address


def test_what_is_not_understood_narrows_nothing() -> None:
    wrong = asked(desk="est", state="gone", starred="yes", day="2026-13-40", after="2026-13-40.x")
    assert wrong == View()
    assert asked(after="2026-11-20.nothing") == View()
    assert not View().narrowed
    assert asked(starred="1").narrowed


def test_changing_the_filter_begins_at_the_beginning() -> None:
    view = View("nord", State.NEW, after=Cursor(DAY, new_handle()))

    assert view.with_desk("sud") == "/?desk=sud&state=new"
    assert view.with_state(None) == "/?desk=nord"
    assert view.with_desk(None) == "/?state=new"
    assert view.with_star(True) == "/?desk=nord&state=new&starred=1"  # noqa: FBT003  as in templates
    assert view.with_day(DAY) == "/?desk=nord&state=new&day=2026-11-20"
    assert View().with_state(None) == "/"
