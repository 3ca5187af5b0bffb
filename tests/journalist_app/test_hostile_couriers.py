"""Each hostile courier through the page that takes it: refused whole, and soon."""

import tarfile
import time
import tracemalloc
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import cast

import pytest
from sqlalchemy import func, select

from crypto.signing import SigningSeed, StationSigner
from formats.handles import new_item_id
from journalist_app.courier_file import COURIER_MAX_BYTES
from journalist_app.courier_form import FORM_OVERHEAD_BYTES
from storage.models import CourierTaken, Delivery, HistoryLine, ItemTaken, QueuedDeletion, Reply
from tests.journalist_app.house import BOUNDARY, Browser, Courier, House, tar
from web.body import DRAIN_BYTES

SECONDS = 20  # a shared machine; alone each takes less than two
MILLION = 1_000_000
_TABLES = (CourierTaken, Delivery, HistoryLine, ItemTaken, QueuedDeletion, Reply)

Spoil = Callable[[House, Courier], bytes]


def state(house: House) -> list[int]:
    """Count the rows of all that a courier could change."""
    with house.services.db.read() as transaction:
        return [
            transaction.scalars(select(func.count()).select_from(table)).one() for table in _TABLES
        ]


def header(name: str, kind: bytes = tarfile.REGTYPE, target: str = "", size: int = 0) -> bytes:
    info = tarfile.TarInfo(name)
    info.type, info.linkname, info.mode, info.size = kind, target, 0o600, size
    return info.tobuf(format=tarfile.GNU_FORMAT)


def truncated(_: House, courier: Courier) -> bytes:
    return courier.file()[:-2048]


def signed_by_another_key(_: House, courier: Courier) -> bytes:
    courier.signer = StationSigner(SigningSeed.new())
    return courier.file()


def signed_by_another_desk(house: House, courier: Courier) -> bytes:
    courier.signer = house.stations["sud"]
    return courier.file()


def with_an_extra_member(_: House, courier: Courier) -> bytes:
    return tar([*courier.members(), (f"{new_item_id()}.reply", b"box")])


def with_an_absolute_path(_: House, courier: Courier) -> bytes:
    return courier.file()[:-1024] + header("/etc/cron.d/x", size=1) + b"x" + bytes(511 + 1024)


def with_a_path_that_climbs(_: House, courier: Courier) -> bytes:
    return courier.file()[:-1024] + header("../../vasistas.db", size=1) + b"x" + bytes(511 + 1024)


def with_a_symbolic_link(_: House, courier: Courier) -> bytes:
    return courier.file()[:-1024] + header("a", tarfile.SYMTYPE, "/etc/passwd") + bytes(1024)


def with_a_hard_link(_: House, courier: Courier) -> bytes:
    return courier.file()[:-1024] + header("a", tarfile.LNKTYPE, "manifest.json") + bytes(1024)


def with_a_bomb_of_zeros(_: House, courier: Courier) -> bytes:
    file = courier.file()
    return file + bytes(COURIER_MAX_BYTES - len(file) - 1) + b"\1"


def with_as_many_members_as_fit(_: House, courier: Courier) -> bytes:
    start = courier.file()[:-1024]
    return start + header(f"{new_item_id()}.reply") * ((COURIER_MAX_BYTES - len(start)) // 512)


def of_another_instance(_: House, courier: Courier) -> bytes:
    courier.manifest = replace(courier.manifest, instance=new_item_id())
    return courier.file()


def that_deletes_at_another_desk(house: House, courier: Courier) -> bytes:
    theirs = house.courier("nord", deletions=[house.add_delivery("sud")])
    courier.manifest = replace(courier.manifest, deletions=theirs.manifest.deletions)
    return courier.file()


SPOILS: list[Spoil] = [
    truncated,
    signed_by_another_key,
    signed_by_another_desk,
    with_an_extra_member,
    with_an_absolute_path,
    with_a_path_that_climbs,
    with_a_symbolic_link,
    with_a_hard_link,
    with_a_bomb_of_zeros,
    with_as_many_members_as_fit,
    of_another_instance,
    that_deletes_at_another_desk,
]


@pytest.mark.parametrize("spoil", SPOILS, ids=lambda spoil: spoil.__name__)
def test_it_is_refused_whole_and_soon(house: House, spoil: Spoil) -> None:
    courier = house.courier("nord", [b"a box"], [house.add_delivery("nord")])
    file = spoil(house, courier)
    browser, before = house.sign_in("lou"), state(house)
    started = time.monotonic()

    shown, done = browser.hand_over(file), browser.confirm()

    assert time.monotonic() - started < SECONDS
    assert shown.status_code == done.status_code == 422
    assert "Rien n’en a été pris" in shown.text.replace("\n", " ")
    assert state(house) == before


def test_a_bomb_takes_a_few_times_its_size_of_memory(house: House) -> None:
    browser = house.sign_in("lou")
    file = with_a_bomb_of_zeros(house, house.courier("nord", [b"a box"]))
    tracemalloc.start()
    try:
        assert browser.hand_over(file).status_code == 422
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    # The client's own form is twice of it.
    assert peak < 6 * COURIER_MAX_BYTES


class Members:
    """The body of a form with a million members: made as it is read, and never held."""

    def __init__(self, size: int) -> None:
        self.left, self.given = size, 0
        self._members = header("x.reply") * 256

    def read(self, size: int = -1) -> bytes:
        piece = self._members[: min(size if size > 0 else self.left, self.left)]
        self.left -= len(piece)
        self.given += len(piece)
        return piece


def test_a_million_members_are_refused_by_their_length(house: House) -> None:
    browser, before = house.sign_in("lou"), state(house)
    body = Members(MILLION * 512)
    started = time.monotonic()

    answer = browser.http.post(
        "/courier",
        content_type=f"multipart/form-data; boundary={BOUNDARY}",
        environ_overrides={"CONTENT_LENGTH": str(body.left), "wsgi.input": body},
    )

    assert time.monotonic() - started < SECONDS
    assert answer.status_code == 413
    assert body.given <= DRAIN_BYTES + COURIER_MAX_BYTES + FORM_OVERHEAD_BYTES
    assert state(house) == before


def took(browser: Browser, courier: Courier) -> str:
    browser.hand_over(courier.file())
    return browser.confirm().text


def test_a_replayed_one_changes_nothing_and_is_told_kindly(house: House) -> None:
    gone = house.add_delivery("nord")
    courier = house.courier("nord", [b"a box"], [gone])
    browser = house.sign_in("lou")
    took(browser, courier)
    before = state(house)

    again = browser.hand_over(courier.file())

    assert again.status_code == 200
    assert "Ce courrier a déjà été pris. Rien n’a changé" in again.text
    assert browser.confirm().status_code == 422
    assert state(house) == before


def test_an_older_one_does_what_it_still_can_and_undoes_nothing(house: House) -> None:
    """Order does not matter: each item has its own id, and none can be done twice."""
    first, second = house.add_delivery("nord"), house.add_delivery("nord")
    older = house.courier("nord", [b"older"], [first])
    yesterday = house.today - timedelta(days=1)
    older.manifest = replace(older.manifest, day=yesterday)
    newer = house.courier("nord", [b"newer"], [second])
    browser = house.sign_in("lou")
    took(browser, newer)

    took(browser, older)

    assert house.delivery(first) is None
    assert house.delivery(second) is None
    after = state(house)
    for courier in (older, newer, older.again(), newer.again()):
        took(browser, courier)
    changed = cast("dict[type, int]", dict(zip(_TABLES, state(house), strict=True)))
    same = dict(zip(_TABLES, after, strict=True))
    assert changed[Reply] == same[Reply] == 2
    assert changed[ItemTaken] == same[ItemTaken] == 4
    assert changed[Delivery] == same[Delivery] == 0
