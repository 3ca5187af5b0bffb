"""The desk's keys are made, listed, retired, destroyed and confirmed, as commands."""

import subprocess
import sys
from pathlib import Path

import pytest

from crypto.deskkeys import read_desk_key
from crypto.fingerprint import spaced
from tests.crypto.conftest import NewHome
from tests.viewing_station.conftest import CHEAP
from tests.viewing_station.reviewer import Reviewer, agents_of
from tests.viewing_station.small_server import TODAY, SmallServer, Source


def fingerprints(reviewer: Reviewer, state: str = "usable") -> list[str]:
    keys = reviewer.json("key", "list")
    return [str(key["fingerprint"]) for key in keys if key["state"] == state]


def published(reviewer: Reviewer) -> str:
    """Return the fingerprint of the public file."""
    return read_desk_key((reviewer.home / "demo-openpgp.asc").read_bytes(), TODAY).fingerprint


def test_the_key_made_by_init_is_listed(reviewer: Reviewer) -> None:
    [key] = reviewer.json("key", "list")
    assert len(key["fingerprint"]) == 40
    assert (key["made"], key["confirmed"]) == (TODAY.isoformat(), None)
    assert key["state"] == "usable"
    assert key["expires"] > TODAY.isoformat()
    assert spaced(key["fingerprint"]) in reviewer.run("key", "list").stdout


def test_a_new_key_is_made_and_the_old_one_still_opens(
    reviewer: Reviewer, server: SmallServer, source: Source
) -> None:
    [old] = fingerprints(reviewer)
    made = reviewer.json("key", "new")
    assert fingerprints(reviewer) == [old, made["fingerprint"]]
    assert published(reviewer) == made["fingerprint"]
    file = reviewer.home / "demo-openpgp.asc"
    assert made["openpgp_file"] == str(file)
    assert file.stat().st_mode & 0o777 == 0o600
    reviewer.open(server.bundle(server.receive(source, "to the old key")))
    newer = server.with_keys(file.read_text())
    reviewer.open(newer.bundle(newer.receive(source, "to the new key")))
    assert "to the new key" in reviewer.run("show", reviewer.thread()).stdout
    assert agents_of(reviewer.home) == []


def test_of_two_keys_of_one_day_the_later_is_published(reviewer: Reviewer) -> None:
    made = [reviewer.json("key", "new")["fingerprint"] for _ in range(3)]
    assert fingerprints(reviewer)[1:] == made
    assert published(reviewer) == made[-1]


def test_a_retired_key_still_opens_and_the_file_is_that_of_the_other(
    reviewer: Reviewer, server: SmallServer, source: Source
) -> None:
    [old] = fingerprints(reviewer)
    new = reviewer.json("key", "new")["fingerprint"]
    reviewer.run("key", "retire", spaced(old).lower())
    assert (fingerprints(reviewer), fingerprints(reviewer, "retired")) == ([new], [old])
    reviewer.open(server.bundle(server.receive(source, "still read")))
    assert published(reviewer) == new


def test_retiring_the_newer_one_publishes_the_older(reviewer: Reviewer) -> None:
    [old] = fingerprints(reviewer)
    new = reviewer.json("key", "new")["fingerprint"]
    reviewer.run("key", "retire", new)
    assert published(reviewer) == old


def test_the_last_usable_key_is_neither_retired_nor_destroyed(reviewer: Reviewer) -> None:
    [only] = fingerprints(reviewer)
    for words in (["retire", only], ["retire", only, "--destroy", "--yes"]):
        assert "the last usable key" in reviewer.refusal("key", *words)
    assert fingerprints(reviewer) == [only]


def test_an_unknown_key_is_told(reviewer: Reviewer) -> None:
    assert "key list" in reviewer.refusal("key", "retire", "A" * 40)


def test_a_destroyed_key_opens_nothing_and_its_secret_is_gone(
    reviewer: Reviewer, server: SmallServer, source: Source
) -> None:
    [old] = fingerprints(reviewer)
    before = {f.name for f in (reviewer.home / "gnupg" / "private-keys-v1.d").iterdir()}
    reviewer.run("key", "new")
    reviewer.run("key", "retire", old, "--destroy", text="destroy\n")
    assert fingerprints(reviewer, "destroyed") == [old]
    after = {f.name for f in (reviewer.home / "gnupg" / "private-keys-v1.d").iterdir()}
    assert len(after) == 2
    assert not after & before
    refused = reviewer.open(server.bundle(server.receive(source, "too late")), code=1)
    assert "no key that is held here" in refused.stderr
    assert "gone already" in reviewer.refusal("key", "retire", old, "--destroy", "--yes")


def test_without_the_word_nothing_is_destroyed(reviewer: Reviewer) -> None:
    [old] = fingerprints(reviewer)
    new = reviewer.json("key", "new")["fingerprint"]
    refused = reviewer.run("key", "retire", old, "--destroy", text="yes\n", code=1)
    assert "nothing was destroyed" in refused.stderr
    assert fingerprints(reviewer) == [old, new]


def test_another_key_is_confirmed_by_its_whole_fingerprint_only(
    reviewer: Reviewer, new_home: NewHome, tmp_path: Path
) -> None:
    home = new_home()
    foreign = home.make_key("Second desk", "cv25519")
    file = tmp_path / "foreign.asc"
    file.write_text(home.public(foreign))
    for typed in (foreign[-16:], "A" * 40, foreign[:-1]):
        said = reviewer.refusal("key", "confirm", str(file), "--fingerprint", typed)
        assert "not confirmed" in said
    assert len(reviewer.json("key", "list")) == 1
    reviewer.run("key", "confirm", str(file), "--fingerprint", spaced(foreign).lower())
    listed = reviewer.json("key", "list")[-1]
    assert (listed["fingerprint"], listed["made"]) == (foreign, None)
    assert (listed["confirmed"], listed["state"]) == (TODAY.isoformat(), "usable")
    reviewer.run("key", "retire", foreign)
    assert len(reviewer.json("key", "list")) == 1


def test_the_fingerprint_can_be_typed_at_the_prompt(
    reviewer: Reviewer, new_home: NewHome, tmp_path: Path
) -> None:
    home = new_home()
    foreign = home.make_key("Second desk", "rsa3072")
    (tmp_path / "foreign.asc").write_text(home.public(foreign))
    reviewer.run("key", "confirm", str(tmp_path / "foreign.asc"), text=foreign + "\n")
    assert reviewer.json("key", "list")[-1]["fingerprint"] == foreign


def test_a_confirmed_key_does_not_spare_the_last_own_one(
    reviewer: Reviewer, new_home: NewHome, tmp_path: Path
) -> None:
    home = new_home()
    foreign = home.make_key("Second desk", "cv25519")
    (tmp_path / "foreign.asc").write_text(home.public(foreign))
    reviewer.run("key", "confirm", str(tmp_path / "foreign.asc"), "--fingerprint", foreign)
    [own, _] = fingerprints(reviewer)
    assert "the last usable key" in reviewer.refusal("key", "retire", own)


@pytest.mark.parametrize("what", ["secret", "rubbish", "own", "missing"])
def test_what_cannot_be_confirmed_is_told(
    what: str, reviewer: Reviewer, new_home: NewHome, tmp_path: Path
) -> None:
    file, typed = tmp_path / "key.asc", "A" * 40
    if what == "secret":
        home = new_home()
        typed = home.make_key("Careless", "cv25519")
        file.write_bytes(home.gpg("--armor", "--export-secret-keys", typed))
    elif what == "rubbish":
        file.write_bytes(b"\x1b]0;hello\x07 no key")
    elif what == "own":
        file.write_bytes((reviewer.home / "demo-openpgp.asc").read_bytes())
        [typed] = fingerprints(reviewer)
    said = reviewer.refusal("key", "confirm", str(file), "--fingerprint", typed)
    words = {
        "secret": "SECRET key",
        "rubbish": "no OpenPGP public key",
        "own": "was made here",
        "missing": "No such file",
    }
    assert words[what] in said
    assert "\x1b" not in said
    assert len(reviewer.json("key", "list")) == 1


def test_a_key_whose_making_was_cut_off_is_taken_away_by_the_next(reviewer: Reviewer) -> None:
    """The power goes after gpg made the key, and before it is noted."""
    [old] = fingerprints(reviewer)
    command = [
        "import sys, os, signal",
        "from viewing_station import key_make",
        "key_make.note_key = lambda *_: os.kill(os.getpid(), signal.SIGKILL)",
        "from viewing_station.cli import main",
        "main()",
    ]
    words = ["--home", reviewer.home, "--passphrase-file", reviewer.passphrase_file, "key", "new"]
    done = subprocess.run(
        [sys.executable, "-c", "\n".join([*CHEAP, *command]), *map(str, words)], check=False
    )
    assert done.returncode == -9
    folder = reviewer.home / "gnupg" / "private-keys-v1.d"
    assert len(list(folder.iterdir())) == 4
    assert fingerprints(reviewer) == [old]
    assert published(reviewer) == old
    new = reviewer.json("key", "new")["fingerprint"]
    assert len(list(folder.iterdir())) == 4
    assert fingerprints(reviewer) == [old, new]
    assert agents_of(reviewer.home) == []


def kill_at(reviewer: Reviewer, *script: str, words: list[str]) -> None:
    """Run a command in a process of its own that kills itself where the script says."""
    lines = [*CHEAP, "import os, signal", *script]
    lines += ["from viewing_station.cli import main", "main()"]
    given = ["--home", reviewer.home, "--passphrase-file", reviewer.passphrase_file, *words]
    done = subprocess.run([sys.executable, "-c", "\n".join(lines), *map(str, given)], check=False)
    assert done.returncode == -9


@pytest.mark.parametrize("place", ["overwrite_secret", "told", "_note"])
def test_a_destruction_that_was_cut_off_is_ended_by_the_next(
    place: str, reviewer: Reviewer, server: SmallServer, source: Source
) -> None:
    """The power goes before a file is overwritten, before gpg forgets the key, before the note."""
    [old] = fingerprints(reviewer)
    new = reviewer.json("key", "new")["fingerprint"]
    reviewer.run("key", "retire", old)
    script = [
        "from viewing_station import key_destroy",
        f"real, seen = key_destroy.{place}, []",
        "def stop(*given, **named):",
        "    seen.append(1)",
        f"    if len(seen) == {2 if place != 'told' else 1}: os.kill(os.getpid(), signal.SIGKILL)",
        "    return real(*given, **named)",
        f"key_destroy.{place} = stop",
    ]
    kill_at(reviewer, *script, words=["key", "retire", old, "--destroy", "--yes"])
    assert fingerprints(reviewer) == [new]
    newer = server.with_keys((reviewer.home / "demo-openpgp.asc").read_text())
    reviewer.open(newer.bundle(newer.receive(source, "to the new key")))
    reviewer.run("key", "retire", old, "--destroy", "--yes")
    assert fingerprints(reviewer, "destroyed") == [old]
    assert len(list((reviewer.home / "gnupg" / "private-keys-v1.d").iterdir())) == 2
    assert agents_of(reviewer.home) == []


def test_a_key_that_the_reviewer_brought_by_hand_is_never_taken_away(
    reviewer: Reviewer, new_home: NewHome
) -> None:
    home = new_home()
    brought = home.make_key("By hand", "cv25519")
    secret = home.gpg("--armor", "--export-secret-keys", brought)
    gpg = ["gpg", "--homedir", str(reviewer.home / "gnupg"), "--batch", "-q"]
    subprocess.run([*gpg, "--import"], input=secret, check=True)
    subprocess.run(["gpgconf", "--homedir", reviewer.home / "gnupg", "--kill", "all"], check=True)
    reviewer.run("key", "new")
    listing = subprocess.run([*gpg, "--list-secret-keys"], capture_output=True, check=True).stdout
    assert brought.encode() in listing
    subprocess.run(["gpgconf", "--homedir", reviewer.home / "gnupg", "--kill", "all"], check=True)
