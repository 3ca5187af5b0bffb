"""A courier shown in a real terminal: a camera reads it, and keys steer it."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
import zxingcpp

from formats.courier import decode_courier
from formats.qr_frames import Series, decode_frame
from tests.viewing_station.reviewer import Reviewer
from tests.viewing_station.small_server import SmallServer, Source
from tests.viewing_station.terminal import Terminal, drawn, terminal
from viewing_station.qr_codes import CAPACITIES, side


@pytest.fixture
def answered(reviewer: Reviewer, server: SmallServer, source: Source) -> Reviewer:
    """A reviewer with a reply to carry."""
    reviewer.open(server.bundle(server.receive(source, "x")))
    reviewer.run("reply", reviewer.thread(), text="Merci.")
    return reviewer


def showing(reviewer: Reviewer, *words: str, **window: object) -> Iterator[Terminal]:
    where = ("--home", str(reviewer.home), "--passphrase-file", str(reviewer.passphrase_file))
    return terminal(*where, "courier", "--qr", *words, **window)  # type: ignore[arg-type,return-value]


def read(screen: bytes, **colours: str) -> str:
    """Photograph a screenful."""
    [code] = zxingcpp.read_barcodes(
        drawn(screen, **colours).convert("L"),
        formats=zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode),
    )
    return str(code.text)


@pytest.mark.parametrize(
    "window",
    [{"columns": 240, "rows": 67}, {"columns": 90, "rows": 48}, {"columns": 60, "rows": 200}],
    ids=["large", "small", "narrow"],
)
def test_all_frames_come_by_and_make_the_courier(
    answered: Reviewer, window: dict[str, int], tmp_path: Path
) -> None:
    file = tmp_path / "courier.tar"
    with showing(answered, str(file), "--seconds", "0.2", **window) as shown:
        first = decode_frame(read(shown.wait_for("frame 1 of ")))
        series = Series(first)
        for number in range(2, first.total + 1):
            series.add(decode_frame(read(shown.wait_for(f"frame {number} of {first.total} "))))
        again = decode_frame(read(shown.wait_for("frame 1 of ")))  # and round again
        assert again == first
        shown.type(b"q")
        assert shown.end() == 0
        assert b"1 reply and 0 deletions" in shown.printed
    assert series.content() == file.read_bytes()


def test_keys_go_on_and_back_and_wait(answered: Reviewer) -> None:
    with showing(answered, "--seconds", "60") as shown:
        shown.wait_for("frame 1 of ")
        shown.type(b"\x1b[C")
        shown.wait_for("frame 2 of ")
        shown.type(b"n")
        shown.wait_for("frame 3 of ")
        shown.type(b"\x1b[D")
        shown.wait_for("frame 2 of ")
        assert "space pause" in shown.wait_for("·").decode()
        shown.type(b" ")
        shown.wait_for("space go on")
        shown.type(b"b")
        shown.wait_for("frame 1 of ")
        shown.type(b"\x1b")
        assert shown.end() == 0


@pytest.mark.parametrize(
    "colours",
    [{}, {"paper": "#ffffff", "ink": "#000000"}, {"paper": "#fdf6e3", "ink": "#586e75"}],
    ids=["dark", "light", "solarised"],
)
@pytest.mark.parametrize("plain", [False, True], ids=["colours", "NO_COLOR"])
def test_any_theme_can_be_read_with_colours_and_without(
    answered: Reviewer, colours: dict[str, str], *, plain: bool
) -> None:
    environment = {"NO_COLOR": "1"} if plain else {}
    with showing(answered, "--seconds", "60", **environment) as shown:
        decode_frame(read(shown.wait_for("frame 1 of "), **colours))
        shown.type(b"q")
        assert shown.end() == 0


def test_the_terminal_is_as_before_also_after_ctrl_c(answered: Reviewer) -> None:
    with showing(answered, "--seconds", "60") as shown:
        shown.wait_for("frame 1 of ")
        os.killpg(shown.process.pid, signal.SIGINT)
        assert shown.end() == 1
        assert b"\x1b[?1049l" in shown.printed  # the screen from before
        assert b"\x1b[?25h" in shown.printed  # with its cursor
        assert b"Traceback" not in shown.printed


def test_what_was_shown_counts_as_sent(
    answered: Reviewer, server: SmallServer, source: Source
) -> None:
    """The server's word that it arrived is understood, as after a file."""
    with showing(answered, "--seconds", "0.2") as shown:
        first = decode_frame(read(shown.wait_for("frame 1 of ")))
        series = Series(first)
        for number in range(2, first.total + 1):
            series.add(decode_frame(read(shown.wait_for(f"frame {number} of "))))
        shown.type(b"q")
        assert shown.end() == 0
    content = series.content()
    size = int(content[124:135], 8)  # of the first member, the manifest
    courier = decode_courier(content[512 : 512 + size]).courier
    answered.open(server.bundle(server.receive(source, "y"), couriers_taken=(courier,)))
    assert "nothing to carry" in answered.refusal("courier", "--qr-images", "x")


def test_a_window_too_small_says_so(answered: Reviewer) -> None:
    with showing(answered, columns=80, rows=20) as shown:
        assert shown.end() == 1
        assert b"The window is too small for a code" in shown.printed


def test_without_a_terminal_nothing_is_shown(answered: Reviewer) -> None:
    assert answered.refusal("courier", "--qr") == (
        "Codes are shown in a terminal, and this is none: --qr-images writes them as pictures."
    )


def test_what_is_too_large_for_codes_is_not_shown(answered: Reviewer) -> None:
    for number in range(12):  # the same words again would be the same reply
        answered.run("reply", answered.thread(), text=f"Merci, {number}.")
    with showing(answered) as shown:
        assert shown.end() == 1
        assert b"carry it on a stick" in b" ".join(shown.printed.split())


def test_codes_are_no_larger_than_their_version_says() -> None:
    assert [side(version) for version in CAPACITIES] == list(range(37, 98, 4))
