from datetime import date
from pathlib import Path

import pytest

from crypto.codename_versions import FIRST, VERSIONS
from web.codename_choice import CodenameChoice, read_choice, write_choice
from web.errors import ConfigError

DAY = date(2026, 11, 30)


def test_where_nobody_chose_it_is_the_first(tmp_path: Path) -> None:
    assert read_choice(tmp_path / "choice") == CodenameChoice(FIRST)


def test_what_was_chosen_is_read(tmp_path: Path) -> None:
    for chosen in VERSIONS:
        write_choice(tmp_path / "choice", CodenameChoice(chosen), DAY)
        assert read_choice(tmp_path / "choice") == CodenameChoice(chosen, DAY)


@pytest.mark.parametrize(
    "content", [b"", b"2", b"3 2026-11-30", b"x 2026-11-30", b"2 soon", b"\xff", b"2 " * 40]
)
def test_anything_else_is_damaged(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "choice").write_bytes(content)
    with pytest.raises(ConfigError, match="choice is damaged"):
        read_choice(tmp_path / "choice")
