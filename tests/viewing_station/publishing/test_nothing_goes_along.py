"""Nothing of a thread leaves with what is published; and the search would find it if it did."""

import subprocess
import zipfile
import zlib
from pathlib import Path

import pikepdf
import pytest

from tests.viewing_station.publishing.canary_search import found_in
from tests.viewing_station.publishing.house import Desk, pdf


def full(desk: Desk) -> None:
    """Publish with every field and both kinds of copy."""
    attachment = desk.copy(b"\x89PNG pixels", "image/png")
    words = ["--attach", attachment, "--title-in", "en", "A title", "--city", "Lyon"]
    words += ["--technology", "caméras", "--supplier", "Société", "--date", "2023-05-04"]
    words += ["--source", "Article|https://example.org/a", "--summary", "Deux\n\nparagraphes"]
    desk.publish(*words, "--location", "45.76,4.83")


def age_key(folder: Path) -> tuple[Path, str]:
    """Return an identity's file and its recipient."""
    file = folder / "identity"
    subprocess.run(["age-keygen", "-o", str(file)], check=True, capture_output=True)
    shown = subprocess.run(
        ["age-keygen", "-y", str(file)], check=True, capture_output=True, text=True
    )
    return file, shown.stdout.strip()


@pytest.mark.parametrize("way", ["uwazi", "folder", "post"])
def test_no_canary_of_the_thread_is_in_an_export(desk: Desk, tmp_path: Path, way: str) -> None:
    full(desk)
    out = tmp_path / "out" / "note.md" if way == "post" else tmp_path / "out"
    if way == "post":
        out.parent.mkdir()
    desk.reviewer.run("export", way, str(out))
    assert any((tmp_path / "out").iterdir())
    assert found_in(tmp_path / "out", desk.canaries()) == []


def test_no_canary_of_the_thread_is_in_what_a_container_holds(desk: Desk, tmp_path: Path) -> None:
    full(desk)
    identity, recipient = age_key(tmp_path)
    desk.reviewer.run("export", "drive", str(tmp_path / "out"), "--to", recipient)
    inside = tmp_path / "inside"
    inside.mkdir()
    for file in (tmp_path / "out").iterdir():
        command = ["age", "--decrypt", "-i", str(identity), str(file)]
        plain = subprocess.run(command, check=True, capture_output=True).stdout
        (inside / file.stem).write_bytes(plain)
    assert (inside / "documents.tar").stat().st_size > 10_000
    assert found_in(tmp_path / "out", desk.canaries()) == []
    assert found_in(inside, desk.canaries()) == []


def test_a_post_that_is_printed_holds_none(desk: Desk, tmp_path: Path) -> None:
    full(desk)
    note = desk.reviewer.run("export", "post").stdout_bytes
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "note").write_bytes(note)
    assert len(note) > 100
    assert found_in(tmp_path / "out", desk.canaries()) == []


@pytest.mark.parametrize("place", ["name", "plain", "utf-16", "zip", "pdf", "zlib", "upper", "tar"])
def test_the_search_finds_every_canary_wherever_it_is_hidden(
    desk: Desk, tmp_path: Path, place: str
) -> None:
    canaries = {name: text for name, text in desk.canaries().items() if "/" not in text}
    for number, canary in enumerate(canaries.values()):
        folder = tmp_path / f"h{number}"
        folder.mkdir()
        hide(folder, canary, place)
        assert found_in(folder, {"it": canary}) != [], canary


def hide(folder: Path, canary: str, place: str) -> None:
    file = folder / "file"
    match place:
        case "name":
            (folder / f"x {canary}.txt").touch()
        case "plain":
            file.write_text(f"x{canary}y")
        case "upper":
            file.write_text(canary.upper())
        case "utf-16":
            file.write_text(canary, "utf-16-be")
        case "zlib":
            file.write_bytes(zlib.compress(canary.encode()))
        case "zip":
            with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
                archive.writestr("import.csv", canary * 2)
        case "tar":
            (folder / "inner").write_text(canary)
            subprocess.run(
                ["tar", "-cf", str(file), "--remove-files", "-C", str(folder), "inner"], check=True
            )
        case "pdf":
            with pikepdf.open(_saved(folder)) as document:
                document.pages[0].Contents = document.make_stream(canary.encode())
                document.save(file, compress_streams=True, recompress_flate=True)
            (folder / "base").unlink()


def _saved(folder: Path) -> Path:
    (folder / "base").write_bytes(pdf("x"))
    return folder / "base"
