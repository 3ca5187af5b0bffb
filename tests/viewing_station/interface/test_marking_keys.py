"""Labels, notes, a person, a star, silence: asked for by a key, seen in the list, kept."""

from tests.viewing_station.interface.sitting import Sitting, sit
from tests.viewing_station.reviewer import Reviewer

Three = list[str]


def test_a_star_is_put_on_and_taken_off(reviewer: Reviewer, three: Three) -> None:
    async def drive(at: Sitting) -> None:
        await at.press("s")
        await at.until(f"{three[0]}  ★")
        await at.until("★ starred")
        await at.press("s")
        await at.until("The star is gone.")
        assert f"{three[0]}  ★" not in at.screen()
        await at.press("s")

    sit(reviewer, drive)

    async def look(at: Sitting) -> None:
        assert f"{three[0]}  ★" in at.screen()

    sit(reviewer, look)


def test_labels_are_changed_as_one_line(reviewer: Reviewer, three: Three) -> None:
    async def drive(at: Sitting) -> None:
        await at.press("l")
        await at.until(f"Labels of {three[0]}")
        await at.type("urgent, lyon")
        await at.press("enter")
        await at.until("# lyon · # urgent")
        await at.press("l")
        await at.until("lyon, urgent")
        await at.press("ctrl+u")
        await at.type("drones")
        await at.press("enter")
        await at.until("# drones")
        assert "# lyon" not in at.screen()
        await at.press("l")
        await at.type("," + "x" * 60)
        await at.press("enter")
        await at.until("40 characters")
        await at.press("escape")
        assert at.app.desk.marks_of(at.app.desk.shown()[0].id).labels == ("drones",)

    sit(reviewer, drive)


def test_a_note_stands_above_the_conversation(reviewer: Reviewer, three: Three) -> None:
    async def drive(at: Sitting) -> None:
        await at.press("n")
        await at.until(f"Note about {three[0]}")
        await at.type("Compare [b]lot 2[-b].\nAsk Marc.")
        await at.press("ctrl+s")
        await at.until("Note: Compare [b]lot 2[-b].")
        await at.until("noted")
        await at.press("n")
        await at.type("Lost.")
        await at.press("escape")
        assert "Lost." not in at.screen()

    sit(reviewer, drive)


def test_a_thread_is_given_to_a_person(reviewer: Reviewer, three: Three) -> None:
    async def drive(at: Sitting) -> None:
        await at.press("a")
        await at.until("Who takes care of")
        await at.type("Marc")
        await at.press("enter")
        await at.until("for Marc")
        await at.press("a", "ctrl+u", "enter")
        await at.until_not("for Marc")

    sit(reviewer, drive)


def test_a_muted_thread_is_folded_away_and_comes_back(reviewer: Reviewer, three: Three) -> None:
    async def drive(at: Sitting) -> None:
        await at.press("down", "m")
        await at.until("is folded away below the list")
        await at.until("▸ 1 muted thread, 1 new")
        assert three[1] not in at.screen().partition("│")[0]
        listed = [option.id for option in at.app.screen.query_one("#threads").options]
        assert len(listed) == 3
        await at.press("end", "enter")
        await at.until("▾ 1 muted thread")
        await at.press("end")
        await at.until("Cameras at the school gate.")
        await at.press("m")
        await at.until("is back in the list.")
        assert "muted" not in at.screen()

    sit(reviewer, drive)


def test_at_an_empty_station_there_is_nothing_to_mark(reviewer: Reviewer) -> None:
    async def drive(at: Sitting) -> None:
        await at.press("s", "l", "n", "a", "m")
        assert list(at.station.marks.all()) == []
        assert len(at.app.screen_stack) == 2

    sit(reviewer, drive)
