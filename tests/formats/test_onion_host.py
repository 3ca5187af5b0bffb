"""An onion address is told from what was mistyped."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from formats.onion_host import is_onion_host
from tor.identity import OnionIdentity

# The address of the Tor Project's own site, as its documents give it.
KNOWN = "2gzyxa5ihm7nsggfxnu52rck2vv4rvmdlkiu3zzui5du4xyclen53wid.onion"


def test_a_known_address_is_one() -> None:
    assert is_onion_host(KNOWN)


def test_the_addresses_that_we_make_are_some() -> None:
    assert is_onion_host(OnionIdentity.new().address.host)


@pytest.mark.parametrize("place", range(56))
def test_one_letter_mistyped_is_told(place: int) -> None:
    other = "a" if KNOWN[place] != "a" else "b"
    assert not is_onion_host(KNOWN[:place] + other + KNOWN[place + 1 :])


@pytest.mark.parametrize(
    "text",
    ["", KNOWN.upper(), KNOWN[1:], KNOWN + "\n", f"http://{KNOWN}", KNOWN.replace(".onion", "")],
)
def test_what_only_looks_like_one_is_none(text: str) -> None:
    assert not is_onion_host(text)


@given(st.text())
def test_any_text_is_judged(text: str) -> None:
    assert is_onion_host(text) in {True, False}
