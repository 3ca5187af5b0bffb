"""The notice comes back as it was written; one that cannot be read stops everything."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from admin.errors import AdminError
from admin.retiring.notice import NOTICE_NAME, Notice, Stage, _decode, read_notice, write_notice
from formats.errors import FormatError

NOTICE = Notice("Vasistas", "fr", date(2026, 11, 30), date(2026, 12, 3), "/mnt/x", Stage.EXPORTING)


@given(
    st.text(min_size=1, max_size=50),
    st.sampled_from(["fr", "en"]),
    st.dates(),
    st.none() | st.dates(),
    st.sampled_from(Stage),
)
def test_it_comes_back(
    name: str, language: str, since: date, until: date | None, stage: Stage
) -> None:
    notice = Notice(name, language, since, until, "", stage)
    assert _decode(notice.encode()) == notice


@given(st.binary(max_size=200))
def test_any_bytes_are_a_typed_error(content: bytes) -> None:
    with pytest.raises((FormatError, ValueError)):
        _decode(content)


def test_no_notice_is_none_and_a_damaged_one_is_not_none(tmp_path: Path) -> None:
    assert read_notice(tmp_path) is None
    write_notice(tmp_path, NOTICE)
    assert read_notice(tmp_path) == NOTICE
    assert (tmp_path / NOTICE_NAME).stat().st_mode & 0o777 == 0o600
    for wrong in (b"", b"{}", NOTICE.encode()[:-3], NOTICE.encode().replace(b'"fr"', b'"xx"')):
        (tmp_path / NOTICE_NAME).write_bytes(wrong)
        with pytest.raises(AdminError, match="cannot be read"):
            read_notice(tmp_path)


def test_a_page_is_over_when_its_last_day_is() -> None:
    assert not NOTICE.is_over(date(2026, 12, 3))
    assert NOTICE.is_over(date(2026, 12, 4))
    assert Notice("n", "fr", date(2026, 1, 1), None, "", Stage.ENDED).is_over(date(2026, 1, 1))


DAY = date(2026, 11, 30)


def test_what_a_stage_has_no_use_for_is_not_kept() -> None:
    begun = Notice("Lyon", "en", DAY, DAY, "/mnt/stick", Stage.EXPORTING)
    assert begun.at(Stage.DESTROYING) == replace(begun, export="", stage=Stage.DESTROYING)
    ended = begun.at(Stage.CLOSED).at(Stage.ENDED)
    assert (ended.since, ended.name, ended.until, ended.export) == (DAY, "", None, "")
    assert b"Lyon" not in ended.encode()
