"""On a document of the full screen: harmless pages, what it tells, a clean copy."""

from pathlib import Path

import pytest

from tests.viewing_station.inspecting.betraying import jpeg
from tests.viewing_station.interface.sitting import Drive, Sitting, sit
from tests.viewing_station.reviewer import Reviewer
from tests.viewing_station.small_server import SmallServer, Source
from viewing_station.interface.document_keys import DOCUMENT_ACTIONS
from viewing_station.interface.gauge import Gauge

NOTES = "Caméras de la place : voir la page 3.\n".encode()


@pytest.fixture
def delivered(reviewer: Reviewer, server: SmallServer) -> str:
    """Open one delivery with two documents; return its handle."""
    files = {"photo.jpg": jpeg(), "notes.txt": NOTES}
    envelopes = server.receive(Source(), "Voici.", files)
    reviewer.open(server.bundle(envelopes))
    return envelopes[0].entry.delivery


async def on_document(at: Sitting, number: int) -> None:
    await at.until("2 documents")
    await at.press("enter", "tab", *["down"] * (number - 1))
    await at.until("v View")


def at_screen(reviewer: Reviewer, drive: Drive) -> None:
    sit(reviewer, drive, size=(150, 40), actions=DOCUMENT_ACTIONS)


@pytest.mark.slow
def test_pages_of_a_document_are_written_where_the_reviewer_says(
    reviewer: Reviewer, delivered: str, tmp_path: Path
) -> None:
    file = tmp_path / "pages.pdf"

    async def drive(at: Sitting) -> None:
        await on_document(at, 2)
        await at.press("v")
        await at.until(f"{delivered}-2.pdf")
        await at.press("ctrl+u")
        await at.type(str(file))
        await at.press("enter")
        await at.until("✓ 1 page")
        await at.press("enter")
        await at.until("v View")
        assert file.read_bytes().startswith(b"%PDF")
        # What stands there already is never written over.
        await at.press("v")
        await at.press("ctrl+u")
        await at.type(str(file))
        await at.press("enter")
        await at.until("exists already and was left as it is")
        await at.press("escape")
        await at.until("v View")

    at_screen(reviewer, drive)


@pytest.mark.slow
def test_what_a_document_tells_of_its_author_is_listed_the_worst_first(
    reviewer: Reviewer, delivered: str
) -> None:
    [inspected] = reviewer.json("inspect", delivered, "1")

    async def drive(at: Sitting) -> None:
        await on_document(at, 1)
        await at.press("i")
        await at.until("says who")
        for finding in inspected["findings"][:3]:
            assert finding["sentence"][:40] in at.words()
        assert "narrows down" not in at.words().partition("says who")[0]
        await at.press("escape")
        await at.until("v View")

    at_screen(reviewer, drive)


@pytest.mark.slow
def test_a_clean_copy_stays_in_the_station_and_says_what_it_still_tells(
    reviewer: Reviewer, delivered: str
) -> None:
    async def drive(at: Sitting) -> None:
        await on_document(at, 1)
        await at.press("y")
        await at.until("Make a clean copy")
        await at.press("escape")
        await at.until("v View")
        await at.press("y")
        await at.until("Make a clean copy")
        await at.press("t")
        await at.until("Inspected again, nothing was found")
        await at.press("enter")
        await at.until("v View")

    assert reviewer.json("copies") == []
    at_screen(reviewer, drive)
    [copy] = reviewer.json("copies")
    assert (copy["delivery"], copy["document"], copy["clean"]) == (delivered, "photo.jpg", True)


@pytest.mark.slow
def test_work_that_is_stopped_makes_nothing(
    reviewer: Reviewer, delivered: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = Gauge.advance

    def advance(gauge: Gauge, size: int) -> None:
        gauge.stop()
        whole(gauge, size)

    monkeypatch.setattr(Gauge, "advance", advance)

    async def drive(at: Sitting) -> None:
        await on_document(at, 2)
        await at.press("v")
        await at.until(f"{delivered}-2.pdf")
        await at.press("ctrl+u")
        await at.type(str(tmp_path / "pages.pdf"))
        await at.press("enter")
        await at.until("Stopped: nothing was made")
        await at.press("enter", "i")
        await at.until("Stopped: nothing was made")
        await at.press("enter", "y")
        await at.until("Make a clean copy")
        await at.press("t")
        await at.until("Stopped: nothing was made")
        await at.press("enter")

    at_screen(reviewer, drive)
    assert [path.name for path in tmp_path.rglob("*pages*")] == []
    assert reviewer.json("copies") == []


@pytest.mark.slow
def test_a_document_that_breaks_says_so_and_the_screen_stays(
    reviewer: Reviewer, server: SmallServer, tmp_path: Path
) -> None:
    reviewer.open(server.bundle(server.receive(Source(), "x", {"a.pdf": b"%PDF-1.7 no"})))

    async def drive(at: Sitting) -> None:
        await at.until("1 document")
        await at.press("enter", "tab", "v")
        await at.until("View document 1")
        await at.press("ctrl+u")
        await at.type(str(tmp_path / "p.pdf"))
        await at.press("enter")
        await at.until("Enter Go on")
        assert not (tmp_path / "p.pdf").exists()
        await at.press("enter")
        await at.until("v View")

    at_screen(reviewer, drive)
