"""`vasistas courier scan`: a courier, whole, or what is missing; never anything else."""

import io
import json
import os
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from admin.cli import vasistas
from admin.courier_scan import courier_of, gather
from admin.errors import AdminError
from formats.courier import CourierManifest
from formats.handles import new_item_id
from formats.manifest import MANIFEST_NAME, SIGNATURE_NAME
from formats.qr_frames import split
from formats.tarstream import TarPlan
from tests.admin.camera import code


def courier_file() -> bytes:
    """Return a courier that asks for nothing. Its signature is not this command's matter."""
    day = date(2026, 11, 21)
    manifest = CourierManifest(new_item_id(), new_item_id(), "demo", day, "0" * 64).encode()
    members = [(MANIFEST_NAME, manifest), (SIGNATURE_NAME, os.urandom(64))]
    plan = TarPlan([(name, len(content)) for name, content in members])
    return b"".join(plan.stream(lambda index: (members[index][1],)))


@pytest.fixture
def shot(tmp_path: Path) -> tuple[bytes, Path]:
    """A courier, and a folder with a screenshot of each of its frames."""
    content = courier_file()
    folder = tmp_path / "shots"
    folder.mkdir()
    for frame in split(content, 195):
        code(frame.encode(), version=8).save(folder / f"{frame.number}.png")
    return content, folder


def scan(*words: str | Path, code: int = 0) -> Result:
    result = CliRunner().invoke(vasistas, ["courier", "scan", *map(str, words)])
    if isinstance(result.exception, AdminError):  # `main` says it, and exits with 1
        result.exit_code = 1
    assert result.exit_code == code, (result.output, result.exception)
    return result


def test_it_writes_the_courier_for_its_owner_alone(
    shot: tuple[bytes, Path], tmp_path: Path
) -> None:
    scan(shot[1], "--to", tmp_path / "c.tar")
    assert (tmp_path / "c.tar").read_bytes() == shot[0]
    assert (tmp_path / "c.tar").stat().st_mode & 0o777 == 0o600
    refused = scan(shot[1], "--to", tmp_path / "c.tar", code=1)
    assert "exists already" in str(refused.exception)
    scan(shot[1], "--to", tmp_path / "c.tar", "--force")


@pytest.mark.parametrize(
    ("lost", "said"),
    [
        ([2], "Frame 2 is missing, of "),
        ([1, 3], "Frames 1 and 3 are missing, of "),
        ([1, 2, 3], "Frames 1, 2 and 3 are missing, of "),
    ],
    ids=["one", "two", "three"],
)
def test_it_says_what_is_missing_and_writes_nothing(
    shot: tuple[bytes, Path], tmp_path: Path, lost: list[int], said: str
) -> None:
    for number in lost:
        (shot[1] / f"{number}.png").unlink()
    result = scan(shot[1], "--to", tmp_path / "c.tar", "--json", code=1)
    assert str(result.exception).startswith(said)
    told = json.loads(result.stdout)
    assert (told["file"], told["missing"]) == (None, lost)
    assert not (tmp_path / "c.tar").exists()


def test_other_codes_in_the_picture_do_not_matter(shot: tuple[bytes, Path], tmp_path: Path) -> None:
    code("HTTP://EXAMPLE.ORG/", version=5).save(shot[1] / "poster.png")
    told = json.loads(scan(shot[1], "--to", tmp_path / "c.tar", "--json").stdout)
    assert told["other_codes"] == 1
    assert (tmp_path / "c.tar").read_bytes() == shot[0]


def texts(content: bytes) -> list[str]:
    return [frame.encode() for frame in split(content, 600)]


def test_frames_of_two_couriers_are_not_mixed() -> None:
    with pytest.raises(AdminError, match="different couriers"):
        gather([*texts(courier_file()), *texts(courier_file())])


@pytest.mark.parametrize(
    "content",
    [b"", b"#!/bin/sh\n", bytes(20_000), courier_file()[:700], os.urandom(900)],
    ids=["empty", "script", "zeros", "cut", "noise"],
)
def test_what_is_no_courier_is_not_written(content: bytes) -> None:
    with pytest.raises(AdminError, match="not those of a courier"):
        courier_of(gather(texts(content)))


def test_pictures_without_frames_say_so(tmp_path: Path) -> None:
    saved = io.BytesIO()
    code("HTTP://EXAMPLE.ORG/", version=5).save(saved, "PNG")
    (tmp_path / "a.png").write_bytes(saved.getvalue())
    result = scan(tmp_path / "a.png", "--to", tmp_path / "c.tar", code=1)
    assert str(result.exception) == "The pictures show no frame of a courier."
