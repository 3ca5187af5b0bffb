"""Replies that are not sealed yet: one a thread, kept until it is sealed or thrown away."""

import json
from collections.abc import Mapping

from viewing_station.records import Records

KIND = "draft"


class Drafts:
    """The drafts among the records. Changes belong in a `with records.change():`."""

    def __init__(self, records: Records) -> None:
        self._records = records

    def put(self, thread: str, text: str) -> None:
        """Keep a thread's draft in place of its former one; an empty one leaves no record."""
        if text.strip():
            self._records.put(KIND, thread, json.dumps([thread, text]).encode())
        else:
            self._records.drop(KIND, thread)

    def all(self) -> Mapping[str, str]:
        """Return every draft by the id of its thread."""
        return dict(json.loads(kept) for kept in self._records.all(KIND))
