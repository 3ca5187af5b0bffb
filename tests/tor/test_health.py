import pytest
from hypothesis import given
from hypothesis import strategies as st

from tor.health import CLOCK_TOLERANCE_SECONDS, clock_sentence, network_sentence


@pytest.mark.parametrize(
    ("skew", "words"),
    [
        ("7200", "2 hours fast"),
        ("-7200", "2 hours slow"),
        ("-172800", "2 days slow"),
        ("120", "2 minutes fast"),
        ("119", "119 seconds fast"),
        ("-60", "60 seconds slow"),
        ("86400", "24 hours fast"),
    ],
)
def test_a_wrong_clock_is_told_by_how_much_and_which_way(skew: str, words: str) -> None:
    sentence = clock_sentence({"SKEW": skew, "MIN_SKEW": "x", "SOURCE": "DIRSERV:1.2.3.4:443"})
    assert sentence is not None
    assert f"clock is {words}:" in sentence
    assert "1.2.3.4" not in sentence


@pytest.mark.parametrize("skew", ["0", "59", "-59", "", "soon", "1.5", "1e9", "٣x", "--60"])
def test_a_small_skew_and_one_that_is_no_number_are_not_told(skew: str) -> None:
    assert clock_sentence({"SKEW": skew}) is None
    assert clock_sentence({}) is None


@given(st.integers(-(10**9), 10**9))
def test_any_skew_is_told_with_the_right_sign_or_not_at_all(skew: int) -> None:
    sentence = clock_sentence({"SKEW": str(skew)})
    if abs(skew) < CLOCK_TOLERANCE_SECONDS:
        assert sentence is None
        return
    assert sentence is not None
    assert (" fast:" in sentence) == (skew > 0)
    assert (" slow:" in sentence) == (skew < 0)
    assert "-" not in sentence


@given(st.text(max_size=30))
def test_whatever_tor_says_is_either_a_known_skew_or_nothing(skew: str) -> None:
    try:
        known = abs(int(skew)) >= CLOCK_TOLERANCE_SECONDS
    except ValueError:
        known = False
    assert (clock_sentence({"SKEW": skew}) is not None) == known


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        ("NOROUTE", "there is no route to it"),
        ("CONNECTREFUSED", "connections are refused"),
        ("TIMEOUT", "it does not answer"),
        ("SOMETHING_NEW", "its relays cannot be reached"),
        ("", "its relays cannot be reached"),
    ],
)
def test_no_network_is_told_in_words(reason: str, words: str) -> None:
    sentence = network_sentence(
        {"REASON": reason, "PROGRESS": "10", "HOST": "AAAA", "HOSTADDR": "1.2.3.4:9001"}
    )
    assert f"(10 %): {words}." in sentence
    assert "firewall" in sentence
    assert "1.2.3.4" not in sentence  # a relay's address may be a bridge's


def test_without_a_word_from_tor_there_is_still_a_sentence() -> None:
    assert "(0 %): its relays cannot be reached." in network_sentence({})
