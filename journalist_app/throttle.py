"""How long an account refuses log-ins after failures: ever longer, and never for ever.

Two ceilings, because two things are guarded. A passphrase of seven drawn words cannot be guessed,
so a wrong one costs little: whoever does not know it must not be able to keep its owner out for
long. A wrong code under the right passphrase comes from someone who holds half of the secret, and
a million codes can be guessed: at the upper ceiling an even chance takes two years.
"""

FREE_FAILURES = 4  # a slip of the hand, a code that ran out: no wait
FIRST_WAIT_SECONDS = 5
WRONG_PASSPHRASE_CEILING_SECONDS = 30
WRONG_CODE_CEILING_SECONDS = 5 * 60
_DOUBLINGS_MAX = 16  # past every ceiling; keeps the number small


def wait_seconds(failures: int, *, passphrase_right: bool) -> int:
    """Give the wait after the `failures`th failure in a row, the present one included."""
    if failures <= FREE_FAILURES:
        return 0
    doublings = min(failures - FREE_FAILURES - 1, _DOUBLINGS_MAX)
    ceiling = WRONG_CODE_CEILING_SECONDS if passphrase_right else WRONG_PASSPHRASE_CEILING_SECONDS
    return int(min(FIRST_WAIT_SECONDS << doublings, ceiling))
