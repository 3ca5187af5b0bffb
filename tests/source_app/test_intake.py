import os
import signal
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest

from crypto import gpg
from crypto.envelope import EnvelopeSeal
from crypto.errors import NoUsableKey, SealFailed
from source_app.admission import Admission, OpenDesk
from source_app.intake import Intake, Receipt
from source_app.refusals import HatchClosed
from storage import deliveries, intake
from storage.blob_files import FileWriter
from storage.blobs import BlobStore
from storage.engine import Database
from storage.errors import DiskFull
from storage.models import EnvelopeKind
from tests.source_app.faults import broken, fail_at, full
from tests.source_app.house import CalendarKeys, House, new_keys
from web.errors import Truncated

MESSAGE = "Un message."
Injected = Callable[[pytest.MonkeyPatch], None]


def chunks(number: int = 3, size: int = 300_000) -> Iterator[bytes]:
    for _ in range(number):
        yield os.urandom(size)


def deliver(house: House, *contents: Iterator[bytes]) -> Receipt:
    with open_intake(house) as taking:
        for content in contents:
            taking.add_file("plan.pdf", content)
        return taking.commit(MESSAGE)


def open_intake(house: House, desk: OpenDesk | None = None) -> Intake:
    found = desk or Admission(house.services).desk(None)
    return Intake(house.services, Admission(house.services), found, new_keys(), "fr")


def test_a_receipt_tells_what_arrived(house: House) -> None:
    receipt = deliver(house, chunks(), iter(()))
    assert receipt == Receipt(len(MESSAGE), 2, 900_000, house.delivery_ids()[0])
    assert receipt.delivery not in repr(receipt)


def test_what_is_kept_is_ciphertext_under_padded_sizes(house: House) -> None:
    deliver(house, iter([b"a"]))
    deliver(house, iter([b"b" * 60_000]))
    with house.services.db.read() as transaction:
        rows = deliveries.envelopes(transaction, house.delivery_ids())
        counted = intake.bytes_of(transaction, house.services.today)
    assert {row.kind: row.size_class for row in rows} == {
        EnvelopeKind.LETTER: 16_384,
        EnvelopeKind.FILES: 65_536,
    }
    assert len({(row.kind, row.body_size) for row in rows}) == 2
    assert counted == sum(row.body_size for row in rows)
    assert len(house.blob_files()) == 4


def test_between_two_chunks_nothing_is_committed(house: House) -> None:
    def looking() -> Iterator[bytes]:
        yield b"x" * 1_000_000
        assert house.delivery_ids() == []
        assert [path.suffix for path in house.blob_files()] == [".part"]
        yield b"y"

    deliver(house, looking())
    assert {path.suffix for path in house.blob_files()} == {""}


def test_leaving_without_a_commit_leaves_nothing(house: House) -> None:
    with open_intake(house):
        pass
    with open_intake(house) as taking:
        taking.add_file("a", chunks())
    house.assert_nothing_kept()


STEPS: dict[str, tuple[Injected, type[BaseException]]] = {
    "the first blob cannot be created": (
        lambda patch: fail_at(patch, BlobStore, "create", full()),
        DiskFull,
    ),
    "nor the second": (lambda patch: fail_at(patch, BlobStore, "create", full(), 2), DiskFull),
    "gpg is not there": (
        lambda patch: patch.setattr(gpg, "ENVIRONMENT", {"PATH": "/nonexistent"}),
        SealFailed,
    ),
    "the disk is full in the middle of a file": (
        lambda patch: fail_at(patch, FileWriter, "write", full(), 2),
        SealFailed,
    ),
    "the disk fails in the middle of a file": (
        lambda patch: fail_at(patch, FileWriter, "write", broken(), 2),
        SealFailed,
    ),
    "the sealing cannot be finished": (
        lambda patch: fail_at(patch, EnvelopeSeal, "finish", SealFailed()),
        SealFailed,
    ),
    "nor the letter's": (
        lambda patch: fail_at(patch, EnvelopeSeal, "finish", SealFailed(), 2),
        SealFailed,
    ),
    "the first blob cannot be committed": (
        lambda patch: fail_at(patch, FileWriter, "commit", full()),
        DiskFull,
    ),
    "nor the second, after the first": (
        lambda patch: fail_at(patch, FileWriter, "commit", broken(), 2),
        OSError,
    ),
    "the row cannot be inserted": (
        lambda patch: fail_at(patch, deliveries, "insert_delivery", full()),
        DiskFull,
    ),
    "the day cannot be counted": (
        lambda patch: fail_at(patch, intake, "add_bytes", full()),
        DiskFull,
    ),
    "the database is gone": (
        lambda patch: fail_at(patch, Database, "write", broken(), 2),
        OSError,
    ),
    "the admin presses Ctrl-C": (
        lambda patch: fail_at(patch, FileWriter, "commit", KeyboardInterrupt(), 2),
        KeyboardInterrupt,
    ),
}


@pytest.mark.parametrize(("inject", "raised"), STEPS.values(), ids=STEPS.keys())
def test_whatever_fails_leaves_nothing_behind(
    house: House,
    monkeypatch: pytest.MonkeyPatch,
    inject: Injected,
    raised: type[BaseException],
) -> None:
    with monkeypatch.context() as patch:
        inject(patch)
        with pytest.raises(raised):
            deliver(house, chunks())
    house.assert_nothing_kept()
    deliver(house, chunks())  # and the next one finds nothing in its way
    assert len(house.delivery_ids()) == 1


def test_a_commit_that_fails_in_the_database_leaves_nothing(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The row was inserted, and its transaction was undone at the very end."""
    real = intake.add_bytes

    def too_late(*arguments: Any) -> None:
        real(*arguments)
        raise full()

    monkeypatch.setattr(intake, "add_bytes", too_late)
    with pytest.raises(DiskFull):
        deliver(house, chunks())
    house.assert_nothing_kept()


def test_a_source_that_goes_away_in_the_middle_leaves_nothing(house: House) -> None:
    def cut_off() -> Iterator[bytes]:
        yield from chunks()
        raise Truncated

    with pytest.raises(Truncated):
        deliver(house, chunks(), cut_off())
    house.assert_nothing_kept()


@pytest.mark.parametrize("size", [1, 5_000_000])
def test_a_gpg_that_is_killed_leaves_nothing(house: House, size: int) -> None:
    """A small file is still in a buffer when gpg dies, a large one is on its way."""
    taking = open_intake(house)

    def killing() -> Iterator[bytes]:
        yield b"x" * size
        envelope = taking._files_envelope
        assert envelope is not None
        os.kill(envelope._seal.pid, signal.SIGKILL)
        yield b"y" * size

    def run() -> None:
        with taking:
            taking.add_file("plan.pdf", killing())
            taking.commit(MESSAGE)

    with pytest.raises(SealFailed):
        run()
    house.assert_nothing_kept()


def test_a_key_that_gpg_refuses_is_no_usable_key(house: House) -> None:
    good = Admission(house.services).desk(None)
    bad = replace(good, keys=("-----BEGIN PGP PUBLIC KEY BLOCK-----\n",))
    with pytest.raises(NoUsableKey), open_intake(house, bad) as taking:
        taking.commit(MESSAGE)
    house.assert_nothing_kept()


def test_a_delivery_is_sealed_to_all_of_its_desks_keys_or_not_at_all(house: House) -> None:
    good = Admission(house.services).desk(None)
    mixed = replace(good, keys=(*good.keys, "no key"))
    with pytest.raises(SealFailed), open_intake(house, mixed) as taking:
        taking.commit(MESSAGE)
    house.assert_nothing_kept()


def test_names_are_made_safe_and_unique_and_the_letter_tells_the_same(house: House) -> None:
    names = ["a.pdf", "A.pdf", "a.pdf", "padding", "..", "a\u202efdp.exe", "x" * 400 + ".pdf"]
    with open_intake(house) as taking:
        for name in names:
            taking.add_file(name, iter([name.encode()]))
        receipt = taking.commit(MESSAGE)
    files = house.opened(receipt.delivery)[EnvelopeKind.FILES]
    assert [file["name"] for file in house.letter(receipt.delivery)["files"]] == list(files)
    assert [content.decode() for content in files.values()] == names
    assert list(files)[:4] == ["a.pdf", "A (2).pdf", "a (3).pdf", "padding (2)"]
    assert not any("/" in name or "\u202e" in name for name in files)


def test_each_day_is_sealed_to_its_own_subkey_and_the_rows_say_so(weekly: House) -> None:
    assert isinstance(weekly.desk, CalendarKeys)
    old, new, last = weekly.desk.subkeys
    for subkey, days in [(old, 1), (new, 6), (new, 1), (last, 6), (last, 0)]:
        receipt = deliver(weekly, chunks())
        expected = dict.fromkeys(EnvelopeKind, subkey)
        assert weekly.opened_by(receipt.delivery) == expected
        assert weekly.sealed_to(receipt.delivery) == {kind: [subkey] for kind in EnvelopeKind}
        weekly.clock.forward(days=days)


def test_an_upload_past_the_end_of_a_window_is_not_lost(weekly: House) -> None:
    assert isinstance(weekly.desk, CalendarKeys)
    old, new, _ = weekly.desk.subkeys
    weekly.clock.forward(hours=11, minutes=59)
    with open_intake(weekly) as taking:
        taking.add_file("plan.pdf", chunks())
        weekly.clock.forward(minutes=10)
        receipt = taking.commit(MESSAGE)
    expected = {EnvelopeKind.FILES: old, EnvelopeKind.LETTER: new}
    assert weekly.opened_by(receipt.delivery) == expected
    assert weekly.sealed_to(receipt.delivery) == {kind: [key] for kind, key in expected.items()}
    assert weekly.row(receipt.delivery).day == weekly.services.today


def test_an_upload_that_outlasts_the_calendar_leaves_nothing(weekly: House) -> None:
    weekly.clock.forward(days=14, hours=11, minutes=59)
    with open_intake(weekly) as taking:
        taking.add_file("plan.pdf", chunks())
        weekly.clock.forward(minutes=10)
        with pytest.raises(HatchClosed):
            taking.commit(MESSAGE)
    weekly.assert_nothing_kept()
