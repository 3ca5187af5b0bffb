"""Progress is told in bytes, and only to a terminal."""

import pytest

from admin.progress import human_size, meter


@pytest.mark.parametrize(
    ("size", "said"),
    [(0, "0 bytes"), (1023, "1023 bytes"), (1024, "1.0 KiB"), (2 << 30, "2.0 GiB"),
     (5 << 50, "5120.0 TiB")],
)  # fmt: skip
def test_sizes_are_said_as_people_do(size: int, said: str) -> None:
    assert human_size(size) == said


def test_nothing_is_drawn_where_there_is_no_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    with meter("Backing up", 10 << 20) as advance:
        for _ in range(12):
            advance(1 << 20)
    said = capsys.readouterr()
    assert said.out + said.err == ""
