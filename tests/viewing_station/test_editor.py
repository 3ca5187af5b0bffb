"""A reply can be written in an editor, and nothing of it touches a disk."""

import os
import stat
import sys
from pathlib import Path

import pytest

from tests.viewing_station.canaries import found_in
from tests.viewing_station.reviewer import Reviewer
from tests.viewing_station.small_server import SmallServer, Source
from viewing_station import editor
from viewing_station.editor import edited
from viewing_station.errors import EditorError, NoMemoryFolderError

SECRET = "canari-de-l-éditeur"


@pytest.fixture(autouse=True)
def in_memory() -> None:
    if not os.access(editor.SHARED_MEMORY, os.W_OK):
        pytest.skip("this machine has no folder in memory")


@pytest.fixture
def thread(reviewer: Reviewer, server: SmallServer, source: Source) -> str:
    reviewer.open(server.bundle(server.receive(source, "Bonjour")))
    return reviewer.thread()


def use(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, code: str) -> Path:
    """Make an editor of a few lines of Python; return where it tells of what it saw."""
    program, told = tmp_path / "editor.py", tmp_path / "told"
    head = f"import os, sys\nfile = sys.argv[1]\ntold = open({str(told)!r}, 'a')\n"
    program.write_text(head + code)
    monkeypatch.delenv("VISUAL", raising=False)
    monkeypatch.setenv("EDITOR", f"{sys.executable} {program}")
    return told


def test_what_was_written_is_sealed(
    reviewer: Reviewer, thread: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    use(monkeypatch, tmp_path, f"open(file, 'w').write({SECRET!r} + '\\n')")
    reviewer.run("reply", thread, "--edit")
    assert SECRET in reviewer.run("show", thread).stdout
    assert found_in(reviewer.home, [SECRET]) == []


def test_its_folder_is_private_in_memory_and_goes(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    code = (
        "open(os.path.expanduser('~/.history'), 'w').write('typed')\n"
        "open(file, 'w').write('x')\n"
        "status = os.stat(os.path.dirname(file))\n"
        "print(file, oct(status.st_mode), os.environ['HOME'], sys.argv[1:], file=told)"
    )
    told = use(monkeypatch, tmp_path, code)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))  # a disk: it must not be taken
    memory = editor._is_memory(tmp_path)
    assert edited("", "reply.txt", 10) == b"x"
    file, mode, home, *_ = told.read_text().split()
    assert Path(file).parent == Path(home)
    assert stat.S_IMODE(int(mode, 8)) == 0o700
    assert memory or not file.startswith(str(tmp_path))
    assert not Path(home).exists()


@pytest.mark.parametrize("code", ["sys.exit(1)", "os.unlink(file)"])
def test_an_editor_that_fails_seals_nothing(
    reviewer: Reviewer, thread: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, code: str
) -> None:
    use(monkeypatch, tmp_path, code)
    assert "nothing was sealed" in reviewer.refusal("reply", thread, "--edit")
    assert "is empty" in _refused_when(reviewer, thread, monkeypatch, tmp_path, "pass")
    assert len(reviewer.json("show", thread)["entries"]) == 1


def _refused_when(
    reviewer: Reviewer, thread: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, code: str
) -> str:
    use(monkeypatch, tmp_path, code)
    return reviewer.refusal("reply", thread, "--edit")


def test_a_text_that_is_too_long_goes_back_to_the_editor(
    reviewer: Reviewer, thread: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    code = "text = open(file).read()\nopen(file, 'w').write(text[:8000] if text else 'é' * 8001)"
    use(monkeypatch, tmp_path, code)
    told = reviewer.run("reply", thread, "--edit", text="y\n")
    assert "longer than 8,000" in told.stderr
    [reply] = [e for e in reviewer.json("show", thread)["entries"] if e["kind"] == "reply"]
    assert reply["text"] == "é" * 8000
    reviewer.run("reply", thread, "--edit", text="n\n", code=1)


def test_no_editor_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EDITOR", "/nowhere/editor")
    monkeypatch.delenv("VISUAL", raising=False)
    with pytest.raises(EditorError, match="/nowhere/editor could not be used"):
        edited("", "reply.txt", 10)


def test_no_memory_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(editor, "IN_MEMORY", ())
    with pytest.raises(NoMemoryFolderError):
        edited("", "reply.txt", 10)
