"""`vasistas check`, and the limits of a desk, as commands."""

import json
from pathlib import Path

import pytest

from tests.admin.conftest import Command, KeyFiles


def test_nothing_is_wrong_with_a_new_instance(vasistas: Command) -> None:
    said = vasistas("check")
    assert said.code == 0
    assert said.out.startswith("Nothing is wrong.\nEnd of the history: ")


def test_a_problem_is_told_in_a_sentence_and_by_the_exit_code(
    vasistas: Command, home: Path
) -> None:
    (home / "config.toml").chmod(0o644)
    said = vasistas("check")
    assert (said.code, said.err) == (1, "")
    assert "permissions: " in said.out
    listed = vasistas("check", "--json")
    assert listed.code == 1
    (problem,) = json.loads(listed.out)["problems"]
    assert problem["check"] == "permissions"


def test_an_end_that_was_noted_is_looked_for(vasistas: Command, keys: KeyFiles) -> None:
    end = json.loads(vasistas("check", "--json").out)["history"]
    vasistas("desk", "add", "nord", "--name", "Nord")
    vasistas("desk", "key", "add", "nord", keys.public)
    for noted in (end, end[:16], f"{end[:4]} {end[4:8]} {end[8:12]} {end[12:16].upper()}"):
        assert vasistas("check", "--history", noted).code == 0
    other = "0" * 16
    said = vasistas("check", "--history", other)
    assert said.code == 1
    assert "noted is not in the history" in said.out
    for wrong in ("", "abc", "x" * 16):
        assert vasistas("check", "--history", wrong).code == 2


@pytest.fixture
def desk(vasistas: Command) -> str:
    vasistas("desk", "add", "nord", "--name", "Nord")
    return "nord"


def test_retention_is_set_and_taken_away(vasistas: Command, desk: str) -> None:
    said = vasistas("desk", "retention", desk, "--collected", "30", "--arrived", "90")
    assert said.code == 0
    assert "30 days after they were collected and 90 days after they arrived" in said.out
    assert vasistas("desk", "retention", desk, "--arrived", "9").code == 0
    off = vasistas("desk", "retention", desk, "--off")
    assert "deletes nothing by itself" in off.out


@pytest.mark.parametrize("words", [[], ["--off", "--arrived", "3"], ["--arrived", "x"]])
def test_retention_used_wrongly(vasistas: Command, desk: str, words: list[str]) -> None:
    assert vasistas("desk", "retention", desk, *words).code == 2


@pytest.mark.parametrize("days", ["0", "-1", "3651", str(1 << 70)])
def test_days_that_are_none(vasistas: Command, desk: str, days: str) -> None:
    said = vasistas("desk", "retention", desk, "--arrived", days)
    assert said.code == 1
    assert "from 1 to 3650" in said.err


def test_a_quota_is_set_and_taken_away(vasistas: Command, desk: str) -> None:
    assert "at most 200 deliveries a day" in vasistas("desk", "quota", desk, "200").out
    assert "any number" in vasistas("desk", "quota", desk, "--off").out
    assert vasistas("desk", "quota", desk).code == 2
    assert vasistas("desk", "quota", desk, "5", "--off").code == 2
    assert vasistas("desk", "quota", desk, "0").code == 1


@pytest.mark.parametrize("words", [["retention", "sud", "--off"], ["quota", "sud", "3"]])
def test_limits_of_a_desk_that_is_not_there(vasistas: Command, words: list[str]) -> None:
    said = vasistas("desk", *words)
    assert said.code == 1
    assert "no desk of that name" in said.err
