"""What a source had sealed beforehand outlives the subkey that opens it."""

from pathlib import Path

from tests.viewing_station.reviewer import Reviewer
from tests.viewing_station.small_server import SmallServer, Source
from tests.viewing_station.weekly import after, opened, public_file, sealed_on
from viewing_station.bundle_open import open_bundle
from viewing_station.key_calendar import carry_on
from viewing_station.key_windows import all_windows


def test_a_file_sealed_beforehand_is_exported_opened_after_its_subkey_is_gone(
    reviewer: Reviewer, server: SmallServer, source: Source, tmp_path: Path
) -> None:
    with opened(reviewer.home) as station:
        carry_on(station, after(0), after(70), 7)
        public = public_file(station)
        sealed = sealed_on(server, public, after(3))
        weekly = server.with_keys(public.decode())
        files = {"note.txt.gpg": sealed, "plan.txt": b"plan"}
        envelopes = weekly.receive(source, "see the note", files)
        (tmp_path / "b.tar").write_bytes(server.bundle(envelopes, day=after(60), held=()))
        report = open_bundle(station, tmp_path / "b.tar", after(60))
        assert all_windows(station)[0] in report.destroyed or not all_windows(station)[0].here
        assert report.outcomes[0].delivery is not None
        assert list(report.outcomes[0].delivery.inner) == ["note.txt.gpg"]
        station.sweep()
    thread = reviewer.thread()
    reviewer.run("export", thread, str(tmp_path / "out"))
    written = {path.name: path.read_bytes() for path in (tmp_path / "out").rglob("*.*")}
    assert written["note.txt.gpg"] == sealed
    assert written["note.txt"] == b"words"
    assert written["plan.txt"] == b"plan"
