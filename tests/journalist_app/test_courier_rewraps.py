"""New heads that a courier brings: each in its place and no other, all of them or none."""

import hashlib
import secrets
from dataclasses import replace

import pytest

from formats.bundle import EnvelopeKind
from formats.courier import RewrapItem
from formats.handles import new_handle, new_item_id
from journalist_app.courier_effect import carry_out, foresee
from journalist_app.courier_file import TrustedCourier, verify_courier
from journalist_app.refusals import CourierDamaged, CourierMisaddressed
from storage import deletions, deliveries, desks, rewraps
from storage.models import Bundle, Envelope, OldHead, RowKind
from tests.journalist_app.house import Browser, Courier, House
from tests.journalist_app.test_couriers import said

NEW_KEY = "F" * 40


def a_head(recipients: int = 1) -> bytes:
    """Return a head in its form, which nobody opens."""
    packets = [b"\x03" + bytes(8) + b"\x12" + secrets.token_bytes(84) for _ in range(recipients)]
    return b"".join(b"\x85" + len(body).to_bytes(2, "big") + body for body in packets)


def envelope(house: House, delivery: str) -> Envelope:
    with house.services.db.read() as transaction:
        return deliveries.envelopes(transaction, [delivery])[0]


def item(house: House, delivery: str, head: bytes, **changed: object) -> RewrapItem:
    row = envelope(house, delivery)
    made = RewrapItem(
        id=new_item_id(),
        delivery=delivery,
        kind=EnvelopeKind(row.kind.value),
        old_sha256=row.head_sha256.hex(),
        size=len(head),
        sha256=hashlib.sha256(head).hexdigest(),
    )
    return replace(made, **changed)  # type: ignore[arg-type]  # a test knows its fields


def bring(
    house: House, *pairs: tuple[RewrapItem, bytes], desk: str = "nord", keys: int = 1
) -> Courier:
    """Write a courier with new heads."""
    ordered = sorted(pairs, key=lambda pair: pair[0].id)
    courier = house.courier(desk)
    courier.manifest = replace(
        courier.manifest,
        sealed_to=(*(f"{number:040X}" for number in range(keys - 1)), NEW_KEY),
        rewraps=tuple(made for made, _ in ordered),
    )
    courier.heads = {made.id: head for made, head in ordered}
    return courier


def do(house: House, courier: Courier) -> tuple[int, int]:
    trusted = TrustedCourier(courier.manifest, courier.boxes, courier.heads)
    with house.services.db.write() as transaction:
        effect, blobs = carry_out(transaction, trusted, house.today)
    assert blobs == []
    return len(effect.rewraps), effect.unmatched


def old_heads(house: House) -> int:
    with house.services.db.read() as transaction:
        return transaction.query(OldHead).count()


def test_the_head_is_swapped_and_the_row_names_the_keys_of_the_courier(house: House) -> None:
    delivery, head = house.add_delivery("nord"), a_head()
    before = envelope(house, delivery)
    assert do(house, bring(house, (item(house, delivery, head), head))) == (1, 0)
    after = envelope(house, delivery)
    assert (after.head, after.head_sha256) == (head, hashlib.sha256(head).digest())
    assert (after.body_blob, after.body_sha256) == (before.body_blob, before.body_sha256)
    with house.services.db.read() as transaction:
        assert desks.key_set_members(transaction, after.key_set) == [NEW_KEY]
    assert old_heads(house) == 1


def test_a_head_whose_target_is_gone_or_another_is_counted_and_no_error(house: House) -> None:
    here, gone, withdrawn = (house.add_delivery("nord") for _ in range(3))
    heads = [a_head() for _ in range(4)]
    pairs = [
        (item(house, name, head), head)
        for name, head in zip((gone, withdrawn), heads[:2], strict=True)
    ]
    pairs.append((item(house, here, heads[2], old_sha256="0" * 64), heads[2]))
    with house.services.db.write() as transaction:
        deletions.delete_deliveries(transaction, [gone])
        deletions.queue(transaction, RowKind.DELIVERY, [withdrawn])
    before = envelope(house, here).head
    assert do(house, bring(house, *pairs)) == (0, 3)
    assert envelope(house, here).head == before
    assert old_heads(house) == 0


def test_a_head_for_what_the_same_courier_deletes_is_counted(house: House) -> None:
    delivery, head = house.add_delivery("nord"), a_head()
    courier = bring(house, (item(house, delivery, head), head))
    asked = house.courier("nord", [], [delivery]).manifest.deletions
    courier.manifest = replace(courier.manifest, deletions=asked)
    trusted = TrustedCourier(courier.manifest, {}, courier.heads)
    with house.services.db.write() as transaction:
        effect, blobs = carry_out(transaction, trusted, house.today)
    assert (effect.deliveries, effect.unmatched, len(blobs)) == ([delivery], 1, 1)


def test_of_two_heads_for_one_envelope_one_counts(house: House) -> None:
    delivery = house.add_delivery("nord")
    heads = [a_head(), a_head()]
    pairs = [(item(house, delivery, head), head) for head in heads]
    assert do(house, bring(house, *pairs)) == (1, 1)
    assert envelope(house, delivery).head in heads


def test_taken_twice_or_offered_again_it_changes_nothing(house: House) -> None:
    delivery, head = house.add_delivery("nord"), a_head()
    courier = bring(house, (item(house, delivery, head), head))
    do(house, courier)
    assert do(house, courier) == (0, 0)
    again = replace(courier, manifest=replace(courier.manifest, courier=new_item_id()))
    assert do(house, again) == (0, 0)
    assert envelope(house, delivery).head == head


def test_another_desks_envelope_refuses_the_whole_courier(house: House) -> None:
    mine, theirs, head = house.add_delivery("nord"), house.add_delivery("sud"), a_head()
    before = envelope(house, mine).head
    courier = bring(house, (item(house, mine, head), head), (item(house, theirs, head), head))
    with pytest.raises(CourierMisaddressed):
        do(house, courier)
    assert envelope(house, mine).head == before


def test_a_failure_in_the_middle_leaves_all_the_old_heads(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = [house.add_delivery("nord") for _ in range(5)]
    heads = [a_head() for _ in names]
    before = [envelope(house, name).head for name in names]
    courier = bring(house, *((item(house, n, h), h) for n, h in zip(names, heads, strict=True)))
    swap, done = rewraps.swap, []

    def fail(*given: object) -> bool:
        done.append(1)
        if len(done) == 3:
            raise RuntimeError
        return swap(*given)  # type: ignore[arg-type]  # as it was called

    monkeypatch.setattr(rewraps, "swap", fail)
    with pytest.raises(RuntimeError):
        do(house, courier)
    assert [envelope(house, name).head for name in names] == before
    assert old_heads(house) == 0
    with house.services.db.read() as transaction:
        assert not foresee(transaction, courier.manifest).known


def test_the_file_is_believed_with_its_heads(house: House) -> None:
    delivery, head = house.add_delivery("nord"), a_head(2)
    courier = bring(house, (item(house, delivery, head), head), keys=2)
    trusted = believed(house, courier)
    assert list(trusted.heads.values()) == [head]
    assert trusted.manifest == courier.manifest


@pytest.mark.parametrize(
    "untrusted_head",
    [a_head(2), a_head() + b"\0", a_head()[:-1], b"\x85", b"\xd2\x01\x01", secrets.token_bytes(96)],
    ids=["too many keys", "more behind", "cut", "a header", "a body", "noise"],
)
def test_what_is_no_head_for_these_keys_refuses_the_courier(
    house: House, untrusted_head: bytes
) -> None:
    delivery = house.add_delivery("nord")
    made = item(house, delivery, untrusted_head)
    with pytest.raises(CourierDamaged):
        believed(house, bring(house, (made, untrusted_head)))


def test_a_head_that_is_not_the_one_signed_refuses_the_courier(house: House) -> None:
    delivery, head = house.add_delivery("nord"), a_head()
    with pytest.raises(CourierDamaged):
        believed(house, bring(house, (item(house, delivery, head), a_head())))


def believed(house: House, courier: Courier) -> TrustedCourier:
    stations = {desk: signer.public for desk, signer in house.stations.items()}
    return verify_courier(courier.file(), house.services.instance.config.instance, stations)


def test_the_pages_say_what_it_asks_for_and_what_it_did(house: House) -> None:
    browser: Browser = house.sign_in("lou")
    delivery, gone = house.add_delivery("nord"), new_handle()
    head, other = a_head(), a_head()
    lost = replace(item(house, delivery, other), delivery=gone)
    courier = bring(house, (item(house, delivery, head), head), (lost, other))
    shown = said(browser.hand_over(courier.file()))
    assert "1 enveloppe à confier à de nouvelles clés" in shown
    assert "1 nouvelle clé d’enveloppe sans objet" in shown
    assert envelope(house, delivery).head != head
    assert "1 enveloppe confiée à de nouvelles clés" in said(browser.confirm())
    assert envelope(house, delivery).head == head
    assert "1 enveloppe confiée à de nouvelles clés" in said(browser.get("/history"))
    assert "Un courrier déjà pris" in said(browser.hand_over(courier.file()))


def test_a_bundle_that_promised_the_old_heads_is_not_streamed_again(house: House) -> None:
    browser = house.sign_in("lou")
    moved, other, head = house.add_delivery("nord"), house.add_delivery("nord"), a_head()
    where = browser.post("/bundle", id=moved).headers["Content-Location"]
    kept = browser.post("/bundle", id=other).headers["Content-Location"]
    do(house, bring(house, (item(house, moved, head), head)))
    assert browser.get(where).status_code == 404
    assert browser.get(kept).status_code == 200
    with house.services.db.read() as transaction:
        assert transaction.query(Bundle).count() == 1
