"""The keeper before a mock of tor: deaths, lost seals and damaged keys come when a test wants them.

The mock reads the configuration and the clients' files as tor does, at its start and at a reload,
and remembers whether the reviewers' service was ever open. The real tor stands in tests/tor and in
the journeys.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace
from typing import Any, ClassVar, Self

import pytest

from admin.errors import AdminError
from admin.serving import onion_keeper as keeper_module
from admin.serving.onion_keeper import (
    FIRST_DELAY_SECONDS,
    ITEMS_AT_ONCE,
    LONGEST_DELAY_SECONDS,
    LOOK_SECONDS,
    STEADY_SECONDS,
    TICK_SECONDS,
    OnionKeeper,
)
from admin.serving.onion_lineup import Published
from admin.serving.onion_orders import Answer, Order
from admin.serving.onion_watch import Watch
from tor.clients import SEAL
from tor.errors import TorError, TorFailed, TorMissing
from tor.identity import OnionIdentity
from tor.service_dir import HOSTNAME_FILE, SECRET_FILE, ServiceDirectory
from tor.torrc import Defence, Torrc

LOU = "00112233445566778899aabbccddeeff"
_KEY = re.compile(rb"descriptor:x25519:[A-Z2-7]{52}\n")


class Clock:
    """A time that passes when it is told to, or slept through."""

    def __init__(self) -> None:
        self.now = 5000.0

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


class MockTor:
    """What the keeper needs of tor.daemon.TorDaemon."""

    made: ClassVar[list["MockTor"]]
    failure: ClassVar[TorError | OSError | None]
    reachable: ClassVar[bool]
    opened: ClassVar[bool]
    clock: ClassVar[Clock]

    def __init__(self, torrc: Path, told: Callable[[Any], None]) -> None:
        self._torrc, self._told = torrc, told
        self.alive, self.answers = True, True
        self.began = type(self).clock.now
        self.history: list[list[str]] = []
        self.closed: list[int] = []
        self._read: dict[str, frozenset[bytes]] = {}
        self._take_configuration()

    @classmethod
    def start(cls, torrc: Path, _control: Path, told: Callable[[Any], None]) -> Self:
        if cls.failure is not None:
            raise cls.failure
        made = cls(torrc, told)
        cls.made.append(made)
        return made

    @property
    def pid(self) -> int:
        return 1

    def _take_configuration(self) -> None:
        folders = re.findall(r'^HiddenServiceDir "(.*)"$', self._torrc.read_text(), re.MULTILINE)
        before, self._read = self._read, {}
        for folder in map(Path, folders):
            files = (folder / "authorized_clients").glob("*.auth")
            clients = frozenset(filter(_KEY.fullmatch, (path.read_bytes() for path in files)))
            if folder.name.startswith("journalist") and not clients:
                type(self).opened = True
            self._read[folder.name] = clients
            if before.get(folder.name) != clients:
                label = (folder / HOSTNAME_FILE).read_text().strip().removesuffix(".onion")
                self.upload(label)
        self.history.append(sorted(self._read))

    def upload(self, label: str, end: str = "UPLOADED") -> None:
        for action in ("CREATED", "UPLOAD", end):
            self._told(
                SimpleNamespace(type="HS_DESC", action=action, address=label, directory="$A")
            )

    def tell(self, kind: str, **words: Any) -> None:
        self._told(SimpleNamespace(type=kind, **words))

    @property
    def services(self) -> list[str]:
        return self.history[-1]

    def reload(self) -> None:
        if not self.answers:
            raise TorFailed("tor does not answer.")
        self._take_configuration()

    def close_circuit(self, circuit: int) -> None:
        if not self.answers:
            raise TorFailed("tor does not answer.")
        self.closed.append(circuit)

    def bootstrapped(self) -> bool:
        return type(self).reachable

    def stop(self) -> None:
        self.alive = False


class House:
    """A keeper with two services, stepped through by hand."""

    def __init__(self, folder: Path, clock: Clock) -> None:
        self.folder, self.clock = folder, clock
        self.said: list[str] = []
        self.announced = self.new_tors = 0
        self.circuits: dict[str, list[int]] = {}
        self.services = {}
        for name in ("source", "journalist"):
            service = ServiceDirectory(folder / "onions" / name)
            service.make(OnionIdentity.new(), closed=name == "journalist")
            self.services[name] = service
        torrc = Torrc(folder / "data", folder / "c.sock", folder / "cookie", 1, Defence(1, 2, 3))
        self.keeper = OnionKeeper(
            torrc,
            folder / "torrc",
            {
                name: Published(
                    service, service.address(), folder / f"{name}.sock", name == "journalist"
                )
                for name, service in self.services.items()
            },
            Watch(self.said.append),
            self._announce,
        )
        self.keeper.circuits_of = lambda reviewer: self.circuits.get(reviewer, [])
        self.keeper.on_new_tor = self._new_tor
        self.lineup: list[dict[str, Published]] = []
        self.served: list[frozenset[Path]] = []
        self.keeper.changed_lineup = lambda: self.lineup.pop(0) if self.lineup else None
        self.keeper.let_go = self.served.append

    def _announce(self) -> None:
        self.announced += 1

    def _new_tor(self) -> None:
        self.new_tors += 1

    def run(self, seconds: float) -> None:
        """Let the keeper's loop go round for some time."""
        until = self.clock.now + seconds
        while self.clock.now < until:
            self.keeper._work_off()
            self.keeper._guarded(self.keeper._turn)
            self.clock.now += TICK_SECONDS

    def order(self, *words: Any, **named: Any) -> list[Answer]:
        answers: list[Answer] = []
        self.keeper.take(Order(*words, **named), answers.append)
        return answers

    def states(self) -> dict[str, str]:
        answers = self.order("show")
        self.keeper._work_off()
        return answers[0].states

    @property
    def tor(self) -> MockTor:
        return MockTor.made[-1]

    @property
    def seal(self) -> Path:
        return self.services["journalist"].clients.folder / f"{SEAL}.auth"

    def told(self, words: str) -> int:
        return sum(words in sentence for sentence in self.said)


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    clock = Clock()
    for name, value in {
        "made": [], "failure": None, "reachable": True, "opened": False, "clock": clock
    }.items():  # fmt: skip
        monkeypatch.setattr(MockTor, name, value, raising=False)
    monkeypatch.setattr(keeper_module, "TorDaemon", MockTor)
    monkeypatch.setattr(keeper_module, "time", clock)
    made = House(tmp_path, clock)
    # Nothing that comes in is waited for: the clock is ours.
    get = made.keeper._items.get
    made.keeper._items = SimpleNamespace(  # type: ignore[assignment]
        get=lambda **_patience: get(timeout=0), put=made.keeper._items.put
    )
    yield made
    assert not MockTor.opened  # whatever a test did


UP = {"source": "published", "journalist": "published"}
BOTH = ["journalist", "source"]


def up(house: House) -> House:
    house.run(6)
    assert house.states() == UP
    return house


def test_both_services_come_up_and_are_announced_once(house: House) -> None:
    house.run(6)
    assert house.states() == UP
    assert house.announced == 1
    assert house.tor.history == [BOTH]
    house.run(300)
    assert (house.announced, len(MockTor.made), house.new_tors) == (1, 1, 1)
    assert house.tor.history == [BOTH]  # and nothing is published again without need


def test_before_the_network_is_reached_nothing_is_said_to_be_up(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(MockTor, "reachable", False)
    answers = house.order("publish")
    house.run(100)
    assert set(house.states().values()) == {"starting"}
    assert house.announced == 0
    assert house.told("cannot reach its network") == 1
    assert answers == []
    monkeypatch.setattr(MockTor, "reachable", True)
    house.run(6)
    assert house.states() == UP
    assert answers[0].done


def test_events_of_other_services_are_not_ours(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(MockTor, "upload", lambda *_given, **_named: None)
    house.run(2)
    house.tor.tell(
        "HS_DESC", action="UPLOAD", address=OnionIdentity.new().address.label, directory="$A"
    )
    house.tor.tell("HS_DESC", action="REQUESTED", address="UNKNOWN", directory="$A")
    house.run(6)
    assert set(house.states().values()) == {"starting"}


def lose(house: House) -> None:
    house.seal.unlink()


def damage(house: House) -> None:
    house.seal.write_bytes(b"descriptor:x25519:AAAA\n")


@pytest.mark.parametrize("harm", [lose, damage])
def test_a_service_that_loses_its_seal_is_stopped_within_a_second_and_comes_back_with_it(
    house: House, harm: Callable[[House], None]
) -> None:
    up(house)
    harm(house)
    house.run(LOOK_SECONDS + 2 * TICK_SECONDS)
    assert house.tor.services == ["source"]
    assert "closing key is missing" in house.states()["journalist"]
    assert house.states()["source"] == "published"
    house.run(200)
    assert house.tor.services == ["source"]
    assert house.told("onion publish") == 1  # the alarm, and how to end it
    house.services["journalist"].clients.seal()
    house.run(100)
    assert house.states() == UP
    assert house.tor.history == [BOTH, ["source"], BOTH]  # and once each


def test_when_somebody_else_has_tor_read_its_files_the_seal_is_looked_at_at_once(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    up(house)
    monkeypatch.setattr(house.keeper, "_look", lambda _now: None)  # it has just looked
    lose(house)
    house.tor.tell("SIGNAL", signal="RELOAD")
    house.run(TICK_SECONDS)
    assert house.tor.services == ["source"]
    assert house.told("onion publish") == 1


def test_a_service_without_a_seal_is_not_started(house: House) -> None:
    lose(house)
    house.run(6)
    assert house.tor.history == [["source"]]
    assert house.states()["source"] == "published"
    answers = house.order("publish")
    house.run(1)
    assert not answers[0].done
    assert "closing key" in answers[0].sentence


@pytest.mark.parametrize("hard", [False, True])
def test_a_seal_that_is_lost_is_not_made_again_in_silence(
    house: House, monkeypatch: pytest.MonkeyPatch, *, hard: bool
) -> None:
    """A change is asked for before the loss is noticed: the keeper has just looked."""
    up(house)
    monkeypatch.setattr(house.keeper, "_look", lambda _now: None)
    lose(house)
    answers = house.order("apply", hard=hard)
    house.run(10)
    assert not house.seal.exists()
    assert house.tor.services == ["source"]
    assert not answers[0].done
    assert house.told("onion publish") == 1


def test_a_client_added_without_a_seal_does_not_start_the_service(house: House) -> None:
    up(house)
    lose(house)
    house.run(2)
    clients = house.services["journalist"].clients
    clients.add("lou", house.services["journalist"].address())
    answers = house.order("apply")
    house.run(10)
    assert not answers[0].done
    assert house.tor.services == ["source"]
    assert not house.seal.exists()


def test_a_key_that_came_or_went_counts_without_any_order(house: House) -> None:
    """A command that was cut off between its steps must not leave a removed key in force."""
    service = house.services["journalist"]
    service.clients.add("lou", service.address())
    up(house)
    service.clients.remove("lou")
    house.run(20)
    assert len(house.tor.history) == 2
    assert house.tor._read["journalist"] == {house.seal.read_bytes()}
    assert house.states() == UP
    service.clients.add("max", service.address())
    house.run(20)
    assert len(house.tor.history) == 3
    assert len(house.tor._read["journalist"]) == 2


def test_an_order_whose_change_is_under_way_already_waits_for_that_and_no_more(
    house: House,
) -> None:
    up(house)
    service = house.services["journalist"]
    service.clients.add("lou", service.address())
    while len(house.tor.history) == 1:  # the keeper finds the key before the order comes
        house.run(TICK_SECONDS)
    answers = house.order("apply")
    house.run(30)
    assert [answer.done for answer in answers] == [True]
    assert len(house.tor.history) == 2
    hard = house.order("apply", hard=True)
    house.run(30)
    assert [answer.done for answer in hard] == [True]
    assert house.tor.history[2:] == [["source"], BOTH]


def test_a_new_tor_does_not_start_a_service_without_its_seal(house: House) -> None:
    up(house)
    lose(house)
    house.tor.alive = False
    house.run(20)
    assert len(MockTor.made) == 2
    assert house.tor.history == [["source"]]
    house.services["journalist"].clients.seal()
    house.run(6)
    assert house.states() == UP


def test_an_order_makes_a_new_seal_and_is_answered_when_it_is_up(house: House) -> None:
    up(house)
    before = house.seal.read_bytes()
    answers = house.order("apply")
    house.run(6)
    assert answers[0].done
    assert house.seal.read_bytes() != before
    assert house.tor.history == [BOTH, BOTH]  # reviewers' streams go on


def test_a_hard_order_takes_the_service_out_and_puts_it_back(house: House) -> None:
    up(house)
    answers = house.order("apply", hard=True)
    house.run(6)
    assert answers[0].done
    assert house.tor.history == [BOTH, ["source"], BOTH]


def test_of_the_open_service_too(house: House) -> None:
    up(house)
    answers = house.order("apply", service="source")
    house.run(6)
    assert answers[0].done
    assert house.tor.history == [BOTH, ["journalist"], BOTH]


def test_with_all_clients_removed_it_is_closed_and_not_open(house: House) -> None:
    up(house)
    clients = house.services["journalist"].clients
    clients.add("lou", house.services["journalist"].address())
    house.order("apply")
    house.run(6)
    clients.remove("lou")
    answers = house.order("apply", hard=True)
    house.run(6)
    assert answers[0].done
    assert house.tor.services == BOTH
    assert clients.names() == []


def test_a_rejected_upload_is_repeated_after_a_pause(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    up(house)
    upload = MockTor.upload
    rejected: list[float] = []

    def reject(tor: MockTor, label: str) -> None:
        rejected.append(house.clock.now)
        upload(tor, label, end="FAILED")

    monkeypatch.setattr(MockTor, "upload", reject)
    answers = house.order("apply")
    house.run(12)
    assert len(rejected) >= 2
    assert all(after - before > 2 for before, after in pairwise(rejected))
    assert answers == []
    monkeypatch.setattr(MockTor, "upload", upload)
    house.run(30)
    assert answers[0].done


def test_a_dead_tor_is_started_again_ever_later(house: House) -> None:
    up(house)
    delays = []
    for _ in range(9):
        number = len(MockTor.made)
        house.tor.alive = False
        died = house.clock.now
        while len(MockTor.made) == number:
            house.run(TICK_SECONDS)
            assert house.clock.now - died < LONGEST_DELAY_SECONDS + 2
        delays.append(house.tor.began - died)
    wanted = [min(FIRST_DELAY_SECONDS * 2**n, LONGEST_DELAY_SECONDS) for n in range(9)]
    assert delays == pytest.approx(wanted, abs=3 * TICK_SECONDS)
    assert house.told("Tor ended by itself") == 9
    assert house.new_tors == 10
    house.run(6)
    assert house.states() == UP  # at the same addresses
    assert house.announced == 2


def test_after_a_steady_run_the_delay_begins_anew(house: House) -> None:
    for _ in range(3):
        up(house)
        house.run(STEADY_SECONDS + 1)
        house.tor.alive = False
        number = len(MockTor.made)
        house.run(FIRST_DELAY_SECONDS + 3 * TICK_SECONDS)
        assert len(MockTor.made) == number + 1


@pytest.mark.parametrize(
    "failure", [TorFailed("tor ended at once."), TorMissing("No tor."), OSError(28, "No space")]
)
def test_a_tor_that_does_not_start_is_tried_again_and_told_once(
    house: House, monkeypatch: pytest.MonkeyPatch, failure: TorError | OSError
) -> None:
    monkeypatch.setattr(MockTor, "failure", failure)
    house.run(40)
    assert MockTor.made == []
    assert house.told("again and again") == 1
    assert set(house.states().values()) == {"starting"}
    monkeypatch.setattr(MockTor, "failure", None)
    house.run(LONGEST_DELAY_SECONDS)
    assert house.states() == UP
    assert house.told("Tor runs.") == 1


def test_a_tor_that_does_not_answer_is_as_good_as_dead(house: House) -> None:
    up(house)
    silent = house.tor
    silent.answers = False
    answers = house.order("apply")
    house.run(10)
    assert not silent.alive
    assert len(MockTor.made) == 2
    assert house.states() == UP
    assert answers[0].done


def break_key(house: House) -> Callable[[], object]:
    path = house.services["source"].path / SECRET_FILE
    content = path.read_bytes()
    path.write_bytes(content[:50])
    return lambda: path.write_bytes(content)


def exchange_key(house: House) -> Callable[[], object]:
    """Put another whole service in its place: key and name belong together, but are not ours."""
    folder = house.services["source"].path
    kept = {name: (folder / name).read_bytes() for name in (SECRET_FILE, HOSTNAME_FILE)}
    other = OnionIdentity.new()
    (folder / SECRET_FILE).write_bytes(other.secret_file())
    (folder / HOSTNAME_FILE).write_text(f"{other.address.host}\n")
    return lambda: [(folder / name).write_bytes(content) for name, content in kept.items()]


def fill_disk(house: House) -> Callable[[], object]:
    patch = pytest.MonkeyPatch()

    def full(*_given: object) -> None:
        raise OSError(28, "No space left on device")

    patch.setattr(keeper_module, "write_whole", full)
    return patch.undo


harms = pytest.mark.parametrize("harm", [break_key, exchange_key, fill_disk])


@harms
def test_what_keeps_a_change_from_being_written_does_not_end_the_keeper(
    house: House, harm: Callable[[House], Callable[[], object]]
) -> None:
    up(house)
    repair = harm(house)
    try:
        answers = house.order("apply")
        house.run(20)
        assert house.tor.alive
        assert answers == []
        assert len(house.said) > 0
    finally:
        repair()
    house.run(110)
    assert answers[0].done
    assert house.states() == UP
    assert len(MockTor.made) == 1


@harms
def test_at_the_start_neither(house: House, harm: Callable[[House], Callable[[], object]]) -> None:
    repair = harm(house)
    try:
        house.run(20)
        assert MockTor.made == []
    finally:
        repair()
    house.run(LONGEST_DELAY_SECONDS)
    assert house.states() == UP


@harms
def test_a_seal_lost_meanwhile_stops_its_service_as_soon_as_that_can_be_written(
    house: House, harm: Callable[[House], Callable[[], object]]
) -> None:
    up(house)
    repair = harm(house)
    try:
        lose(house)
        house.run(10)
        assert house.tor.history == [BOTH]  # tor was not made to read what lacks the seal
    finally:
        repair()
    house.run(2)
    assert house.tor.services == ["source"]
    house.services["journalist"].clients.seal()
    house.run(6)
    assert house.states() == UP


def test_a_reviewers_circuits_are_closed_at_once_and_once_more_a_little_later(
    house: House,
) -> None:
    up(house)
    house.circuits = {LOU: [7, 8], "other": [9]}
    house.order("apply", reviewer=LOU)
    house.run(TICK_SECONDS)
    assert house.tor.closed == [7, 8]
    house.circuits[LOU] = [10]  # a request that was under way
    house.run(4)
    assert house.tor.closed == [7, 8, 10]
    house.run(20)
    assert house.tor.closed == [7, 8, 10]


def test_a_circuit_that_went_too_far_is_closed(house: House) -> None:
    house.keeper.close_circuit(3)  # no tor yet: nothing to close
    house.run(TICK_SECONDS)
    up(house)
    house.keeper.close_circuit(4)
    house.run(TICK_SECONDS)
    assert house.tor.closed in ([4], [3, 4])


def test_a_flood_that_never_ends_does_not_keep_it_from_looking_at_the_seal(
    house: House,
) -> None:
    up(house)
    lose(house)
    came, most = 0, 100 * ITEMS_AT_ONCE

    def again() -> None:
        nonlocal came
        came += 1
        assert came < most, "it works off a flood and does nothing else"
        house.keeper._items.put(again)

    house.keeper._items.put(again)
    house.run(LOOK_SECONDS + 2 * TICK_SECONDS)
    assert came > ITEMS_AT_ONCE
    assert house.tor.services == ["source"]


def test_an_order_is_answered_in_time_even_without_a_tor(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(MockTor, "failure", TorFailed("no."))
    answers = [house.order("publish"), house.order("apply")]
    house.run(200)
    assert [[answer.done for answer in found] for found in answers] == [[False], [False]]


def test_what_tor_says_of_clock_and_network_is_passed_on(house: House) -> None:
    up(house)
    house.tor.tell("STATUS_GENERAL", action="CLOCK_SKEW", keyword_args={"SKEW": "-7200"})
    house.tor.tell("NETWORK_LIVENESS", status="DOWN")
    house.run(1)
    assert house.told("2 hours slow") == 1
    assert house.told("lost its network") == 1


def test_told_to_stop_it_takes_tor_with_it(house: House) -> None:
    up(house)
    stop: Any = SimpleNamespace(asked=True)
    house.keeper.run(stop)
    assert not house.tor.alive


# Moves


def move(house: House, name: str) -> ServiceDirectory:
    """Have another service beside one, as `onion rotate` does."""
    made = ServiceDirectory(house.folder / "onions" / f"{name}.new")
    made.make(OnionIdentity.new(), closed=name == "journalist")
    found = dict(house.keeper._published)
    socket, old = house.folder / f"{name}.sock", house.services[name]
    found[f"{name}-next"] = Published(made, made.address(), socket, name == "journalist", old)
    house.lineup.append(found)
    return made


def end_move(house: House, name: str) -> None:
    found = dict(house.keeper._published)
    found[name] = replace(found.pop(f"{name}-next"), beside=None)
    house.lineup.append(found)


def test_a_move_is_published_at_once_and_the_old_address_stays_up(house: House) -> None:
    up(house)
    move(house, "source")
    (answers,) = [house.order("publish", service="source")]
    house.run(6)
    assert answers[0].done
    assert house.tor.services == ["journalist", "source", "source.new"]
    assert house.states() == {**UP, "source-next": "published"}
    assert house.tor.history[-2:] == [BOTH, ["journalist", "source", "source.new"]]


def test_the_end_takes_the_old_one_out_and_only_then_lets_it_go(house: House) -> None:
    up(house)
    made = move(house, "source")
    house.run(6)
    assert house.services["source"].path in house.served[-1]
    end_move(house, "source")
    before = len(house.served)
    house.run(2)
    assert house.tor.services == ["journalist", "source.new"]
    assert all(house.services["source"].path not in served for served in house.served[before:])
    assert made.path in house.served[-1]
    assert house.states() == UP, "who was published stays so"
    house.services["source"].destroy()
    house.run(300)
    assert house.told("missing") == 0


def test_a_move_that_is_called_off_is_taken_out(house: House) -> None:
    up(house)
    move(house, "journalist")
    house.run(6)
    house.lineup.append({name: house.keeper._published[name] for name in ("source", "journalist")})
    waiting = house.order("apply")
    house.run(6)
    assert house.tor.services == BOTH
    assert waiting[0].done


def test_clients_are_let_in_at_both_and_taken_away_at_both(house: House) -> None:
    up(house)
    clients, address = house.services["journalist"].clients, house.services["journalist"].address()
    clients.add("lou", address)
    made = move(house, "journalist")
    house.run(6)
    assert made.clients.names() == ["lou"]
    clients.remove("lou")
    clients.add("max", address)
    answers = house.order("apply", hard=True)
    house.run(8)
    assert answers[0].done
    assert made.clients.valid() == clients.valid()
    assert list(made.clients.valid()) == ["max"]
    clients.remove("max")  # and the command was killed before it could order anything
    house.run(3)
    assert made.clients.names() == []
    house.run(6)
    assert house.states()["journalist-next"] == "published"


def test_a_new_address_without_its_seal_is_not_published(house: House) -> None:
    up(house)
    made = move(house, "journalist")
    house.run(6)
    (made.clients.folder / f"{SEAL}.auth").unlink()
    house.run(2)
    assert house.tor.services == BOTH
    assert house.states()["journalist-next"].startswith("stopped")
    made.clients.seal()
    house.run(6)
    assert "journalist.new" in house.tor.services


def test_a_lineup_that_cannot_be_read_changes_nothing_and_is_told_once(house: House) -> None:
    up(house)

    def fail() -> None:
        raise AdminError("state is damaged")

    house.keeper.changed_lineup = fail
    house.run(10)
    assert house.tor.services == BOTH
    assert house.told("state is damaged") == 1


def test_an_address_that_comes_from_nowhere_is_not_published(house: House) -> None:
    up(house)
    strange = ServiceDirectory(house.folder / "onions" / "strange")
    strange.make(OnionIdentity.new(), closed=False)
    found = dict(house.keeper._published)
    found["source"] = replace(found["source"], folder=strange, address=strange.address())
    house.lineup.append(found)
    house.run(6)
    assert house.tor.services == BOTH
    assert house.told("another address's key") == 1


def test_after_a_death_of_tor_both_addresses_come_back(house: House) -> None:
    up(house)
    move(house, "source")
    house.run(6)
    house.tor.alive = False
    house.run(10)
    assert house.states() == {**UP, "source-next": "published"}


def test_a_start_in_the_middle_of_a_move_is_announced_though_the_new_one_is_late(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    made, upload = move(house, "source"), MockTor.upload
    house.keeper._take_lineup()

    def late(tor: MockTor, label: str, end: str = "UPLOADED") -> None:
        if label != made.address().label:
            upload(tor, label, end)

    monkeypatch.setattr(MockTor, "upload", late)
    house.run(6)
    assert house.announced == 1
    assert house.states() == {**UP, "source-next": "starting"}
