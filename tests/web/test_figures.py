from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from web.figures import show_day, show_fingerprint, show_size


@pytest.mark.parametrize(
    ("size", "french", "english"),
    [
        (0, "0 octets", "0 bytes"),
        (1023, "1023 octets", "1023 bytes"),
        (1024, "1 Kio", "1 KiB"),
        (38_298, "37,4 Kio", "37.4 KiB"),
        (2 << 30, "2 Gio", "2 GiB"),
        (5 << 40, "5120 Gio", "5120 GiB"),
    ],
)
def test_a_size_is_written_as_people_write_it(size: int, french: str, english: str) -> None:
    assert show_size(size, "fr").replace("\u00a0", " ") == french
    assert show_size(size, "en").replace("\u00a0", " ") == english


@given(st.integers(0, 1 << 50), st.sampled_from(["fr", "en"]))
def test_a_size_never_breaks_over_a_line(size: int, language: str) -> None:
    assert len(show_size(size, language).split(" ")) == 1


def test_a_day_is_written_in_full() -> None:
    assert show_day(date(2026, 3, 14), "fr") == "14 mars 2026"
    assert show_day(date(2026, 3, 14), "en") == "March 14, 2026"


@given(st.text("0123456789ABCDEF", max_size=64))
def test_a_fingerprint_is_grouped_and_nothing_else(fingerprint: str) -> None:
    shown = show_fingerprint(fingerprint)
    assert shown.replace(" ", "") == fingerprint
    assert all(len(group) <= 4 for group in shown.split(" "))
    assert len(show_fingerprint("A" * 40).split(" ")) == 10
