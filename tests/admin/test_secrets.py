"""`vasistas secret` and `vasistas codename`, as an admin types them."""

import json
from pathlib import Path

import pytest

from crypto.fingerprint import fingerprint, spaced
from formats.identity import decode_identity
from formats.succession import decode_succession
from tests.admin.conftest import Command
from web.key_files import read_keys


def listed(vasistas: Command) -> dict[str, dict[str, object]]:
    return {row["secret"]: row for row in json.loads(vasistas("secret", "list", "--json").out)}


def test_the_signing_key_from_list_to_retire(vasistas: Command, home: Path) -> None:
    before = listed(vasistas)["signing"]
    said = vasistas("secret", "rotate", "signing")
    assert said.code == 0
    key = decode_identity((home / "instance.json").read_bytes()).signing_key
    assert spaced(fingerprint(key)) in said.out
    assert str(home / "succession.json") in said.out
    assert decode_succession((home / "succession.json").read_bytes()).keys[-1] == key
    now = listed(vasistas)["signing"]
    assert (before["overlap"], now["overlap"]) == (False, True)
    assert (now["fingerprint"], now["days"]) == (fingerprint(key), 0)
    again = vasistas("secret", "rotate", "signing")
    assert (again.code, "the old one still there" in again.out) == (0, True)
    assert vasistas("secret", "retire", "signing").out == "The old signing key is destroyed.\n"
    assert "nothing to destroy" in vasistas("secret", "retire", "signing").out
    assert "signing: in force since" in vasistas("secret", "list").out
    assert vasistas("check").code == 0


def test_the_totp_key_from_rotate_to_retire(vasistas: Command, home: Path) -> None:
    vasistas("desk", "add", "nord", "--name", "Nord")
    vasistas("reviewer", "add", "ada", "--desk", "nord")
    said = vasistas("secret", "rotate", "totp")
    assert (said.code, "1 secret was sealed anew" in said.out) == (0, True)
    assert listed(vasistas)["totp"]["overlap"] is True
    assert vasistas("secret", "retire", "totp").out == "The old TOTP key is destroyed.\n"
    assert read_keys(home / "keys" / "totp-sealing").previous is None


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--sources"], ["of sources", "has lost it"]),
        (["--reviewers"], ["of reviewers", "log in again"]),
        (["--sources", "--reviewers"], ["of sources", "of reviewers"]),
    ],
)
def test_ending_sessions_says_what_it_costs(
    vasistas: Command, words: list[str], told: list[str]
) -> None:
    said = vasistas("secret", "rotate", "sessions", *words)
    assert said.code == 0
    assert all(each in said.out for each in told)


@pytest.mark.parametrize(
    "words",
    [
        ["secret", "rotate", "sessions"],
        ["secret", "rotate", "salt"],
        ["secret", "retire", "sessions"],
        ["codename", "version", "3"],
        ["codename", "version"],
    ],
)
def test_used_wrongly(vasistas: Command, words: list[str]) -> None:
    assert vasistas(*words).code == 2


def test_no_secret_is_printed(vasistas: Command, home: Path) -> None:
    said = [vasistas("secret", *words) for words in (["rotate", "signing"], ["rotate", "totp"])]
    said += [vasistas("secret", "list"), vasistas("secret", "list", "--json"), vasistas("check")]
    printed = "".join(each.out + each.err for each in said)
    for name in ("instance-signing", "totp-sealing"):
        for raw in read_keys(home / "keys" / name).all:
            assert raw.hex() not in printed


def test_the_codenames_version_is_chosen_and_told(vasistas: Command) -> None:
    assert "of version 1, as all are" in vasistas("codename", "status").out
    assert "Nothing is wrong.\nEnd of" in vasistas("check").out
    said = vasistas("codename", "version", "2")
    assert (said.code, "still open" in said.out, "MiB" in said.out) == (0, True, True)
    assert "version 2 already" in vasistas("codename", "version", "2").out
    (state,) = json.loads(vasistas("codename", "status", "--json").out)
    assert (state["version"], state["known"], state["deliveries_before"]) == (2, [1, 2], 0)
    assert "0 deliveries and 0 replies are here" in vasistas("check").out
    told = json.loads(vasistas("check", "--json").out)["codenames"]
    assert (told["version"], told["since"]) == (2, state["since"])
