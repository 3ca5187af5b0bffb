"""Paths and machines' names are found in running text, and ordinary words are not."""

from pathlib import Path

import pytest

from viewing_station.inspecting.examination import Examination, Item
from viewing_station.inspecting.traces import tell_traces

FOUND = {
    r"voir C:\Users\mdurand\Documents\lot2.docx": "a path with a user's name",
    r"D:\Marchés\2026\lot 2.docx": "a path of the author's disk",
    r"\\srv-exemple\marches\lot2": "a server and a folder",
    "file:///home/mdurand/lot2.odt": "a path with a user's name",
    "/Users/mdurand/Desktop/lot2.pages": "a path with a user's name",
    "poste VE-DSI-0417": "the workstation it was written on: VE-DSI-0417",
    "DESKTOP-4F7K2Q1": "the workstation it was written on: DESKTOP-4F7K2Q1",
    "+43.2964+005.3700/": "where it was taken",
}
ORDINARY = [
    *("Lot 2 : 10 000 €", "https://ville-exemple.fr/home/", "a/b", "ISO-8859-15", "COVID-19"),
    *("et/ou", "C: oui", "12:30", "CCTP", "D'après l'article L. 251-2", r"C:\Users\Public"),
    *("http://schemas.openxmlformats.org/package/2006/relationships", "word/document.xml"),
]


def told(folder: Path, text: str) -> list[str]:
    examination = Examination(folder)
    tell_traces(examination, Item(folder), "test", text)
    return [finding.sentence for finding in examination.findings()]


@pytest.mark.parametrize("text", FOUND)
def test_a_trace_is_found(tmp_path: Path, text: str) -> None:
    assert any(FOUND[text] in sentence for sentence in told(tmp_path, text))


@pytest.mark.parametrize("text", ORDINARY)
def test_ordinary_words_are_not(tmp_path: Path, text: str) -> None:
    assert [sentence for sentence in told(tmp_path, text) if "user" in sentence] == []
    assert [sentence for sentence in told(tmp_path, text) if "workstation" in sentence] == []


@pytest.mark.parametrize(
    "text", [r"C:\a" * 50_000, "\\" * 200_000, "/home/" * 50_000, "AB-" * 90_000]
)
def test_text_made_to_take_long_does_not(tmp_path: Path, text: str) -> None:
    assert len(told(tmp_path, text)) <= 150
