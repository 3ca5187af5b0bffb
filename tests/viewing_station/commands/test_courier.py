"""The courier says what it carries."""

from pathlib import Path

import pytest
import zxingcpp
from PIL import Image

from formats.qr_frames import Series, decode_frame
from tests.viewing_station.reviewer import Reviewer
from tests.viewing_station.small_server import SmallServer, Source


def test_it_says_what_it_carries(
    reviewer: Reviewer, server: SmallServer, source: Source, tmp_path: Path
) -> None:
    [letter] = server.receive(source, "x")
    reviewer.open(server.bundle([letter]))
    reviewer.run("reply", reviewer.thread(), text="un")
    reviewer.run("reply", reviewer.thread(), text="deux")
    reviewer.run("discard", letter.entry.delivery)
    told = reviewer.run("courier", str(tmp_path / "c.tar")).stdout
    assert told.startswith("2 replies and 1 deletion in ")
    assert reviewer.json("courier", str(tmp_path / "d.tar")) == {
        "file": str(tmp_path / "d.tar"),
        "replies": 2,
        "deletions": 1,
        "rewraps": 0,
        "waiting": 0,
    }


@pytest.fixture
def answered(reviewer: Reviewer, server: SmallServer, source: Source) -> Reviewer:
    reviewer.open(server.bundle(server.receive(source, "x")))
    reviewer.run("reply", reviewer.thread(), text="un")
    return reviewer


def test_pictures_of_codes_make_the_same_courier(answered: Reviewer, tmp_path: Path) -> None:
    told = answered.json("courier", str(tmp_path / "c.tar"), "--qr-images", str(tmp_path / "qr"))
    assert [Path(name) for name in told["images"]] == sorted((tmp_path / "qr").iterdir())
    texts = [
        code.text for name in told["images"] for code in zxingcpp.read_barcodes(Image.open(name))
    ]
    frames = [decode_frame(text) for text in texts]
    assert [frame.number for frame in frames] == list(range(1, len(frames) + 1))
    series = Series(frames[0])
    for frame in frames:
        series.add(frame)
    assert series.content() == (tmp_path / "c.tar").read_bytes()
    for picture in (tmp_path / "qr").iterdir():
        assert picture.stat().st_mode & 0o777 == 0o600


def test_pictures_alone_are_enough(answered: Reviewer, tmp_path: Path) -> None:
    told = answered.run("courier", "--qr-images", str(tmp_path / "qr")).stdout
    assert told.startswith("1 reply and 0 deletions in ")
    assert "show them to a camera" in told
    assert "vasistas courier scan" in told


def test_pictures_of_two_couriers_do_not_lie_in_one_folder(
    answered: Reviewer, tmp_path: Path
) -> None:
    answered.run("courier", "--qr-images", str(tmp_path / "qr"))
    before = sorted((tmp_path / "qr").iterdir())
    refused = answered.refusal("courier", "--qr-images", str(tmp_path / "qr"))
    assert "pictures of codes need an empty folder" in refused
    assert sorted((tmp_path / "qr").iterdir()) == before


def test_what_is_too_much_for_codes_goes_on_a_stick(answered: Reviewer, tmp_path: Path) -> None:
    for number in range(12):  # the same words again would be the same reply
        answered.run("reply", answered.thread(), text=f"deux, {number}")
    file = tmp_path / "c.tar"
    refused = answered.refusal("courier", str(file), "--qr-images", str(tmp_path / "qr"))
    assert refused.startswith("There is more to carry than codes can show")
    assert not file.exists()
    assert not (tmp_path / "qr").exists()


@pytest.mark.parametrize("words", [[], ["--json"], ["--qr", "--json"], ["--seconds", "0"]])
def test_it_must_know_where_to(answered: Reviewer, words: list[str]) -> None:
    answered.run("courier", *words, code=2)
