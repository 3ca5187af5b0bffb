"""How long an account takes no one-time code after wrong ones: ever longer, and never for ever.

Only who typed the right passphrase makes an account wait. A passphrase of seven drawn words cannot
be guessed, so that a wrong one needs no wait, and a stranger keeps nobody out by trying. Who has
the passphrase holds half of the secret, and a million codes can be guessed: at the ceiling an even
chance takes two years. A recovery code cannot be guessed either, and does not wait.
"""

FREE_FAILURES = 4  # a slip of the hand, a code that ran out: no wait
FIRST_WAIT_SECONDS = 5
CEILING_SECONDS = 5 * 60
_DOUBLINGS_MAX = 16  # past the ceiling; keeps the number small


def wait_seconds(failures: int) -> int:
    """Give the wait after the `failures`th failure in a row, the present one included."""
    if failures <= FREE_FAILURES:
        return 0
    doublings = min(failures - FREE_FAILURES - 1, _DOUBLINGS_MAX)
    return min(FIRST_WAIT_SECONDS << doublings, CEILING_SECONDS)
