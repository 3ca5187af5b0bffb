"""Being told to stop: a flag that a signal sets, and a wait that looks at it.

A threading.Event will not do: its `set` in a signal handler can meet its own lock, held by the
`wait` that the signal interrupted.
"""

import signal
import time
from types import FrameType

LOOK_SECONDS = 0.2


class Stop:
    """Set by SIGINT and SIGTERM, from its making on. To be made in the main thread."""

    def __init__(self) -> None:
        self.asked = False
        signal.signal(signal.SIGINT, self._ask)
        signal.signal(signal.SIGTERM, self._ask)

    def _ask(self, _number: int, _frame: FrameType | None) -> None:
        self.asked = True

    def wait(self, seconds: float) -> bool:
        """Wait at most so long; tell whether stopping was asked for."""
        until = time.monotonic() + seconds
        while not self.asked and (left := until - time.monotonic()) > 0:
            time.sleep(min(LOOK_SECONDS, left))
        return self.asked
