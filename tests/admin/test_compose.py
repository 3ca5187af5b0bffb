import os
import shutil
import stat
from pathlib import Path

from admin.compose import DERIVATION_PLACES, build_services, make_places, sweep_once
from storage import sessions
from storage.models import SessionRow, Visitor
from tests.web.instances import START, Clock
from web.instance import open_instance
from web.services import Services


def test_folders_that_a_restart_may_lose_are_made_again_for_their_owner_alone(
    services: Services,
) -> None:
    places = services.instance.places
    shutil.rmtree(places.run)
    make_places(services.instance)
    for folder in (places.run, places.gnupg):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_the_bounds_hold_for_all_processes_of_the_host(home: Path) -> None:
    one, two = (build_services(open_instance(home)) for _ in range(2))
    cores = len(os.sched_getaffinity(0))
    held = [one.derivations.acquire() for _ in range(cores)]
    assert all(held)
    assert two.derivations.acquire() is None
    for slot in held:
        assert slot is not None
        slot.release()
    again = two.derivations.acquire()
    assert again is not None
    with again:
        assert one.derivations.held() == [0]
    assert cores < DERIVATION_PLACES
    for services in (one, two):
        services.db.close()


def test_a_sweep_ends_what_is_over_and_nothing_else(services: Services, clock: Clock) -> None:
    soon = int(START.timestamp()) + 60
    with services.db.write() as transaction:
        for name, expires in ((b"a" * 32, soon), (b"b" * 32, soon + 3600)):
            sessions.put(
                transaction,
                sessions.NewSession(
                    id=name, kind=Visitor.SOURCE, box=b"", expires=expires, ends=expires
                ),
            )
    clock.forward(seconds=61)
    sweep_once(services)
    with services.db.read() as transaction:
        assert transaction.get(SessionRow, b"a" * 32) is None
        assert transaction.get(SessionRow, b"b" * 32) is not None
