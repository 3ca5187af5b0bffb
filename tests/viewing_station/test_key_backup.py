"""Keys are backed up for plain gpg and for paper, and come back from each of them."""

import io
import os
import re
import signal
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from PIL import Image

from tests.crypto.conftest import NewHome
from tests.viewing_station.conftest import CHEAP
from tests.viewing_station.reviewer import Reviewer, agents_of
from tests.viewing_station.small_server import TODAY, SmallServer, Source
from tests.viewing_station.weekly import opened, sealed_on
from viewing_station.opener import opener

OWN = "the backup's own passphrase"


@pytest.fixture
def own(tmp_path: Path) -> list[str]:
    """Return the words that name the backup's passphrase."""
    file = tmp_path / "backup-passphrase"
    file.write_text(OWN + "\n")
    return ["--backup-passphrase-file", str(file)]


@pytest.fixture
def two_keys(reviewer: Reviewer) -> Reviewer:
    """Someone at a station with two keys, the older one retired."""
    [old] = fingerprints(reviewer)
    reviewer.run("key", "new")
    reviewer.run("key", "retire", old)
    return reviewer


def fingerprints(reviewer: Reviewer) -> list[str]:
    return [str(key["fingerprint"]) for key in reviewer.json("key", "list")]


def pictures(pdf: Path, folder: Path, dpi: int = 150) -> list[str]:
    """Print a sheet, and scan it."""
    folder.mkdir()
    command = ["pdftoppm", "-r", str(dpi), "-png", str(pdf), str(folder / "page")]
    subprocess.run(command, check=True)
    return sorted(str(path) for path in folder.iterdir())


def test_plain_gpg_opens_it_and_reads_with_it(
    two_keys: Reviewer, server: SmallServer, own: list[str], tmp_path: Path, new_home: NewHome
) -> None:
    two_keys.run("key", "backup", str(tmp_path / "keys.gpg"), *own)
    assert (tmp_path / "keys.gpg").stat().st_mode & 0o777 == 0o600
    reader = new_home(OWN)
    text = reader.gpg("--decrypt", given=(tmp_path / "keys.gpg").read_bytes())
    found = re.search(rb"^Passphrase: ([0-9a-f]{64})$", text, re.MULTILINE)
    assert found is not None
    plain = new_home(found[1].decode())
    plain.gpg("--import", given=text)
    for keys in (server, server.with_keys((two_keys.home / "demo-openpgp.asc").read_text())):
        opened = plain.run("--decrypt", given=keys.seal_bytes(b"plain"))
        assert opened.stdout == b"plain"


def test_another_station_takes_them_in_and_opens_with_them(
    two_keys: Reviewer, stranger: Reviewer, server: SmallServer, own: list[str], tmp_path: Path
) -> None:
    source = Source()
    old, new = fingerprints(two_keys)
    [theirs] = fingerprints(stranger)
    public = (stranger.home / "demo-openpgp.asc").read_bytes()
    two_keys.run("key", "backup", str(tmp_path / "keys.gpg"), *own)
    done = stranger.json("key", "restore", str(tmp_path / "keys.gpg"), *own)
    assert done == {"new": [old, new], "known": []}
    assert fingerprints(stranger) == [old, new, theirs]
    states = [key["state"] for key in stranger.json("key", "list")]
    assert states == ["retired", "usable", "usable"]
    assert (stranger.home / "demo-openpgp.asc").read_bytes() == public
    stranger.open(server.bundle(server.receive(source, "to the old key")))
    newer = server.with_keys((two_keys.home / "demo-openpgp.asc").read_text())
    stranger.open(newer.bundle(newer.receive(source, "to the new one")))
    again = stranger.json("key", "restore", str(tmp_path / "keys.gpg"), *own)
    assert again == {"new": [], "known": [old, new]}
    assert agents_of(stranger.home) == []


def test_a_destroyed_key_comes_back_from_a_backup_that_has_it(
    two_keys: Reviewer, server: SmallServer, source: Source, own: list[str], tmp_path: Path
) -> None:
    old, new = fingerprints(two_keys)
    two_keys.run("key", "backup", str(tmp_path / "keys.gpg"), *own)
    two_keys.run("key", "retire", old, "--destroy", "--yes")
    done = two_keys.json("key", "restore", str(tmp_path / "keys.gpg"), *own)
    assert done == {"new": [old], "known": [new]}
    assert two_keys.json("key", "list")[0]["state"] == "retired"
    two_keys.open(server.bundle(server.receive(source, "to the old key")))


def test_a_printed_sheet_is_scanned_and_its_keys_come_back(
    two_keys: Reviewer, stranger: Reviewer, own: list[str], tmp_path: Path
) -> None:
    sheet = tmp_path / "sheet.pdf"
    two_keys.run("key", "backup", str(tmp_path / "keys.gpg"), "--paper", str(sheet), *own)
    assert sheet.stat().st_mode & 0o777 == 0o600
    scans = pictures(sheet, tmp_path / "scans")
    done = stranger.json("key", "restore", *scans[::-1], *own)
    assert done["new"] == fingerprints(two_keys)


def test_a_poor_photograph_of_it_will_do(
    two_keys: Reviewer, stranger: Reviewer, own: list[str], tmp_path: Path
) -> None:
    sheet = tmp_path / "sheet.pdf"
    two_keys.run("key", "backup", str(tmp_path / "keys.gpg"), "--paper", str(sheet), *own)
    photos = []
    for number, page in enumerate(pictures(sheet, tmp_path / "scans", dpi=110)):
        photos.append(str(tmp_path / f"{number}.jpg"))
        with Image.open(page) as scan:
            turned = scan.convert("RGB").rotate(
                4, Image.Resampling.BICUBIC, expand=True, fillcolor="grey"
            )
        turned.save(photos[-1], quality=60)
    done = stranger.json("key", "restore", *photos, *own)
    assert done["new"] == fingerprints(two_keys)


def test_the_lines_typed_in_again_will_do(
    two_keys: Reviewer, stranger: Reviewer, own: list[str], tmp_path: Path
) -> None:
    sheet = tmp_path / "sheet.txt"
    two_keys.run("key", "backup", str(tmp_path / "keys.gpg"), "--paper", str(sheet), *own)
    typed = sheet.read_text().lower().replace("0", "o").replace("1", "l")
    numbers = [f"{n:>3}." for n in range(200)]
    for number in numbers:  # the numbers of the lines are numbers
        typed = typed.replace(number.replace("0", "o").replace("1", "l"), number)
    typed = typed.replace("vasistas paper l", "vasistas paper 1")
    (tmp_path / "typed.txt").write_text(typed)
    done = stranger.json("key", "restore", str(tmp_path / "typed.txt"), *own)
    assert done["new"] == fingerprints(two_keys)


def test_a_slip_is_found_in_its_line(
    two_keys: Reviewer, stranger: Reviewer, own: list[str], tmp_path: Path
) -> None:
    sheet = tmp_path / "sheet.txt"
    two_keys.run("key", "backup", str(tmp_path / "keys.gpg"), "--paper", str(sheet), *own)
    lines = sheet.read_text().splitlines()
    seventh = next(at for at, line in enumerate(lines) if line.startswith("  7. "))
    symbol = lines[seventh][9]
    lines[seventh] = lines[seventh][:9] + ("A" if symbol != "A" else "B") + lines[seventh][10:]
    sheet.write_text("\n".join(lines))
    assert "line 7 is not" in stranger.refusal("key", "restore", str(sheet), *own)
    del lines[seventh]
    sheet.write_text("\n".join(lines))
    assert "line 7 is missing" in stranger.refusal("key", "restore", str(sheet), *own)


def test_the_sheet_shows_no_secret_in_the_clear(
    two_keys: Reviewer, own: list[str], tmp_path: Path
) -> None:
    for name in ("sheet.txt", "sheet.pdf"):
        sheet = tmp_path / name
        keys = tmp_path / (name + ".gpg")
        two_keys.run("key", "backup", str(keys), "--paper", str(sheet), *own)
        assert OWN.encode() not in sheet.read_bytes()
        assert b"PRIVATE KEY" not in sheet.read_bytes() + keys.read_bytes()
    assert b"Passphrase: " not in (tmp_path / "sheet.txt").read_bytes()


def test_a_wrong_passphrase_and_a_damaged_file_are_told_and_take_nothing_in(
    two_keys: Reviewer, stranger: Reviewer, own: list[str], tmp_path: Path
) -> None:
    keys, before = tmp_path / "keys.gpg", fingerprints(stranger)
    two_keys.run("key", "backup", str(keys), *own)
    assert "not its passphrase" in stranger.refusal("key", "restore", str(keys))
    whole = keys.read_bytes()
    for damaged in (b"", whole[:-1], whole[: len(whole) // 2], whole[:-40] + bytes(40)):
        keys.write_bytes(damaged)
        assert "No key was taken" in stranger.refusal("key", "restore", str(keys), *own)
    assert fingerprints(stranger) == before
    assert agents_of(stranger.home) == []


def test_a_message_that_holds_something_else_is_told(
    stranger: Reviewer, own: list[str], tmp_path: Path, new_home: NewHome
) -> None:
    other = new_home(OWN).gpg("--symmetric", given=b"a letter")
    (tmp_path / "x.gpg").write_bytes(other)
    said = stranger.refusal("key", "restore", str(tmp_path / "x.gpg"), *own)
    assert "holds no keys of a desk" in said


def test_pictures_of_something_else_are_told(
    stranger: Reviewer, own: list[str], tmp_path: Path
) -> None:
    blank = io.BytesIO()
    Image.new("L", (200, 200), 255).save(blank, "PNG")
    cases = {
        "no code of ours": blank.getvalue(),
        "cannot be read": b"\x89PNG\r\n\x1a\n" + os.urandom(50),
        "is a PDF": b"%PDF-1.7\n",
    }
    for said, content in cases.items():
        (tmp_path / "x").write_bytes(content)
        assert said in stranger.refusal("key", "restore", str(tmp_path / "x"), *own)


def test_codes_of_two_sheets_do_not_mix(
    two_keys: Reviewer, stranger: Reviewer, own: list[str], tmp_path: Path
) -> None:
    scans = []
    for name in ("one", "two"):
        sheet = tmp_path / f"{name}.pdf"
        two_keys.run("key", "backup", str(tmp_path / name), "--paper", str(sheet), *own)
        scans += pictures(sheet, tmp_path / f"{name}-scans")
    assert "several sheets" in stranger.refusal("key", "restore", *scans, *own)


def test_a_sheet_is_a_pdf_or_a_text(two_keys: Reviewer, own: list[str], tmp_path: Path) -> None:
    keys = tmp_path / "keys.gpg"
    words = ("key", "backup", str(keys), "--paper", str(tmp_path / "sheet.doc"), *own)
    assert ".pdf or .txt" in two_keys.refusal(*words)
    assert not keys.exists()


def test_killed_before_the_keys_count_they_are_taken_in_by_the_next_run(
    two_keys: Reviewer, stranger: Reviewer, own: list[str], tmp_path: Path
) -> None:
    keys, before = tmp_path / "keys.gpg", fingerprints(stranger)
    two_keys.run("key", "backup", str(keys), *own)
    for place in ("_change_passphrase", "_note"):
        script = [
            *CHEAP,
            "import os, signal",
            "from viewing_station import key_restore",
            f"key_restore.{place} = lambda *_: os.kill(os.getpid(), signal.SIGKILL)",
            "from viewing_station.cli import main",
            "main()",
        ]
        words = ["--home", stranger.home, "--passphrase-file", stranger.passphrase_file]
        words += ["key", "restore", keys, *own]
        done = subprocess.run(
            [sys.executable, "-c", "\n".join(script), *map(str, words)], check=False
        )
        assert done.returncode == -signal.SIGKILL
        assert fingerprints(stranger) == before
    done_again = stranger.json("key", "restore", str(keys), *own)
    assert done_again["new"] == fingerprints(two_keys)


def windows(reviewer: Reviewer) -> list[tuple[str, str]]:
    listed = reviewer.json("key", "calendar", "--list")
    return [(each["subkey"], each["state"]) for each in listed]


def test_a_calendar_comes_back_with_its_subkeys(
    reviewer: Reviewer, stranger: Reviewer, server: SmallServer, own: list[str], tmp_path: Path
) -> None:
    reviewer.run("key", "calendar", "--weeks", "30")
    reviewer.run("key", "backup", str(tmp_path / "keys.gpg"), *own)
    stranger.run("key", "restore", str(tmp_path / "keys.gpg"), *own)
    assert windows(stranger) == windows(reviewer)
    public = (reviewer.home / "demo-openpgp.asc").read_bytes()
    last = TODAY + timedelta(days=30 * 7 - 1)
    with opened(stranger.home) as station, opener(station) as key:
        for day in (TODAY, last):
            plain = io.BytesIO()
            key.open(io.BytesIO(sealed_on(server, public, day)), plain.write, limit=100)
            assert plain.getvalue() == b"words"
    # It is the same calendar there, and is carried on.
    stranger.run("key", "calendar", "--weeks", "31")
    assert windows(stranger)[:30] == windows(reviewer)
    assert len(windows(stranger)) == 31


def test_paper_has_the_primary_key_of_a_calendar_alone(
    reviewer: Reviewer, stranger: Reviewer, own: list[str], tmp_path: Path
) -> None:
    reviewer.run("key", "calendar", "--weeks", "2")
    [_, key] = fingerprints(reviewer)
    sheet = tmp_path / "sheet.txt"
    said = reviewer.run("key", "backup", str(tmp_path / "keys.gpg"), "--paper", str(sheet), *own)
    assert "no subkeys of the calendar" in said.stdout
    stranger.run("key", "restore", str(sheet), *own)
    assert windows(stranger) == []
    stranger.run("key", "calendar", "--weeks", "1")
    assert {each["key"] for each in stranger.json("key", "calendar", "--list")} == {key}


def test_a_calendar_that_is_here_takes_no_subkeys_of_another_station(
    reviewer: Reviewer, stranger: Reviewer, own: list[str], tmp_path: Path
) -> None:
    reviewer.run("key", "calendar", "--weeks", "1")
    reviewer.run("key", "backup", str(tmp_path / "keys.gpg"), *own)
    stranger.run("key", "restore", str(tmp_path / "keys.gpg"), *own)
    before = windows(stranger)
    said = stranger.refusal("key", "restore", str(tmp_path / "keys.gpg"), *own)
    assert "is here already" in said
    assert windows(stranger) == before
    # The station's own copy brings back nothing that it has, and harms nothing.
    reviewer.run("key", "restore", str(tmp_path / "keys.gpg"), *own)
    assert windows(reviewer) == before
