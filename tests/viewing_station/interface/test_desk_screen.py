"""The first screen: what a reviewer sees of the threads, and what the keys do with them."""

import time
from contextlib import AbstractContextManager
from datetime import timedelta

import pytest

from crypto.secret import Secret
from formats.bundle import EnvelopeKind
from tests.viewing_station.interface.sitting import Sitting, sit
from tests.viewing_station.reviewer import PASSPHRASE, Reviewer
from tests.viewing_station.small_server import TODAY, SmallServer, Source
from viewing_station.deliveries import Delivery
from viewing_station.interface import thread_list
from viewing_station.interface.palette import PLAIN
from viewing_station.station import Station, open_station

Three = list[str]


def test_an_empty_station_says_what_to_do(reviewer: Reviewer) -> None:
    async def drive(at: Sitting) -> None:
        words = (await at.until("No threads yet.")) and at.words()
        assert "Press o to open a bundle" in words
        assert "r Reply" not in words
        await at.press("r", "d", "s", "enter", "down", "b")
        assert at.app.screen.query_one("#nothing")

    sit(reviewer, drive)


def test_threads_stand_left_and_the_conversation_right(reviewer: Reviewer, three: Three) -> None:
    async def drive(at: Sitting) -> None:
        screen = await at.until("The tender was written by the bidder.")
        lines = screen.splitlines()
        places = [next(i for i, line in enumerate(lines) if f"● {name}" in line) for name in three]
        assert places == sorted(places)
        assert "3 threads · 3 new" in lines[0]
        assert "1 document, 2.0 KiB" in screen
        assert "1  offre.pdf  2.0 KiB" in screen

    sit(reviewer, drive)


def test_a_thread_is_read_once_it_is_entered_and_not_before(
    reviewer: Reviewer, three: Three
) -> None:
    async def drive(at: Sitting) -> None:
        await at.press("down")
        await at.until("Cameras at the school gate.")
        assert f"● {three[1]}" in at.screen()
        await at.press("enter")
        await at.until("2 new")
        assert f"● {three[1]}" not in at.screen()

    sit(reviewer, drive)
    unread = [thread["unread"] for thread in reviewer.json("threads")]
    assert unread == [1, 0, 1]


def test_where_it_is_narrow_list_and_content_are_two_screens(
    reviewer: Reviewer, three: Three
) -> None:
    async def drive(at: Sitting) -> None:
        assert "The tender" not in at.screen()
        await at.press("enter")
        screen = await at.until("The tender was written")
        assert three[1] not in screen
        assert all(len(line) <= 60 for line in screen.splitlines())
        await at.press("escape")
        assert three[1] in at.screen()
        assert "The tender" not in at.screen()

    sit(reviewer, drive, size=(60, 20))


@pytest.mark.parametrize("size", [(80, 24), (200, 50)])
def test_it_fits_small_terminals_and_large_ones(
    reviewer: Reviewer, three: Three, size: tuple[int, int]
) -> None:
    async def drive(at: Sitting) -> None:
        screen = await at.until("The tender was written")
        assert all(name in screen for name in three)
        assert screen.splitlines()[-1].endswith("? Help   q Quit")
        assert max(map(len, screen.splitlines())) <= size[0]

    sit(reviewer, drive, size=size)


def test_markup_and_escapes_of_a_stranger_stand_there_as_text(
    reviewer: Reviewer, server: SmallServer
) -> None:
    message = "[red]a[/red] [@click=app.quit]b[/] [[c]] \x1b[31md\x1b]52;c;eA==\x07 \u202eoff [/]"
    files = {"[@click=app.bell]x[b].txt": b"1", "[b]plan[b].pdf": b"2"}
    reviewer.open(server.bundle(server.receive(Source(), message, files)))

    async def drive(at: Sitting) -> None:
        await at.until("[red]a[/red]")
        screen = at.right()
        shown = (
            "[red]a[/red] [@click=app.quit]b[/] [[c]] ⟨U+001B⟩[31md⟨U+001B⟩]52;c;eA==⟨U+0007⟩ "
            "⟨U+202E⟩off [/]"
        )
        assert shown in screen
        # A source's file names have lost what is not harmless on their way; brackets are.
        assert "[b]plan[b].pdf" in screen
        assert "\x1b" not in screen
        assert "\u202e" not in screen
        await at.press("r")
        await at.until("Reply to")
        assert shown in at.words()

    sit(reviewer, drive, size=(220, 40))


def test_a_very_long_message_can_be_read_to_its_end(
    reviewer: Reviewer, server: SmallServer
) -> None:
    message = "Le début. " + "mot " * 24_990 + "\nLa fin."
    reviewer.open(server.bundle(server.receive(Source(), message[-100_000:])))

    async def drive(at: Sitting) -> None:
        await at.press("enter")
        await at.until("mot mot")
        await at.press("end")
        await at.until("La fin.")

    sit(reviewer, drive)


def opened(reviewer: Reviewer) -> AbstractContextManager[Station]:
    return open_station(reviewer.home, Secret(PASSPHRASE.encode()))


def stock(station: Station, count: int) -> None:
    """Put threads into the station without sealing each: the list is what is looked at."""
    letters = SmallServer(station.home.root, desk=station.settings.desk)
    with station.records.change():
        for number in range(count):
            letter = Source().write(letters, day=TODAY - timedelta(number % 300))
            station.deliveries.put(Delivery.of(letter, "0" * 64))
            station.deliveries.put_message(letter.delivery, f"Message {number}.", None)


def test_a_thousand_threads_open_fast_and_scroll(reviewer: Reviewer) -> None:
    with opened(reviewer) as station:
        stock(station, 1000)
    begun = time.perf_counter()

    async def drive(at: Sitting) -> None:
        await at.until("1,000 threads · 1,000 new")
        assert time.perf_counter() - begun < 10
        await at.press(*["down"] * 20, "end")
        last = at.app.desk.shown()[-1]
        assert last.name in await at.until(last.name)

    sit(reviewer, drive)


def test_older_threads_are_one_key_away(
    reviewer: Reviewer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(thread_list, "ROWS", 20)
    with opened(reviewer) as station:
        stock(station, 50)

    async def drive(at: Sitting) -> None:
        await at.press("end")
        await at.until("▸ 30 older threads")
        await at.press("enter", "end")
        await at.until("▸ 10 older threads")
        last = at.app.desk.shown()[-1]
        assert last.name not in at.screen()
        at.app.screen.query_one("#threads").choose(last.id)
        await at.until(last.name)

    sit(reviewer, drive)


def test_only_the_end_of_a_long_thread_is_laid_out_until_more_is_wanted(
    reviewer: Reviewer,
) -> None:
    source, letters = Source(), SmallServer(reviewer.home)
    with opened(reviewer) as station, station.records.change():
        for number in range(100):
            letter = source.write(letters, day=TODAY - timedelta(200 - number))
            station.deliveries.put(Delivery.of(letter, "0" * 64))
            station.deliveries.put_message(letter.delivery, f"Message {number}.", None)

    async def drive(at: Sitting) -> None:
        await at.until("Message 60.")
        await at.press("enter", "home")
        await at.until("60 earlier messages: b shows more of them")
        assert "60 new of 100" in at.screen()  # what was not laid out was not seen
        assert "Message 60." in at.screen()
        await at.press("b", "b", "home")
        await at.until("Message 0.")
        assert "earlier" not in at.screen()
        assert " new" not in at.screen()

    sit(reviewer, drive)


def test_without_colour_states_are_told_by_words_and_shapes(
    reviewer: Reviewer, three: Three, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")

    async def drive(at: Sitting) -> None:
        await at.until("The tender was written")
        assert at.app.theme == PLAIN
        strips = at.app.screen._compositor.render_strips()
        filters = at.app._filters
        for strip in strips:
            segments = list(strip)
            for each in filters:
                if each.enabled:
                    segments = each.apply(segments, at.app.screen.background_colors[1])
            styles = [segment.style for segment in segments if segment.style]
            assert all(style.color is None or style.color.is_default for style in styles)
            assert all(style.bgcolor is None or style.bgcolor.is_default for style in styles)
        assert f"● {three[0]}" in at.screen()
        assert "1 new" in at.screen()

    sit(reviewer, drive)


def test_a_terminal_of_sixteen_colours_gets_its_own_colours(
    reviewer: Reviewer, three: Three, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TERM", "linux")
    monkeypatch.delenv("COLORTERM")

    async def drive(at: Sitting) -> None:
        await at.until("The tender was written")
        assert at.app.theme == PLAIN
        assert "Light/dark" not in at.screen()
        for strip in at.app.screen._compositor.render_strips():
            for segment in strip:
                colour = segment.style.color if segment.style else None
                assert colour is None or colour.is_default or (colour.number or 0) < 16

    sit(reviewer, drive)


def test_discarding_asks_first_and_is_queued(reviewer: Reviewer, three: Three) -> None:
    async def drive(at: Sitting) -> None:
        await at.press("d")
        await at.until("Have 1 delivery deleted on the server?")
        await at.press("escape")
        assert at.app.desk.to_carry() == 0
        await at.press("d", "y")
        await at.until("1 deletion queued for the next courier.")
        await at.until("its deletion is queued for the next courier")
        await at.press("d")
        await at.until("was queued before")

    sit(reviewer, drive)
    assert len(reviewer.json("threads")) == 3


def test_discarding_warns_of_documents_that_never_came(
    reviewer: Reviewer, server: SmallServer
) -> None:
    envelopes = server.receive(Source(), "With a file.", {"a.txt": b"a"})
    letters = [each for each in envelopes if each.entry.kind is EnvelopeKind.LETTER]
    reviewer.open(server.bundle(letters))

    async def drive(at: Sitting) -> None:
        await at.until("not here yet")
        await at.press("d")
        await at.until("would be lost")

    sit(reviewer, drive)


def test_the_courier_is_written_and_never_over_another_file_unasked(
    reviewer: Reviewer, three: Three
) -> None:
    file = reviewer.home.parent / "courier.tar"

    async def drive(at: Sitting) -> None:
        await at.press("c")
        await at.type(str(file))
        await at.press("enter")
        await at.until("There is nothing to carry back")
        await at.press("d", "y", "c")
        await at.type(str(file))
        await at.press("enter")
        await at.until("0 replies and 1 deletion in")
        file.write_bytes(b"mine")
        await at.press("c")
        await at.type(str(file))
        await at.press("enter")
        await at.until("exists already.")
        await at.press("escape")
        assert file.read_bytes() == b"mine"
        await at.press("c")
        await at.type(str(file))
        await at.press("enter", "y")
        await at.until("0 replies and 1 deletion in")
        assert file.read_bytes() != b"mine"
        await at.press("c")
        await at.type(str(file.parent))
        await at.press("enter")
        await at.until("Name a file, not a folder")

    sit(reviewer, drive)
    assert reviewer.json("courier", str(file), "--force")["deletions"] == 1
