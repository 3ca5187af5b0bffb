"""`forget` asks first, says what goes and what stays, and is done at once."""

from tests.viewing_station.reviewer import Reviewer
from tests.viewing_station.small_server import SmallServer, Source

FILES = {"a.txt": b"a", "b.txt": b"b"}


def test_it_says_what_will_be_gone_and_wants_the_word(
    reviewer: Reviewer, server: SmallServer, source: Source
) -> None:
    letter, _ = server.receive(source, "Voici.", FILES)
    name = letter.entry.delivery
    reviewer.open(server.bundle([letter]))
    asked = reviewer.run("forget", name, text="no\n", code=1)
    assert "1 delivery, 2 documents and 0 replies will be gone" in asked.stdout
    assert f"{name}: its documents never came here" in asked.stdout
    assert "nothing was destroyed" in asked.stderr
    assert len(reviewer.json("threads")) == 1
    done = reviewer.run("forget", name, text="forget\n")
    assert "1 delivery forgotten" in done.stdout
    assert "Backups of this station" in done.stdout
    assert reviewer.json("threads") == []
    assert "Forgotten before" in reviewer.run("forget", name).stdout


def test_what_is_not_here_is_told_and_nothing_goes(
    reviewer: Reviewer, server: SmallServer, source: Source
) -> None:
    reviewer.open(server.bundle(server.receive(source, "Voici.")))
    thread = reviewer.thread()
    assert "No thread" in reviewer.refusal("forget", thread, "zzzz-zzzz-zzzz", "--yes")
    assert len(reviewer.json("threads")) == 1
    reviewer.run("forget", thread, "--yes")
    assert "No thread" in reviewer.refusal("forget", thread, "--yes")
