"""A move is begun, ended and called off whole: whatever is cut off is taken up again."""

import os
from datetime import timedelta
from pathlib import Path

import pytest

from admin import onion_rotation, onions
from admin.errors import AdminError
from admin.onion_rotation import destroy_retired, destroy_unserved, end_overdue
from admin.onion_state import read_state
from admin.onions import make_services, next_of, published_services, service_of
from tests.admin.moving import begun
from tor.errors import WouldBeOpen
from tor.files import hold
from tor.service_dir import SECRET_FILE, ServiceDirectory
from web.instance import Places
from web.services import Services


class PowerCutError(Exception):
    """The machine stops here."""


@pytest.fixture
def places(services: Services) -> Places:
    return services.instance.places


def hosts(places: Places) -> dict[str, str]:
    return {name: found.address.host for name, found in published_services(places).items()}


def keys(places: Places) -> set[bytes]:
    return {file.read_bytes() for file in places.onions.rglob(SECRET_FILE)}


def coming(places: Places, app: str) -> ServiceDirectory:
    found = next_of(places, app)
    assert found is not None
    return found


def test_a_new_service_stands_beside_the_old_one(services: Services, places: Places) -> None:
    make_services(places)
    before = hosts(places)
    overlap = begun(services)
    after = hosts(places)
    assert {name: after[name] for name in before} == before
    assert after["source-next"] not in before.values()
    assert overlap.until == services.today + timedelta(30)
    make_services(places)
    assert hosts(places) == after


def test_there_must_be_a_service_to_move(services: Services, places: Places) -> None:
    with pytest.raises(AdminError, match="onion publish"):
        onion_rotation.begin(places, "source", services.today, 30, lambda _overlap: None)
    assert not places.onions.exists()


def test_a_second_move_waits_for_the_end_of_the_first(services: Services, places: Places) -> None:
    begun(services)
    before = hosts(places)
    with pytest.raises(AdminError, match="moving already"):
        begun(services)
    assert hosts(places) == before
    onion_rotation.end(places, "source")
    with pytest.raises(AdminError, match="not destroyed yet"):
        begun(services)
    destroy_retired(places)
    begun(services)


def test_a_move_that_was_cut_off_before_it_counted_is_taken_up(
    services: Services, places: Places
) -> None:
    make_services(places)
    told: list[str] = []

    def cut_off(overlap: object) -> None:
        del overlap
        raise PowerCutError

    for _ in range(3):
        with pytest.raises(PowerCutError):
            onion_rotation.begin(places, "source", services.today, 30, cut_off)
        told += [path.name for path in places.onions.glob("source.*/")]
        assert "source-next" not in published_services(places)
    (places.onions / f".source.{'a' * 56}.part").mkdir()
    assert begun(services).folder == told[0]
    assert len(set(told)) == 1, "no key is left that nobody knows of"
    assert not list(places.onions.glob(".source.*.part"))


def test_the_end_leaves_the_new_address_alone_and_no_old_key(
    services: Services, places: Places
) -> None:
    make_services(places)
    (places.onions / "source" / "a").write_bytes(b"x")
    old = (places.onions / "source" / SECRET_FILE).read_bytes()
    begun(services)
    new = hosts(places)["source-next"]
    onion_rotation.end(places, "source")
    assert hosts(places)["source"] == new
    assert old in keys(places), "a tor may still serve it"
    with (places.onions / "source" / SECRET_FILE).open("rb") as held:
        destroy_retired(places)
        assert held.read() != old, "what was unlinked was overwritten first"
    assert old not in keys(places)
    assert not (places.onions / "source").exists()
    make_services(places)
    assert hosts(places)["source"] == new
    assert new in (places.keys / "onion-source-address").read_text()


def test_what_is_served_is_not_destroyed(services: Services, places: Places) -> None:
    begun(services)
    onion_rotation.end(places, "source")
    before = keys(places)
    destroy_retired(places, frozenset({places.onions / "source"}))
    assert keys(places) == before
    served = hold(places.onions_served)
    assert served is not None
    assert not destroy_unserved(places)
    assert keys(places) == before
    os.close(served)
    assert destroy_unserved(places)
    assert len(keys(places)) == len(before) - 1


@pytest.mark.parametrize("step", ["note_address", "write_state"])
def test_an_end_that_was_cut_off_is_completed(
    services: Services, places: Places, step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before the state is written all is as before; from then on the new address counts."""
    begun(services)
    before = hosts(places)

    def cut_off(*_words: object) -> None:
        raise PowerCutError

    with monkeypatch.context() as patch:
        patch.setattr(onion_rotation, step, cut_off)
        with pytest.raises(PowerCutError):
            onion_rotation.end(places, "source")
    make_services(places)  # as the next `serve` does
    if step == "write_state":
        assert hosts(places) == before
        onion_rotation.end(places, "source")
    assert hosts(places)["source"] == before["source-next"]
    destroy_retired(places)
    make_services(places)


@pytest.mark.parametrize("left", ["all", "without its key", "nothing"])
def test_a_destruction_that_was_cut_off_is_completed(
    services: Services, places: Places, left: str
) -> None:
    begun(services)
    onion_rotation.end(places, "source")
    retired = places.onions / "source"
    if left == "without its key":
        (retired / SECRET_FILE).unlink()
    if left == "nothing":
        ServiceDirectory(retired).destroy()
    destroy_retired(places)
    assert not retired.exists()
    assert not read_state(places, "source").retired


def test_a_move_is_called_off(services: Services, places: Places) -> None:
    make_services(places)
    before, held = hosts(places), keys(places)
    begun(services)
    onion_rotation.cancel(places, "source")
    assert hosts(places) == before
    destroy_retired(places)
    assert keys(places) == held
    for undone in (onion_rotation.cancel, onion_rotation.end):
        with pytest.raises(AdminError, match="not moving"):
            undone(places, "source")
    with pytest.raises(AdminError, match="not moving"):
        onion_rotation.new_address(places, "source")


def test_the_last_day_may_be_put_off(services: Services, places: Places) -> None:
    begun(services)
    until = services.today + timedelta(90)
    assert onion_rotation.extend(places, "source", until).until == until
    assert read_state(places, "source").overlap == onion_rotation.moving(places, "source")


def test_the_closed_service_is_closed_at_both_and_takes_its_clients_along(
    services: Services, places: Places
) -> None:
    make_services(places)
    old = service_of(places, "journalist")
    kept = old.clients.add("lou", old.address())
    begun(services, "journalist")
    fresh = coming(places, "journalist")
    fresh.clients.check_sealed()
    fresh.clients.add("ghost", fresh.address())
    onion_rotation.end(places, "journalist")
    assert service_of(places, "journalist").path == fresh.path
    assert fresh.clients.names() == ["lou"]
    assert fresh.clients.valid() == old.clients.valid()
    assert kept.secret
    fresh.clients.check_sealed()


def test_a_new_service_that_would_be_open_never_replaces_the_old_one(
    services: Services, places: Places
) -> None:
    begun(services, "journalist")
    seal = coming(places, "journalist").clients.folder / "_seal.auth"
    seal.unlink()
    with pytest.raises(WouldBeOpen):
        onion_rotation.end(places, "journalist")
    assert read_state(places, "journalist").overlap is not None
    onions.seal_closed(places)
    onion_rotation.end(places, "journalist")


def test_what_is_overdue_ends_and_what_is_kept_does_not(services: Services, places: Places) -> None:
    for app in ("source", "journalist"):
        begun(services, app, days=2)
    last = services.today + timedelta(2)
    end_overdue(places, last)
    assert len(hosts(places)) == 4
    end_overdue(places, last + timedelta(1), keep=frozenset({"source"}))
    assert set(hosts(places)) == {"source", "source-next", "journalist"}
    end_overdue(places, last + timedelta(1))
    assert set(hosts(places)) == {"source", "journalist"}
    assert len(list(Path(places.onions).glob("*/"))) == 2


def test_no_time_is_waited_for_what_is_destroyed(
    services: Services, places: Places, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun(services)
    onion_rotation.end(places, "source")
    monkeypatch.setattr(onion_rotation, "LET_GO_SECONDS", 0.3)
    with pytest.raises(AdminError, match="not yet let go"):
        onion_rotation.await_destroyed(places, "source")
    destroy_retired(places)
    onion_rotation.await_destroyed(places, "source")
