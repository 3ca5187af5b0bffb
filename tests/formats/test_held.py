"""What a bundle says of the server's stock comes back as it was written, and nothing else does."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from formats.errors import FormatError, Malformed, TooLarge
from formats.held import NAMES_LIMIT, HeldEntry, held_entry, parted

SUBKEY = "0123456789ABCDEF0123456789ABCDEF01234567"
LETTER, FILES, COPY = "k7qm-3vtx-9fwd.letter", "k7qm-3vtx-9fwd.files", f"{'c' * 32}.quick"
NAMES = tuple(sorted([LETTER, FILES, COPY]))


@pytest.mark.parametrize(
    "entry",
    [HeldEntry(SUBKEY, 3, NAMES), HeldEntry(SUBKEY, 4_000, (LETTER,)), HeldEntry(SUBKEY, 1, ())],
)
def test_an_entry_comes_back(entry: HeldEntry) -> None:
    assert held_entry(entry.encoded()) == entry


@pytest.mark.parametrize(
    ("subkey", "number", "names"),
    [
        (SUBKEY.lower(), 1, ()),
        (SUBKEY[1:], 1, ()),
        (SUBKEY, 0, ()),
        (SUBKEY, 2, NAMES),
        (SUBKEY, -1, ()),
        (SUBKEY, 1 << 41, ()),
        (SUBKEY, 2, (LETTER, FILES)),
        (SUBKEY, 2, (LETTER, LETTER)),
        (SUBKEY, 1, ("k7qm-3vtx-9fwd",)),
        (SUBKEY, 1, ("k7qm-3vtx-9fwd.quick",)),
        (SUBKEY, 1, (f"{'c' * 32}.letter",)),
        (SUBKEY, 1, ("k7qm-3vtx-9fwd.letter.gpg",)),
        (SUBKEY, 1, (".letter",)),
        (SUBKEY, 1, ("../x.letter",)),
    ],
)
def test_what_no_server_says_is_malformed(subkey: str, number: int, names: tuple[str, ...]) -> None:
    with pytest.raises(Malformed):
        HeldEntry(subkey, number, names)


def test_too_many_names_are_refused() -> None:
    value = {"subkey": SUBKEY, "number": 1 << 30, "names": [LETTER] * (NAMES_LIMIT + 1)}
    with pytest.raises(TooLarge):
        held_entry(value)


json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=50),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=8,
)
nearly = st.fixed_dictionaries({"subkey": json, "number": json, "names": json})


@given(json | nearly)
def test_no_value_breaks_the_reader(value: object) -> None:
    try:
        entry = held_entry(value)
    except FormatError:
        return
    assert entry.encoded() == value


def test_a_name_is_parted_at_its_dot() -> None:
    assert parted(LETTER) == ("k7qm-3vtx-9fwd", "letter")
