"""Leaving, by one's own will or not; and what stays behind."""

import pytest

from tests.viewing_station.interface.sitting import Sitting, sit
from tests.viewing_station.reviewer import Reviewer
from viewing_station.interface import app as app_module

Three = list[str]


@pytest.mark.parametrize("key", ["q", "ctrl+c", "ctrl+q"])
def test_it_is_left_by_one_key(reviewer: Reviewer, three: Three, key: str) -> None:
    async def drive(at: Sitting) -> None:
        await at.press(key)
        assert not at.app.is_running or at.app._exit

    assert sit(reviewer, drive) == ""


async def begin_a_reply(at: Sitting) -> None:
    await at.press("r")
    await at.type("Not yet")
    await at.press("ctrl+c")
    await at.until("A reply is not sealed yet")


def kept(reviewer: Reviewer) -> list[str]:
    found: list[str] = []

    async def drive(at: Sitting) -> None:
        found.extend(text for text in at.app.desk.drafts.values() if text)

    sit(reviewer, drive)
    return found


def test_leaving_asks_where_a_reply_was_begun(reviewer: Reviewer, three: Three) -> None:
    async def drive(at: Sitting) -> None:
        await begin_a_reply(at)
        assert three[0] in at.screen()
        await at.press("escape")
        await at.until_not("A reply is not sealed yet")
        assert "Not yet" in at.screen()
        await at.press("ctrl+c", "k")
        assert at.app._exit

    sit(reviewer, drive)
    assert kept(reviewer) == ["Not yet"]
    assert reviewer.json("show", three[0])["entries"][-1]["kind"] == "delivery"


def test_a_reply_that_was_begun_can_be_thrown_away(reviewer: Reviewer, three: Three) -> None:
    async def drive(at: Sitting) -> None:
        await begin_a_reply(at)
        await at.press("x")
        assert at.app._exit

    sit(reviewer, drive)
    assert kept(reviewer) == []


def test_who_insists_leaves_and_loses_nothing(reviewer: Reviewer, three: Three) -> None:
    async def drive(at: Sitting) -> None:
        await begin_a_reply(at)
        await at.press("ctrl+c")
        assert at.app._exit

    sit(reviewer, drive)
    assert kept(reviewer) == ["Not yet"]


class Clock:
    """A clock that goes when it is told to."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_it_closes_when_nobody_is_there_and_keeps_what_was_begun(
    reviewer: Reviewer, three: Three, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = Clock()
    monkeypatch.setattr(app_module, "_clock", clock)

    async def drive(at: Sitting) -> None:
        await at.press("r")
        clock.now += 9 * 60
        await at.type("Half a sentence")
        clock.now += 9 * 60
        at.app._tick()
        assert not at.app._exit
        clock.now += 61
        at.app._tick()
        assert at.app._exit

    said = sit(reviewer, drive, minutes=10)
    assert said == (
        "Closed after 10 minutes without a key. "
        f"Your reply to {three[0]} is kept, and was not sealed."
    )
    assert kept(reviewer) == ["Half a sentence"]


def test_time_that_the_machine_slept_counts() -> None:
    assert app_module._clock() > 0


def test_light_and_dark_are_one_key_apart(reviewer: Reviewer, three: Three) -> None:
    async def drive(at: Sitting) -> None:
        before = at.app.screen.styles.background
        await at.press("t")
        assert at.app.screen.styles.background != before
        await at.press("t")
        assert at.app.screen.styles.background == before

    sit(reviewer, drive)


def test_help_lists_every_key_and_when_it_closes(reviewer: Reviewer, three: Three) -> None:
    async def drive(at: Sitting) -> None:
        await at.press("question_mark")
        await at.until("put a star on the thread")
        assert "closes itself after 15 minutes without a key" in at.words()
        await at.press("escape")
        await at.until_not("put a star on the thread")

    sit(reviewer, drive, size=(120, 50))


def test_an_error_of_ours_shows_no_value_of_any_variable(
    reviewer: Reviewer, three: Three, capsys: pytest.CaptureFixture[str]
) -> None:
    class FaultError(Exception):
        pass

    async def drive(at: Sitting) -> None:
        canary = "canary-5512"

        def fail() -> None:
            secret = canary + "-secret"
            raise FaultError(len(secret))

        at.app.call_later(fail)
        await at.pilot.pause(0.2)

    with pytest.raises(FaultError):
        sit(reviewer, drive)
    shown = capsys.readouterr()
    assert "canary-5512" not in shown.out + shown.err


def test_nothing_is_put_on_the_terminals_clipboard(reviewer: Reviewer, three: Three) -> None:
    async def drive(at: Sitting) -> None:
        written: list[str] = []
        assert at.app._driver
        at.app._driver.write = written.append  # type: ignore[method-assign]
        at.app.copy_to_clipboard("secret")
        assert not any("]52;" in each for each in written)

    sit(reviewer, drive)
