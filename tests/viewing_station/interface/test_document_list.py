"""Documents in a conversation: numbered, and open to actions that a table adds."""

from textual.app import App

from tests.viewing_station.interface.sitting import Sitting, sit
from tests.viewing_station.reviewer import Reviewer
from tests.viewing_station.small_server import SmallServer, Source
from viewing_station.documents import Document
from viewing_station.interface.document_list import DocumentAction, DocumentList
from viewing_station.station import Station

FILES = {"plan.pdf": b"a" * 2048, "budget.ods": b"b" * 10}


def test_without_actions_documents_are_not_to_be_entered(
    reviewer: Reviewer, server: SmallServer
) -> None:
    reviewer.open(server.bundle(server.receive(Source(), "Two.", FILES)))

    async def drive(at: Sitting) -> None:
        screen = await at.until("2 documents, 2.0 KiB")
        assert "1  plan.pdf  2.0 KiB" in screen
        assert "2  budget.ods  10 bytes" in screen
        await at.press("enter", "tab", "tab", "tab")
        assert not any(each.has_focus for each in at.app.screen.query(DocumentList))

    sit(reviewer, drive)


def test_an_action_of_the_table_is_a_key_on_the_document_under_the_cursor(
    reviewer: Reviewer, server: SmallServer
) -> None:
    reviewer.open(server.bundle(server.receive(Source(), "Two.", FILES)))
    done: list[str] = []

    def weigh(_app: App[str], _station: Station, document: Document) -> None:
        done.append(document.entry.name)

    async def drive(at: Sitting) -> None:
        await at.until("2 documents")
        assert "Weigh" not in at.screen()
        await at.press("enter", "tab", "down")
        await at.until("w Weigh")
        await at.press("w")
        assert done == ["budget.ods"]

    sit(reviewer, drive, size=(160, 30), actions=[DocumentAction("w", "Weigh", weigh)])
