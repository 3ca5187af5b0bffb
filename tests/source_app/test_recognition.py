import time
from contextlib import ExitStack
from datetime import timedelta

import pytest

from crypto.codename import generate
from crypto.root import derive_root
from crypto.schedule import expand
from source_app import mailbox_search, recognition
from source_app.recognition import Recogniser
from source_app.session import SourceSession
from tests.source_app.house import House, new_keys
from web.errors import Busy


def session_of(house: House) -> tuple[SourceSession, set[str], set[str]]:
    keys = new_keys()
    source = SourceSession("fr")
    source.remember_keys(keys)
    return source, house.add_rows(keys, 3), {house.reply(keys, "x")}


def hold_all(house: House, held: ExitStack) -> None:
    while slot := house.services.derivations.acquire():
        held.enter_context(slot)


def test_the_keys_are_those_of_codename_and_instance(house: House) -> None:
    codename = generate("fr")
    keys = Recogniser(house.services).derive(codename)
    assert keys.to_bytes() == expand(derive_root(codename, house.services.instance.salt)).to_bytes()
    assert keys.to_bytes() != expand(derive_root(codename, bytes(16))).to_bytes()
    assert house.services.derivations.held() == []


def test_when_all_slots_are_held_a_derivation_waits_and_is_then_busy(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recognition, "QUEUE_SECONDS", 0.2)
    began = time.monotonic()
    with ExitStack() as held:
        hold_all(house, held)
        with pytest.raises(Busy):
            Recogniser(house.services).derive(generate("fr"))
    assert time.monotonic() - began >= 0.2
    Recogniser(house.services).derive(generate("fr"))


def test_a_mailbox_with_many_rows_waits_for_the_same_slots(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recognition, "QUEUE_SECONDS", 0.05)
    source, deliveries, replies = session_of(house)
    recogniser = Recogniser(house.services)
    with ExitStack() as held, monkeypatch.context() as patch:
        patch.setattr(mailbox_search, "HERE_ROWS", 0)
        hold_all(house, held)
        with pytest.raises(Busy):
            recogniser.refresh(source)
        assert (source.deliveries, source.replies, source.tested) == ([], [], None)
    assert recogniser.refresh(source)
    assert {*source.deliveries} == deliveries
    assert {*source.replies} == replies


def test_what_is_found_is_told_and_found_once(house: House) -> None:
    source, deliveries, replies = session_of(house)
    recogniser = Recogniser(house.services)
    assert recogniser.refresh(source)
    assert not recogniser.refresh(source)
    assert source.deliveries == sorted(deliveries)
    assert source.replies == sorted(replies)
    assert source.tested_day == house.services.today


def test_later_only_what_is_new_is_tested_and_todays_again(house: House) -> None:
    source, _, _ = session_of(house)
    keys = source.mailbox_keys
    assert keys is not None
    recogniser = Recogniser(house.services)
    recogniser.refresh(source)
    today = house.services.today
    house.add_rows(keys, 1, today - timedelta(days=1))  # which no search will look at again
    (same_day,) = house.add_rows(keys, 1, today)
    assert recogniser.refresh(source)
    assert same_day in source.deliveries
    assert len(source.deliveries) == 4
    house.clock.forward(days=2)
    (between,) = house.add_rows(keys, 1, today + timedelta(days=1))
    assert recogniser.refresh(source)
    assert between in source.deliveries


def test_without_keys_nothing_is_searched(house: House) -> None:
    source = SourceSession("fr", codename=generate("fr").text)
    assert not Recogniser(house.services).refresh(source)
    assert source.tested is None
