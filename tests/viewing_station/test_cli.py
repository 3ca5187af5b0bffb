"""The command line: help everywhere, exit codes, and one sentence for what went wrong."""

import os
import subprocess
import sys
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from tests.viewing_station.reviewer import PASSPHRASE, Reviewer
from viewing_station.cli import station

RUN = [sys.executable, "-c", "from viewing_station.cli import main; main()"]

COMMANDS = [
    ["init"],
    ["open"],
    ["threads"],
    ["show"],
    ["export"],
    ["search"],
    ["label"],
    ["note"],
    ["assign"],
    ["star"],
    ["mute"],
    ["reply"],
    ["discard"],
    ["forget"],
    ["courier"],
    ["key"],
    ["key", "new"],
    ["key", "list"],
    ["key", "retire"],
    ["key", "confirm"],
    ["key", "backup"],
    ["key", "restore"],
    ["key", "calendar"],
    ["key", "tidy"],
    ["key", "courier"],
    ["rewrap"],
    ["backup"],
    ["restore"],
    ["instance"],
    ["instance", "set"],
    ["announcement-key"],
    ["announce"],
    ["export", "uwazi"],
    ["export", "folder"],
    ["export", "post"],
    ["export", "drive"],
    ["publish"],
    ["publish", "new"],
    ["publish", "edit"],
    ["publish", "list"],
    ["publish", "show"],
    ["publish", "ready"],
    ["publish", "draft"],
    ["publish", "drop"],
    ["passphrase"],
    ["view"],
    ["members"],
    ["tools"],
    ["inspect"],
    ["clean"],
    ["copies"],
]


def test_these_are_the_commands() -> None:
    assert sorted(station.commands) == sorted({words[0] for words in COMMANDS})


@pytest.mark.parametrize("words", [[], *COMMANDS])
def test_each_has_help(words: list[str]) -> None:
    result = CliRunner().invoke(station, [*words, "--help"])
    assert result.exit_code == 0
    assert result.stdout.startswith("Usage: viewing-station")


@pytest.mark.parametrize(
    "words", [["dance"], ["open"], ["threads", "--colour"], ["show", "a", "b"], ["threads"]]
)
def test_wrong_usage_is_2(words: list[str]) -> None:
    assert CliRunner(env={"VIEWING_STATION_HOME": None}).invoke(station, words).exit_code == 2


def test_a_missing_file_is_one_sentence(reviewer: Reviewer) -> None:
    assert reviewer.refusal("open", "/nowhere/at all") == (
        "No such file or directory: /nowhere/at all."
    )


def run(folder: Path, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the program as a process of its own."""
    everything = os.environ | {"VIEWING_STATION_HOME": str(folder / "none")} | environment
    return subprocess.run(
        [*RUN, *words], env=everything, capture_output=True, text=True, check=False, timeout=60
    )


def test_a_failure_is_1_and_one_sentence(tmp_path: Path) -> None:
    done = run(tmp_path, "threads")
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr == (
        f"error: There is no viewing station in {tmp_path}/none: "
        "`viewing-station init` makes one.\n"
    )


def test_colours_are_for_terminals_that_want_them(tmp_path: Path) -> None:
    coloured = run(tmp_path, "threads", FORCE_COLOR="1", TERM="xterm-256color")
    assert "\x1b[1;31m" in coloured.stderr
    plain = run(tmp_path, "threads", FORCE_COLOR="1", NO_COLOR="1", TERM="xterm-256color")
    assert "\x1b[1;31m" not in plain.stderr
    assert "31m" not in plain.stderr


def test_no_passphrase_stands_in_a_command_line_or_a_setting() -> None:
    options = [
        parameter
        for command in (station, *station.commands.values())
        for parameter in command.params
        if isinstance(parameter, click.Option)
    ]
    secret = [option.name for option in options if "passphrase" in (option.name or "")]
    assert all((name or "").endswith("passphrase_file") for name in secret)
    assert PASSPHRASE not in os.environ.values()
