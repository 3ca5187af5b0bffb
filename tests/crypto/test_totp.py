import urllib.parse
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crypto.errors import BadBox, BadKey
from crypto.totp import (
    TotpSealingKey,
    TotpSecret,
    check_code,
    new_totp_secret,
    open_totp,
    seal_totp,
    totp_uri,
)

Vectors = Callable[[str], Any]
NOW = 1_234_567_890
STEP = NOW // 30


@pytest.fixture
def secret(vectors: Vectors) -> TotpSecret:
    return TotpSecret(vectors("reviewer")["secret"].encode())


def test_codes_are_those_of_rfc_6238(vectors: Vectors, secret: TotpSecret) -> None:
    for time, code in vectors("reviewer")["codes"].items():
        assert check_code(secret, code, int(time), 0) == int(time) // 30
    assert vectors("reviewer")["codes"]["59"] == "287082"  # RFC 6238, appendix B: 94287082


@pytest.mark.parametrize("late", [-2, -1, 0, 1, 2])
def test_a_clock_may_be_one_step_off(vectors: Vectors, secret: TotpSecret, late: int) -> None:
    code = vectors("reviewer")["codes"][str(NOW)]
    accepted = check_code(secret, code, NOW + 30 * late, 0)
    assert accepted == (STEP if abs(late) <= 1 else None)


def test_a_code_is_good_once_and_none_before_it_afterwards(
    vectors: Vectors, secret: TotpSecret
) -> None:
    code = vectors("reviewer")["codes"][str(NOW)]
    assert check_code(secret, code, NOW, STEP - 1) == STEP
    assert check_code(secret, code, NOW, STEP) is None
    assert check_code(secret, code, NOW - 30, STEP + 1) is None


def test_spaces_in_a_code_make_no_difference(vectors: Vectors, secret: TotpSecret) -> None:
    code = vectors("reviewer")["codes"][str(NOW)]
    assert check_code(secret, f" {code[:3]}\u00a0{code[3:]} ", NOW, 0) == STEP


@pytest.mark.parametrize("code", ["", "0", "00592", "0059244", "-05924", "abcdef", "\ud800"])
def test_what_is_no_code_is_refused(secret: TotpSecret, code: str) -> None:
    assert check_code(secret, code, NOW, 0) is None


@given(st.text(max_size=20))
def test_no_text_breaks_the_check(code: str) -> None:
    accepted = check_code(TotpSecret(bytes(20)), code, NOW, 0)
    assert accepted is None or abs(accepted - STEP) <= 1


def test_the_clocks_beginning_is_no_trap(secret: TotpSecret) -> None:
    assert check_code(secret, "000000", 0, 0) is None


def test_an_authenticator_gets_all_it_needs() -> None:
    secret = new_totp_secret()
    uri = urllib.parse.urlsplit(totp_uri(secret, "Zoé", "Vasistas: l'essai"))
    query = urllib.parse.parse_qs(uri.query)
    assert (uri.scheme, uri.netloc) == ("otpauth", "totp")
    assert "Zoé" in urllib.parse.unquote(uri.path)
    assert query["secret"] == [secret.base32]
    assert query["issuer"] == ["Vasistas: l'essai"]


def test_a_sealed_secret_matches_the_vectors(vectors: Vectors, secret: TotpSecret) -> None:
    case = vectors("reviewer")
    key = TotpSealingKey(bytes.fromhex(case["key"]))
    assert open_totp(key, case["reviewer"], bytes.fromhex(case["box"])) == secret
    for box in case["malformed_boxes"]:
        with pytest.raises(BadBox):
            open_totp(key, case["reviewer"], bytes.fromhex(box))


def test_a_sealed_secret_cannot_be_moved_to_another_reviewer() -> None:
    key, secret = TotpSealingKey.new(), new_totp_secret()
    box = seal_totp(key, "Zoé", secret)
    assert open_totp(key, "Zoé", box) == secret
    with pytest.raises(BadBox):
        open_totp(key, "Max", box)
    with pytest.raises(BadBox):
        open_totp(TotpSealingKey.new(), "Zoé", box)


def test_a_secret_of_another_size_is_refused() -> None:
    with pytest.raises(BadKey):
        TotpSecret(bytes(19))
