"""A reply is read from standard input or from a file."""

from pathlib import Path

from tests.viewing_station.reviewer import Reviewer
from tests.viewing_station.small_server import SmallServer, Source


def test_its_text_can_come_from_a_file(
    reviewer: Reviewer, server: SmallServer, source: Source, tmp_path: Path
) -> None:
    reviewer.open(server.bundle(server.receive(source, "x")))
    file = tmp_path / "reply.txt"
    file.write_bytes(b"\xef\xbb\xbfMerci.\r\n")
    reviewer.run("reply", reviewer.thread(), "--text-file", str(file))
    assert reviewer.json("show", reviewer.thread())["entries"][1]["text"] == "Merci."


def test_it_says_where_it_goes(reviewer: Reviewer, server: SmallServer, source: Source) -> None:
    [letter] = server.receive(source, "x")
    reviewer.open(server.bundle([letter]))
    name = reviewer.json("threads")[0]["name"]
    told = reviewer.run("reply", name, text="Merci.").stdout
    assert told == (
        f"Sealed for {name} (delivery {letter.entry.delivery}); it goes with the next courier.\n"
    )
