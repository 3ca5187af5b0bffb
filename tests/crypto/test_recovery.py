"""Recovery codes: drawn, typed back in any spelling, and stored as hashes."""

import hashlib
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crypto.recovery import CODES, RecoveryCode, hash_recovery_code, new_recovery_codes

ADA, BOB = "0a" * 16, "0b" * 16

digits = st.text("0123456789", min_size=25, max_size=25)
separators = st.text(" \t\n-\u2011\u2013\u00a0\u202f", max_size=3)


def test_ten_codes_of_five_groups_all_different() -> None:
    codes = [code.text for code in new_recovery_codes()]

    assert len(set(codes)) == CODES == 10
    assert all(re.fullmatch(r"\d{5}( \d{5}){4}", code) for code in codes)


def test_a_code_holds_more_than_80_bits() -> None:
    assert 10**25 > 2**83


def test_a_code_that_begins_with_zeros_keeps_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("secrets.randbelow", lambda _limit: 7)

    assert RecoveryCode.new().text == "00000 00000 00000 00000 00007"


@given(digits, st.lists(separators, min_size=26, max_size=26))
def test_however_it_is_spaced_it_is_the_same_code(code: str, between: list[str]) -> None:
    spaced = between[0] + "".join(map("".join, zip(code, between[1:], strict=True)))

    assert RecoveryCode.from_text(spaced) == RecoveryCode.from_text(code)


@given(digits)
def test_what_is_shown_is_read_back(code: str) -> None:
    shown = RecoveryCode.from_text(code).text

    assert RecoveryCode.from_text(shown) == RecoveryCode.from_text(code)


@given(st.text(max_size=60))
def test_whatever_is_typed_has_a_hash(text: str) -> None:
    assert len(hash_recovery_code(RecoveryCode.from_text(text), ADA)) == 32


@given(st.text(max_size=60), digits)
def test_only_the_same_digits_have_the_same_hash(text: str, code: str) -> None:
    typed, drawn = RecoveryCode.from_text(text), RecoveryCode.from_text(code)

    same = hash_recovery_code(typed, ADA) == hash_recovery_code(drawn, ADA)
    assert same == (typed == drawn)


def test_the_hash_is_the_one_that_is_written_down() -> None:
    code = RecoveryCode.from_text("12345 67890 12345 67890 12345")
    expected = hashlib.blake2b(
        b"1234567890123456789012345", digest_size=32, salt=b"\x0a" * 16, person=b"vs1-recovery"
    )

    assert hash_recovery_code(code, ADA) == expected.digest()


def test_anothers_equal_code_has_another_hash() -> None:
    code = RecoveryCode.new()

    assert hash_recovery_code(code, ADA) != hash_recovery_code(code, BOB)


def test_no_code_shows_by_accident() -> None:
    code = RecoveryCode.new()

    assert code.text[:5] not in repr(code)
    assert code.text[:5] not in f"{[code]}"
