"""Keys given and taken away, before a serve (a mock) that notes its orders and answers them."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from admin import onion_clients as clients_module
from admin.desks import add_desk
from admin.errors import AdminError
from admin.onion_clients import (
    at_new_address,
    has_client,
    let_in,
    new_client,
    ordered,
    remove_client,
    replaced_client,
    reviewer_id,
    shut_out,
)
from admin.onion_rotation import end
from admin.onions import make_services, service_of
from admin.reviewers import add_reviewer
from admin.serving.onion_orders import Answer, NobodyServes, Order
from crypto.sessionbox import SessionKind
from storage.models import SessionRow
from tests.admin.conftest import Command
from tests.admin.moving import begun
from tests.admin.test_reviewers import keeper_of
from tests.web.instances import Clock
from tor.clients import AuthorizedClients
from tor.errors import BadClientName, ClientExists, NoSuchClient
from web.services import Services
from web.sessions import Lifetimes, SessionKeeper


@pytest.fixture
def published(services: Services) -> Services:
    make_services(services.instance.places)
    add_desk(services, "ville", "Ville")
    for name in ("lou", "max"):
        add_reviewer(services, name, ["ville"], admin=False)
    return services


class Serve:
    """What a running serve was told, and when: `at` is looked at with each order."""

    def __init__(self) -> None:
        self.orders: list[Order] = []
        self.answer = Answer(done=True, sentence="Seen in tor's directories: 2/2 uploads.")
        self.at: Callable[[], object] = lambda: None
        self.seen: list[object] = []

    def give(self, _path: Path, order: Order) -> Answer:
        self.orders.append(order)
        self.seen.append(self.at())
        return self.answer


@pytest.fixture
def serve(monkeypatch: pytest.MonkeyPatch) -> Iterator[Serve]:
    made = Serve()
    monkeypatch.setattr(clients_module, "give", made.give)
    return made


def clients_of(services: Services) -> AuthorizedClients:
    return service_of(services.instance.places, "journalist").clients


def sessions_of(services: Services) -> int:
    with services.db.read() as transaction:
        return transaction.query(SessionRow).count()


def test_a_new_key_opens_when_serve_has_it_published(published: Services, serve: Serve) -> None:
    key = new_client(published, "lou")
    assert serve.orders == []  # it must be shown before anything can fail
    assert key.address == service_of(published.instance.places, "journalist").address()
    said = let_in(published, "lou")
    assert serve.orders == [Order("apply")]
    assert "from now on" in said
    assert "2/2 uploads" in said
    assert clients_of(published).names() == ["lou"]
    assert has_client(published, "lou")
    assert not has_client(published, "max")


def test_a_key_for_who_is_no_reviewer_yet_is_given_and_said(
    published: Services, serve: Serve
) -> None:
    new_client(published, "sam")
    assert "no reviewer named sam yet" in let_in(published, "sam")
    assert "no reviewer" not in let_in(published, "lou")


def test_where_nobody_serves_it_is_said_that_it_comes_later(published: Services) -> None:
    new_client(published, "lou")
    assert let_in(published, "lou").startswith("It takes effect when")
    remove_client(published, "lou")
    assert shut_out(published, "lou", None, hard=False).startswith("It takes effect when")
    assert clients_of(published).names() == []


def test_before_the_services_are_made_the_command_that_does_is_named(services: Services) -> None:
    for attempt in (new_client, replaced_client, remove_client):
        with pytest.raises(AdminError, match="vasistas onion publish"):
            attempt(services, "lou")
    assert not has_client(services, "lou")
    assert not service_of(services.instance.places, "journalist").exists  # nothing half-made


def test_taking_a_key_away_ends_sessions_before_serve_is_told_to_close_circuits(
    published: Services, serve: Serve, clock: Clock
) -> None:
    """Else a session would open another circuit meanwhile."""
    lou, other = (reviewer_id(published, name) for name in ("lou", "max"))
    assert lou is not None
    keeper = keeper_of(published, clock)
    theirs, others = keeper.start(b"x", lou), keeper.start(b"x", other)
    new_client(published, "lou")
    serve.at = lambda: (
        keeper.find(theirs.cookie.to_text()) is None,
        keeper.find(others.cookie.to_text()) is not None,
        clients_of(published).names(),
    )
    remove_client(published, "lou")
    said = shut_out(published, "lou", lou, hard=False)
    assert serve.seen == [(True, True, [])]
    assert serve.orders == [Order("apply", reviewer=lou)]
    assert "lou's old key opens nothing any more." in said
    assert "--hard" in said  # what may be left, and the way to end it


def test_the_hard_way_leaves_nothing_and_says_so(published: Services, serve: Serve) -> None:
    lou = reviewer_id(published, "lou")
    new_client(published, "lou")
    remove_client(published, "lou")
    said = shut_out(published, "lou", lou, hard=True)
    assert serve.orders == [Order("apply", hard=True, reviewer=lou)]
    assert "some hours" not in said


def test_sources_sessions_are_left_alone(published: Services, serve: Serve, clock: Clock) -> None:
    from datetime import timedelta  # noqa: PLC0415  for this alone

    span = Lifetimes(timedelta(hours=1), timedelta(hours=2))
    SessionKeeper(published.db, SessionKind.SOURCE, "s", span, clock).start(b"x")
    shut_out(published, "lou", reviewer_id(published, "lou"), hard=True)
    assert sessions_of(published) == 1


def test_a_replaced_key_is_another_one(published: Services, serve: Serve) -> None:
    first = new_client(published, "lou")
    second = replaced_client(published, "lou")
    assert second.secret != first.secret
    assert second.address == first.address


def test_what_was_not_seen_to_take_effect_is_said_and_stays_done(
    published: Services, serve: Serve
) -> None:
    serve.answer = Answer(done=False, sentence="Tor's directories did not all take it yet.")
    new_client(published, "lou")
    with pytest.raises(AdminError, match=r"did not all take it yet.*onion show"):
        let_in(published, "lou")
    assert clients_of(published).names() == ["lou"]
    remove_client(published, "lou")
    with pytest.raises(AdminError):
        shut_out(published, "lou", reviewer_id(published, "lou"), hard=False)
    assert clients_of(published).names() == []


def test_keys_are_refused_as_their_service_refuses_them(published: Services) -> None:
    new_client(published, "lou")
    with pytest.raises(ClientExists):
        new_client(published, "lou")
    with pytest.raises(BadClientName):
        new_client(published, "_seal")
    for attempt in (replaced_client, remove_client):
        with pytest.raises(NoSuchClient):
            attempt(published, "max")
        with pytest.raises(BadClientName):
            attempt(published, "../../keys/x")


def test_the_last_key_taken_away_leaves_the_service_closed(
    published: Services, serve: Serve
) -> None:
    new_client(published, "lou")
    remove_client(published, "lou")
    clients_of(published).check_sealed()


def test_an_answer_is_given_back_or_raised() -> None:
    good = Answer(done=True, states={"source": "published"})
    assert ordered(good) is good
    with pytest.raises(AdminError, match="not seen to have taken effect: why"):
        ordered(Answer(done=False, sentence="why"))


def test_reviewers_are_found_by_name(published: Services) -> None:
    found = reviewer_id(published, "lou")
    assert found is not None
    assert len(bytes.fromhex(found)) == 16  # what a circuit can be noted as belonging to
    assert reviewer_id(published, "nobody") is None


def test_nobody_serves_is_not_mistaken_for_a_failure(
    published: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    def nobody(_path: Path, _order: Order) -> Answer:
        raise NobodyServes

    monkeypatch.setattr(clients_module, "give", nobody)
    assert "takes effect when" in let_in(published, "lou")


def test_in_a_move_a_key_is_given_for_both_addresses(published: Services) -> None:
    assert at_new_address(published, new_client(published, "max")) is None
    begun(published, "journalist")
    key = new_client(published, "lou")
    coming = at_new_address(published, key)
    assert coming is not None
    assert coming.secret == key.secret
    assert coming.auth_private.partition(":")[2] == key.auth_private.partition(":")[2]
    assert coming.address != key.address


def test_after_a_move_keys_are_those_of_the_new_service(published: Services) -> None:
    begun(published, "journalist")
    new_client(published, "lou")
    end(published.instance.places, "journalist")
    assert has_client(published, "lou")
    remove_client(published, "lou")
    assert clients_of(published).names() == []


def test_the_commands_show_a_key_for_both_addresses_and_complete_a_removal(
    vasistas: Command,
) -> None:
    vasistas("onion", "publish")
    given = json.loads(vasistas("onion", "client", "add", "lou", "--json").out)
    assert "new" not in given
    vasistas("onion", "rotate", "journalist")
    both = json.loads(vasistas("onion", "client", "rotate", "lou", "--json").out)
    assert both["new"]["key"] == both["key"]
    assert both["new"]["address"] != both["address"]
    shown = vasistas("onion", "client", "add", "max").out
    assert shown.count(":descriptor:x25519:") == 2
    assert both["new"]["address"] in shown
    assert vasistas("onion", "client", "remove", "nobody").code == 1
    vasistas("desk", "add", "nord", "--name", "Nord")
    vasistas("reviewer", "add", "ines", "--desk", "nord")
    again = vasistas("onion", "client", "remove", "ines")
    assert (again.code, "holds no key" in again.err) == (0, True)
