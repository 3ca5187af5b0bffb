"""From a codename to its mailbox: the costly derivation, and the test of every stored nonce."""

from collections.abc import Iterator
from contextlib import contextmanager

from crypto.codename import Codename
from crypto.root import derive_root
from crypto.schedule import MailboxKeys, expand
from source_app.mailbox_search import MailboxSearch
from source_app.session import SourceSession
from web.errors import Busy
from web.services import Services

QUEUE_SECONDS = 15  # a wait that a person still takes for a slow page


class Recogniser:
    """Derives mailbox keys and finds what they open, a few at a time on the whole host."""

    def __init__(self, services: Services):
        self._services = services
        self._tester = MailboxSearch(services.db, services.instance.database_url, self._slot)

    def derive(self, codename: Codename) -> MailboxKeys:
        """Derive the mailbox keys (Argon2id); raises Busy when too many wait already."""
        with self._slot():
            return expand(derive_root(codename, self._services.instance.salt))

    def refresh(self, source: SourceSession) -> bool:
        """Test what is new since the last time; tell whether anything was found.

        Rows know their day and no time, so that today's are tested again.
        """
        keys = source.mailbox_keys
        if keys is None:
            return False
        today = self._services.today
        found = self._tester.find(keys.tag, source.tested_day)
        before = len(source.deliveries) + len(source.replies)
        source.deliveries = sorted({*source.deliveries, *found["delivery"]})
        source.replies = sorted({*source.replies, *found["reply"]})
        source.tested = today.isoformat()
        return len(source.deliveries) + len(source.replies) != before

    @contextmanager
    def _slot(self) -> Iterator[None]:
        slot = self._services.derivations.acquire(timeout=QUEUE_SECONDS)
        if slot is None:
            raise Busy
        with slot:
            yield
