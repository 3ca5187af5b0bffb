import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from datetime import date, timedelta
from typing import Any

import pytest

from crypto.schedule import MailboxKeys
from source_app import mailbox_search
from source_app.mailbox_search import HERE_ROWS, Found, MailboxSearch, MailboxUnreadable
from tests.source_app.house import House, new_keys


def search(house: House) -> MailboxSearch:
    url = house.services.instance.database_url
    return MailboxSearch(house.services.db, url, nullcontext)


def found(ids: Found) -> dict[str, set[str]]:
    assert all(len(set(names)) == len(names) for names in ids.values())
    return {kind: set(names) for kind, names in ids.items()}


@contextmanager
def asked_in_a_child(monkeypatch: pytest.MonkeyPatch, here_rows: int = 0) -> Iterator[list[Any]]:
    """Have searches of more rows asked of a child; give what the children were started with."""
    started: list[Any] = []
    real = subprocess.run

    def noting(command: list[str], **options: Any) -> Any:
        started.append((command, options))
        return real(command, **options)

    with monkeypatch.context() as patch:
        patch.setattr(mailbox_search, "HERE_ROWS", here_rows)
        patch.setattr(subprocess, "run", noting)
        yield started


@pytest.fixture
def stored(house: House) -> tuple[House, MailboxKeys, dict[str, set[str]]]:
    """Rows of three days and of two codenames, deliveries and replies."""
    mine, theirs = new_keys(), new_keys()
    ids: dict[str, set[str]] = {"delivery": set(), "reply": set()}
    for days in range(3):
        day = house.services.today - timedelta(days=days)
        ids["delivery"] |= house.add_rows(mine, 2, day)
        ids["reply"] |= {house.reply(mine, "x", day), house.reply(mine, "y", day)}
        house.add_rows(theirs, 3, day)
        house.reply(theirs, "z", day)
    return house, mine, ids


def test_here_and_in_a_child_the_same_is_found(
    stored: tuple[House, MailboxKeys, dict[str, set[str]]], monkeypatch: pytest.MonkeyPatch
) -> None:
    house, mine, ids = stored
    assert found(search(house).find(mine.tag, None)) == ids
    with asked_in_a_child(monkeypatch) as started:
        assert found(search(house).find(mine.tag, None)) == ids
        assert found(search(house).find(new_keys().tag, None)) == {
            "delivery": set(),
            "reply": set(),
        }
    assert len(started) == 2


@pytest.mark.parametrize("days", [0, 1, 2, 5])
def test_only_rows_of_the_day_and_later_are_tested(
    stored: tuple[House, MailboxKeys, dict[str, set[str]]],
    monkeypatch: pytest.MonkeyPatch,
    days: int,
) -> None:
    house, mine, _ = stored
    since = house.services.today - timedelta(days=days)
    here = found(search(house).find(mine.tag, since))
    expected = 2 * min(days + 1, 3)
    assert {kind: len(names) for kind, names in here.items()} == {
        "delivery": expected,
        "reply": expected,
    }
    with asked_in_a_child(monkeypatch):
        assert found(search(house).find(mine.tag, since)) == here


def test_a_day_to_come_finds_nothing(
    stored: tuple[House, MailboxKeys, dict[str, set[str]]],
) -> None:
    house, mine, _ = stored
    assert found(search(house).find(mine.tag, date.max)) == {"delivery": set(), "reply": set()}


def test_many_rows_are_left_to_a_child_and_few_are_not(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine = new_keys()
    ids = house.add_rows(mine, 3)
    with asked_in_a_child(monkeypatch, HERE_ROWS) as started:
        house.add_rows(new_keys(), HERE_ROWS - 3)
        assert found(search(house).find(mine.tag, None))["delivery"] == ids
        assert started == []
        house.add_rows(new_keys(), 1)
        assert found(search(house).find(mine.tag, None))["delivery"] == ids
        assert len(started) == 1


def test_the_key_stands_in_no_argument_and_in_no_environment(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine = new_keys()
    house.add_rows(mine, 1)
    with asked_in_a_child(monkeypatch) as started:
        search(house).find(mine.tag, None)
    ((command, options),) = started
    key = mine.tag.reveal().hex()
    assert key not in " ".join(command)
    assert "env" not in options
    assert key in options.pop("input").decode()
    assert key not in str(options)
    assert house.services.instance.database_url not in " ".join(command)


def test_a_child_that_fails_is_an_error_that_says_no_more(
    house: House, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    mine = new_keys()
    house.add_rows(mine, 1)
    lost = MailboxSearch(house.services.db, "sqlite:////nowhere/v.db", nullcontext)
    with asked_in_a_child(monkeypatch), pytest.raises(MailboxUnreadable) as caught:
        lost.find(mine.tag, None)
    assert mine.tag.reveal().hex() not in repr(caught.value)
    assert capfd.readouterr().err == ""


def test_a_slot_is_held_while_the_child_searches_and_only_then(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    held: list[str] = []

    @contextmanager
    def slot() -> Iterator[None]:
        held.append("taken")
        yield
        held.append("given back")

    mine = new_keys()
    house.add_rows(mine, 1)
    asking = MailboxSearch(house.services.db, house.services.instance.database_url, slot)
    asking.find(mine.tag, None)
    assert held == []
    with asked_in_a_child(monkeypatch):
        asking.find(mine.tag, None)
    assert held == ["taken", "given back"]


def test_the_child_is_a_program_of_its_own(house: House) -> None:
    mine = new_keys()
    ids = house.add_rows(mine, 2)
    question = {
        "url": house.services.instance.database_url,
        "key": mine.tag.reveal().hex(),
        "since": house.services.today.isoformat(),
    }
    command = [sys.executable, "-m", "source_app.search_child"]
    done = subprocess.run(
        command, input=json.dumps(question).encode(), capture_output=True, check=True
    )
    assert {*json.loads(done.stdout)["delivery"]} == ids
    assert done.stderr == b""
