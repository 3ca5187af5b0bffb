import hashlib
import secrets
from collections.abc import Iterable
from dataclasses import replace

import pytest

from admin.compose import sweep_once
from admin.custody.open_sessions import end_sessions
from admin.serving.circuit_ledger import _HELD
from source_app import delivering
from source_app.intake import Intake
from storage.errors import DatabaseBusy
from storage.models import EnvelopeKind, Visitor
from tests.source_app.faults import fail_at
from tests.source_app.house import DESK, Browser, House, Page, new_keys
from tests.web.openings import opened_for_writing
from tests.web.through_tor import CIRCUIT, Counted, named, through_tor
from web.circuits import Held
from web.sessions import SessionKeeper

FILES = [
    ("Délibération n° 12 — vidéo.pdf", "Séance du 14 mars.\r\n".encode()),
    ("vide.dat", b""),
    ("vide.dat", b"\x00" * 70_000),
    ("padding", b"a file may have this name"),
    ("PADDING", b"and this one"),
    ("letter.json", b"{}"),
    ("../../etc/passwd", b"root"),
    ("日本語 🗼.bin", bytes(range(256)) * 513),
    ("--boundary.bin", b"\r\n--\r\n----geckoformboundary1\r\n" * 999),
]


def test_a_delivery_arrives_whole_and_only_the_desk_opens_it(house: House) -> None:
    browser = house.browser()
    codename = browser.first_visit()
    assert len(codename.split()) == 8
    message = "Voici <b>tout</b> : « contrat »,\nligne deux. 🗼"
    answer = browser.deliver(message, FILES)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/mailbox")

    (delivery,) = house.delivery_ids()
    opened = house.opened(delivery)
    letter = house.letter(delivery)
    assert opened[EnvelopeKind.LETTER]["message.txt"].decode() == message
    files = opened[EnvelopeKind.FILES]
    assert list(files.values()) == [content for _, content in FILES]
    assert {file["name"]: (file["size"], file["sha256"]) for file in letter["files"]} == {
        name: (len(content), hashlib.sha256(content).hexdigest()) for name, content in files.items()
    }
    assert next(iter(files)) == FILES[0][0]
    assert (letter["delivery"], letter["desk"], letter["language"]) == (delivery, DESK, "fr")
    assert letter["instance"] == house.services.instance.config.instance
    assert letter["day"] == house.row(delivery).day.isoformat()
    row = house.row(delivery)
    assert [letter[name] for name in ("nonce", "tag", "reply_key")] == [
        row.nonce.hex(),
        row.tag.hex(),
        row.reply_key.hex(),
    ]


def test_the_receipt_tells_in_figures_what_arrived_until_something_else_is_done(
    house: House,
) -> None:
    browser = house.browser("en")
    browser.first_visit()
    browser.deliver("Hello", [("a.bin", b"x" * 2048), ("b.bin", b"y" * 1024)])
    page = browser.get("/mailbox").text
    assert "Your delivery has arrived and is sealed" in page
    assert "Message: 5 characters." in page
    assert "Files: 2, 3\u00a0KiB in all." in page
    assert "Your delivery has arrived" in browser.get("/mailbox").text, "a frame showed it first"
    browser.get("/deliver")
    assert "Your delivery has arrived" not in browser.get("/mailbox").text
    assert Page(page).ids["delivery"] == house.delivery_ids()


def test_two_deliveries_of_one_source_share_a_thread_and_nothing_on_the_server(
    house: House,
) -> None:
    browser = house.browser()
    browser.first_visit()
    browser.deliver("un", [("a", b"1")])
    browser.deliver("deux", [("a", b"1")])
    first, second = (house.row(delivery) for delivery in house.delivery_ids())
    for column in ("id", "nonce", "tag", "reply_key"):
        assert getattr(first, column) != getattr(second, column)
    letters = [house.letter(delivery) for delivery in house.delivery_ids()]
    assert letters[0]["thread"] == letters[1]["thread"]
    assert bytes.fromhex(letters[0]["thread"]) not in {first.nonce, first.tag}


def test_a_message_alone_makes_one_envelope_and_no_empty_file(house: House) -> None:
    browser = house.browser()
    browser.first_visit()
    browser.deliver("Un mot.", [("", b"")])  # what a browser sends where no file was chosen
    (delivery,) = house.delivery_ids()
    assert list(house.opened(delivery)) == [EnvelopeKind.LETTER]
    assert "Aucun fichier." in browser.get("/mailbox").text


def test_files_alone_are_enough(house: House) -> None:
    browser = house.browser()
    browser.first_visit()
    assert browser.deliver("", [("a", b"1")]).status_code == 303
    (delivery,) = house.delivery_ids()
    assert house.opened(delivery)[EnvelopeKind.LETTER]["message.txt"] == b""


def test_a_file_without_a_name_is_not_lost(house: House) -> None:
    browser = house.browser()
    browser.first_visit()
    assert browser.deliver("", [("", b"content")]).status_code == 303
    (delivery,) = house.delivery_ids()
    assert list(house.opened(delivery)[EnvelopeKind.FILES].values()) == [b"content"]


def test_nothing_of_a_delivery_is_opened_for_writing_but_ciphertext(house: House) -> None:
    browser = house.browser()
    browser.first_visit()
    content = secrets.token_bytes(6 << 20)
    home = str(house.services.instance.places.home)
    with opened_for_writing() as opened:
        assert browser.deliver("x" * 90_000, [("a", content), ("b", content)]).status_code == 303
    assert opened
    descriptors = [path for path in opened if path.isdigit()]  # pipes and memory files to gpg
    elsewhere = {*opened} - {*descriptors, "/dev/null"}
    elsewhere = {path for path in elsewhere if not path.startswith(home)}
    assert not elsewhere
    (delivery,) = house.delivery_ids()
    assert list(house.opened(delivery)[EnvelopeKind.FILES].values()) == [content, content]


@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_letter_says_which_language_its_source_reads(house: House, language: str) -> None:
    browser = house.browser(language)
    browser.first_visit()
    browser.deliver()
    assert house.letter(house.delivery_ids()[0])["language"] == language


def test_the_session_lives_as_long_as_the_upload_and_no_longer_than_usual_after_it(
    house: House,
) -> None:
    browser = house.browser()
    browser.first_visit()
    house.clock.forward(minutes=50)
    browser.deliver()
    house.clock.forward(minutes=59)
    assert browser.get("/mailbox").status_code == 200
    house.clock.forward(minutes=76)
    assert browser.get("/mailbox").status_code == 403


def test_a_sweep_during_an_upload_of_hours_does_not_end_its_session(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_file = Intake.add_file

    def slow(intake: Intake, name: str, chunks: Iterable[bytes]) -> None:
        add_file(intake, name, chunks)
        house.clock.forward(hours=20)
        sweep_once(house.services)

    browser = house.visit(new_keys())
    with monkeypatch.context() as patch:
        patch.setattr(delivering, "HELD_FROM_BYTES", 0)
        patch.setattr(Intake, "add_file", slow)
        assert browser.deliver("", [("a", b"1")]).status_code == 303
    assert "Votre dépôt est arrivé" in browser.get("/mailbox").text


def test_the_codename_is_shown_until_the_first_visit_ends(house: House) -> None:
    browser = house.browser()
    codename = browser.first_visit()
    browser.deliver()
    for path in ("/mailbox", "/deliver"):
        assert " ".join(browser.page(path).codename.split()) == codename
    browser.post("/leave")
    again = house.browser()
    assert again.post("/return", codename=codename.upper()).status_code == 303
    for path in ("/mailbox", "/deliver"):
        page = again.page(path)
        assert page.codename == ""
    assert again.page("/mailbox").ids["delivery"] == house.delivery_ids()


def test_who_returned_delivers_into_the_same_thread(house: House) -> None:
    browser = house.browser()
    codename = browser.first_visit()
    browser.deliver("un")
    again = house.browser()
    again.post("/return", codename=codename)
    again.get("/deliver")
    assert again.deliver("deux").status_code == 303
    threads = {house.letter(delivery)["thread"] for delivery in house.delivery_ids()}
    assert len(threads) == 1
    assert set(again.page("/mailbox").ids["delivery"]) == set(house.delivery_ids())


def test_an_upload_past_midnight_belongs_to_the_day_it_ended(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """That day's night rewrites its blob; the night of the day before may be over by then."""
    house.clock.forward(hours=11, minutes=59)
    browser = house.browser()
    browser.first_visit()
    add_file = Intake.add_file

    def slow(intake: Intake, name: str, chunks: Iterable[bytes]) -> None:
        add_file(intake, name, chunks)
        house.clock.forward(hours=2)

    monkeypatch.setattr(Intake, "add_file", slow)
    assert browser.deliver("", [("a", b"1")]).status_code == 303
    (delivery,) = house.delivery_ids()
    assert house.row(delivery).day == house.services.today
    assert house.letter(delivery)["day"] == house.services.today.isoformat()


def test_a_delivery_that_stands_is_never_said_to_be_lost(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The row is committed; then the session's own row cannot be written any more."""
    source = house.browser()
    source.first_visit()
    for name in ("release", "save"):
        fail_at(monkeypatch, SessionKeeper, name, DatabaseBusy())
    answer = source.deliver("bonjour", [("a", b"aa")])
    assert answer.status_code == 200
    assert "Votre dépôt est arrivé et il est scellé" in answer.text
    assert "Rien n’a été enregistré" not in answer.text
    assert len(answer.data) == 65_536
    assert house.stored() == 1


def test_a_delivery_under_way_arrives_though_all_sessions_end_meanwhile(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser, commit = house.browser(), Intake.commit
    codename = browser.first_visit()

    def ended_before(intake: Intake, message: str) -> object:
        end_sessions(house.services, [Visitor.SOURCE])
        return commit(intake, message)

    monkeypatch.setattr(Intake, "commit", ended_before)
    assert browser.deliver("x").status_code == 303
    assert browser.get("/mailbox").status_code == 403
    again = house.browser()
    assert again.post("/return", codename=codename).status_code == 303
    assert house.session(again).deliveries == house.delivery_ids()
    assert len(house.delivery_ids()) == 1


def test_a_delivery_stands_though_its_session_cannot_be_saved(
    house: House, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Who is told that it failed delivers twice, or gives up."""
    browser = house.visit(new_keys())
    with monkeypatch.context() as patch:
        patch.setattr(SessionKeeper, "save", failing)
        patch.setattr(SessionKeeper, "release", failing)
        answer = browser.deliver("Bonjour.", [("a", b"1")])
    assert answer.status_code == 200
    assert "Votre dépôt est arrivé et il est scellé" in answer.text
    assert len(house.delivery_ids()) == 1
    assert browser.page("/mailbox").ids["delivery"] == house.delivery_ids()
    assert capsys.readouterr().err.count("fault: DatabaseBusy at ") <= 2


def failing(*_: object) -> None:
    raise DatabaseBusy


@pytest.fixture
def counted(house: House, monkeypatch: pytest.MonkeyPatch) -> Counted:
    """Have the house's circuits counted, and nobody sleep."""
    counted = Counted()
    house.services = replace(house.services, circuits=counted, onion=named)
    monkeypatch.setattr("web.circuits.time.sleep", lambda _seconds: None)
    return counted


def arrived(house: House, circuit: int = CIRCUIT) -> Browser:
    """Give a source's browser on a circuit, with a session."""
    browser = Browser(through_tor(house.app, circuit))
    browser.first_visit()
    return browser


def deliveries_asked(counted: Counted) -> list[str]:
    return [verb for verb, _, what in counted.asked if what is Held.DELIVERY]


def test_through_tor_a_delivery_is_held_until_it_has_ended_well_or_not(
    house: House, counted: Counted
) -> None:
    browser = arrived(house)
    for _ in range(3 * _HELD[Held.DELIVERY].free):
        assert browser.deliver("Bonjour.").status_code == 303
        assert browser.deliver("").status_code == 422
    asked = deliveries_asked(counted)
    assert asked == ["enter", "leave"] * (6 * _HELD[Held.DELIVERY].free)
    assert counted.closed == []


def test_a_circuit_with_too_many_deliveries_at_once_is_told_and_no_other_circuit_is(
    house: House, counted: Counted
) -> None:
    browser = arrived(house)
    for _ in range(_HELD[Held.DELIVERY].free):
        counted.enter(CIRCUIT, Held.DELIVERY)  # from other tabs
    answer = browser.deliver("Mon message.", [("a.bin", b"x" * 100_000)])
    assert answer.status_code == 503
    assert "csrf_token" in answer.text  # the form stands there again
    assert "Mon message." in answer.text
    house.assert_nothing_kept()
    assert deliveries_asked(counted)[-1] == "enter"  # what was refused is not given back

    other = arrived(house, CIRCUIT + 1)
    assert other.deliver("Bonjour.").status_code == 303
    counted.leave(CIRCUIT, Held.DELIVERY)
    assert browser.deliver("Mon message.").status_code == 303


def test_a_circuit_that_insists_on_too_many_deliveries_is_closed(
    house: House, counted: Counted
) -> None:
    browser = arrived(house)
    for _ in range(_HELD[Held.DELIVERY].free):
        counted.enter(CIRCUIT, Held.DELIVERY)
    for _ in range(_HELD[Held.DELIVERY].grace):
        assert browser.deliver("x").status_code == 503
    assert counted.closed == []
    assert browser.deliver("x").status_code == 503
    assert counted.closed == [CIRCUIT]
    house.assert_nothing_kept()
