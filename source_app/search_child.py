"""The child process of the mailbox test: a question on standard input, the ids on output."""

import json
import os
import sys
from datetime import date

from crypto.schedule import TagKey
from source_app.mailbox_search import NICENESS, match_all


def main() -> None:
    """Answer one question and end."""
    os.nice(NICENESS)
    question = json.load(sys.stdin)
    since = date.fromisoformat(question["since"]) if question["since"] else None
    found = match_all(question["url"], TagKey(bytes.fromhex(question["key"])), since)
    json.dump(found, sys.stdout)


if __name__ == "__main__":
    main()
