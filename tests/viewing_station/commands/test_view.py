"""A reviewer looks at what came, and nothing of it is opened on the station itself."""

import json
import os
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path

import pikepdf
import pytest

from tests.viewing_station.looking import hostile_documents as hostile
from tests.viewing_station.reviewer import Reviewer
from tests.viewing_station.small_server import SmallServer, Source
from viewing_station import sandbox
from viewing_station.sandbox import Tool

NAMES = {
    "marché.pdf": hostile.saved(hostile.pdf(3)),
    "note\x1b[31m\u202egpj.txt".replace("\x1b", "_").replace("\u202e", "_"): b"Quelques mots.",
    "vide.pdf": b"",
    "dossier.zip": hostile.zipped(
        {
            "lot 1.txt": "Lot 1",
            "dedans.zip": hostile.zipped({"../fond.pdf": hostile.saved(hostile.pdf(2))}),
            "/etc/\x1b[2Jpasswd": "x",
        }
    ),
    "bombe.png": hostile.png(60_000, 60_000),
}


@pytest.fixture
def handle(reviewer: Reviewer, server: SmallServer, source: Source) -> str:
    envelopes = server.receive(source, "Voici.", NAMES)
    reviewer.open(server.bundle(envelopes))
    return envelopes[0].entry.delivery


def test_a_document_becomes_a_pdf_that_says_nothing_of_it(
    reviewer: Reviewer, handle: str, tmp_path: Path
) -> None:
    file = tmp_path / "seen.pdf"
    shown = reviewer.run("view", handle, "marché.pdf", "--to", str(file)).stdout
    assert "marché.pdf (PDF): 3 pages" in shown
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    with pikepdf.open(file) as copy:
        assert len(copy.pages) == 3
        assert "/Info" not in copy.trailer
        assert "/Metadata" not in copy.Root
    assert os.listdir(tmp_path / "station" / "files")  # noqa: PTH208  the original is untouched


def test_what_stands_there_is_left_unless_forced(
    reviewer: Reviewer, handle: str, tmp_path: Path
) -> None:
    file = tmp_path / "seen.pdf"
    file.write_text("mine")
    assert "exists already" in reviewer.refusal("view", handle, "1", "--to", str(file))
    assert file.read_text() == "mine"
    reviewer.run("view", handle, "1", "--to", str(file), "--force")
    assert file.read_bytes().startswith(b"%PDF")


def test_one_that_fails_leaves_nothing(reviewer: Reviewer, handle: str, tmp_path: Path) -> None:
    file = tmp_path / "there" / "seen.pdf"
    file.parent.mkdir()
    sentence = reviewer.refusal("view", handle, "vide.pdf", "--to", str(file))
    assert sentence == "The file is empty."
    assert not list(file.parent.iterdir())


def test_its_words_are_read(reviewer: Reviewer, handle: str, tmp_path: Path) -> None:
    file = tmp_path / "seen.pdf"
    told = reviewer.json("view", handle, "2", "--to", str(file), "--text")
    assert (told["kind"], told["pages"], told["trouble"]) == ("text", 1, None)
    assert "Quelques mots" in told["text"]
    words = subprocess.run(["pdftotext", str(file), "-"], check=True, capture_output=True).stdout
    assert "Quelques mots" in words.decode()
    assert handle in reviewer.run("search", "Quelques").stdout


def test_of_all_the_others_go_on_and_the_exit_code_tells(
    reviewer: Reviewer, handle: str, tmp_path: Path
) -> None:
    folder = tmp_path / "seen"
    done = reviewer.run("view", handle, "--all", "--to", str(folder), code=1)
    assert sorted(path.name for path in folder.iterdir()) == [
        "001 marché.pdf",
        "002 note_[31m_gpj.pdf",
    ]
    assert "vide.pdf: The file is empty." in done.stderr
    assert "bombe.png: It says that it has more pixels" in done.stderr
    assert "dossier.zip: It is an archive" in done.stdout
    again = reviewer.run("view", handle, "--all", "--to", str(folder), code=1)
    assert again.stdout.count("it was looked at before") == 2
    assert len(list(folder.iterdir())) == 2


def test_members_are_listed_and_viewed_through_archives(
    reviewer: Reviewer, handle: str, tmp_path: Path
) -> None:
    shown = reviewer.run("members", handle, "dossier.zip").stdout
    assert "3 members" in shown
    assert "\x1b" not in shown
    assert "⟨U+001B⟩[2Jpasswd" in shown
    assert "its path is absolute" in shown
    [inner] = reviewer.json("members", handle, "4", "--member", "dedans.zip")["members"]
    assert inner["remarks"] == ["its path leads out of its folder"]
    file = tmp_path / "fond.pdf"
    way = ["--member", "dedans.zip", "--member", "1"]
    told = reviewer.json("view", handle, "4", *way, "--to", str(file))
    assert told["pages"] == 2
    assert len(pikepdf.open(file).pages) == 2


def test_members_are_followed_so_deep_and_no_deeper(
    reviewer: Reviewer, server: SmallServer, source: Source, tmp_path: Path
) -> None:
    nested = hostile.zipped({"x.txt": "x"})
    for _ in range(8):
        nested = hostile.zipped({"x.zip": nested})
    envelopes = server.receive(source, "", {"x.zip": nested})
    reviewer.open(server.bundle(envelopes))
    way = [word for _ in range(6) for word in ("--member", "1")]
    delivery = envelopes[0].entry.delivery
    sentence = reviewer.refusal("view", delivery, "1", *way, "--to", str(tmp_path / "x.pdf"))
    assert sentence == "Members within members are followed 5 deep, and no deeper."


@pytest.mark.parametrize("words", [[], ["1", "--all"], ["--all", "--member", "1"]])
def test_what_makes_no_sense_is_wrong_usage(
    reviewer: Reviewer, handle: str, tmp_path: Path, words: list[str]
) -> None:
    reviewer.run("view", handle, *words, "--to", str(tmp_path / "x"), code=2)


def test_without_a_tool_the_station_reads_on_and_says_what_lacks(
    reviewer: Reviewer, handle: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sandbox, "BUBBLEWRAP", Tool("no-bwrap", "bubblewrap"))
    sentence = reviewer.refusal("view", handle, "1", "--to", str(tmp_path / "x.pdf"))
    assert sentence == ("no-bwrap is not installed here: the Debian package bubblewrap brings it.")
    reviewer.run("show", reviewer.thread())


def test_the_tools_are_listed_without_a_station(
    reviewer: Reviewer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assert all(tool["here"] for tool in reviewer.json("tools"))
    monkeypatch.setenv("PATH", str(tmp_path))
    shown = reviewer.run("tools", code=1).stdout
    assert "soffice    lacks" in shown
    assert "install libreoffice-writer-nogui" in shown
    listed = json.loads(reviewer.run("tools", "--json", code=1).stdout)
    assert not any(tool["here"] for tool in listed)


def test_a_ctrl_c_ends_it_and_leaves_nothing(
    reviewer: Reviewer, server: SmallServer, source: Source, tmp_path: Path
) -> None:
    envelopes = server.receive(source, "", {"x.pdf": hostile.pdf_of_many_pages(5000)})
    reviewer.open(server.bundle(envelopes))
    folder = tmp_path / "there"
    folder.mkdir()
    given = ["--home", str(reviewer.home), "--passphrase-file", str(reviewer.passphrase_file)]
    words = ["view", envelopes[0].entry.delivery, "1", "--text", "--to", str(folder / "x.pdf")]
    cheap = "from crypto import store_key as s; s.PASSES, s.MEMORY = 1, 64 * 1024; "
    started = cheap + "from viewing_station.cli import main; main()"
    viewing = subprocess.Popen(
        [sys.executable, "-c", started, *given, *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    until = time.monotonic() + 60
    while not inside_of(viewing.pid):
        assert viewing.poll() is None, viewing.communicate()
        assert time.monotonic() < until
        time.sleep(0.05)
    viewing.send_signal(signal.SIGINT)
    viewing.communicate(timeout=60)
    assert viewing.returncode == 1
    assert not list(folder.iterdir())
    assert not inside_of(viewing.pid)


def inside_of(process: int) -> list[str]:
    """Return the sandboxes that a process started."""
    listing = subprocess.run(
        ["ps", "-o", "args=", "--ppid", str(process)], capture_output=True, text=True, check=False
    ).stdout
    return [line for line in listing.splitlines() if line.startswith("bwrap")]


def test_no_name_of_the_source_stands_in_a_list_of_processes(
    reviewer: Reviewer, handle: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[str] = []
    start = subprocess.Popen

    def noting(command: list[str], **given: object) -> object:
        seen.extend(command)
        return start(command, **given)  # type: ignore[call-overload]

    monkeypatch.setattr(sandbox.subprocess, "Popen", noting)
    file = tmp_path / "seen.pdf"
    reviewer.run("view", handle, "4", "--member", "lot 1.txt", "--to", str(file), "--text")
    assert "bwrap" in seen
    assert not [word for word in seen if "lot 1" in word or "dossier" in word]
