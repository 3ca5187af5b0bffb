"""The main job, end to end, through real processes and real sockets."""

import json
import unicodedata
from pathlib import Path

import pytest

from tests.journey.house import Files, House, Page, Reviewer, Source

MESSAGE = "Bonjour,\nle lot 2 est déjà attribué. — « Q »\n"
REPLY = "Merci. Pouvez-vous dater la page 3 ?\n<b>À bientôt</b> & bon courage."


def typed_badly(codename: str) -> str:
    """Type a codename in capitals, with accents that it does not have and stray white space."""
    accented = "".join(unicodedata.normalize("NFC", c + "\u0301") for c in codename.upper())
    return "  " + accented.replace(" ", " -\t")


def exported(house: House, thread: str, folder: Path) -> dict[str, bytes]:
    """Export a thread; give its files by name."""
    house.stations["ville"]("export", thread, folder)
    return {path.name: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def carry_and_reply(house: House, reviewer: Reviewer, root: Path) -> str:
    """Take what is new to the station, answer its only thread, and bring the answer back."""
    station = house.stations["ville"]
    station("open", reviewer.bundle(root / "b.tar", all_new="1"))
    (thread,) = station.threads()
    station("reply", thread["id"], stdin=REPLY)
    station("courier", root / "c.tar")
    shown, done = reviewer.courier(root / "c.tar")
    assert (shown.status_code, done.status_code) in {(200, 200), (200, 303)}
    return str(thread["id"])


@pytest.mark.parametrize("tcp", [False, True], ids=["unix", "tcp"])
def test_a_delivery_travels_and_a_reply_comes_back(
    house: House, root: Path, documents: Files, *, tcp: bool
) -> None:
    with house.serving(tcp=tcp):
        source = house.source().first_visit()
        assert source.deliver(MESSAGE, documents).status_code == 303
        codename = source.codename
        (handle,) = source.get("/mailbox").ids["delivery"]
        left = source.post("/leave")
        assert left.status_code == 200
        assert "Clear-Site-Data" in left.headers
        assert source.http.get("/mailbox").status_code == 403

        reviewer = house.reviewer("alex")
        assert reviewer.deliveries() == [handle]
        thread = carry_and_reply(house, reviewer, root)

        files = exported(house, thread, root / "out")
        assert files["message.txt"].decode() == MESSAGE
        assert files["Délibération n° 12 — vidéo.txt"] == documents[0][1]
        assert files["日本語 🗼.bin"] == documents[4][1]
        contents = [content for name, content in files.items() if name != "message.txt"]
        assert sorted(contents) == sorted(content for _, content in documents)

        back = house.source()
        assert back.return_with(typed_badly(codename)).status_code == 303
        page = back.get("/mailbox")
        assert page.texts["p"] == REPLY
        assert back.deliver("Oui : page 3, mars.").status_code == 303
        (reply,) = page.ids["reply"]
        assert back.post("/mailbox/reply/delete", id=reply).status_code == 303
        assert back.get("/mailbox").ids["reply"] == []
        newest = next(i for i in back.get("/mailbox").ids["delivery"] if i != handle)
        assert back.post("/mailbox/delivery/withdraw", id=newest).status_code == 303
        assert newest not in back.get("/mailbox").ids["delivery"]
        assert newest not in reviewer.deliveries()


def test_the_sample_documents_arrive_byte_for_byte(
    house: House, root: Path, samples: Files
) -> None:
    with house.serving():
        source = house.source().first_visit()
        assert source.deliver(MESSAGE, samples).status_code == 303
        house.stations["ville"]("open", house.reviewer("alex").bundle(root / "b", all_new="1"))
    (thread,) = house.stations["ville"].threads()
    files = exported(house, thread["id"], root / "out")
    assert {name: files[name] for name, _ in samples} == dict(samples)


def test_two_deliveries_of_one_codename_make_one_thread_and_two_codenames_make_two(
    house: House, root: Path
) -> None:
    with house.serving():
        first = house.source().first_visit()
        first.deliver("un")
        codename = first.codename
        back = house.source()
        back.return_with(codename)
        back.get("/deliver")
        back.deliver("deux")
        house.source().first_visit().deliver("trois")
        house.stations["ville"]("open", house.reviewer("alex").bundle(root / "b", all_new="1"))
    threads = house.stations["ville"].threads()
    assert sorted(thread["deliveries"] for thread in threads) == [1, 2]


def test_a_codename_of_no_delivery_opens_an_empty_mailbox(house: House) -> None:
    """Threat model: a guessed or mistyped codename tells nothing."""
    with house.serving():
        unused = house.source().first_visit().codename
        back = house.source()
        answer = back.return_with(unused)
        assert answer.status_code == 303
        assert back.get("/mailbox").ids == {"reply": [], "delivery": []}


def test_a_bundle_or_courier_taken_twice_changes_nothing_and_says_so(
    house: House, root: Path
) -> None:
    station = house.stations["ville"]
    with house.serving():
        source = house.source().first_visit()
        source.deliver(MESSAGE)
        reviewer = house.reviewer("alex")
        carry_and_reply(house, reviewer, root)
        before = station.threads()
        again = station("open", root / "b.tar")
        assert station.threads() == before
        assert again.strip()
        reviewer.courier(root / "c.tar")
        assert len(source.get("/mailbox").ids["reply"]) == 1
        source.post("/mailbox/reply/delete", id=source.get("/mailbox").ids["reply"][0])
        reviewer.courier(root / "c.tar")
        assert source.get("/mailbox").ids["reply"] == [], "a replayed courier raised a reply"


def test_a_file_encrypted_beforehand_opens_through_both_layers(house: House, root: Path) -> None:
    import subprocess  # noqa: PLC0415  gpg plays the source here, and nowhere else in this file

    gnupg = root / "g"
    gnupg.mkdir(mode=0o700)
    secret = "contrat annexe 4\n" * 500
    key = house.stations["ville"].home / "ville-openpgp.asc"
    encrypt = ["gpg", "--homedir", gnupg, "--batch", "--trust-model", "always", "--quiet"]
    sealed = subprocess.run(
        [*encrypt, "--recipient-file", key, "--encrypt"],
        input=secret.encode(),
        capture_output=True,
        check=True,
    ).stdout
    with house.serving():
        house.source().first_visit().deliver("chiffré deux fois", [("annexe.txt.gpg", sealed)])
        house.stations["ville"]("open", house.reviewer("alex").bundle(root / "b", all_new="1"))
    (thread,) = house.stations["ville"].threads()
    files = exported(house, thread["id"], root / "out")
    assert files["annexe.txt"].decode() == secret
    assert files["annexe.txt.gpg"] == sealed


def test_commands_take_effect_at_once_in_a_running_serve(house: House) -> None:
    """A key retired, a desk paused: the next delivery is refused, with a word."""
    key = house("desk", "key", "list", "ville").split()[0]
    with house.serving():
        source = house.source().first_visit()
        house("desk", "pause", "ville")
        assert source.deliver("?").status_code == 503
        assert source.http.get("/mailbox").status_code == 200, "those who return are answered"
        house("desk", "resume", "ville")
        house("desk", "key", "retire", "ville", key)
        refused = source.deliver("?")
        assert refused.status_code == 503
        assert "guichet" in refused.text
        assert "?</textarea>" in refused.text
        house("desk", "key", "add", "ville", house.stations["ville"].home / "ville-openpgp.asc")
        assert source.deliver("!").status_code == 303
        house("desk", "add", "lyon", "--name", "Lyon")
        assert "Lyon" in house.source().http.get("/").text


def test_a_delivery_goes_to_the_desk_that_was_chosen(house: House, root: Path) -> None:
    house.add_desk("lyon", "Lyon")
    house.add_reviewer("bo", "lyon")
    with house.serving():
        source: Source = house.source().first_visit("lyon")
        assert source.deliver("pour Lyon", desk="lyon").status_code == 303
        assert source.deliver("pour la ville", desk="ville").status_code == 303
        assert source.deliver("pour Lyon, par défaut").status_code == 303
        assert source.deliver("?", desk="nulle-part").status_code == 422
        bo, alex = house.reviewer("bo"), house.reviewer("alex")
        assert (len(bo.deliveries()), len(alex.deliveries())) == (2, 1)
        house.stations["lyon"]("open", bo.bundle(root / "b", all_new="1"))
        foreign = alex.bundle(root / "f", all_new="1")
    station = house.stations["lyon"]
    assert len(station.threads()) == 1
    assert station("open", foreign, check=False) == "", "another desk's bundle was not refused"


def test_the_public_identity_and_keys_are_served(house: House) -> None:
    with house.serving():
        http = house.source().http
        served = http.get("/instance.json").json()
        assert served == json.loads((house.home / "instance.json").read_text())
        assert "PGP PUBLIC KEY BLOCK" in http.get("/keys/ville.asc").text
        assert "ville.asc" in http.get("/keys").text
        assert Page(http.get("/").text).fields.get("csrf_token") is None
