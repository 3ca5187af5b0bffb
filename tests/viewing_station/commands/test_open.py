"""A line for each delivery, and a sentence for each that was refused."""

from datetime import timedelta

from formats.handles import new_handle
from tests.viewing_station.reviewer import Reviewer
from tests.viewing_station.small_server import TODAY, SmallServer, Source


def test_an_empty_bundle_is_no_trouble(reviewer: Reviewer, server: SmallServer) -> None:
    assert "0 deliveries" in reviewer.open(server.bundle([])).stdout
    assert reviewer.open_json(server.bundle([])) == []


def test_each_delivery_has_a_line(reviewer: Reviewer, server: SmallServer, source: Source) -> None:
    letter, files = server.receive(source, "Bonjour", {"a.txt": b"a" * 2000, "b.txt": b""})
    other = server.receive(source, "", day=TODAY - timedelta(days=1))
    lines = reviewer.open(server.bundle([letter, files, *other])).stdout.splitlines()
    name = reviewer.json("threads")[0]["name"]
    [line] = [line for line in lines if line.startswith(letter.entry.delivery)]
    assert name in line
    assert "2 files, 2.0 KiB" in line
    assert line.endswith("new")
    assert any(line.startswith(other[0].entry.delivery) for line in lines)


def test_a_refusal_is_told_on_standard_error_and_by_the_exit_code(
    reviewer: Reviewer, server: SmallServer, source: Source
) -> None:
    honest = server.receive(source, "x")
    liar = server.seal_letter(source.write(server), "x", delivery=new_handle())
    told = reviewer.open(server.bundle([*honest, liar]), code=1)
    assert told.stdout.count("new") == 1
    assert told.stdout.count("refused") == 1
    assert told.stderr.startswith(f"error: {liar.entry.delivery}: the letter in it is that of")
    assert len(told.stderr.splitlines()) == 1
