"""A search finds what was opened and written here, newest first, and nothing else."""

import json
import subprocess
from collections.abc import Iterator
from datetime import timedelta

import pytest

from crypto.secret import Secret
from crypto.store_key import unwrap_master
from tests.viewing_station.reviewer import PASSPHRASE, Reviewer
from tests.viewing_station.small_server import TODAY, SmallServer, Source
from viewing_station.deliveries import Deliveries, Delivery
from viewing_station.document_texts import DocumentTexts
from viewing_station.marking import assign, change_labels, set_note
from viewing_station.records import open_records
from viewing_station.search import Hit, HitKind, Searcher, search
from viewing_station.station import Station, open_station
from viewing_station.threads import friendly_name


@pytest.fixture
def deliveries(reviewer: Reviewer, server: SmallServer, source: Source) -> list[str]:
    """Open two deliveries of one source and one of another; return their handles."""
    sent = [
        server.receive(
            source,
            "La caméra de la place\nBellecour filme l’école.",
            {"réunion.pdf": b"a", "plan.png": b"b"},
            day=TODAY - timedelta(days=3),
        ),
        server.receive(source, "Une autre CAMÉRA, à Vénissieux.", day=TODAY - timedelta(days=1)),
        server.receive(Source(), "Rien à voir.", day=TODAY - timedelta(days=2)),
    ]
    reviewer.open(server.bundle([envelope for envelopes in sent for envelope in envelopes]))
    return [envelopes[0].entry.delivery for envelopes in sent]


@pytest.fixture
def station(reviewer: Reviewer, deliveries: list[str]) -> Iterator[Station]:
    with open_station(reviewer.home, Secret(PASSPHRASE.encode())) as station:
        yield station


def told(hits: list[Hit]) -> list[tuple[HitKind, str, str]]:
    return [(hit.kind, hit.delivery, hit.place) for hit in hits]


def thread_of(station: Station, delivery: str) -> str:
    found = station.deliveries.get(delivery)
    assert found
    return found.thread


def test_messages_are_found_newest_first(station: Station, deliveries: list[str]) -> None:
    hits = search(station, "camera")
    assert told(hits) == [
        (HitKind.MESSAGE, deliveries[1], ""),
        (HitKind.MESSAGE, deliveries[0], ""),
    ]
    assert hits[1].excerpt == "La caméra de la place Bellecour filme l’école."
    assert hits[1].thread == thread_of(station, deliveries[0])
    assert hits[1].day == TODAY - timedelta(days=3)


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("caméra bellecour", 1),
        ("caméra rien", 0),
        ('"place bellecour"', 1),
        ('"bellecour place"', 0),
        ("L'ECOLE", 1),
        ("vénis", 1),
        ("absent", 0),
    ],
)
def test_all_terms_must_occur_in_one_text(station: Station, query: str, count: int) -> None:
    assert len(search(station, query)) == count


def test_names_of_files_are_found_with_their_numbers(
    station: Station, deliveries: list[str]
) -> None:
    assert told(search(station, "PLAN.PNG")) == [(HitKind.FILE, deliveries[0], "2")]


def test_what_was_sealed_beforehand_is_found_where_it_was_opened(
    reviewer: Reviewer, server: SmallServer, source: Source
) -> None:
    key = reviewer.home / "demo-openpgp.asc"
    sealed = subprocess.run(
        ["gpg", "--homedir", str(server.gnupg_home), "--batch", "--no-autostart", "--armor",
         "--no-keyring", "--trust-model", "always", "--recipient-file", str(key), "--encrypt"],
        input="Le mât de la gare".encode(), capture_output=True, check=True,
    ).stdout.decode()  # fmt: skip
    reviewer.open(server.bundle(server.receive(source, f"Lisez :\n{sealed}")))
    [hit] = reviewer.json("search", "mât")
    assert (hit["kind"], hit["excerpt"]) == ("opened-message", "Lisez : Le mât de la gare")


def test_what_reviewers_wrote_is_found(reviewer: Reviewer, deliveries: list[str]) -> None:
    thread = next(each["id"] for each in reviewer.json("threads") if each["deliveries"] == 2)
    reviewer.run("reply", thread, text="Merci pour les photographies.")
    reviewer.run("note", thread, text="Vérifier auprès du syndicat")
    reviewer.run("label", thread, "--add", "Reconnaissance faciale")
    reviewer.run("assign", thread, "Camille")
    [name] = [each["name"] for each in reviewer.json("threads") if each["id"] == thread]
    found = {
        query: [(hit["kind"], hit["delivery"]) for hit in reviewer.json("search", query)]
        for query in ("photographies", "syndicat", "FACIALE", "camille", name)
    }
    assert found == {
        "photographies": [("reply", deliveries[1])],
        "syndicat": [("note", None)],
        "FACIALE": [("label", None)],
        "camille": [("assignee", None)],
        name: [("thread-name", None)],
    }


def test_texts_of_documents_are_found(station: Station, deliveries: list[str]) -> None:
    with station.records.change():
        DocumentTexts(station.records).put(deliveries[0], 1, "Procès-verbal " * 50 + "biométrie")
        DocumentTexts(station.records).put("nobody-knows-this", 1, "biométrie")
    [hit] = search(station, "biometrie")
    assert (hit.kind, hit.delivery, hit.place) == (HitKind.TEXT, deliveries[0], "1")
    assert hit.excerpt.startswith("…")
    assert hit.excerpt.endswith("biométrie")


def test_a_searcher_takes_up_what_changes(station: Station, deliveries: list[str]) -> None:
    searcher = Searcher(station)
    thread = thread_of(station, deliveries[2])
    assert searcher.search("urgent") == []
    set_note(station, thread, "urgent")
    change_labels(station, thread, add=["urgent"])
    assert {hit.kind for hit in searcher.search("urgent")} == {HitKind.NOTE, HitKind.LABEL}
    set_note(station, thread, "")
    assert told(searcher.search("urgent")) == [(HitKind.LABEL, "", "")]
    change_labels(station, thread, remove=["URGENT"])
    assert searcher.search("urgent") == []
    assign(station, thread, "Urgent")
    assert len(searcher.search("urgent")) == 1


def test_a_searcher_takes_up_what_another_connection_brought(
    station: Station, deliveries: list[str], server: SmallServer
) -> None:
    searcher = Searcher(station)
    assert searcher.search("nouvelle") == []
    master = unwrap_master(Secret(PASSPHRASE.encode()), station.home.master_key.read_bytes())
    letter = Source().write(server)
    with open_records(station.home.database, master) as records, records.change():
        Deliveries(records).put(Delivery.of(letter, "ab" * 32))
        Deliveries(records).put_message(letter.delivery, "La nouvelle", None)
    assert told(searcher.search("nouvelle")) == [(HitKind.MESSAGE, letter.delivery, "")]


def test_hits_are_capped_and_the_newest_stay(station: Station, deliveries: list[str]) -> None:
    assert told(Searcher(station).search("camera", limit=1)) == [
        (HitKind.MESSAGE, deliveries[1], "")
    ]


def test_a_hit_does_not_show_its_text_in_a_repr(station: Station) -> None:
    assert "école" not in repr(search(station, "école"))


def test_the_command_takes_phrases_and_reads_a_line_where_no_word_is_given(
    reviewer: Reviewer, deliveries: list[str]
) -> None:
    assert len(reviewer.json("search", "place Bellecour")) == 1
    assert "Vénissieux" in reviewer.run("search", text="venissieux\n").stdout
    assert reviewer.run("search", "introuvable").stdout == "Nothing found.\n"
    assert "a word or more" in reviewer.refusal("search", "  ")
    assert "longer than 400" in reviewer.refusal("search", "x" * 401)


def test_nothing_reaches_the_terminal_raw(reviewer: Reviewer, server: SmallServer) -> None:
    reviewer.open(server.bundle(server.receive(Source(), "piège \x1b[31m\u202e rouge")))
    shown = reviewer.run("search", "piege").stdout
    assert "\x1b" not in shown
    assert "\u202e" not in shown
    assert "⟨U+001B⟩" in shown


def test_a_station_of_version_0_1_is_searched_as_well(
    station: Station, deliveries: list[str]
) -> None:
    found = station.deliveries.get(deliveries[0])
    assert found
    old = {"letter": found.written, "letter_body": found.letter_body,
           "archive": found.archive, "read": True}  # fmt: skip
    with station.records.change():
        station.records.put("delivery", found.name, json.dumps(old).encode())
    again = station.deliveries.get(deliveries[0])
    assert again
    assert (again.letter, again.read, again.archive) == (found.letter, True, found.archive)
    assert told(search(station, "plan.png")) == [(HitKind.FILE, deliveries[0], "2")]
    assert friendly_name(station.settings.names_key, again.thread)
