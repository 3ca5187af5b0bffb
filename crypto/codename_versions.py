"""The versions of the codename: the label of its check word, and what its root costs.

The check word alone says which version a codename has: no row, no file and no look-up does. A
version that was ever drawn is never changed and never taken out, since someone holds its words.
"""

from dataclasses import dataclass

from crypto.errors import BadKey
from crypto.labels import Label

MIB = 1 << 20  # bytes


@dataclass(frozen=True)
class CodenameVersion:
    """One version: `passes` and `memory` (bytes) are Argon2id's t and m, with one lane."""

    number: int
    check: Label
    passes: int
    memory: int


# In the order in which a codename is tried: the first whose check is right is its version. Words
# that an earlier version takes for its own are therefore never drawn for a later one.
VERSIONS = (
    # RFC 9106, section 4, second recommended option, but for its four lanes: libsodium has one,
    # and takes half the time of four lanes computed on one core.
    CodenameVersion(1, Label.CODENAME_CHECK, passes=3, memory=64 * MIB),
    # Twice the memory, and a pass more: each guess costs nearly three times what it did. As many
    # run at once as there are cores, so that four cores need 512 MiB.
    CodenameVersion(2, Label.CODENAME_CHECK_2, passes=4, memory=128 * MIB),
)
FIRST = VERSIONS[0]


def codename_version(number: int) -> CodenameVersion:
    """Return the version of this number; raise `BadKey` if there is none."""
    for version in VERSIONS:
        if version.number == number:
            return version
    raise BadKey(f"there is no version {number} of the codename")
