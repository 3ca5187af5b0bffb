"""Search: asked while typing, over everything, and one key from there to the place."""

from datetime import timedelta

from tests.viewing_station.interface.sitting import Sitting, sit
from tests.viewing_station.reviewer import Reviewer
from tests.viewing_station.small_server import TODAY, SmallServer, Source

Three = list[str]


def test_what_is_found_is_gone_to(reviewer: Reviewer, three: Three) -> None:
    async def drive(at: Sitting) -> None:
        await at.press("slash")
        await at.until("All words must be there")
        await at.type("SCHOOL")
        screen = await at.until("1 place")
        assert three[1] in screen
        assert "in the message" in screen
        assert "Cameras at the school gate." in screen
        await at.press("enter")
        await at.until("Cameras at the school gate.")
        assert at.app.screen.query_one("#threads").chosen.name == three[1]
        assert f"● {three[1]}" not in at.screen()

    sit(reviewer, drive)


def test_documents_names_replies_notes_and_labels_are_found(
    reviewer: Reviewer, three: Three
) -> None:
    reviewer.run("reply", three[2], text="Our answer: pelican.")

    async def drive(at: Sitting) -> None:
        await at.press("l")
        await at.until("Labels of")
        await at.type("heron")
        await at.press("enter")
        for asked, where in (
            ("offre.pdf", "the name of document 1"),
            ("pelican", "in our reply"),
            ("heron", "a label"),
        ):
            await at.press("slash")
            await at.until("All words must be there" if asked == "offre.pdf" else "place")
            await at.press("ctrl+u")
            await at.type(asked)
            await at.until(where)
            await at.press("escape")

    sit(reviewer, drive)


def test_nothing_found_is_said(reviewer: Reviewer, three: Three) -> None:
    async def drive(at: Sitting) -> None:
        await at.press("slash")
        await at.type("unicorn")
        await at.until("Nothing that was opened here holds all these words.")
        await at.press("enter")
        assert "Search" in at.screen()
        await at.press("escape")
        await at.until("? Help")

    sit(reviewer, drive)


def test_the_question_is_there_again_and_a_muted_thread_is_unfolded_for_what_is_in_it(
    reviewer: Reviewer, three: Three
) -> None:
    async def drive(at: Sitting) -> None:
        await at.press("m")
        await at.until("▸ 1 muted thread")
        await at.press("slash")
        await at.type("tender")
        await at.until("1 place")
        await at.press("enter")
        await at.until("The tender was written by the bidder.")
        assert three[0] in at.screen()
        await at.press("slash")
        await at.until("1 place")

    sit(reviewer, drive)


def test_a_found_place_deep_in_a_thread_is_on_the_screen(
    reviewer: Reviewer, server: SmallServer, source: Source
) -> None:
    envelopes = []
    for number in range(6):
        text = f"Number {number}.\n" + "line\n" * 30 + ("needle" if number == 2 else "")
        envelopes += server.receive(source, text, day=TODAY - timedelta(10 - number))
    reviewer.open(server.bundle(envelopes))

    async def drive(at: Sitting) -> None:
        await at.press("slash")
        await at.type("needle")
        await at.until("1 place")
        await at.press("enter")
        await at.until("Number 2.")
        assert "Number 5." not in at.screen()

    sit(reviewer, drive)


def test_markup_in_what_is_found_is_text(reviewer: Reviewer, server: SmallServer) -> None:
    message = "The [red]word[/red] is \x1b[31mhere\u202e."
    reviewer.open(server.bundle(server.receive(Source(), message)))

    async def drive(at: Sitting) -> None:
        await at.press("slash")
        await at.type("word")
        screen = await at.until("1 place")
        assert "The [red]word[/red] is ⟨U+001B⟩[31mhere⟨U+202E⟩." in screen

    sit(reviewer, drive)
