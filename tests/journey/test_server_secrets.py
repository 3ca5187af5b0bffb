"""The server's own secrets change while it serves, and nobody who is there loses anything."""

import json
import shutil
import subprocess
from pathlib import Path

from crypto.codename import parse
from tests.journey.house import BIN, House, Page, Reviewer, Source, Station


def refusal(station: Station, *words: str | Path) -> str:
    """Run a command that the station is to refuse; return its sentence."""
    program = [BIN / "viewing-station", "--home", station.home]
    passphrase = ["--passphrase-file", station.passphrase]
    done = subprocess.run(
        [str(word) for word in (*program, *passphrase, *words)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1, done.stdout
    return done.stderr


def fetched(http_of: Source, name: str, root: Path) -> Path:
    """Fetch a public file from the source service, as anyone can."""
    answer = http_of.http.get(f"/{name}")
    assert answer.status_code == 200
    (root / name).write_bytes(answer.content)
    return root / name


def delivered(source: Source, message: str) -> None:
    source.get("/deliver")
    assert source.deliver(message).status_code == 303


def twin(house: House, name: str) -> Station:
    """Give the desk's station once more, as it is now."""
    station = house.stations["ville"]
    shutil.copytree(station.home, house.root / name)
    return Station(house.root / name, station.passphrase)


def test_the_signing_key_changes_while_stations_move_one_after_the_other(
    house: House, root: Path
) -> None:
    late, late_until_the_end = twin(house, "late"), twin(house, "last")
    station, old_identity = house.stations["ville"], root / "old.json"
    shutil.copy(house.home / "instance.json", old_identity)
    with house.serving():
        source, reviewer = house.source().first_visit(), house.reviewer("alex")
        delivered(source, "avant")
        on_its_way = reviewer.bundle(root / "before.tar", all_new="1")
        house("secret", "rotate", "signing")

        # Who is signed in stays so, and the new key signs at once, beside the old one.
        delivered(source, "pendant")
        both = reviewer.bundle(root / "both.tar", all_new="1")
        assert "new signing key" in late("open", both)
        key = fetched(source, "instance.json", root)
        assert json.loads(key.read_text()) != json.loads(old_identity.read_text())
        succession = fetched(source, "succession.json", root)
        station("instance", "set", succession)
        assert "new signing key" not in station("open", both)
        station("open", on_its_way)
        assert len(station.threads()) == 1
        assert len(station("threads", "--json")) > 2

        # A station made meanwhile trusts the new key alone; a request to re-wrap opens for all.
        house.add_desk("lyon", "Lyon")
        house.add_reviewer("bo", "lyon")
        first = house.source().first_visit("lyon")
        assert first.deliver("pour Lyon", desk="lyon").status_code == 303
        lyon = house.stations["lyon"]
        lyon("open", house.reviewer("bo").bundle(root / "lyon.tar", all_new="1"))
        assert len(lyon.threads()) == 1
        made = json.loads(station("key", "new", "--json"))
        house("desk", "key", "add", "ville", made["openpgp_file"])
        house("rewrap", "export", root / "r.tar", "--desk", "ville")
        assert json.loads(station("rewrap", root / "r.tar", "--json"))["rewrapped"] == 2

        house("secret", "retire", "signing")
        delivered(source, "après")
        alone = reviewer.bundle(root / "alone.tar", all_new="1")
        station("open", alone)
        assert "does not carry the signature" in refusal(station, "open", on_its_way)
        assert "was replaced before" in refusal(
            station, "instance", "set", old_identity, "--fingerprint", _printed(old_identity)
        )

        # A station that comes late is led there by the same file; no other file leads anywhere.
        for behind in (late, late_until_the_end):
            assert "does not carry the signature" in refusal(behind, "open", alone)
        forged = json.loads(succession.read_text())
        forged["links"][0]["signature"] = "00" * 64
        (root / "forged.json").write_text(json.dumps(forged, indent=1, sort_keys=True) + "\n")
        assert "was not made by" in refusal(late, "instance", "set", root / "forged.json")
        late("instance", "set", succession)
        late("open", alone)
        key = fetched(source, "instance.json", root)
        late_until_the_end("instance", "set", key, "--fingerprint", _printed(key))
        late_until_the_end("open", alone)
        assert len(reviewer.deliveries()) == 3
    house("check")


def _printed(identity: Path) -> str:
    """Return the fingerprint as the admin would say it."""
    import hashlib  # noqa: PLC0415  the second computation: not through crypto.fingerprint

    key = bytes.fromhex(json.loads(identity.read_text())["signing_key"])
    return hashlib.sha256(key).hexdigest()


def test_another_instances_key_is_refused(house: House, root: Path) -> None:
    (root / "other").mkdir()
    other = House.found(root / "other")
    other("secret", "rotate", "signing")
    station = house.stations["ville"]
    told = refusal(station, "instance", "set", other.home / "succession.json")
    assert "another instance" in told
    identity = other.home / "instance.json"
    words = ["instance", "set", identity, "--fingerprint", _printed(identity)]
    assert "another instance" in refusal(station, *words)


def test_the_totp_key_changes_and_every_authenticator_stays_as_it_is(house: House) -> None:
    with house.serving():
        reviewer, source = house.reviewer("alex"), house.source().first_visit()
        house("secret", "rotate", "totp")
        assert reviewer.http.get("/").status_code == 200
        delivered(source, "pendant")
        again = house.reviewer("alex")
        house("secret", "retire", "totp")
        assert len(again.deliveries()) == 1
        assert len(house.reviewer("alex").deliveries()) == 1
    house("check")


def test_all_sessions_end_at_once_and_codenames_still_open(house: House) -> None:
    with house.serving():
        reviewer, source = house.reviewer("alex"), house.source().first_visit()
        delivered(source, "avant")
        codename = source.codename
        assert "has lost it" in house("secret", "rotate", "sessions", "--sources")
        assert source.http.get("/mailbox").status_code == 403
        assert reviewer.http.get("/").status_code == 200
        house("secret", "rotate", "sessions", "--reviewers")
        assert reviewer.http.get("/").status_code != 200
        back = house.source()
        assert back.return_with(codename).status_code == 303
        assert len(back.get("/mailbox").ids["delivery"]) == 1
        assert len(house.reviewer("alex").deliveries()) == 1


def answered(house: House, reviewer: Reviewer, root: Path, name: str) -> None:
    """Answer every thread, and bring the answers to the server."""
    station = house.stations["ville"]
    station("open", reviewer.bundle(root / f"{name}.tar", all_new="1"))
    for thread in station.threads():
        station("reply", thread["id"], stdin=f"Réponse {name}")
    station("courier", root / f"{name}-courier.tar")
    reviewer.courier(root / f"{name}-courier.tar")


def replies(page: Page) -> int:
    return len(page.ids["reply"])


def test_codenames_of_both_versions_return_and_read_their_replies(house: House, root: Path) -> None:
    with house.serving():
        before = house.source().first_visit()
        delivered(before, "d’avant")
        house("codename", "version", "2")
        after = house.source().first_visit()
        delivered(after, "d’après")
        codenames = [before.codename, after.codename]
        assert [parse(codename).version.number for codename in codenames] == [1, 2]
        reviewer = house.reviewer("alex")
        answered(house, reviewer, root, "une")
        for codename in codenames:
            back = house.source()
            assert back.return_with(codename).status_code == 303
            page = back.get("/mailbox")
            assert (replies(page), len(page.ids["delivery"])) == (1, 1)
            assert page.texts["p"] == "Réponse une"
            delivered(back, "encore")
        answered(house, reviewer, root, "deux")
        assert sorted(each["deliveries"] for each in house.stations["ville"].threads()) == [2, 2]
        for codename in codenames:
            back = house.source()
            assert back.return_with(codename).status_code == 303
            assert replies(back.get("/mailbox")) == 2
        assert "version 2 since" in house("check")
