"""The mailbox test: which of all stored rows belong to this codename.

A few rows are tested where we stand. Many are tested in a child process, which has a Python lock
of its own and a lower priority, so that everyone else's pages go on; the key reaches it through
a pipe and stays out of its arguments.
"""

import json
import subprocess
import sys
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from datetime import date

from crypto.schedule import TagKey, matching
from storage.engine import Database, open_database
from storage.mailbox import TestRow, rows_to_test
from storage.models import RowKind
from web.errors import WebError

CHUNK_ROWS = 10_000  # rows held at once: about 2 MB
HERE_ROWS = 2_000  # about 2 ms of Python's lock
CHILD_SECONDS = 120  # some thirty times what a million rows take
NICENESS = 10

Found = dict[str, list[str]]
Chunk = tuple[RowKind, list[TestRow]]


class MailboxUnreadable(WebError):
    """The mailbox could not be searched."""


class MailboxSearch:
    """Tests stored rows for one instance. `slot` bounds the children on the host."""

    def __init__(
        self, db: Database, url: str, slot: Callable[[], AbstractContextManager[None]]
    ) -> None:
        self._db, self._url, self._slot = db, url, slot

    def find(self, key: TagKey, since: date | None) -> Found:
        """Give the ids of the codename's deliveries and replies, of days from `since` on."""
        with self._db.read() as transaction:
            few = _at_most(HERE_ROWS, rows_to_test(transaction, since, HERE_ROWS))
        if few is not None:
            return match_rows(key, few)
        with self._slot():
            return self._ask_child(key, since)

    def _ask_child(self, key: TagKey, since: date | None) -> Found:
        question = {
            "url": self._url,
            "key": key.reveal().hex(),
            "since": since.isoformat() if since else None,
        }
        answer = subprocess.run(
            [sys.executable, "-P", "-m", "source_app.search_child"],
            input=json.dumps(question).encode(),
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=CHILD_SECONDS,
            check=False,
        )
        if answer.returncode != 0:
            raise MailboxUnreadable
        found: Found = json.loads(answer.stdout)
        return found


def match_rows(key: TagKey, chunks: Iterable[Chunk]) -> Found:
    """Test rows (id, nonce, tag) in chunks of a kind; give the matching ids by kind."""
    found: Found = {kind.value: [] for kind in RowKind}
    for kind, rows in chunks:
        found[kind.value].extend(matching(key, rows))
    return found


def match_all(url: str, key: TagKey, since: date | None) -> Found:
    """Test every stored row of the database at `url`."""
    with open_database(url).read() as transaction:
        return match_rows(key, rows_to_test(transaction, since, CHUNK_ROWS))


def _at_most(limit: int, chunks: Iterable[Chunk]) -> list[Chunk] | None:
    held: list[Chunk] = []
    for chunk in chunks:
        held.append(chunk)
        if sum(len(rows) for _, rows in held) > limit:
            return None
    return held
