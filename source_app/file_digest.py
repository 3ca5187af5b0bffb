"""The size and SHA-256 of a file as it passes, computed beside its sealing.

The thread that reads, parses and feeds gpg is the one that everything waits for; hashing needs
none of what it does, and lets go of Python's lock.
"""

import hashlib
from collections import deque
from concurrent.futures import Executor, Future

PENDING_MAX = 8  # chunks held at once: about 1 MiB


class FileDigest:
    """Takes a file's chunks in order. `beside` must run one task at a time, in order."""

    def __init__(self, beside: Executor) -> None:
        self._beside = beside
        self._sha256 = hashlib.sha256()
        self._pending: deque[Future[None]] = deque()
        self.size = 0

    def update(self, chunk: bytes) -> None:
        """Take the next chunk; wait only when too many are pending."""
        self.size += len(chunk)
        self._pending.append(self._beside.submit(self._sha256.update, chunk))
        if len(self._pending) > PENDING_MAX:
            self._pending.popleft().result()

    def hexdigest(self) -> str:
        """Wait for what is pending; give SHA-256 in lower-case hex."""
        while self._pending:
            self._pending.popleft().result()
        return self._sha256.hexdigest()
