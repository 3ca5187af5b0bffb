"""What is printed is plain, aligned, and harmless."""

import pytest

from tests.viewing_station.small_server import day
from viewing_station.screen import (
    counted,
    human_day,
    human_size,
    show_error,
    show_json,
    show_line,
    show_table,
    show_text,
)


@pytest.mark.parametrize(
    ("size", "said"),
    [
        (0, "0 bytes"),
        (1, "1 byte"),
        (1023, "1,023 bytes"),
        (1024, "1.0 KiB"),
        (1536, "1.5 KiB"),
        (1024**2 - 1, "1.0 MiB"),
        (928_131, "906.4 KiB"),
        (2 * 1024**3, "2.0 GiB"),
        (5 * 1024**5, "5120.0 TiB"),
    ],
)
def test_sizes(size: int, said: str) -> None:
    assert human_size(size) == said


def test_numbers_and_days() -> None:
    assert counted(1, "delivery", "deliveries") == "1 delivery"
    assert counted(2000, "file") == "2,000 files"
    assert human_day(day("2026-03-04")) == "4 Mar 2026"


def test_columns_are_aligned_by_what_is_seen(capsys: pytest.CaptureFixture[str]) -> None:
    show_table([[("会议", ""), ("a", "")], [("é", ""), ("b", "")], [("\x1b[1m", ""), ("c", "")]])
    assert capsys.readouterr().out.splitlines() == [
        "会议         a",
        "é            b",
        "⟨U+001B⟩[1m  c",
    ]


def test_lines_are_never_broken_or_styled_by_what_they_say(
    capsys: pytest.CaptureFixture[str],
) -> None:
    long = "word " * 100 + "[red]not markup[/red] :smile: 12.5"
    show_line((long, ""), ("\n\x1b", "bold"))
    assert capsys.readouterr().out == long + "⟨U+000A⟩⟨U+001B⟩\n"


def test_a_text_keeps_its_lines(capsys: pytest.CaptureFixture[str]) -> None:
    show_text("one\r\n\n\ttwo\x1b[0m")
    assert capsys.readouterr().out == "  one\n  \n        two⟨U+001B⟩[0m\n"


def test_json_is_ascii(capsys: pytest.CaptureFixture[str]) -> None:
    show_json({"text": "é\u202e\x9b"})
    assert capsys.readouterr().out == '{\n  "text": "\\u00e9\\u202e\\u009b"\n}\n'


def test_errors_go_to_standard_error(capsys: pytest.CaptureFixture[str]) -> None:
    show_error("No.")
    assert capsys.readouterr() == ("", "error: No.\n")
