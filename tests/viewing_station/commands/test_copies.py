"""The copies are listed, shown, written out and dropped."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.viewing_station.cleaning.desk import Desk, desk_with
from tests.viewing_station.inspecting import betraying
from tests.viewing_station.reviewer import Reviewer
from tests.viewing_station.small_server import SmallServer

PLAN = "plan.png"
ESCAPES = "\x1b]0;titre\x07\x1b[2J\u202emdurand"


@pytest.fixture
def desk(reviewer: Reviewer, server: SmallServer) -> Desk:
    return desk_with(
        reviewer, server, {"photo.jpg": betraying.jpeg(), PLAN: betraying.png(Author=ESCAPES)}
    )


@pytest.fixture
def copy(desk: Desk) -> Any:
    return desk.clean("photo.jpg", "--method", "metadata")


def test_they_are_listed_of_all_threads_and_of_one(desk: Desk, copy: Any) -> None:
    thread = desk.reviewer.thread()
    assert copy["thread"] == thread
    for words in (["copies"], ["copies", thread], ["copies", "list", thread[:6]]):
        [listed] = desk.reviewer.json(*words)
        assert listed == {name: value for name, value in copy.items() if name != "possible"}
    said = desk.reviewer.run("copies").stdout
    assert "document-1.jpg" in said
    assert "nothing found" in said


def test_none_are_listed_where_there_are_none(desk: Desk) -> None:
    assert "No copies yet" in desk.reviewer.run("copies").stdout
    assert desk.reviewer.json("copies") == []


def test_one_is_shown_with_its_original(desk: Desk, copy: Any) -> None:
    said = desk.reviewer.run("copies", "show", copy["id"][:8]).stdout
    for fact in ("document-1.jpg", "photo.jpg", copy["sha256"], copy["original"], desk.handle):
        assert fact in said
    assert "nothing was found that tells of its author" in said


def test_one_is_written_out_for_its_owner_alone(desk: Desk, copy: Any, tmp_path: Path) -> None:
    file = tmp_path / "out.jpg"
    desk.reviewer.run("copies", "export", copy["id"], str(file))
    assert file.stat().st_mode & 0o777 == 0o600
    assert file.stat().st_size == copy["size"]


@pytest.mark.parametrize("link", [False, True])
def test_nothing_is_written_over(desk: Desk, copy: Any, tmp_path: Path, *, link: bool) -> None:
    file, other = tmp_path / "out.jpg", tmp_path / "other"
    other.write_text("mine")
    if link:
        file.symlink_to(other)
    else:
        file.write_text("mine")
    words = ["copies", "export", copy["id"], str(file)]
    assert "exists already" in desk.reviewer.refusal(*words)
    assert other.read_text() == "mine"


def test_one_is_dropped_and_its_original_stays(desk: Desk, copy: Any) -> None:
    kept = len(list((desk.reviewer.home / "files").iterdir()))
    desk.reviewer.run("copies", "drop", copy["id"])
    assert desk.reviewer.json("copies") == []
    assert len(list((desk.reviewer.home / "files").iterdir())) == kept - 1
    assert desk.inspect("photo.jpg")


@pytest.mark.parametrize("wanted", ["", "abc", "zzzz", "0" * 32])
def test_one_that_is_not_here_is_said(desk: Desk, copy: Any, wanted: str) -> None:
    assert "`viewing-station copies` lists them" in desk.reviewer.refusal("copies", "show", wanted)


def test_values_reach_no_terminal_raw(desk: Desk) -> None:
    desk.clean("2", "--method", "metadata")
    copy = desk.reviewer.json("copies")[0]["id"]
    assert any("mdurand" in sentence for sentence in desk.inspect("2"))
    for words in (["copies"], ["inspect", desk.handle], ["copies", "show", copy]):
        said = desk.reviewer.run(*words).stdout
        assert "\x1b" not in said
        assert "\u202e" not in said
        assert "\x07" not in said


def test_json_is_ascii(desk: Desk) -> None:
    said = desk.reviewer.run("inspect", desk.handle, "--json").stdout
    assert said.isascii()
    assert [document["document"] for document in json.loads(said)] == ["photo.jpg", PLAN]
