"""The frame says where a delivery is, in the session's language, at one length."""

import pytest

from source_app.progress_frame import TimeLeft, time_left
from source_app.refusals import DiskNearlyFull
from source_app.session import SourceSessions
from tests.source_app.house import Browser, House, new_keys
from web.pagesize import FRAME_BYTES
from web.progress import ProgressLine
from web.sessions import GRAIN_SECONDS

MIB = 1 << 20


def line_of(house: House, browser: Browser, total: int = 10 * MIB) -> ProgressLine:
    """Begin to tell of a delivery of this browser's session."""
    cookie = browser.client.get_cookie("vasistas")
    assert cookie is not None
    session = SourceSessions(house.services).keeper.find(cookie.value)
    assert session is not None
    return house.services.progress.begin(session.id, total)


def test_before_a_delivery_it_says_so_and_looks_again(house: House) -> None:
    browser = house.visit(new_keys())
    shown = browser.get("/progress").text
    assert "l’avancement s’affichera ici" in shown
    assert '<meta http-equiv="refresh" content="5">' in shown


def test_under_way_it_shows_bytes_share_and_time_left(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = house.visit(new_keys())
    line = line_of(house, browser)
    now = house.services.progress.now() + 60
    monkeypatch.setattr(house.services.progress, "_clock", lambda: now)
    line.received(4 * MIB)
    shown = browser.get("/progress").text
    assert "Reçu\u00a0: 4\u00a0Mio sur 10\u00a0Mio, soit 40\u00a0%." in shown
    assert "Encore 2 minutes environ." in shown
    assert '<meta http-equiv="refresh" content="2">' in shown
    assert 'value="40"' in shown


def test_silence_is_told_long_before_the_server_gives_up(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = house.visit(new_keys())
    line_of(house, browser).received(MIB)
    now = house.services.progress.now() + 20
    monkeypatch.setattr(house.services.progress, "_clock", lambda: now)
    assert "depuis 20 secondes" in browser.get("/progress").text


def test_once_all_has_come_it_says_that_it_is_being_sealed(house: House) -> None:
    browser = house.visit(new_keys())
    line_of(house, browser).received(10 * MIB)
    assert "Nous scellons votre dépôt" in browser.get("/progress").text


def test_a_delivery_leaves_its_figures_there(house: House) -> None:
    browser = house.browser("en")
    browser.first_visit()
    browser.deliver("Hello", [("a.bin", b"x" * 2048), ("b.bin", b"y" * 1024)])
    shown = browser.get("/progress").text
    assert "your delivery is sealed and stored" in shown
    assert "Message: 5 characters." in shown
    assert "2 files, 3\u00a0KiB in all." in shown
    assert '<a class="button" href="/mailbox" target="_top">' in shown
    assert '<meta http-equiv="refresh" content="15">' in shown


def test_what_the_same_page_sends_next_is_not_taken_for_done(house: House) -> None:
    browser = house.browser()
    browser.first_visit()
    browser.deliver("Un premier message.")
    assert "C’est fait" in browser.get("/progress").text
    browser.deliver("")
    shown = browser.get("/progress").text
    assert "C’est fait" not in shown
    assert "Votre dépôt n’est pas parti." in shown


def test_a_refusal_is_told_with_its_reason_and_it_goes_on_looking(house: House) -> None:
    browser = house.browser()
    browser.first_visit()
    browser.deliver("", [])
    shown = browser.get("/progress").text
    assert "Votre dépôt n’est pas parti." in shown
    assert "Il n’y a ni message ni fichier" in shown
    assert "refresh" in shown


def test_a_fault_of_ours_is_told_as_one(house: House) -> None:
    browser = house.visit(new_keys())
    line_of(house, browser).refused("")
    assert "à cause d’une panne de notre côté" in browser.get("/progress").text


def test_another_session_sees_nothing_of_it(house: House) -> None:
    line_of(house, house.visit(new_keys())).received(4 * MIB)
    assert "Reçu" not in house.visit(new_keys()).get("/progress").text


def test_without_a_session_it_leads_out_of_the_frame(house: House) -> None:
    shown = house.browser().get("/progress").text
    assert "Votre séance est terminée" in shown
    assert 'target="_top"' in shown
    assert "refresh" not in shown


def test_every_state_has_one_length(house: House) -> None:
    browser = house.visit(new_keys())
    lengths = [len(house.browser("en").get("/progress").data), len(browser.get("/progress").data)]
    line = line_of(house, browser)
    for change in (
        lambda: line.received(MIB),
        lambda: line.received(10 * MIB),
        lambda: line.refused(DiskNearlyFull.__name__),
        lambda: line.sealed(999, 10 * MIB, 100_000),
    ):
        change()
        lengths.append(len(browser.get("/progress").data))
    assert set(lengths) == {FRAME_BYTES}


def test_a_page_left_open_does_not_keep_its_session_alive(house: House) -> None:
    """The frame asks by itself: only its reader's own requests count."""
    browser = house.visit(new_keys())
    minutes = house.services.instance.config.source_idle_minutes
    for _ in range(minutes // 10 + 3):
        house.clock.forward(minutes=10)
        browser.get("/progress")
    house.clock.forward(seconds=GRAIN_SECONDS)
    assert browser.get("/mailbox").status_code == 403


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [
        (0.2, TimeLeft(10, "seconds")),
        (41, TimeLeft(50, "seconds")),
        (60, TimeLeft(1, "minutes")),
        (61, TimeLeft(2, "minutes")),
        (7199, TimeLeft(120, "minutes")),
        (7201, TimeLeft(3, "hours")),
    ],
)
def test_time_left_is_said_as_a_person_would(seconds: float, shown: TimeLeft) -> None:
    assert time_left(seconds) == shown
