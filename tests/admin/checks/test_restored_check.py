"""A restored server says for which desks it still waits."""

from admin.checks.restored_check import check_restored
from admin.desks import add_desk
from storage import desks, restorations
from web.services import Services


def test_each_desk_is_named_until_its_station_has_answered(services: Services) -> None:
    assert list(check_restored(services)) == []
    add_desk(services, "lyon", "Lyon")
    with services.db.write() as transaction:
        desks.set_station(transaction, "lyon", bytes(32))
        restorations.begin(transaction, services.today, services.today)
    problems = [problem for problem in check_restored(services) if "lyon" in problem.said]
    assert len(problems) == 1
    assert str(services.today) in problems[0].said
    with services.db.write() as transaction:
        restorations.told(transaction, "lyon", "a" * 32)
        assert restorations.answer(transaction, "lyon", "a" * 32)
    assert [problem for problem in check_restored(services) if "lyon" in problem.said] == []
