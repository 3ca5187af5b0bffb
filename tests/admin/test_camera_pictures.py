"""Codes are read from pictures as cameras take them, and hostile pictures do no harm."""

import io
import struct
import zlib
from pathlib import Path

import pytest
from PIL import Image

from admin import camera_pictures
from admin.camera_pictures import pictures_of, texts_in
from admin.errors import AdminError
from tests.admin.camera import (
    as_jpeg,
    blurred,
    code,
    frame_text,
    from_the_side,
    noisy,
    on_desk,
    turned,
)

TEXT = frame_text(970)  # the densest code that the station makes


@pytest.fixture(scope="module")
def whole() -> Image.Image:
    return on_desk(code(TEXT))


@pytest.mark.parametrize(
    "harm",
    [
        lambda image: image,
        lambda image: turned(image, 7),
        lambda image: turned(image, -33),
        lambda image: turned(image, 90),
        lambda image: turned(image, 180),
        lambda image: from_the_side(image, 0.15),
        lambda image: blurred(image, 2.5),
        lambda image: noisy(image, 120),
        lambda image: blurred(noisy(from_the_side(turned(image, 9), 0.1), 60), 1.2),
        lambda image: image.resize((image.width * 3 // 5, image.height * 3 // 5)),
        lambda image: image.resize((image.width * 5 // 2, image.height * 5 // 2)),
    ],
    ids=[
        *("straight", "a little turned", "turned", "upright", "upside down", "from the side"),
        *("out of focus", "in the dark", "all of it", "from afar", "from near"),
    ],
)
def test_a_photograph_is_read(whole: Image.Image, tmp_path: Path, harm: object) -> None:
    photograph = tmp_path / "photo.jpg"
    photograph.write_bytes(as_jpeg(harm(whole), 55))  # type: ignore[operator]
    assert texts_in(photograph) == {TEXT}


def test_several_codes_in_one_picture_are_read(tmp_path: Path) -> None:
    sheet = Image.new("L", (1600, 900), 200)
    texts = {frame_text(100 + step) for step in range(3)}
    for step, text in enumerate(sorted(texts)):
        sheet.paste(code(text, version=6), (40 + 520 * step, 100 + 90 * step))
    sheet.save(tmp_path / "sheet.png")
    assert texts_in(tmp_path / "sheet.png") == texts


def test_a_picture_without_a_code_holds_none(tmp_path: Path) -> None:
    Image.new("RGB", (800, 600), "grey").save(tmp_path / "wall.webp")
    assert texts_in(tmp_path / "wall.webp") == set()


def png(width: int, height: int) -> bytes:
    """A small file that says it is a large picture."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        checked = kind + data
        return struct.pack(">I", len(data)) + checked + struct.pack(">I", zlib.crc32(checked))

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    rows = zlib.compress(bytes(1_000_000), 9)
    start = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header)
    return start + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


@pytest.mark.parametrize("side", [8_100, 10_000, 30_000, 2_000_000])
def test_a_picture_that_would_fill_the_memory_is_not_decoded(tmp_path: Path, side: int) -> None:
    (tmp_path / "bomb.png").write_bytes(png(side, side))
    with pytest.raises(AdminError, match="more than 64 million pixels"):
        texts_in(tmp_path / "bomb.png")


def test_a_file_larger_than_any_photograph_is_not_read(tmp_path: Path) -> None:
    with (tmp_path / "large.jpg").open("wb") as file:
        file.truncate(camera_pictures.FILE_LIMIT + 1)
    with pytest.raises(AdminError, match="larger than a photograph"):
        texts_in(tmp_path / "large.jpg")


def formats_not_taken() -> dict[str, bytes]:
    made = {}
    for kind in ("GIF", "TIFF", "BMP", "PDF", "EPS"):
        saved = io.BytesIO()
        Image.new("L", (20, 20)).save(saved, kind)
        made[kind] = saved.getvalue()
    return {**made, "SVG": b"<svg/>", "nothing": b"", "text": b"hello"}


@pytest.mark.parametrize("kind", sorted(formats_not_taken()))
def test_other_formats_are_not_tried(tmp_path: Path, kind: str) -> None:
    (tmp_path / "a.jpg").write_bytes(formats_not_taken()[kind])
    with pytest.raises(AdminError, match="not a picture that can be read here"):
        texts_in(tmp_path / "a.jpg")


@pytest.mark.parametrize("share", [0.3, 0.9])
def test_a_damaged_picture_says_so(tmp_path: Path, whole: Image.Image, share: float) -> None:
    content = as_jpeg(whole, 80)
    (tmp_path / "a.jpg").write_bytes(content[: int(len(content) * share)])
    with pytest.raises(AdminError, match="is damaged"):
        texts_in(tmp_path / "a.jpg")


def test_a_folder_stands_for_its_pictures(tmp_path: Path) -> None:
    for name in ("b.jpg", "a.jpg", ".thumbs"):
        (tmp_path / name).touch()
    listed = pictures_of((tmp_path, tmp_path / "b.jpg"))
    assert [path.name for path in listed] == ["a.jpg", "b.jpg", "b.jpg"]
