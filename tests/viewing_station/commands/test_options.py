"""Which station a command is for may be said in three places."""

from pathlib import Path

from click.testing import CliRunner

from tests.viewing_station.reviewer import Reviewer
from viewing_station.cli import station


def test_the_options_may_stand_behind_the_command(reviewer: Reviewer) -> None:
    words = ["threads", "--json", "--home", str(reviewer.home)]
    words += ["--passphrase-file", str(reviewer.passphrase_file)]
    assert CliRunner().invoke(station, words).stdout == "[]\n"


def test_the_environment_may_name_the_station(reviewer: Reviewer) -> None:
    environment = {
        "VIEWING_STATION_HOME": str(reviewer.home),
        "VIEWING_STATION_PASSPHRASE_FILE": str(reviewer.passphrase_file),
    }
    assert CliRunner(env=environment).invoke(station, ["threads", "--json"]).stdout == "[]\n"


def test_what_stands_nearer_counts(reviewer: Reviewer, tmp_path: Path) -> None:
    words = ["--home", str(tmp_path / "none"), "threads", "--json", "--home", str(reviewer.home)]
    words += ["--passphrase-file", str(reviewer.passphrase_file)]
    environment = {"VIEWING_STATION_HOME": str(tmp_path / "nowhere")}
    assert CliRunner(env=environment).invoke(station, words).stdout == "[]\n"
