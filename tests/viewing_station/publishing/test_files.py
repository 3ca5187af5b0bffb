"""An export for people is whole, and can be checked."""

import subprocess
from pathlib import Path

from tests.viewing_station.publishing.house import Desk, pdf, read_all


def test_documents_page_and_checksums_stand_together(desk: Desk, tmp_path: Path) -> None:
    document, picture = pdf("x"), b"\x89PNG y"
    attached = desk.copy(picture, "image/png")
    desk.publish("--attach", attached, primary=desk.copy(document))
    desk.reviewer.run("export", "folder", str(tmp_path / "out"))
    files = read_all(tmp_path / "out")
    assert len(files) == 4
    assert {document, picture} <= set(files.values())
    done = subprocess.run(
        ["sha256sum", "--strict", "-c", "SHA256SUMS"],
        cwd=tmp_path / "out",
        capture_output=True,
        text=True,
        check=True,
    )
    assert sorted(done.stdout.split(": OK\n")[:-1]) == sorted(set(files) - {"SHA256SUMS"})
    for path in (tmp_path / "out").iterdir():
        assert path.stat().st_mode & 0o777 == 0o600
        assert path.stat().st_mtime == 315_532_800
        assert path.name.isascii()
    assert (tmp_path / "out").stat().st_mode & 0o777 == 0o700
