"""An export says what it did not write."""

from pathlib import Path

from tests.viewing_station.reviewer import Reviewer
from tests.viewing_station.small_server import SmallServer, Source


def test_it_counts_and_names(
    reviewer: Reviewer, server: SmallServer, source: Source, tmp_path: Path
) -> None:
    letter, files = server.receive(source, "x", {"plan.pdf": b"plan"})
    reviewer.open(server.bundle([letter, files]))
    folder = tmp_path / "out" / letter.entry.delivery
    folder.mkdir(parents=True)
    (folder / "plan.pdf").write_text("mine")
    words = ["export", reviewer.thread(), str(tmp_path / "out")]
    told = reviewer.run(*words, code=1)
    assert told.stdout.splitlines() == [
        f"1 file written to {tmp_path}/out.",
        f"Something else stands in its place: {letter.entry.delivery}/plan.pdf",
    ]
    assert told.stderr.startswith("error: 1 file could not be written")
    assert reviewer.json(*words, code=1) == {
        "written": [],
        "present": [f"{letter.entry.delivery}/message.txt"],
        "blocked": [f"{letter.entry.delivery}/plan.pdf"],
        "opened": [],
        "sealed": [],
        "awaited": [],
    }
