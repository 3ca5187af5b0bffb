"""`inspect` says what documents tell: one, a delivery's, a thread's."""

import pytest

from tests.viewing_station.cleaning.desk import Desk, desk_with
from tests.viewing_station.inspecting import betraying
from tests.viewing_station.reviewer import Reviewer
from tests.viewing_station.small_server import SmallServer, Source


@pytest.fixture
def desk(reviewer: Reviewer, server: SmallServer) -> Desk:
    files = {"lot2.docx": betraying.betraying_docx(), "notes.txt": b"Lot 2"}
    return desk_with(reviewer, server, files)


def test_the_worst_is_said_first_by_word_and_by_shape(desk: Desk) -> None:
    lines = desk.reviewer.run("inspect", desk.handle, "lot2.docx").stdout.splitlines()
    assert lines[0].startswith("lot2.docx  office document, ")
    assert lines[1].startswith("  ■ says who")
    shapes = [line[2] for line in lines[1:] if line.startswith("  ")]
    assert shapes == sorted(shapes, key="■▲?◆○".index)
    assert "no program judges" in lines[-1]


def test_all_of_a_delivery_or_of_a_thread_is_inspected(desk: Desk) -> None:
    thread = desk.reviewer.thread()
    for which in (desk.handle, thread):
        inspected = desk.reviewer.json("inspect", which)
        assert [document["document"] for document in inspected] == ["lot2.docx", "notes.txt"]
        assert [document["number"] for document in inspected] == [1, 2]


def test_a_finding_says_where_it_was_found(desk: Desk) -> None:
    [document] = desk.reviewer.json("inspect", desk.handle, "1")
    found = {finding["sentence"]: finding for finding in document["findings"]}
    author = found["It names its author: M. Durand, DSI, Ville d’Exemple"]
    assert author == {
        "weight": "names",
        "field": "docProps/core.xml creator",
        "member": "",
        "value": "M. Durand, DSI, Ville d’Exemple",
        "sentence": "It names its author: M. Durand, DSI, Ville d’Exemple",
    }
    assert found["It names its author: mdurand"]["member"] == "word/media/image1.jpg"


def test_a_delivery_without_files_has_nothing_to_inspect(
    reviewer: Reviewer, server: SmallServer
) -> None:
    letter = server.receive(Source(), "Voici.")
    reviewer.open(server.bundle(letter))
    said = reviewer.run("inspect", letter[0].entry.delivery).stdout
    assert said == "There are no documents to inspect here.\n"


@pytest.mark.parametrize("words", [["nobody-here"], ["k7qm-3vtx-9fwd", "1"]])
def test_what_is_not_here_is_said(desk: Desk, words: list[str]) -> None:
    assert desk.reviewer.refusal("inspect", *words)


def test_a_member_wants_a_file(desk: Desk) -> None:
    desk.reviewer.run("inspect", desk.handle, "--member", "x", code=2)
