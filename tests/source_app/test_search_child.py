import io
import json
import os
import sys

import pytest

from source_app import search_child
from source_app.mailbox_search import NICENESS
from tests.source_app.house import House, new_keys


@pytest.mark.parametrize("since", [None, "2026-11-21", "2026-11-22"])
def test_a_question_is_answered_at_a_lower_priority(
    house: House,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    since: str | None,
) -> None:
    mine = new_keys()
    ids = house.add_rows(mine, 2)
    reply = house.reply(mine, "x")
    url, key = house.services.instance.database_url, mine.tag.reveal().hex()
    niceness: list[int] = []
    monkeypatch.setattr(os, "nice", niceness.append)
    question = json.dumps({"url": url, "key": key, "since": since})
    monkeypatch.setattr(sys, "stdin", io.StringIO(question))
    search_child.main()
    answer = json.loads(capsys.readouterr().out)
    late = since == "2026-11-22"
    assert {*answer["delivery"]} == (set() if late else ids)
    assert answer["reply"] == ([] if late else [reply])
    assert niceness == [NICENESS]
