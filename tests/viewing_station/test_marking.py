"""Marks are put on threads and taken off, within limits, by a call or a command."""

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crypto.secret import Secret
from tests.viewing_station.reviewer import PASSPHRASE, Reviewer
from tests.viewing_station.small_server import SmallServer, Source
from viewing_station.errors import BadMarkError, LongMarkError, ManyLabelsError
from viewing_station.marking import (
    LABEL_LIMIT,
    LABELS_LIMIT,
    NAME_LIMIT,
    NOTE_LIMIT,
    assign,
    change_labels,
    mute,
    read_note,
    set_note,
    star,
)
from viewing_station.marks import Marks
from viewing_station.station import Station, open_station

THREAD = "ab" * 16


@pytest.fixture
def station(reviewer: Reviewer) -> Iterator[Station]:
    with open_station(reviewer.home, Secret(PASSPHRASE.encode())) as station:
        yield station


@pytest.fixture
def threads(reviewer: Reviewer, server: SmallServer) -> list[str]:
    """Open a delivery of each of three sources; return their threads, newest first."""
    for number in range(3):
        reviewer.open(server.bundle(server.receive(Source(), f"lettre {number}")))
    return [thread["id"] for thread in reviewer.json("threads")]


def test_a_label_is_the_same_in_any_case_and_with_any_accent(station: Station) -> None:
    assert change_labels(station, THREAD, add=["Métro", "  à   vérifier "]).labels == (
        "à vérifier",
        "Métro",
    )
    assert change_labels(station, THREAD, add=["METRO"]).labels == ("à vérifier", "Métro")
    assert change_labels(station, THREAD, add=["x"], remove=["metro", "absent"]).labels == (
        "à vérifier",
        "x",
    )
    assert station.marks.get(THREAD).labels == ("à vérifier", "x")


def test_marks_stand_beside_one_another(station: Station) -> None:
    change_labels(station, THREAD, add=["Lyon"])
    set_note(station, THREAD, "Deux\r\nlignes\n")
    assign(station, THREAD, " Camille ")
    star(station, THREAD)
    marks = mute(station, THREAD)
    assert marks == Marks(THREAD, ("Lyon",), "Deux\nlignes", "Camille", starred=True, muted=True)
    assert station.marks.get(THREAD) == marks
    assign(station, THREAD, "")
    set_note(station, THREAD, " ")
    star(station, THREAD, on=False)
    mute(station, THREAD, on=False)
    assert change_labels(station, THREAD, remove=["lyon"]) == Marks(THREAD)
    assert list(station.marks.all()) == []


def test_what_is_too_much_changes_nothing(station: Station) -> None:
    kept = change_labels(station, THREAD, add=["a" * LABEL_LIMIT, "b"])
    for add in (["a" * (LABEL_LIMIT + 1)], ["c", ""], ["\u0301"], ["\udcff"]):
        with pytest.raises((BadMarkError, LongMarkError)):
            change_labels(station, THREAD, add=add)
    with pytest.raises(ManyLabelsError):
        change_labels(station, THREAD, add=[f"l{number}" for number in range(LABELS_LIMIT - 1)])
    with pytest.raises(LongMarkError):
        assign(station, THREAD, "n" * (NAME_LIMIT + 1))
    with pytest.raises(LongMarkError):
        set_note(station, THREAD, "n" * (NOTE_LIMIT + 1))
    assert station.marks.get(THREAD) == kept
    assert len(set_note(station, THREAD, "é" * NOTE_LIMIT).note) == NOTE_LIMIT


def test_a_note_is_utf_8(station: Station) -> None:
    assert read_note("\ufeffné".encode()) == "né"
    with pytest.raises(BadMarkError):
        read_note(b"\xff")
    with pytest.raises(LongMarkError):
        read_note(b"x" * (4 * NOTE_LIMIT + 6))


@given(st.lists(st.text(), max_size=30), st.text())
def test_no_text_breaks_a_mark(labels: list[str], name: str) -> None:
    """What is refused is refused in a sentence; what is taken comes back the same."""

    class Nothing:
        """A station that only remembers."""

        def __init__(self) -> None:
            self.records = self.marks = self
            self.kept = Marks(THREAD)

        def change(self) -> "Nothing":
            return self

        def __enter__(self) -> None: ...

        def __exit__(self, *_: object) -> None: ...

        def get(self, _thread: str) -> Marks:
            return self.kept

        def put(self, marks: Marks) -> None:
            self.kept = marks

    station = Nothing()
    try:
        taken = change_labels(station, THREAD, add=labels).labels  # type: ignore[arg-type]
    except (BadMarkError, LongMarkError, ManyLabelsError):
        assert station.kept == Marks(THREAD)
    else:
        assert change_labels(station, THREAD, add=taken).labels == taken  # type: ignore[arg-type]
        assert change_labels(station, THREAD, remove=taken).labels == ()  # type: ignore[arg-type]


def test_commands_mark_and_lists_show_it(reviewer: Reviewer, threads: list[str]) -> None:
    first, second, third = threads
    assert reviewer.json("label", first, "--add", "Lyon", "--add", "son")["labels"] == [
        "Lyon",
        "son",
    ]
    reviewer.run("note", first, text="Appeler.")
    reviewer.run("assign", second[:8], "Camille")
    reviewer.run("star", second)
    reviewer.run("mute", third)
    listed = {thread["id"]: thread for thread in reviewer.json("threads")}
    assert list(listed) == [first, second, third]
    assert (listed[first]["labels"], listed[first]["note"]) == (["Lyon", "son"], "Appeler.")
    assert (listed[second]["assignee"], listed[second]["starred"]) == ("Camille", True)
    assert listed[third]["muted"] is True
    shown = reviewer.run("threads").stdout
    assert "#Lyon #son noted" in shown
    assert "★" in shown
    assert "for Camille" in shown
    assert listed[third]["name"] not in shown
    assert "1 muted thread, 1 unread: --all lists them." in shown
    assert listed[third]["name"] in reviewer.run("threads", "--all").stdout.splitlines()[-1]


@pytest.mark.parametrize(
    ("words", "places"),
    [
        (["--starred"], [1]),
        (["--label", "LYON"], [0, 1]),
        (["--label", "lyon", "--label", "son"], [0]),
        (["--assigned", "camille"], [1]),
        (["--assigned", ""], [0, 2]),
        (["--new"], [1, 2]),
        (["--new", "--label", "lyon"], [1]),
        (["--label", "nowhere"], []),
    ],
)
def test_a_list_can_be_narrowed(
    reviewer: Reviewer, threads: list[str], words: list[str], places: list[int]
) -> None:
    reviewer.run("label", threads[0], "--add", "Lyon", "--add", "son")
    reviewer.run("label", threads[1], "--add", "Lyon")
    reviewer.run("assign", threads[1], "Camille")
    reviewer.run("star", threads[1])
    reviewer.run("show", threads[0])
    found = [thread["id"] for thread in reviewer.json("threads", *words)]
    assert found == [threads[place] for place in places]
    if not places:
        assert reviewer.run("threads", *words).stdout == "No thread is like that.\n"


def test_a_thread_is_shown_with_its_marks_and_numbers(
    reviewer: Reviewer, server: SmallServer, source: Source
) -> None:
    reviewer.open(server.bundle(server.receive(source, "x", {"b.txt": b"b", "a.txt": b"a"})))
    thread = reviewer.thread()
    reviewer.run("note", thread, text="Une\n\x1b[2Jnote")
    reviewer.run("label", thread, "--add", "son")
    reviewer.run("star", thread)
    shown = reviewer.run("show", thread).stdout
    assert "★ starred  #son" in shown
    assert "  | Une\n  | ⟨U+001B⟩[2Jnote\n" in shown
    assert [line.split()[:2] for line in shown.splitlines() if ".txt" in line] == [
        ["1", "b.txt"],
        ["2", "a.txt"],
    ]
    told = reviewer.json("show", thread)
    assert (told["labels"], told["starred"], told["assignee"]) == (["son"], True, "")
    [entry] = told["entries"]
    assert [(file["number"], file["name"]) for file in entry["files"]] == [
        (1, "b.txt"),
        (2, "a.txt"),
    ]


def test_marks_can_be_taken_off_by_commands(reviewer: Reviewer, threads: list[str]) -> None:
    thread = threads[0]
    reviewer.run("note", thread, text="x")
    reviewer.run("assign", thread, "Camille")
    reviewer.run("star", thread)
    reviewer.run("mute", thread)
    reviewer.run("note", thread, "--clear")
    reviewer.run("assign", thread, "--nobody")
    reviewer.run("star", thread, "--off")
    assert "no marks" in reviewer.run("mute", thread, "--off").stdout


@pytest.mark.parametrize(
    "words",
    [
        ["assign", "x"],
        ["assign", "x", "n", "--nobody"],
        ["note", "x", "--clear", "--text-file", "y"],
    ],
)
def test_a_call_that_means_two_things_is_wrong_usage(reviewer: Reviewer, words: list[str]) -> None:
    reviewer.run(*words, code=2)


def test_marks_are_refused_in_one_sentence(reviewer: Reviewer, threads: list[str]) -> None:
    assert "longer than 40" in reviewer.refusal("label", threads[0], "--add", "x" * 41)
    assert "is empty" in reviewer.refusal("assign", threads[0], "\u0301")
    assert "No thread here" in reviewer.refusal("star", "nobody-here")
