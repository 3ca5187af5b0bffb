import socket
from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from admin.serving.onion_watch import LOST, PATIENCE_SECONDS, REACHED, Watch

CLOCK = {"SKEW": "-7200", "SOURCE": "NETWORKSTATUS"}
STUCK = {"PROGRESS": "5", "WARNING": "Connection refused", "REASON": "CONNECTREFUSED"}


class Heard(list[str]):
    """What the admin was told, and a tor (a mock) that has reached its network or not."""

    def __init__(self) -> None:
        super().__init__()
        self.watch = Watch(self.append)
        self.there = False

    def bootstrapped(self) -> bool:
        return self.there

    def look(self, now: float) -> bool:
        daemon: Any = self
        return self.watch.network(now, daemon)


def test_a_trouble_is_told_once_and_again_after_its_end() -> None:
    heard = Heard()
    for _ in range(3):
        heard.watch.say_once("seal", "It is gone.")
    assert heard == ["It is gone."]
    heard.watch.say_once("seal", "It is damaged.")
    heard.watch.over("seal", "It is back.")
    heard.watch.over("seal", "It is back.")
    heard.watch.say_once("seal", "It is gone.")
    assert heard == ["It is gone.", "It is damaged.", "It is back.", "It is gone."]


def test_the_end_of_what_was_never_told_is_not_told() -> None:
    heard = Heard()
    heard.watch.over("seal", "It is back.")
    assert heard == []


def test_two_troubles_do_not_hide_each_other() -> None:
    heard = Heard()
    for _ in range(2):
        heard.watch.say_once("a", "A.")
        heard.watch.say_once("b", "B.")
    assert heard == ["A.", "B."]


def test_a_wrong_clock_is_told_once() -> None:
    heard = Heard()
    for _ in range(3):
        heard.watch.status("CLOCK_SKEW", CLOCK)
    heard.watch.status("CLOCK_SKEW", {"SKEW": "3"})
    assert len(heard) == 1
    assert "2 hours slow" in heard[0]


def test_no_network_is_told_and_then_that_it_is_there() -> None:
    heard = Heard()
    heard.watch.started(0.0)
    heard.watch.status("BOOTSTRAP", {"PROGRESS": "5"})  # it goes on: nothing to tell
    for _ in range(2):
        heard.watch.status("BOOTSTRAP", STUCK)
    assert len(heard) == 1
    assert "connections are refused" in heard[0]
    heard.there = True
    assert heard.look(3.0)
    assert not heard.look(4.0)  # just once
    assert heard[1:] == [REACHED]
    heard.watch.status("BOOTSTRAP", STUCK)  # a relay that is gone is no trouble any more
    assert heard[1:] == [REACHED]


def test_a_network_that_is_reached_in_good_time_is_not_worth_a_word() -> None:
    heard = Heard()
    heard.watch.started(0.0)
    assert not heard.look(PATIENCE_SECONDS)
    heard.there = True
    assert heard.look(PATIENCE_SECONDS + 1)
    assert heard == []


def test_a_tor_that_says_nothing_for_long_is_told_of() -> None:
    heard = Heard()
    heard.watch.started(100.0)
    for seconds in range(0, 200, 10):
        heard.look(100.0 + seconds)
    assert len(heard) == 1
    assert "cannot reach its network" in heard[0]


def test_a_network_that_goes_and_comes_is_told_both_times() -> None:
    heard = Heard()
    heard.watch.started(0.0)
    heard.there = True
    heard.look(1.0)
    for status in ("UP", "DOWN", "DOWN", "UP", "UP", "DOWN", "UP"):
        heard.watch.liveness(status)
    assert heard == [LOST, REACHED, LOST, REACHED]


def test_before_the_network_was_reached_its_return_is_no_news() -> None:
    heard = Heard()
    heard.watch.started(0.0)
    heard.watch.liveness("DOWN")
    heard.watch.liveness("UP")
    assert heard == [LOST]
    heard.there = True
    heard.look(1.0)
    assert heard == [LOST, REACHED]


def test_a_new_tor_has_to_reach_the_network_anew() -> None:
    heard = Heard()
    heard.watch.started(0.0)
    heard.there = True
    heard.look(1.0)
    heard.watch.started(500.0)
    heard.there = False
    assert not heard.watch.reached
    heard.look(500.0 + PATIENCE_SECONDS + 1)
    assert len(heard) == 1


def test_an_apps_socket_that_is_gone_is_told_by_name(short: Path) -> None:
    heard = Heard()
    path = short / "source-tor.sock"
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(path))
        heard.watch.socket("source", path)
        assert heard == []
        path.unlink()
        for _ in range(2):
            heard.watch.socket("source", path)
        assert len(heard) == 1
        assert str(path) in heard[0]
        path.write_text("no socket")
        heard.watch.socket("source", path)
        heard.watch.socket("journalist", short / "journalist-tor.sock")
    assert len(heard) == 2


words = st.dictionaries(
    st.sampled_from(["SKEW", "PROGRESS", "WARNING", "REASON", "TAG", "HOSTADDR"]),
    st.text(max_size=20),
)


@given(st.lists(st.tuples(st.sampled_from(["CLOCK_SKEW", "BOOTSTRAP", "DANGEROUS_X"]), words)))
def test_whatever_tor_says_the_same_is_not_told_twice_running(
    events: list[tuple[str, dict[str, str]]],
) -> None:
    heard = Heard()
    for action, arguments in events:
        before = list(heard)
        heard.watch.status(action, arguments)
        heard.watch.status(action, arguments)
        assert len(heard) <= len(before) + 1


def test_a_trouble_whose_figures_alone_change_is_told_once() -> None:
    heard = Heard()
    for seconds in ("-7205", "-7195", "-7300"):
        heard.watch.status("CLOCK_SKEW", {"SKEW": seconds})
    for percent in ("5", "10", "14"):
        heard.watch.status("BOOTSTRAP", STUCK | {"PROGRESS": percent})
    assert len(heard) == 2
