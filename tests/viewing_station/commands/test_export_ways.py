"""`export THREAD DIR` is what it was, whatever stands beside it."""

from pathlib import Path

import pytest

from crypto.wordlists import words
from tests.viewing_station.reviewer import Reviewer
from tests.viewing_station.small_server import SmallServer, Source
from viewing_station.commands.export import export


@pytest.mark.parametrize("before", [[], ["--json"]])
def test_a_thread_is_exported_by_its_id_its_beginning_and_its_name(
    reviewer: Reviewer, server: SmallServer, source: Source, tmp_path: Path, before: list[str]
) -> None:
    reviewer.open(server.bundle(server.receive(source, "Bonjour")))
    [thread] = reviewer.json("threads")
    for name in (thread["id"], thread["id"][:4], thread["name"], thread["name"].replace("-", " ")):
        reviewer.run("export", *before, name, str(tmp_path / name))
        assert [path.read_text() for path in (tmp_path / name).rglob("message.txt")] == ["Bonjour"]


def test_no_thread_can_be_called_as_a_way_is() -> None:
    assert set(export.commands) == {"uwazi", "folder", "post", "drive"}
    for name in export.commands:
        assert "-" not in name  # a friendly name has two words and a hyphen
        assert not set(name) <= set("0123456789abcdef")  # and an id is hexadecimal
    assert not [word for word in words("en") if "-" in word]


def test_help_says_both(reviewer: Reviewer) -> None:
    told = reviewer.run("export", "--help").stdout
    assert "export [OPTIONS] THREAD DIR" in told
    assert "--json" in told
    assert "it writes publications instead" in " ".join(told.split())
    for name in export.commands:
        assert f"\n  {name}" in told
    assert "export uwazi [OPTIONS] DIR" in reviewer.run("export", "uwazi", "--help").stdout


@pytest.mark.parametrize(
    "given", [[], ["abcd"], ["abcd", "x", "y"], ["uwazi"], ["folder", "a", "b"]]
)
def test_wrong_usage_is_told_as_such(reviewer: Reviewer, given: list[str]) -> None:
    assert "Usage: viewing-station export" in reviewer.run("export", *given, code=2).stderr


def test_options_before_the_way_are_wrong_usage(reviewer: Reviewer, tmp_path: Path) -> None:
    told = reviewer.run("export", "--json", "uwazi", str(tmp_path / "x"), code=2).stderr
    assert "The options of `export uwazi` stand behind that word." in told


def test_the_default_mapping_is_printed_without_a_passphrase(reviewer: Reviewer) -> None:
    told = reviewer.run("export", "uwazi", "--print-mapping").stdout
    assert "[properties]" in told
