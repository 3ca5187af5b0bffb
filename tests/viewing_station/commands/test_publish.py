"""Publications are made of clean copies alone, and say at every step what they are."""

from dataclasses import replace
from pathlib import Path

import pytest

from crypto.secret import Secret
from tests.viewing_station.publishing.house import NAMES, REMAINING, Desk, desk, pdf
from tests.viewing_station.reviewer import PASSPHRASE, Reviewer
from tests.viewing_station.small_server import SmallServer
from viewing_station.copies import Copy
from viewing_station.station import open_station

TOML = """
primary = "{primary}"
city = "Lyon"
technology = ["caméras", "drones"]
date = 2026-03-14
[title]
fr = "Un titre"
en = "A title"
[source]
label = "Article"
url = "https://example.org/"
"""


@pytest.fixture(name="desk")
def _desk(reviewer: Reviewer, server: SmallServer) -> Desk:
    return desk(reviewer, server)


def refusal(desk: Desk, *words: str, text: str | bytes | None = None) -> str:
    return desk.reviewer.refusal("publish", *words, text=text)


def test_fields_come_as_options(desk: Desk) -> None:
    primary, attached = desk.copy(pdf("x")), desk.copy(b"y", "image/png")
    words = ["--primary", primary[:8], "--attach", attached[:8], "--title", "Un titre"]
    words += ["--title-in", "en", "A title", "--technology", "caméras", "--technology", "drones"]
    words += ["--source", "Article|https://example.org/", "--location", "45.76,4.83"]
    made = desk.reviewer.json("publish", "new", *words)
    assert made == {
        "id": made["id"],
        "primary": primary,
        "attachments": [attached],
        "title": {"en": "A title", "fr": "Un titre"},
        "summary": None,
        "city": "",
        "technology": ["caméras", "drones"],
        "supplier": [],
        "date": None,
        "source": {"label": "Article", "url": "https://example.org/"},
        "location": {"latitude": "45.76", "longitude": "4.83"},
        "state": "draft",
        "outings": [],
    }
    assert desk.reviewer.json("publish", "show", made["id"][:6]) == made
    assert desk.reviewer.json("publish", "list") == [made]
    shown = desk.reviewer.run("publish", "show", made["id"]).stdout
    assert "title, en: A title" in shown
    assert "location: 45.76,4.83" in shown


@pytest.mark.parametrize("way", ["file", "standard input"])
def test_fields_come_from_toml_and_options_stand_over_them(
    desk: Desk, tmp_path: Path, way: str
) -> None:
    text = TOML.format(primary=desk.copy(pdf("x")))
    file = tmp_path / "fields.toml"
    file.write_text(text)
    given = str(file) if way == "file" else "-"
    words = ["--from", given, "--city", "Nice", "--title-in", "de", "Titel", "--json"]
    words += ["--summary", "Court"]
    desk.reviewer.run("publish", "new", *words, text=text)
    [made] = desk.reviewer.json("publish", "list")
    assert made["city"] == "Nice"
    assert made["title"] == {"de": "Titel", "en": "A title", "fr": "Un titre"}
    assert made["summary"] == {"fr": "Court"}
    assert (made["date"], made["technology"]) == ("2026-03-14", ["caméras", "drones"])


def test_an_edit_changes_what_is_given_and_makes_a_draft_of_it(desk: Desk, tmp_path: Path) -> None:
    id_ = desk.publish("--city", "Lyon", "--title-in", "en", "A title", "--date", "2026-03-14")
    desk.reviewer.run("export", "folder", str(tmp_path / "out"))
    assert desk.reviewer.json("publish", "show", id_)["state"] == "exported"
    desk.reviewer.run("publish", "edit", id_[:8], "--city", "Nice", "--date", "", "--title", "Neuf")
    found = desk.reviewer.json("publish", "show", id_)
    assert (found["city"], found["date"], found["state"]) == ("Nice", None, "draft")
    assert found["title"] == {"en": "A title", "fr": "Neuf"}
    desk.reviewer.run("publish", "edit", id_, "--title-in", "en", "", "--ready")
    found = desk.reviewer.json("publish", "show", id_)
    assert (found["title"], found["state"]) == ({"fr": "Neuf"}, "publishable")


def test_what_went_out_goes_out_again_only_when_named(desk: Desk, tmp_path: Path) -> None:
    id_ = desk.publish(title="Premier")
    desk.reviewer.run("export", "uwazi", str(tmp_path / "1"))
    told = desk.reviewer.refusal("export", "uwazi", str(tmp_path / "2"))
    assert told.startswith("Nothing publishable waits to be exported like this.")
    desk.reviewer.run("export", "folder", str(tmp_path / "3"))  # another way is another matter
    desk.reviewer.run("export", "uwazi", str(tmp_path / "4"), "--only", id_[:8], "--only", id_)
    second = desk.publish(title="Second")
    done = desk.reviewer.json("export", "uwazi", str(tmp_path / "5"))
    assert done["publications"] == [second]
    listed = desk.reviewer.run("publish", "list").stdout
    assert "exported (uwazi, " in listed


def test_drafts_do_not_go_out(desk: Desk, tmp_path: Path) -> None:
    id_ = desk.publish()
    desk.reviewer.run("publish", "draft", id_)
    for words in ([], ["--only", id_]):
        told = desk.reviewer.refusal("export", "folder", str(tmp_path / "out"), *words)
        assert "`viewing-station publish ready` marks" in told
    desk.reviewer.run("publish", "ready", id_)
    desk.reviewer.run("export", "folder", str(tmp_path / "out"))


def test_a_dropped_one_is_forgotten_and_its_copies_stay(desk: Desk) -> None:
    id_ = desk.publish()
    assert "1 publication forgotten" in desk.reviewer.run("publish", "drop", id_[:8]).stdout
    assert desk.reviewer.json("publish", "list") == []
    assert refusal(desk, "show", id_).startswith(f"No publication here is called {id_}")
    desk.publish(primary=desk.copies[0].id)


def test_a_copy_that_still_tells_is_refused(desk: Desk) -> None:
    telling = desk.copy(pdf("x"), remaining=(REMAINING,))
    told = refusal(desk, "new", "--primary", telling, "--title", "T")
    assert "still says something of its author" in told
    assert "`viewing-station clean --method pages`" in told
    clean = desk.copy(pdf("x"))
    told = refusal(desk, "new", "--primary", clean, "--attach", telling, "--title", "T")
    assert "still says something of its author" in told
    assert desk.reviewer.json("publish", "list") == []


def test_the_original_has_no_id_to_be_published_by(desk: Desk) -> None:
    for wanted in (desk.handle, desk.thread, "quokkarapport interne.pdf", ""):
        told = refusal(desk, "new", "--primary", wanted or "abc", "--title", "T")
        assert "`viewing-station clean` makes one" in told


def alter(desk: Desk, id_: str, **facts: object) -> None:
    with open_station(desk.reviewer.home, Secret(PASSPHRASE.encode())) as station:
        found = station.copies.get(id_)
        assert isinstance(found, Copy)
        with station.records.change():
            station.copies.put(replace(found, **facts))  # type: ignore[arg-type]  # its fields


@pytest.mark.parametrize("way", ["uwazi", "folder", "drive"])
@pytest.mark.parametrize("fact", ["sha256", "larger", "smaller"])
def test_a_copy_that_changed_since_goes_nowhere(
    desk: Desk, tmp_path: Path, way: str, fact: str
) -> None:
    primary = desk.copy(pdf("x"))
    desk.publish(primary=primary)
    size = desk.copies[0].size
    facts = {
        "sha256": {"sha256": "0" * 64},
        "larger": {"size": size - 1},
        "smaller": {"size": size + 1},
    }
    alter(desk, primary, **facts[fact])
    (tmp_path / "secret").write_text("several words of chance")
    words = ["--container-passphrase-file", str(tmp_path / "secret")] if way == "drive" else []
    told = desk.reviewer.refusal("export", way, str(tmp_path / "out"), *words)
    assert told.startswith(f"The copy {primary} is not the one that was checked")
    assert not (tmp_path / "out").exists()
    assert not list(tmp_path.glob(".*"))
    assert "is not the one that was checked" in refusal(
        desk, "new", "--primary", primary, "--title", "T"
    )


def test_a_sealed_copy_altered_on_the_disk_goes_nowhere(desk: Desk, tmp_path: Path) -> None:
    desk.publish(primary=desk.copy(pdf("x") + bytes(100_000)))
    sealed = desk.reviewer.home / "files" / desk.copies[0].archive
    content = bytearray(sealed.read_bytes())
    content[-1000] ^= 1
    sealed.write_bytes(content)
    told = desk.reviewer.refusal("export", "folder", str(tmp_path / "out"))
    assert told.startswith("The sealed data was altered")
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("gone", ["record", "file"])
def test_a_copy_that_is_gone_is_told(desk: Desk, tmp_path: Path, gone: str) -> None:
    primary = desk.copy(pdf("x"))
    desk.publish(primary=primary)
    if gone == "file":
        (desk.reviewer.home / "files" / desk.copies[0].archive).unlink()
    else:
        passphrase = Secret(PASSPHRASE.encode())
        with open_station(desk.reviewer.home, passphrase) as station, station.records.change():
            station.copies.drop(primary)
    told = desk.reviewer.refusal("export", "uwazi", str(tmp_path / "out"))
    assert told.startswith(f"The copy {primary} is not here any more")


@pytest.mark.parametrize(
    ("content", "kind"), [(b"\x89PNG", "image/png"), (b"no", "application/pdf")]
)
def test_the_first_document_is_a_pdf(desk: Desk, content: bytes, kind: str) -> None:
    told = refusal(desk, "new", "--primary", desk.copy(content, kind), "--title", "T")
    assert "is not a PDF" in told


@pytest.mark.parametrize("kind", ["text/html", "image/svg+xml"])
def test_what_a_browser_would_run_is_not_attached(desk: Desk, kind: str) -> None:
    attached = desk.copy(b"<svg onload='x'>", kind)
    told = refusal(
        desk, "new", "--primary", desk.copy(pdf("x")), "--attach", attached, "--title", "T"
    )
    assert f"can run in a reader's browser ({kind})" in told


def test_what_is_missing_or_wrong_is_told_and_nothing_is_kept(desk: Desk, tmp_path: Path) -> None:
    primary = desk.copy(pdf("x"))
    assert refusal(desk, "new", "--primary", primary) == "A publication needs a title."
    assert refusal(desk, "new", "--title", "T") == "A publication needs a primary."
    told = refusal(desk, "new", "--primary", primary, "--title-in", "en", "T")
    assert "a publication needs a French title" in told
    told = refusal(desk, "new", "--primary", primary, "--attach", primary, "--title", "T")
    assert "the primary document is among them" in told
    for text in ("title = ", "\x00", "x = " + "[" * 5000, b"\xff\xfe", "x" * 300_000):
        told = refusal(desk, "new", "--from", "-", text=text)
        assert "is not TOML that can be read here" in told
    told = refusal(
        desk, "new", "--from", "-", text=TOML.format(primary=primary) + "[mood]\nx = 1\n"
    )
    assert told.startswith("The mood cannot stand like that")
    assert desk.reviewer.json("publish", "list") == []


@pytest.mark.parametrize("field", ["--title", "--summary", "--city", "--supplier"])
def test_what_names_the_thread_or_its_files_is_refused(desk: Desk, field: str) -> None:
    primary = desk.copy(pdf("x"))
    spoken = desk.name.replace("-", " ").title()
    for name in (desk.name, spoken, desk.handle, desk.thread, NAMES[0], NAMES[0].upper()):
        words = ["--primary", primary, "--title", "T", field, f"de {name}, reçu"]
        assert "names the thread, the delivery or the file" in refusal(desk, "new", *words)
    assert desk.reviewer.json("publish", "list") == []


def test_nothing_raw_reaches_the_terminal(desk: Desk) -> None:
    told = refusal(desk, "show", "\x1b[2Jx")
    assert "\x1b" not in told


def test_an_empty_list_says_so(reviewer: Reviewer) -> None:
    assert reviewer.run("publish", "list").stdout == "There is no publication yet.\n"
