"""The documents of the samples: what they tell is found, and is not in the copies.

A method that leaves something says so. Where it says that nothing is left, it is searched for.
"""

import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.viewing_station.cleaning.desk import Desk, desk_with
from tests.viewing_station.cleaning.searching import strings_in
from tests.viewing_station.inspecting.betraying import tags_of
from tests.viewing_station.reviewer import Reviewer
from tests.viewing_station.small_server import SmallServer

SAMPLES = Path(__file__).resolve().parents[4] / "shared" / "samples"

# What README.md there lists, and how inspecting says it.
AUTHOR = "M. Durand, DSI, Ville d’Exemple"
TELLS: dict[str, dict[str, str]] = {
    "CCTP vidéo algorithmique.docx": {
        AUTHOR: f"It names its author: {AUTHOR}",
        "mdurand": "It names who last changed it: mdurand",
        "poste VE-DSI-0417": "A text that someone gave it says: poste VE-DSI-0417",
        "VE-DSI-0417": "It seems to name the workstation it was written on: VE-DSI-0417",
    },
    "CCTP vidéo algorithmique.pdf": {AUTHOR: f"It names its author: {AUTHOR}"},
    "Bordereau des prix.xlsx": {"mdurand": "It names its author: mdurand"},
    "photo mât 12.jpg": {
        "mdurand": "It names its author: mdurand",
        "Samsung": "It says what device it was made with: Samsung",
        "SM-A515F": "It says what device it was made with: SM-A515F",
        "R58N12ABCDE": "It carries the serial number of the camera: R58N12ABCDE",
        "2026:03:14 08:12:44": "It says when it was made: 2026:03:14 08:12:44",
    },
    "réunion 14 mars — notes.txt": {},
}
POSITION = "It says where it was taken: 43°17′47.12″ N 5°22′12.34″ E"
EVERYTHING = sorted({string for strings in TELLS.values() for string in strings})
IN_PLACE = "third-party-sample.pdf"
FILES = [*TELLS, IN_PLACE]
METHODS = ["metadata", "pages"]

pytestmark = [
    pytest.mark.skipif(not SAMPLES.is_dir(), reason="the samples lie beside the project"),
    pytest.mark.xdist_group("samples"),
]


@pytest.fixture
def desk(reviewer: Reviewer, server: SmallServer) -> Desk:
    return desk_with(reviewer, server, {name: (SAMPLES / name).read_bytes() for name in FILES})


@pytest.mark.parametrize("name", TELLS)
def test_all_that_they_tell_is_found(desk: Desk, name: str) -> None:
    told = desk.inspect(name)
    assert [sentence for sentence in TELLS[name].values() if sentence not in told] == []
    assert f"Its own name may say something: {name}" in told


def test_the_place_a_photo_was_taken_is_found(desk: Desk) -> None:
    assert POSITION in desk.inspect("photo mât 12.jpg")


def test_notes_tell_nothing_but_their_name(desk: Desk) -> None:
    name = "réunion 14 mars — notes.txt"
    assert desk.inspect(name) == [f"Its own name may say something: {name}"]


@pytest.mark.parametrize("name", TELLS)
def test_the_search_finds_in_the_originals_what_is_there(name: str) -> None:
    """The test of the tests below: EXIF dates and names, zipped XML, PDF strings in UTF-16."""
    assert strings_in((SAMPLES / name).read_bytes(), EVERYTHING) >= set(TELLS[name])


@pytest.mark.slow
@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("name", FILES)
def test_none_of_it_is_in_a_copy_that_is_called_clean(
    desk: Desk, tmp_path: Path, name: str, method: str
) -> None:
    copy = desk.clean(name, "--method", method)
    content = desk.content(copy, tmp_path)
    assert copy["clean"] is not bool(copy["remaining"])
    if copy["clean"]:
        assert strings_in(content, EVERYTHING) == set()
        assert_other_tools_agree(tmp_path, content, copy)
    else:
        assert method == "metadata"  # pages leave nothing


@pytest.mark.slow
@pytest.mark.parametrize("name", FILES)
def test_the_thorough_way_leaves_nothing(desk: Desk, name: str) -> None:
    copy = desk.clean(name)
    assert (copy["method"], copy["remaining"], copy["clean"]) == ("pages", [], True)


def assert_other_tools_agree(folder: Path, content: bytes, copy: Any) -> None:
    """exiftool and pdfinfo name no author, no place, and no date but neutral ones."""
    file = folder / f"copy-{copy['name']}"
    file.write_bytes(content)
    for tag, value in tags_of(file).items():
        group, _, name = tag.partition(":")
        if group in {"System", "ExifTool", "SourceFile"}:
            continue
        telling = ("author", "creator", "producer", "artist", "serial", "gps", "date", "make")
        neutral = str(value).startswith(("0000:00:00", "1980:01:01"))
        assert neutral or not any(word in name.lower() for word in telling), (tag, value)
    if copy["media_type"] == "application/pdf":
        said = subprocess.run(
            ["pdfinfo", str(file)], capture_output=True, text=True, check=True, timeout=60
        )
        told = {line.partition(":")[0] for line in said.stdout.splitlines()}
        assert told.isdisjoint({"Author", "Creator", "Producer", "CreationDate", "ModDate"})
        assert said.stderr == ""
