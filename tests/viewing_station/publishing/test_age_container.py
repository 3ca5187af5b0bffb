"""What age is given stays between it and us, and what breaks off never opens."""

import subprocess
from pathlib import Path

import pytest

from crypto.secret import Secret
from tests.viewing_station.publishing.test_nothing_goes_along import age_key
from viewing_station.errors import ContainerError
from viewing_station.publishing.age_container import check_recipients, seal_with_age


def test_input_that_breaks_off_is_never_a_whole_container(tmp_path: Path) -> None:
    identity, recipient = age_key(tmp_path)

    def breaking() -> object:
        yield bytes(1 << 20)
        raise ValueError("the disk broke")

    with (tmp_path / "x").open("wb") as sink, pytest.raises(ValueError, match="the disk broke"):
        seal_with_age(breaking(), sink, check_recipients([recipient]))
    command = ["age", "--decrypt", "-i", str(identity), str(tmp_path / "x")]
    assert subprocess.run(command, capture_output=True, check=False).returncode != 0


@pytest.mark.parametrize("phrase", ["x" * 2000, "several words\x03 and more", "two\nlines of it"])
def test_a_passphrase_that_no_terminal_takes_is_refused(tmp_path: Path, phrase: str) -> None:
    with (tmp_path / "x").open("wb") as sink, pytest.raises(ContainerError, match="passphrase"):
        seal_with_age(iter([b"x"]), sink, Secret(phrase.encode()))


def test_no_passphrase_is_seen_in_the_process_list(tmp_path: Path) -> None:
    seen = []

    def looking() -> object:
        yield b"x"
        listing = subprocess.run(["ps", "axeww"], capture_output=True, check=True).stdout.decode()
        seen.append([line for line in listing.splitlines() if "age --encrypt" in line])
        seen.append(listing)

    with (tmp_path / "x").open("wb") as sink:
        seal_with_age(looking(), sink, Secret(b"walrusphrase of words"))
    assert seen[0]
    assert "walrusphrase" not in seen[1]
