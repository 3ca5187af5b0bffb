"""The passphrase: asked for, read from a file, and never too short."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.viewing_station.conftest import new_reviewer
from tests.viewing_station.reviewer import PASSPHRASE, Reviewer
from tests.viewing_station.small_server import SmallServer
from viewing_station.cli import station


def typed(reviewer: Reviewer, *words: str, text: str) -> tuple[int, str]:
    """Run a command whose passphrase is typed."""
    result = CliRunner().invoke(station, ["--home", str(reviewer.home), *words], input=text)
    return result.exit_code, result.output


def test_a_wrong_passphrase_opens_nothing(reviewer: Reviewer) -> None:
    reviewer.passphrase_file.write_text("another passphrase altogether")
    assert reviewer.refusal("threads") == "That is not this station's passphrase."


@pytest.mark.parametrize("end", ["", "\n", "\r\n"])
def test_a_line_end_is_no_part_of_it(reviewer: Reviewer, end: str) -> None:
    reviewer.passphrase_file.write_bytes((PASSPHRASE + end).encode())
    assert reviewer.json("threads") == []


@pytest.mark.parametrize("content", [b"", b"\n", b"\xff\xfe"])
def test_a_file_without_one_is_told(reviewer: Reviewer, content: bytes) -> None:
    reviewer.passphrase_file.write_bytes(content)
    assert reviewer.refusal("threads").startswith("No passphrase was given")


def test_a_missing_file_is_told(reviewer: Reviewer) -> None:
    reviewer.passphrase_file.unlink()
    assert reviewer.refusal("threads").startswith("No such file")


def test_it_can_be_typed_and_is_not_shown(reviewer: Reviewer) -> None:
    code, output = typed(reviewer, "threads", text=PASSPHRASE + "\n")
    assert code == 0
    assert "Passphrase: " in output
    assert PASSPHRASE not in output


def test_no_passphrase_is_asked_where_there_is_no_station(tmp_path: Path) -> None:
    code, output = typed(new_reviewer(tmp_path), "threads", text="")
    assert code == 1
    assert "Passphrase" not in output


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (f"{PASSPHRASE}\n{PASSPHRASE}\n", 0),
        (f"{PASSPHRASE}\nanother one\n{PASSPHRASE}\n{PASSPHRASE}\n", 0),
        ("eleven char\neleven char\n", 1),
    ],
)
def test_a_new_one_is_typed_twice(
    tmp_path: Path, server: SmallServer, text: str, code: int
) -> None:
    newcomer = new_reviewer(tmp_path)
    identity = tmp_path / "instance.json"
    identity.write_bytes(server.identity.encode())
    found = typed(newcomer, "init", "--desk", "demo", "--instance", str(identity), text=text)
    assert found[0] == code, found[1]
    assert newcomer.home.exists() is (code == 0)


def test_a_new_one_must_be_long_enough(tmp_path: Path, server: SmallServer) -> None:
    newcomer = new_reviewer(tmp_path)
    newcomer.passphrase_file.write_text("éleven char\n")
    identity = tmp_path / "instance.json"
    identity.write_bytes(server.identity.encode())
    told = newcomer.refusal("init", "--desk", "demo", "--instance", str(identity))
    assert "12 characters at least" in told
    assert not newcomer.home.exists()
