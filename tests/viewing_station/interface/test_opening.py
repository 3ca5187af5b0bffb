"""Opening a bundle from the full screen: what it brought, what stopped it, what stays."""

import threading
from pathlib import Path

import pytest

from tests.viewing_station.interface.sitting import Sitting, sit
from tests.viewing_station.reviewer import Reviewer, agents_of
from tests.viewing_station.small_server import SmallServer, Source
from viewing_station.interface.gauge import Gauge, StoppedError

FILES = {"big.bin": bytes(3 << 20)}


async def type_path(at: Sitting, file: Path) -> None:
    await at.press("o")
    await at.until("Open a bundle")
    await at.type(str(file))
    await at.press("enter")


def test_a_bundle_is_opened_and_its_threads_are_there(
    reviewer: Reviewer, server: SmallServer
) -> None:
    envelopes = [*server.receive(Source(), "First.", FILES), *server.receive(Source(), "Second.")]
    file = reviewer.keep(server.bundle(envelopes))

    async def drive(at: Sitting) -> None:
        await type_path(at, file)
        screen = await at.until("2 deliveries")
        assert screen.count(" new") >= 2
        await at.press("enter")
        await at.until("2 threads · 2 new")
        await type_path(at, file)
        await at.until("Everything in it was here already: nothing changed.")

    sit(reviewer, drive)
    assert len(reviewer.json("threads")) == 2
    assert agents_of(reviewer.home) == []


def test_a_refused_bundle_is_one_sentence(reviewer: Reviewer, server: SmallServer) -> None:
    whole = server.bundle(server.receive(Source(), "First."))
    file = reviewer.keep(whole[:-3000])

    async def drive(at: Sitting) -> None:
        await type_path(at, file)
        await at.until("The bundle was refused whole, and nothing of it was kept")
        assert "0 threads" in at.screen()

    sit(reviewer, drive)


def test_a_delivery_that_lies_is_refused_by_itself_with_the_reason(
    reviewer: Reviewer, server: SmallServer
) -> None:
    honest = server.receive(Source(), "Honest.")
    lying = server.receive(Source(), "Lying.", {"a.txt": b"a"})
    other = server.seal_files(lying[0].entry.delivery, {"a.txt": b"b"})
    file = reviewer.keep(server.bundle([*honest, lying[0], other]))

    async def drive(at: Sitting) -> None:
        await type_path(at, file)
        await at.until("its file a.txt is not the one that was sent")

    sit(reviewer, drive)
    assert len(reviewer.json("threads")) == 2


def test_a_missing_file_is_told_where_it_was_typed(reviewer: Reviewer) -> None:
    async def drive(at: Sitting) -> None:
        await type_path(at, Path("/nowhere/at-all"))
        await at.until("No such file or directory: /nowhere/at-all.")
        await at.press("escape")
        await at.until_not("No such file")

    sit(reviewer, drive)


def test_a_path_is_completed(reviewer: Reviewer, server: SmallServer) -> None:
    file = reviewer.keep(server.bundle([]))

    async def drive(at: Sitting) -> None:
        await at.press("o")
        await at.until("Open a bundle")
        await at.type(str(file.parent) + "/bun")
        await at.press("right")
        await at.until("bundle.tar")
        await at.press("enter")
        await at.until("0 deliveries")

    sit(reviewer, drive, size=(140, 40))


@pytest.mark.parametrize("pieces", [0, 3, 30])
def test_an_opening_can_be_stopped_at_any_time_and_gone_on_with(
    reviewer: Reviewer, server: SmallServer, monkeypatch: pytest.MonkeyPatch, pieces: int
) -> None:
    envelopes = [
        envelope
        for number in range(4)
        for envelope in server.receive(Source(), f"Letter {number}.", FILES)
    ]
    file = reviewer.keep(server.bundle(envelopes))
    at_work, go_on = threading.Event(), threading.Event()
    whole, counted = Gauge.advance, 0

    def advance(gauge: Gauge, size: int) -> None:
        nonlocal counted
        if gauge.what == "Opening":
            counted += 1
            if counted > pieces:
                at_work.set()
                go_on.wait(30)
        whole(gauge, size)

    monkeypatch.setattr(Gauge, "advance", advance)

    async def stop(at: Sitting) -> None:
        await type_path(at, file)
        await at.until("Opening  ")
        assert at_work.wait(30)
        # The screen is alive: it shows how far the work is, and takes the key that stops it.
        await at.until("left")
        await at.press("escape")
        await at.until("Stopping")
        go_on.set()
        await at.until("Stopped. What was opened so far is kept")
        assert not list(reviewer.home.rglob("*.part"))

    sit(reviewer, stop)
    assert agents_of(reviewer.home) == []
    monkeypatch.undo()
    assert {each["state"] for each in reviewer.open_json(file.read_bytes())} <= {
        "new",
        "files",
        "known",
    }
    for thread in reviewer.json("threads"):
        [entry] = reviewer.json("show", thread["id"])["entries"]
        assert entry["files_here"] is True


def test_leaving_while_a_bundle_is_opened_stops_that_first(
    reviewer: Reviewer, server: SmallServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = reviewer.keep(server.bundle(server.receive(Source(), "Letter.", FILES)))
    go_on = threading.Event()
    whole = Gauge.advance

    def advance(gauge: Gauge, size: int) -> None:
        go_on.wait(30)
        whole(gauge, size)

    monkeypatch.setattr(Gauge, "advance", advance)

    async def drive(at: Sitting) -> None:
        await type_path(at, file)
        await at.until("Checking")
        await at.press("ctrl+c")
        await at.until("Stopping")
        assert not at.app._exit
        go_on.set()
        await at.until("Stopped.")
        assert at.app.is_running

    sit(reviewer, drive)


def test_a_gauge_tells_share_rate_and_time_left() -> None:
    gauge = Gauge()
    with gauge.measuring("Checking", 4 << 20):
        gauge.advance(1 << 20)
        shown = gauge.shown().plain
    assert "Checking  25%" in shown
    assert "█" * 10 + "░" * 30 in shown
    assert "1.0 MiB of 4.0 MiB" in shown
    gauge.stop()
    with pytest.raises(StoppedError):
        gauge.advance(1)
