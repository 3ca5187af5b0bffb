"""The courier: signed, in the order of random ids, whole or not there."""

import io
import os
from dataclasses import dataclass
from pathlib import Path

import pytest

from crypto.signing import StationVerifier
from formats.courier import CourierManifest, decode_courier
from formats.station import decode_station
from formats.tarstream import TarLimits, TarReader
from tests.viewing_station.reviewer import Reviewer
from tests.viewing_station.small_server import SmallServer, Source


@dataclass
class Desk:
    """A reviewer with a letter to answer."""

    reviewer: Reviewer
    file: Path
    delivery: str

    def reply(self, text: str) -> None:
        self.reviewer.run("reply", self.reviewer.thread(), text=text)

    def courier(self) -> CourierManifest:
        """Write a courier, and read it as the server does."""
        self.reviewer.run("courier", str(self.file))
        reader = TarReader(io.BytesIO(self.file.read_bytes()), TarLimits(100, 1 << 20, 1 << 20))
        manifest, signature = reader.read_manifest()
        station = decode_station((self.reviewer.home / "demo-station.pub").read_bytes())
        StationVerifier(station.public_key).verify("courier", manifest, signature)
        decoded = decode_courier(manifest)
        assert len(list(reader.exactly(decoded.members()))) == len(decoded.replies)
        self.file.unlink()
        return decoded


@pytest.fixture
def desk(reviewer: Reviewer, server: SmallServer, source: Source) -> Desk:
    [letter] = server.receive(source, "x")
    reviewer.open(server.bundle([letter]))
    return Desk(reviewer, reviewer.home.parent / "courier.tar", letter.entry.delivery)


def test_the_server_can_read_it(desk: Desk, server: SmallServer) -> None:
    desk.reply("Merci.")
    desk.reviewer.run("discard", desk.delivery)
    manifest = desk.courier()
    assert (manifest.instance, manifest.desk) == (server.instance, "demo")
    assert len(manifest.replies) == 1
    assert [item.delivery for item in manifest.deletions] == [desk.delivery]


def test_it_says_what_it_carries(desk: Desk) -> None:
    desk.reply("un")
    desk.reply("deux")
    desk.reviewer.run("discard", desk.delivery)
    told = desk.reviewer.run("courier", str(desk.file)).stdout
    assert "2 replies and 1 deletion in" in told
    assert desk.file.stat().st_mode & 0o777 == 0o600


def test_items_are_in_the_order_of_random_ids(desk: Desk) -> None:
    for number in range(8):
        desk.reply(str(number))
    ids = [item.id for item in desk.courier().replies]
    assert ids == sorted(ids)


def test_what_is_not_acknowledged_goes_again(desk: Desk) -> None:
    desk.reply("un")
    first = desk.courier()
    desk.reply("deux")
    second = desk.courier()
    assert first.courier != second.courier
    assert set(first.replies) < set(second.replies)


def test_nothing_to_carry_is_told(desk: Desk) -> None:
    assert "nothing to carry back" in desk.reviewer.refusal("courier", str(desk.file))
    assert not desk.file.exists()


def test_a_file_that_stands_there_stays(desk: Desk) -> None:
    desk.reply("un")
    desk.file.write_text("mine")
    assert "--force replaces it" in desk.reviewer.refusal("courier", str(desk.file))
    assert desk.file.read_text() == "mine"
    desk.reviewer.run("courier", str(desk.file), "--force")
    assert desk.file.read_bytes().startswith(b"manifest.json")


def test_a_link_that_leads_nowhere_stays(desk: Desk) -> None:
    desk.reply("un")
    desk.file.symlink_to(desk.file.parent / "nowhere")
    desk.reviewer.refusal("courier", str(desk.file))
    assert not (desk.file.parent / "nowhere").exists()


def test_one_that_cannot_be_written_leaves_nothing(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    desk.reply("un")
    before = set(desk.file.parent.iterdir())
    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        assert desk.reviewer.refusal("courier", str(desk.file)) == "No space left on device."
    assert set(desk.file.parent.iterdir()) == before
    assert len(desk.courier().replies) == 1


def test_a_restored_server_is_answered_even_with_nothing_to_carry(
    desk: Desk, server: SmallServer
) -> None:
    assert "nothing to carry back" in desk.reviewer.refusal("courier", str(desk.file))
    desk.reviewer.open(server.bundle([], restored=True))
    answer = desk.courier()
    assert (answer.replies, answer.deletions) == ((), ())
    assert len(answer.heard) == 32
    assert desk.courier().heard == answer.heard  # until the server says that it knows
    desk.reviewer.open(server.bundle([], couriers_taken=(answer.courier,)))
    assert "nothing to carry back" in desk.reviewer.refusal("courier", str(desk.file))
