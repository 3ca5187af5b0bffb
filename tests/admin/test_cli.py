import json
import re
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import click
import pytest

from admin.cli import vasistas as root
from formats.station import StationIdentity
from tests.admin.conftest import Command, KeyFiles, Outcome


def every_command(
    group: click.Group = root, words: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    yield words, group
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from every_command(command, (*words, name))
        else:
            yield (*words, name), command


COMMANDS = dict(every_command())
PROMISED = {
    ("init",), ("serve",), ("upgrade",),
    ("desk", "add"), ("desk", "list"), ("desk", "pause"), ("desk", "resume"), ("desk", "close"),
    ("desk", "key", "add"), ("desk", "key", "list"), ("desk", "key", "retire"),
    ("desk", "station", "add"), ("desk", "station", "remove"),
    ("reviewer", "add"), ("reviewer", "list"), ("reviewer", "reset"), ("reviewer", "remove"),
}  # fmt: skip


def test_what_was_promised_is_there() -> None:
    assert set(COMMANDS) >= PROMISED


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
@pytest.mark.parametrize("flag", ["--help", "-h"])
def test_every_command_explains_itself(bare: Command, words: tuple[str, ...], flag: str) -> None:
    said = bare(*words, flag)
    assert said.code == 0
    assert said.err == ""
    assert said.out.startswith("Usage: vasistas")
    explained = said.out.splitlines()[2].strip()
    assert len(explained) > 10


@pytest.mark.parametrize(
    "words",
    [
        ["nonsense"],
        ["desk", "nonsense"],
        ["--nonsense"],
        ["desk", "add"],
        ["desk", "add", "ville"],
        ["desk", "add", "ville", "--name"],
        ["desk", "list", "extra"],
        ["desk", "key", "add", "ville", "/nonexistent/key.asc"],
        ["desk", "key", "add", "ville", "/"],
        ["desk", "station", "add", "ville", "/nonexistent/station.pub"],
        ["reviewer", "add", "alex"],
        ["reviewer", "list", "--yaml"],
        ["serve", "--source", "0.0.0.0:80"],
        ["serve", "--source", "unix:" + "x" * 120],
        ["serve", "--journalist", "localhost:80"],
        ["init"],
    ],
    ids=" ".join,
)
def test_wrong_usage_is_exit_2(vasistas: Command, words: list[str]) -> None:
    said = vasistas(*words)
    assert said.code == 2
    assert said.out == ""
    assert "Error: " in said.err


@pytest.mark.parametrize("words", sorted(PROMISED), ids=" ".join)
def test_an_instance_must_be_named(bare: Command, words: tuple[str, ...], keys: KeyFiles) -> None:
    fillings: dict[str, list[str | Path]] = {
        "SLUG": ["ville"],
        "NAME": ["alex"],
        "FILE": [keys.public],
        "FINGERPRINT": ["F"],
    }
    given: list[str | Path] = list(words)
    for parameter in COMMANDS[words].params:
        if isinstance(parameter, click.Argument):
            given += fillings[parameter.make_metavar(click.Context(root))]
        elif parameter.required:
            given += [parameter.opts[0], "x"]
    said = bare(*given)
    assert said.code == 2
    assert "Name the instance: --home DIR" in said.err


def test_the_home_may_come_from_the_environment_and_is_no_file(
    bare: Command, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VASISTAS_HOME", str(home))
    assert bare("desk", "list").code == 0
    assert bare("--home", home / "config.toml", "desk", "list").code == 2
    assert bare("--home", home / "nowhere", "desk", "list").code == 1


def explained(said: Outcome) -> str:
    """Check that a failure is one sentence on standard error, and give it."""
    assert said.code == 1, said
    assert said.out == ""
    assert said.err.startswith("vasistas: ")
    assert said.err.count("\n") == 1
    assert said.err[10] != " "
    return said.err


WAYS_TO_FAIL: dict[str, tuple[list[str], str]] = {
    "slug": (["desk", "add", "Ville!", "--name", "x"], "A desk's slug is 1 to 40"),
    "long slug": (["desk", "add", "a" * 41, "--name", "x"], "A desk's slug is 1 to 40"),
    "empty name": (["desk", "add", "nord", "--name", "  "], "A desk needs a name"),
    "unseen name": (["desk", "add", "nord", "--name", "a\u202eb"], "A desk needs a name"),
    "endless name": (["desk", "add", "nord", "--name", "x" * 101], "A desk needs a name"),
    "twice": (["desk", "add", "ville", "--name", "x"], "one of that name already"),
    "unknown desk": (["desk", "pause", "nord"], "no desk of that name"),
    "unknown keys": (["desk", "key", "list", "nord"], "no desk of that name"),
    "unknown key": (["desk", "key", "retire", "ville", "ABCD"], "no key of that fingerprint"),
    "retire nowhere": (["desk", "key", "retire", "nord", "ABCD"], "no key of that fingerprint"),
    "no station": (["desk", "station", "remove", "ville"], "Desk ville has no station"),
    "reviewer's name": (["reviewer", "add", "a b", "--desk", "ville"], "A reviewer's name is"),
    "reviewer's empty name": (["reviewer", "add", "", "--desk", "ville"], "A reviewer's name is"),
    "reviewer's desk": (["reviewer", "add", "alex", "--desk", "nord"], "no desk of that name"),
    "reset nobody": (["reviewer", "reset", "nobody"], "There is no reviewer named nobody"),
    "remove nobody": (["reviewer", "remove", "nobody"], "There is no reviewer named nobody"),
    "init again": (["init", "--name", "x"], "is not empty"),
}


@pytest.mark.parametrize(("words", "sentence"), WAYS_TO_FAIL.values(), ids=WAYS_TO_FAIL.keys())
def test_a_failure_is_one_sentence(vasistas: Command, words: list[str], sentence: str) -> None:
    assert vasistas("desk", "add", "ville", "--name", "Ville").code == 0
    assert sentence in explained(vasistas(*words))


damages: dict[str, Callable[[Path], object]] = {
    "no configuration": lambda home: (home / "config.toml").unlink(),
    "no TOML": lambda home: (home / "config.toml").write_text("{"),
    "another database": lambda home: _append(home, 'database = "mysql://x"'),
    "no such server": lambda home: _append(home, 'database = "postgresql://127.0.0.1:1/x"'),
    "no key": lambda home: (home / "keys" / "argon2-salt").unlink(),
    "damaged key": lambda home: (home / "keys" / "totp-sealing").write_text("x"),
    "no database": lambda home: (home / "vasistas.db").unlink(),
    "no table": lambda home: (home / "vasistas.db").write_bytes(b""),
    "no database file": lambda home: (home / "vasistas.db").write_bytes(b"not a database" * 99),
    "newer": lambda home: _set_revision(home, "9999"),
    "no keys folder": lambda home: (home / "keys").rename(home / "gone"),
}


def _append(home: Path, line: str) -> None:
    with (home / "config.toml").open("a") as config:
        config.write(line + "\n")


def _set_revision(home: Path, revision: str) -> None:
    with sqlite3.connect(home / "vasistas.db") as database:
        database.execute("UPDATE alembic_version SET version_num = ?", (revision,))
    database.close()


@pytest.mark.parametrize("damage", damages.values(), ids=damages.keys())
@pytest.mark.parametrize("words", [["desk", "list"], ["serve"], ["reviewer", "list"]], ids=" ".join)
def test_a_damaged_instance_is_explained(
    vasistas: Command, home: Path, damage: Callable[[Path], object], words: list[str]
) -> None:
    damage(home)
    explained(vasistas(*words))


def test_an_older_schema_names_the_command_that_helps(vasistas: Command, home: Path) -> None:
    with sqlite3.connect(home / "vasistas.db") as database:
        database.execute("DELETE FROM alembic_version")
    database.close()
    for words in (["serve"], ["desk", "list"]):
        assert "vasistas upgrade" in explained(vasistas(*words))


def test_upgrading_what_is_up_to_date_changes_nothing(vasistas: Command) -> None:
    vasistas("desk", "add", "ville", "--name", "Ville")
    assert vasistas("upgrade").code == 0
    assert json.loads(vasistas("desk", "list", "--json").out)[0]["slug"] == "ville"


def test_desks_are_made_listed_and_closed(vasistas: Command, keys: KeyFiles) -> None:
    assert vasistas("desk", "list").out == "There is no desk yet.\n"
    assert json.loads(vasistas("desk", "list", "--json").out) == []
    vasistas("desk", "add", "ville", "--name", " Équipe « Ville » ")
    vasistas("desk", "key", "add", "ville", keys.public)
    expected = {"slug": "ville", "name": "Équipe « Ville »", "keys": 1, "station": False}
    for verb, state in (("pause", "paused"), ("resume", "open"), ("close", "closed")):
        assert vasistas("desk", verb, "ville").code == 0
        assert json.loads(vasistas("desk", "list", "--json").out) == [expected | {"state": state}]
    assert vasistas("desk", "list").out.split() == [
        "ville", "Équipe", "«", "Ville", "»", "closed", "1", "False",
    ]  # fmt: skip


def test_keys_are_added_listed_and_retired(vasistas: Command, keys: KeyFiles) -> None:
    vasistas("desk", "add", "ville", "--name", "Ville")
    assert vasistas("desk", "key", "list", "ville").out == "Desk ville has no key.\n"
    assert keys.fingerprint in vasistas("desk", "key", "add", "ville", keys.public).out
    assert vasistas("desk", "key", "add", "ville", keys.public).code == 0  # again is no error
    key = {"fingerprint": keys.fingerprint, "state": "active", "expires": None}
    assert json.loads(vasistas("desk", "key", "list", "ville", "--json").out) == [key]
    grouped = " ".join(keys.fingerprint[at : at + 4].lower() for at in range(0, 40, 4))
    said = vasistas("desk", "key", "retire", "ville", grouped)
    assert said.code == 0
    assert "its hatch is closed" in said.err
    key["state"] = "retired"
    assert json.loads(vasistas("desk", "key", "list", "ville", "--json").out) == [key]


def test_a_key_file_that_is_not_one_is_explained(
    vasistas: Command, keys: KeyFiles, tmp_path: Path
) -> None:
    vasistas("desk", "add", "ville", "--name", "Ville")
    files = {"empty": b"", "random": b"\x99" * 999, "large": b"x" * ((1 << 20) + 1)}
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
        explained(vasistas("desk", "key", "add", "ville", tmp_path / name))
    secret = explained(vasistas("desk", "key", "add", "ville", keys.secret))
    assert "SECRET" in secret
    assert "PRIVATE KEY BLOCK" not in secret
    both = tmp_path / "both"
    both.write_bytes(keys.public.read_bytes() + keys.other.read_bytes())
    assert "more than one" in explained(vasistas("desk", "key", "add", "ville", both))
    explained(vasistas("desk", "key", "add", "nord", keys.public))
    assert json.loads(vasistas("desk", "key", "list", "ville", "--json").out) == []


def test_a_station_is_set_once_and_removed(vasistas: Command, tmp_path: Path) -> None:
    vasistas("desk", "add", "ville", "--name", "Ville")
    file = tmp_path / "ville-station.pub"
    file.write_bytes(StationIdentity("ville", bytes(32)).encode())
    assert vasistas("desk", "station", "add", "ville", file).code == 0
    assert json.loads(vasistas("desk", "list", "--json").out)[0]["station"] is True
    explained(vasistas("desk", "station", "add", "ville", file))
    assert vasistas("desk", "station", "remove", "ville").code == 0
    assert json.loads(vasistas("desk", "list", "--json").out)[0]["station"] is False


def test_another_desks_station_and_any_other_file_are_refused(
    vasistas: Command, keys: KeyFiles, tmp_path: Path
) -> None:
    vasistas("desk", "add", "ville", "--name", "Ville")
    file = tmp_path / "station.pub"
    file.write_bytes(StationIdentity("nord", bytes(32)).encode())
    assert "of the desk nord, not of ville" in explained(
        vasistas("desk", "station", "add", "ville", file)
    )
    for content in (b"", b"{}", b"\xff", keys.public.read_bytes(), b"x" * 5000):
        file.write_bytes(content)
        said = explained(vasistas("desk", "station", "add", "ville", file))
        assert "is not a station's public file" in said


def test_a_reviewer_is_shown_their_secrets_once(vasistas: Command, home: Path) -> None:
    vasistas("desk", "add", "ville", "--name", "Ville")
    said = vasistas("reviewer", "add", "alex", "--desk", "ville", "--desk", "ville", "--json")
    login = json.loads(said.out)
    assert set(login) == {"name", "passphrase", "totp_uri", "recovery_codes"}
    assert len(set(login["recovery_codes"])) == 10
    assert len(login["passphrase"].split()) == 7
    assert login["totp_uri"].startswith("otpauth://totp/")
    assert said.err == ""
    for file in (path for path in home.rglob("*") if path.is_file()):
        content = file.read_bytes()
        assert login["passphrase"].encode() not in content
        for code in login["recovery_codes"]:
            assert code.encode() not in content
            assert code.replace(" ", "").encode() not in content
    listed = vasistas("reviewer", "list", "--json").out
    assert json.loads(listed) == [{"name": "alex", "desks": ["ville"], "role": "reviewer"}]
    again = json.loads(vasistas("reviewer", "reset", "alex", "--json").out)
    assert again["passphrase"] != login["passphrase"]
    assert again["totp_uri"] != login["totp_uri"]
    assert set(again["recovery_codes"]).isdisjoint(login["recovery_codes"])
    explained(vasistas("reviewer", "add", "alex", "--desk", "ville"))
    assert vasistas("reviewer", "remove", "alex").code == 0
    assert json.loads(vasistas("reviewer", "list", "--json").out) == []


def test_without_json_a_reviewer_reads_the_same(vasistas: Command) -> None:
    vasistas("desk", "add", "ville", "--name", "Ville")
    said = vasistas("reviewer", "add", "sam", "--desk", "ville", "--admin").out
    assert "otpauth://totp/" in said
    assert "shown this once" in said
    assert len(re.findall(r"^ +\d{5}( \d{5}){4}$", said, re.MULTILINE)) == 10
    assert vasistas("reviewer", "list").out == "sam  ville  admin\n"


def test_a_sweep_by_hand_says_nothing(vasistas: Command) -> None:
    assert vasistas("sweep") == Outcome(0, "", "")


def test_a_taken_address_is_explained_and_nothing_is_left(
    vasistas: Command, home: Path, short: Path
) -> None:
    """As a program of its own: `serve` takes over the process's signals."""
    del vasistas
    taken = short / "taken.sock"
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(taken))
        listener.listen()
        words = ["--home", str(home), "serve", "--source", f"unix:{short}/s.sock"]
        done = subprocess.run(
            [
                sys.executable,
                "-c",
                "from admin.cli import main; main()",
                *words,
                "--journalist",
                f"unix:{taken}",
            ],
            capture_output=True,
            text=True,
            check=False,
        )
        explained(Outcome(done.returncode, done.stdout, done.stderr))
        assert f"unix:{taken}" in done.stderr
    assert [path.name for path in short.iterdir()] == ["taken.sock"]


def test_init_says_what_to_carry_where(bare: Command, tmp_path: Path) -> None:
    said = bare("--home", tmp_path / "new" / "home", "init", "--name", "Essai")
    assert said.code == 0
    assert str(tmp_path / "new" / "home" / "instance.json") in said.out


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("--name", ""),
        ("--name", "x" * 101),
        ("--name", "bell\a"),
        ("--name", "over\u202eride"),
        ("--database", "mysql://localhost/x"),
        ("--database", "nonsense"),
        ("--database", "sqlite://"),
        ("--database", "postgresql://127.0.0.1:1/x"),
        ("--blobs", "s3://bucket"),
    ],
)
def test_an_instance_that_cannot_be_made_is_explained_and_leaves_nothing(
    bare: Command, tmp_path: Path, option: str, value: str
) -> None:
    home = tmp_path / "home"
    words = {"--name": "Essai"} | {option: value}
    explained(bare("--home", home, "init", *(word for pair in words.items() for word in pair)))
    assert not home.exists() or not list(home.iterdir())
    assert bare("--home", home, "init", "--name", "Essai").code == 0


def seal_of(home: Path) -> Path:
    return home / "onions" / "journalist" / "authorized_clients" / "_seal.auth"


ONION_COMMANDS = [
    ("onion", "publish"),
    ("onion", "show"),
    ("onion", "client", "add"),
    ("onion", "client", "rotate"),
    ("onion", "client", "remove"),
    ("onion", "client", "list"),
]


def test_the_onion_commands_are_there() -> None:
    assert set(COMMANDS) >= set(ONION_COMMANDS)


@pytest.mark.parametrize(
    "words",
    [
        ["onion", "nonsense"],
        ["onion", "publish", "--import-source"],
        ["onion", "publish", "--import-source", "/nonexistent"],
        ["onion", "publish", "--import-journalist", "/etc/passwd"],
        ["onion", "client", "add"],
        ["onion", "client", "rotate"],
        ["onion", "client", "remove", "--hard"],
        ["onion", "client", "list", "extra"],
        ["serve", "--torrc", "/etc/passwd"],
        ["serve", "--tor", "--torrc", "/nonexistent"],
        ["serve", "--tor", "--torrc", "/"],
    ],
    ids=" ".join,
)
def test_wrong_usage_of_the_onion_commands_is_exit_2(vasistas: Command, words: list[str]) -> None:
    said = vasistas(*words)
    assert said.code == 2
    assert said.out == ""
    assert "Error: " in said.err


def test_before_publishing_there_is_no_service_and_no_client(vasistas: Command) -> None:
    assert "onion publish" in vasistas("onion", "show").out
    assert json.loads(vasistas("onion", "show", "--json").out) == []
    assert vasistas("onion", "client", "list").out == "Nobody holds a key, and nobody gets in.\n"
    for verb in ("add", "rotate", "remove"):
        assert "vasistas onion publish" in explained(vasistas("onion", "client", verb, "lou"))


def test_publishing_twice_gives_the_same_addresses(vasistas: Command, home: Path) -> None:
    first = vasistas("onion", "publish")
    assert first.code == 0
    assert "as soon as `vasistas serve --tor` runs" in first.err
    assert vasistas("onion", "publish") == first
    shown = json.loads(vasistas("onion", "show", "--json").out)
    assert [(row["service"], row["state"]) for row in shown] == [
        ("source", "not served"),
        ("journalist", "not served"),
    ]
    for row in shown:
        assert f"{row['service']}  {row['address']}\n" in first.out
        assert row["address"].endswith(".onion")
    assert seal_of(home).exists()


WAYS_TO_FAIL_WITH_KEYS: dict[str, tuple[list[str], str]] = {
    "twice": (["add", "lou"], "lou has a key already"),
    "rotate nobody": (["rotate", "nobody"], "No onion key was given to nobody"),
    "remove nobody": (["remove", "nobody", "--hard"], "No onion key was given to nobody"),
    "the seal": (["remove", "_seal"], "A client's name is"),
    "a folder up": (["add", "../lou"], "A client's name is"),
    "a path": (["add", "/etc/passwd"], "A client's name is"),
    "empty": (["add", ""], "A client's name is"),
    "a space": (["rotate", "a b"], "A client's name is"),
    "endless": (["add", "x" * 41], "A client's name is"),
    "not seen": (["add", "a\u202eb"], "A client's name is"),
}


@pytest.mark.parametrize(
    ("words", "sentence"), WAYS_TO_FAIL_WITH_KEYS.values(), ids=WAYS_TO_FAIL_WITH_KEYS.keys()
)
def test_a_failure_with_keys_is_one_sentence_and_changes_none(
    vasistas: Command, home: Path, words: list[str], sentence: str
) -> None:
    vasistas("onion", "publish")
    assert vasistas("onion", "client", "add", "lou").code == 0
    before = {path: path.read_bytes() for path in seal_of(home).parent.iterdir()}
    assert sentence in explained(vasistas("onion", "client", *words))
    assert {path: path.read_bytes() for path in seal_of(home).parent.iterdir()} == before


def test_a_key_is_shown_once_and_kept_nowhere(vasistas: Command, home: Path) -> None:
    vasistas("onion", "publish")
    said = vasistas("onion", "client", "add", "lou", "--json")
    shown = json.loads(said.out)
    assert set(shown) == {"name", "address", "key", "auth_private"}
    label = shown["address"].removeprefix("http://").removesuffix(".onion")
    assert shown["auth_private"] == f"{label}:descriptor:x25519:{shown['key']}"
    assert "It takes effect when" in said.err
    for file in (path for path in home.rglob("*") if path.is_file()):
        assert shown["key"].encode() not in file.read_bytes()
    again = vasistas("onion", "client", "rotate", "lou")
    assert shown["key"] not in again.out
    assert "shown this once" in again.out
    assert json.loads(vasistas("onion", "client", "list", "--json").out) == [{"name": "lou"}]
    assert vasistas("onion", "client", "remove", "lou", "--hard").code == 0
    assert json.loads(vasistas("onion", "client", "list", "--json").out) == []
    assert seal_of(home).exists()


def test_publishing_makes_a_lost_seal_again(vasistas: Command, home: Path) -> None:
    vasistas("onion", "publish")
    seal_of(home).unlink()
    assert vasistas("onion", "publish").code == 0
    assert seal_of(home).exists()


def test_an_import_over_a_service_is_explained_and_so_is_an_empty_one(
    vasistas: Command, home: Path, tmp_path: Path
) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    assert "is missing" in explained(vasistas("onion", "publish", "--import-source", empty))
    assert json.loads(vasistas("onion", "show", "--json").out) == []
    published = vasistas("onion", "publish")
    own = home / "onions" / "source"
    for option in ("--import-source", "--import-journalist"):
        said = explained(vasistas("onion", "publish", option, own))
        assert "already: its address stays" in said
    assert vasistas("onion", "publish") == published


ONION_DAMAGES: dict[str, Callable[[Path], object]] = {
    "no key": lambda onions: (onions / "source" / "hs_ed25519_secret_key").unlink(),
    "a damaged key": lambda onions: (onions / "journalist" / "hs_ed25519_secret_key").write_bytes(
        b"x"
    ),
    "no name": lambda onions: (onions / "source" / "hostname").unlink(),
    "a lost folder": lambda onions: (onions / "source").rename(onions.with_name("gone")),
}


@pytest.mark.parametrize("damage", ONION_DAMAGES.values(), ids=ONION_DAMAGES.keys())
@pytest.mark.parametrize("words", [["onion", "publish"], ["serve", "--tor"]], ids=" ".join)
def test_a_damaged_service_is_explained_and_nothing_is_served(
    vasistas: Command, home: Path, damage: Callable[[Path], object], words: list[str]
) -> None:
    vasistas("onion", "publish")
    damage(home / "onions")
    assert "backup" in explained(vasistas(*words))


def test_without_tor_the_way_to_get_it_is_named(
    vasistas: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shutil.which", lambda *_given, **_named: None)
    assert "apt-get install tor" in explained(vasistas("serve", "--tor"))


def test_removing_a_reviewer_takes_their_onion_key_too(vasistas: Command) -> None:
    vasistas("desk", "add", "ville", "--name", "Ville")
    vasistas("onion", "publish")
    for name in ("lou", "max"):
        vasistas("reviewer", "add", name, "--desk", "ville")
        vasistas("onion", "client", "add", name)
    assert vasistas("reviewer", "remove", "lou").code == 0
    assert json.loads(vasistas("onion", "client", "list", "--json").out) == [{"name": "max"}]
