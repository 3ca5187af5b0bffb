"""Which version is drawn, and what is said of what is left: a day, and what is older than it."""

from datetime import timedelta

from admin.custody.codenames import codename_state, draw_version, said_of
from admin.desks import add_desk
from crypto.codename_versions import VERSIONS
from storage.models import Delivery, HistoryLine, Reply
from tests.admin.custody.killing import every_point
from tests.web.instances import Clock
from web.codename_choice import read_choice
from web.services import Services

ONE, TWO = VERSIONS


def add_rows(services: Services, number: int, days_ago: int) -> None:
    day = services.today - timedelta(days=days_ago)
    with services.db.write() as transaction:
        for at in range(number):
            name = f"{day}-{at}"
            bare = {"id": name, "desk": "ville", "day": day, "nonce": name.encode(), "tag": b"t"}
            transaction.add(Delivery(**bare, reply_key=b"k"))
            transaction.add(Reply(**bare, box=b"b"))


def test_version_1_is_drawn_until_another_is_chosen(services: Services, clock: Clock) -> None:
    state = codename_state(services)
    assert (state.version, state.known, state.since, state.deliveries_before) == (
        1, (1, 2), None, None,
    )  # fmt: skip
    assert draw_version(services, TWO)
    since = services.today
    clock.forward(days=9)
    assert not draw_version(services, TWO)
    assert (codename_state(services).version, codename_state(services).since) == (2, since)
    assert draw_version(services, ONE)
    assert codename_state(services).version == 1


def test_what_is_counted_is_older_than_the_day_and_nothing_else(
    services: Services, clock: Clock
) -> None:
    add_desk(services, "ville", "Ville")
    add_rows(services, 3, 1)
    add_rows(services, 2, 0)
    draw_version(services, TWO)
    clock.forward(days=1)
    add_rows(services, 4, 0)
    state = codename_state(services)
    assert (state.deliveries_before, state.replies_before) == (3, 3)
    assert "3 deliveries and 3 replies" in " ".join(said_of(state))


def test_killed_at_any_write_the_choice_is_one_of_the_two(services: Services) -> None:
    path, points = services.instance.places.codename_choice, 0
    for _ in every_point(lambda: draw_version(services, TWO), lambda: path.unlink(missing_ok=True)):
        points += 1
        assert read_choice(path).version in VERSIONS
        draw_version(services, TWO)
        assert read_choice(path).version is TWO
    assert points > 1
    with services.db.read() as transaction:
        assert transaction.query(HistoryLine).filter(HistoryLine.number == 2).count()
