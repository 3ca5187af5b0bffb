"""A whole bundle: what it says of couriers, of the server, and of itself when it comes again."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from formats.handles import new_item_id
from tests.viewing_station.conftest import new_reviewer
from tests.viewing_station.reviewer import Reviewer, agents_of
from tests.viewing_station.small_server import SmallServer, Source
from viewing_station.vault import Draft

# A background job of a shell ignores Ctrl-C, and so would what it starts; a terminal's does not.
PROGRAM = """
import signal
from viewing_station.cli import main
signal.signal(signal.SIGINT, signal.default_int_handler)
main()
"""
RUN = [sys.executable, "-c", PROGRAM]
PATIENCE = 60  # seconds, on a machine that others use as well


def test_a_bundle_twice_changes_nothing_and_says_so(
    reviewer: Reviewer, server: SmallServer, source: Source
) -> None:
    bundle = server.bundle(server.receive(source, "Bonjour", {"a.txt": b"a"}))
    assert "nothing changed" not in reviewer.open(bundle).stdout
    database = reviewer.home / "station.db"
    before = database.read_bytes()
    assert "nothing changed" in reviewer.open(bundle).stdout
    assert database.read_bytes() == before


def test_an_acknowledged_courier_is_not_offered_again(
    reviewer: Reviewer, server: SmallServer, source: Source
) -> None:
    reviewer.open(server.bundle(server.receive(source, "Bonjour")))
    reviewer.run("reply", reviewer.thread(), text="Merci.")
    lost, taken = reviewer.courier_id(), reviewer.courier_id()
    assert lost != taken
    told = reviewer.open(server.bundle([], couriers_taken=(taken,))).stdout
    assert "1 item of your couriers arrived" in told
    assert "nothing to carry back" in reviewer.refusal("courier", "unwritten.tar")
    assert not Path("unwritten.tar").exists()


def test_a_courier_of_someone_else_acknowledges_nothing(
    reviewer: Reviewer, server: SmallServer, source: Source
) -> None:
    reviewer.open(server.bundle(server.receive(source, "Bonjour")))
    reviewer.run("reply", reviewer.thread(), text="Merci.")
    reviewer.courier_id()
    reviewer.open(server.bundle([], couriers_taken=(new_item_id(),)))
    reviewer.courier_id()


def test_a_restored_server_is_offered_again_what_it_forgot(
    reviewer: Reviewer, server: SmallServer, source: Source
) -> None:
    reviewer.open(server.bundle(server.receive(source, "Bonjour")))
    reviewer.run("reply", reviewer.thread(), text="before the backup")
    early = reviewer.courier_id()
    reviewer.open(server.bundle([], couriers_taken=(early,)))
    reviewer.run("reply", reviewer.thread(), text="after the backup")
    late = reviewer.courier_id()
    reviewer.open(server.bundle([], couriers_taken=tuple(sorted((early, late)))))
    restored = server.bundle([], couriers_taken=(early,), restored=True)
    assert "came back from a backup" in reviewer.open(restored).stdout
    file = reviewer.home.parent / "again.tar"
    assert reviewer.json("courier", str(file))["replies"] == 1


def test_an_old_bundle_unsays_nothing(
    reviewer: Reviewer, server: SmallServer, source: Source
) -> None:
    restored = server.bundle(server.receive(source, "Bonjour"), restored=True)
    reviewer.open(restored)
    reviewer.run("reply", reviewer.thread(), text="Merci.")
    reviewer.open(server.bundle([], couriers_taken=(reviewer.courier_id(),)))
    reviewer.open(restored)
    assert "nothing to carry back" in reviewer.refusal("courier", "unwritten.tar")


def test_two_stations_open_only_what_is_theirs(
    reviewer: Reviewer, stranger: Reviewer, server: SmallServer, source: Source
) -> None:
    bundle = server.bundle(server.receive(source, "Bonjour"))
    assert reviewer.open_json(bundle)[0]["state"] == "new"
    assert stranger.open_json(bundle, code=1)[0]["state"] == "refused"
    assert stranger.json("threads") == []


def real_station(folder: Path, server: SmallServer) -> Reviewer:
    """Make a station with a passphrase at its real cost, for a process of its own."""
    reviewer = new_reviewer(folder)
    (folder / "instance.json").write_bytes(server.identity.encode())
    command(reviewer, "init", "--desk", "demo", "--instance", str(folder / "instance.json"))
    return reviewer


def started(reviewer: Reviewer, *words: str) -> subprocess.Popen[bytes]:
    given = ["--home", str(reviewer.home), "--passphrase-file", str(reviewer.passphrase_file)]
    return subprocess.Popen([*RUN, *given, *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def command(reviewer: Reviewer, *words: str) -> bytes:
    with started(reviewer, *words) as process:
        output, complaint = process.communicate(timeout=PATIENCE)
    assert process.returncode == 0, complaint
    return output


@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_an_open_cut_off_in_the_middle_can_be_done_again(
    tmp_path: Path, server: SmallServer, source: Source, end: signal.Signals
) -> None:
    reviewer = real_station(tmp_path, server)
    key = (reviewer.home / "demo-openpgp.asc").read_text()
    own = server.with_keys(key)
    deliveries = [own.receive(source, "", {"big.bin": os.urandom(50_000_000)}) for _ in range(2)]
    file = reviewer.keep(own.bundle([envelope for pair in deliveries for envelope in pair]))
    with started(reviewer, "open", str(file)) as process:
        wait_for(lambda: list((reviewer.home / "files").glob("*.part")))
        process.send_signal(end)
        process.communicate(timeout=PATIENCE)
    assert process.returncode != 0
    if end is not signal.SIGKILL:
        assert list((reviewer.home / "files").glob("*.part")) == []
        assert agents_of(reviewer.home) == []
    command(reviewer, "open", str(file))
    assert agents_of(reviewer.home) == []
    assert len(list((reviewer.home / "files").iterdir())) == 2
    assert list((reviewer.home / "files").glob("*.part")) == []


def wait_for(condition: object) -> None:
    deadline = time.monotonic() + PATIENCE
    while not condition():  # type: ignore[operator]  # a function
        assert time.monotonic() < deadline
        time.sleep(0.002)


def test_a_full_disk_stops_it_and_what_was_opened_stays(
    reviewer: Reviewer, server: SmallServer, source: Source, monkeypatch: pytest.MonkeyPatch
) -> None:
    small, large = server.receive(source, "x"), server.receive(source, "y", {"a": bytes(9000)})
    bundle = server.bundle([*small, *large])

    def full(_: Draft) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(Draft, "finish", full)
        assert reviewer.refuse(bundle) == "No space left on device."
    assert list((reviewer.home / "files").iterdir()) == []
    assert agents_of(reviewer.home) == []
    states = {found["state"] for found in reviewer.open_json(bundle)}
    assert "new" in states or "files" in states
    assert all(found["files_here"] for found in reviewer.open_json(bundle))
