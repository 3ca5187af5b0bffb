"""What goes into a bundle, and what making one changes."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from crypto.signing import InstanceVerifier
from formats.bundle import KIND
from formats.handles import new_handle, new_item_id
from formats.held import HeldEntry
from journalist_app import collecting
from journalist_app.collecting import Collecting, MadeBundle, Wanted
from journalist_app.refusals import DeliveryGone, NothingNew, SeveralDesks
from journalist_app.session import CurrentReviewer
from storage import bundles, couriers, deletions, quick_copies, restorations
from storage.key_windows import NewWindow, put_windows
from storage.models import Bundle, RowKind
from tests.journalist_app.house import House


def reviewer(house: House, name: str = "sam") -> CurrentReviewer:
    desks = {"lou": ["nord"], "max": ["sud"], "sam": ["nord", "sud"]}[name]
    return CurrentReviewer(house.people[name].id, name, {slug: slug for slug in desks})


def carried(made: MadeBundle) -> list[str]:
    return [entry.name for entry in made.manifest.envelopes]


def bundles_kept(house: House) -> int:
    with house.services.db.read() as transaction:
        return transaction.query(Bundle).count()


def test_a_selection_carries_each_envelope_in_the_order_of_the_names(house: House) -> None:
    ids = [house.add_delivery("nord", files=70_000), house.add_delivery("nord")]

    made = Collecting(house.services).make(reviewer(house), Wanted(tuple(ids)))

    names = [f"{ids[0]}.files.gpg", f"{ids[0]}.letter.gpg", f"{ids[1]}.letter.gpg"]
    assert carried(made) == sorted(names)
    manifest = made.manifest
    assert (manifest.desk, manifest.day) == ("nord", house.today)
    assert manifest.instance == house.services.instance.config.instance


def test_letters_only_leaves_the_files(house: House) -> None:
    delivery = house.add_delivery("nord", files=70_000)

    made = Collecting(house.services).make(reviewer(house), Wanted((delivery,), letters_only=True))

    assert carried(made) == [f"{delivery}.letter.gpg"]


def test_the_manifest_is_signed_with_the_instances_key(house: House) -> None:
    delivery = house.add_delivery("nord")

    made = Collecting(house.services).make(reviewer(house), Wanted((delivery,)))

    verifier = InstanceVerifier(house.services.instance.signer.public)
    verifier.verify(KIND, made.manifest_bytes, made.signature)


def test_what_is_collected_is_marked_and_the_bundle_kept(house: House) -> None:
    delivery, other = house.add_delivery("nord"), house.add_delivery("nord")

    made = Collecting(house.services).make(reviewer(house), Wanted((delivery,)))

    row, untouched = house.delivery(delivery), house.delivery(other)
    assert row is not None
    assert untouched is not None
    assert (row.collected_by, row.collected_day) == (house.people["sam"].id, house.today)
    assert untouched.collected_day is None
    with house.services.db.read() as transaction:
        kept = bundles.get(transaction, made.manifest.bundle)
    assert kept is not None
    assert (kept.manifest, kept.signature) == (made.manifest_bytes, made.signature)


def test_who_collected_first_stays_noted(house: House) -> None:
    delivery = house.add_delivery("nord")
    maker = Collecting(house.services)
    maker.make(reviewer(house, "lou"), Wanted((delivery,)))
    house.clock.forward(86_400)

    maker.make(reviewer(house, "sam"), Wanted((delivery,)))

    row = house.delivery(delivery)
    assert row is not None
    assert row.collected_by == house.people["lou"].id


def test_a_selection_over_several_desks_is_refused(house: House) -> None:
    ids = [house.add_delivery("nord"), house.add_delivery("sud")]

    with pytest.raises(SeveralDesks):
        Collecting(house.services).make(reviewer(house), Wanted(tuple(ids)))
    assert bundles_kept(house) == 0


def test_a_selection_with_one_that_is_gone_is_refused_whole(house: House) -> None:
    here, gone = house.add_delivery("nord"), house.add_delivery("nord")
    with house.services.db.write() as transaction:
        deletions.queue(transaction, RowKind.DELIVERY, [gone])

    for missing in (gone, new_handle()):
        with pytest.raises(DeliveryGone):
            Collecting(house.services).make(reviewer(house), Wanted((here, missing)))
    row = house.delivery(here)
    assert row is not None
    assert row.collected_day is None
    assert bundles_kept(house) == 0


def test_all_new_takes_what_nobody_has_collected(house: House) -> None:
    first, second = house.add_delivery("nord"), house.add_delivery("nord")
    maker = Collecting(house.services)
    maker.make(reviewer(house), Wanted((first,)))

    made = maker.make(reviewer(house), Wanted())

    assert carried(made) == [f"{second}.letter.gpg"]
    with pytest.raises(NothingNew):
        maker.make(reviewer(house), Wanted())


def test_all_new_of_several_desks_needs_one_named(house: House) -> None:
    house.add_delivery("nord")
    south = house.add_delivery("sud")
    maker = Collecting(house.services)

    with pytest.raises(SeveralDesks):
        maker.make(reviewer(house), Wanted())
    made = maker.make(reviewer(house), Wanted(desk="sud"))

    assert carried(made) == [f"{south}.letter.gpg"]


def test_all_new_of_anothers_desk_is_refused(house: House) -> None:
    house.add_delivery("nord")

    for desk in ("nord", "est"):
        with pytest.raises(DeliveryGone):
            Collecting(house.services).make(reviewer(house, "max"), Wanted(desk=desk))


def test_more_than_a_bundle_holds_stays_new(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(collecting, "DELIVERIES_LIMIT", 3)
    made = [house.add_delivery("nord") for _ in range(5)]
    maker = Collecting(house.services)

    first = maker.make(reviewer(house), Wanted())
    second = maker.make(reviewer(house), Wanted())

    assert (len(carried(first)), len(carried(second))) == (3, 2)
    assert sorted(carried(first) + carried(second)) == sorted(f"{d}.letter.gpg" for d in made)


def test_all_new_at_once_goes_to_one_of_two(house: House) -> None:
    house.add_delivery("nord")
    maker = Collecting(house.services)

    def collected(name: str) -> int:
        try:
            return len(carried(maker.make(reviewer(house, name), Wanted())))
        except NothingNew:
            return 0

    with ThreadPoolExecutor(2) as threads:
        assert sorted(threads.map(collected, ["lou", "sam"])) == [0, 1]


def test_couriers_taken_are_acknowledged(house: House) -> None:
    delivery = house.add_delivery("nord")
    taken = sorted(new_item_id() for _ in range(3))
    with house.services.db.write() as transaction:
        for courier in taken:
            couriers.take(transaction, courier, "nord", house.today)
        couriers.take(transaction, new_item_id(), "sud", house.today)

    made = Collecting(house.services).make(reviewer(house), Wanted((delivery,)))

    assert list(made.manifest.couriers_taken) == taken


def test_copies_of_online_replies_travel_along(house: House) -> None:
    delivery = house.add_delivery("nord")
    copy = quick_copies.NewQuickCopy(
        id=new_item_id(),
        desk="nord",
        delivery=delivery,
        day=house.today,
        sealed=b"sealed",
        sha256=bytes(32),
    )
    with house.services.db.write() as transaction:
        quick_copies.insert_copy(transaction, copy)

    made = Collecting(house.services).make(reviewer(house), Wanted((delivery,), letters_only=True))

    (carried_copy,) = made.manifest.quick
    assert (carried_copy.id, carried_copy.delivery, carried_copy.size) == (copy.id, delivery, 6)


def restored_as_of_today(house: House) -> None:
    with house.services.db.write() as transaction:
        restorations.begin(transaction, house.today, house.today)


def test_a_restored_server_says_so_until_the_station_has_answered(house: House) -> None:
    wanted = Wanted((house.add_delivery("nord"),))
    assert not Collecting(house.services).make(reviewer(house), wanted).manifest.restored
    restored_as_of_today(house)
    said = [Collecting(house.services).make(reviewer(house), wanted).manifest for _ in range(2)]
    assert [manifest.restored for manifest in said] == [True, True]
    with house.services.db.write() as transaction:
        assert restorations.answer(transaction, "nord", said[0].bundle)
    assert not Collecting(house.services).make(reviewer(house), wanted).manifest.restored


def test_it_can_say_so_where_there_is_nothing_to_collect(house: House) -> None:
    wanted = Wanted(desk="nord")
    with pytest.raises(NothingNew):
        Collecting(house.services).make(reviewer(house), wanted)
    restored_as_of_today(house)
    manifest = Collecting(house.services).make(reviewer(house), wanted).manifest
    assert (manifest.restored, manifest.envelopes) == (True, ())


def test_a_desk_without_a_calendar_says_nothing_of_its_stock(house: House) -> None:
    made = Collecting(house.services).make(reviewer(house), Wanted((house.add_delivery("nord"),)))
    assert made.manifest.held is None


def test_what_waits_under_subkeys_that_are_over_is_told(house: House) -> None:
    day = house.today
    windows = [
        NewWindow("E" * 40, day, day + timedelta(7), "cut"),
        NewWindow("F" * 40, day + timedelta(7), day + timedelta(14), "cut"),
    ]
    with house.services.db.write() as transaction:
        put_windows(transaction, "nord", "N" * 40, windows, day)
    first, second = house.add_delivery("nord", files=70_000), house.add_delivery("nord")
    before = Collecting(house.services).make(reviewer(house), Wanted((first,)))
    assert before.manifest.held == ()  # the week is not over
    house.clock.forward(8 * 86_400)
    house.add_delivery("nord")
    made = Collecting(house.services).make(reviewer(house), Wanted((second,)))
    names = [f"{first}.files", f"{first}.letter", f"{second}.letter"]
    assert made.manifest.held == (HeldEntry("E" * 40, 3, tuple(sorted(names))),)
