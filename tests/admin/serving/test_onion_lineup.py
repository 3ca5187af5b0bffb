from dataclasses import replace
from pathlib import Path

import pytest

from admin.serving.onion_lineup import Published, take_lineup
from admin.serving.onion_orders import Answer
from admin.serving.onion_service import OnionService, State
from tor.errors import KeyDamaged
from tor.identity import OnionIdentity
from tor.service_dir import ServiceDirectory


def published(name: str, beside: Published | None = None) -> Published:
    folder = ServiceDirectory(Path("/onions") / name)
    address, under = OnionIdentity.new().address, beside.folder if beside else None
    return Published(folder, address, Path("/s"), closed=False, beside=under)


def test_a_service_keeps_its_state_under_its_new_name() -> None:
    old = published("source")
    new = published("source.new", old)
    services = {
        "source": OnionService("source", closed=False),
        "source-next": OnionService("x", closed=False),
    }
    services["source-next"].state = State.UP
    waiting: list[Answer] = []
    services["source"].ask(waiting.append, 0.0)
    after = take_lineup(
        {"source": replace(new, beside=None)}, {"source": old, "source-next": new}, services
    )
    assert after == {"source": services["source-next"]}
    assert after["source"].name == "source"
    assert services["source"].state is State.RETIRED
    assert [answer.done for answer in waiting] == [True]


def test_one_that_comes_new_is_starting() -> None:
    old = published("source")
    services = {"source": OnionService("source", closed=False, state=State.UP)}
    after = take_lineup(
        {"source": old, "source-next": published("new", old)}, {"source": old}, services
    )
    assert after["source"] is services["source"]
    assert after["source-next"].state is State.STARTING


def test_an_address_changes_to_the_one_it_was_to_move_to_and_to_no_other() -> None:
    old = published("source")
    services = {"source": OnionService("source", closed=False, state=State.UP)}
    with pytest.raises(KeyDamaged, match="another address"):
        take_lineup({"source": published("x")}, {"source": old}, services)
    assert services["source"].state is State.UP
