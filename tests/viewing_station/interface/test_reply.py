"""Writing a reply: what is counted, shown, sealed, and kept when one leaves."""

from textual.events import Paste
from textual.widgets import TextArea

from crypto.replybox import open_reply
from crypto.schedule import reply_secret
from formats.reply import REPLY_LIMIT, decode_reply
from tests.viewing_station.interface.sitting import Sitting, sit
from tests.viewing_station.reviewer import Reviewer
from tests.viewing_station.small_server import SmallServer, Source

Three = list[str]


def test_what_was_looked_over_is_what_the_source_reads(
    reviewer: Reviewer, server: SmallServer, source: Source
) -> None:
    reviewer.open(server.bundle(server.receive(source, "What now?")))

    async def drive(at: Sitting) -> None:
        await at.press("r")
        await at.until("What now?")
        await at.type("Merci.\nA demain.")
        await at.until("7,984 characters left")
        await at.press("ctrl+s")
        screen = await at.until("This is what will be sealed")
        assert "Merci." in screen
        assert "16 characters" in screen
        await at.press("enter")
        await at.until("✓ Sealed for")
        await at.until("◷ queued for the next courier")
        assert at.app.desk.drafts.get(reviewer_thread(at), "") == ""
        [reply] = at.station.outbox.replies()
        sealed = at.station.outbox.sealed(reply.id)
        assert sealed
        opened = decode_reply(open_reply(reply_secret(source.keys, sealed.nonce), sealed.box))
        assert opened.text == "Merci.\nA demain."

    sit(reviewer, drive)
    [_, reply] = reviewer.json("show", reviewer.thread())["entries"]
    assert (reply["text"], reply["progress"]) == ("Merci.\nA demain.", "queued")


def reviewer_thread(at: Sitting) -> str:
    [thread] = at.app.desk.threads
    return thread


def test_nothing_is_sealed_unless_it_was_looked_over(reviewer: Reviewer, three: Three) -> None:
    async def drive(at: Sitting) -> None:
        await at.press("r")
        await at.type("No.")
        await at.press("ctrl+s")
        await at.until("This is what will be sealed")
        await at.press("escape")
        await at.until_not("This is what will be sealed")
        await at.type(" More.")
        assert "No. More." in at.screen()
        assert list(at.station.outbox.replies()) == []

    sit(reviewer, drive)


def test_what_cannot_be_sealed_is_said_below_the_text(reviewer: Reviewer, three: Three) -> None:
    async def drive(at: Sitting) -> None:
        await at.press("r", "ctrl+s")
        await at.until("The reply is empty")
        at.app.screen.query_one(TextArea).text = "é" * (REPLY_LIMIT + 3)
        await at.until("3 characters too many")
        await at.press("ctrl+s")
        await at.until("The reply is longer than 8,000 characters")
        assert list(at.station.outbox.replies()) == []

    sit(reviewer, drive)


def test_a_reply_put_aside_is_there_again_even_the_next_day(
    reviewer: Reviewer, three: Three
) -> None:
    async def begin(at: Sitting) -> None:
        await at.press("r")
        await at.type("Canary-7341")
        await at.press("escape")
        await at.until("is put aside: r takes it up again")
        await at.until("reply begun")
        await at.press("r")
        await at.until("Canary-7341")

    sit(reviewer, begin)
    for file in reviewer.home.rglob("*"):
        assert not file.is_file() or b"Canary-7341" not in file.read_bytes()

    async def go_on(at: Sitting) -> None:
        assert "reply begun" in at.screen()
        await at.press("r")
        await at.until("Canary-7341")
        await at.type("!")
        await at.press("ctrl+s", "enter")
        await at.until("✓ Sealed for")
        assert "reply begun" not in at.screen()

    sit(reviewer, go_on)

    async def look(at: Sitting) -> None:
        assert "reply begun" not in at.screen()

    sit(reviewer, look)


def test_control_characters_do_not_come_in_by_the_clipboard(
    reviewer: Reviewer, three: Three
) -> None:
    async def drive(at: Sitting) -> None:
        await at.press("r")
        at.app.post_message(Paste("a\x1b[31mb\u202ec\r\nd"))
        await at.until("⟨U+001B⟩[31mb⟨U+202E⟩c")
        assert at.app.screen.query_one(TextArea).text == "a⟨U+001B⟩[31mb⟨U+202E⟩c\nd"

    sit(reviewer, drive)


def test_a_letter_without_a_key_is_told_and_the_text_is_kept(
    reviewer: Reviewer, server: SmallServer, source: Source
) -> None:
    reviewer.open(server.bundle(server.receive(source, "Hm.", reply_key=bytes(32))))

    async def drive(at: Sitting) -> None:
        await at.press("r")
        await at.type("Ah.")
        await at.press("ctrl+s", "enter")
        await at.until("holds no key that a reply can be sealed to")
        assert "Ah." in at.screen()

    sit(reviewer, drive)


def test_on_a_full_disk_the_text_stays_and_is_sealed_when_there_is_room(
    reviewer: Reviewer, three: Three
) -> None:
    async def drive(at: Sitting) -> None:
        database = at.station.records._database
        [(pages,)] = database.execute("PRAGMA page_count").fetchall()
        await at.press("r")
        at.app.screen.query_one(TextArea).text = "mot " * 1900
        database.execute(f"PRAGMA max_page_count = {pages}")
        await at.press("ctrl+s", "enter")
        await at.until("database or disk is full")
        await at.press("escape")
        await at.until("It is kept nowhere but here")
        assert "mot mot" in at.screen()
        await at.press("ctrl+c")
        await at.until("could not be kept")
        await at.press("b")
        database.execute("PRAGMA max_page_count = 1000000")
        await at.press("ctrl+s", "enter")
        await at.until("✓ Sealed for")

    sit(reviewer, drive)
    [*_, reply] = reviewer.json("show", three[0])["entries"]
    assert reply["text"] == "mot " * 1900
