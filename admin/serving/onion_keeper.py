"""Keeps the onion services up: starts tor, sees them published, watches, starts it again.

One loop does it all, one thing after another: what tor tells, what commands order and which
circuits went too far all come through one queue. It never runs the reviewers' service without
its seal (tor/clients.py): that is looked at before each start, each reload and every second.
"""

import queue
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from admin.errors import AdminError
from admin.serving.onion_lineup import Published, take_lineup
from admin.serving.onion_orders import Answer, Order, Reply, parts_of
from admin.serving.onion_service import OnionService, State
from admin.serving.onion_watch import Watch
from admin.serving.stopping import Stop
from tor.daemon import TorDaemon
from tor.errors import KeyDamaged, TorError, TorFailed, WouldBeOpen
from tor.files import write_whole
from tor.torrc import Service, Torrc
from tor.uploads import Action

TICK_SECONDS = 0.2
LOOK_SECONDS = 1.0  # how often seal, sockets and network are looked at
FIRST_DELAY_SECONDS = 1.0  # before a dead tor is started again; it doubles
LONGEST_DELAY_SECONDS = 60.0
STEADY_SECONDS = 120.0  # of running, after which the delay begins anew
ITEMS_AT_ONCE = 200  # of what came in: a flood must not keep the loop from looking at the seal
GAP_SECONDS = 0.7  # for tor to close a service that was taken out, before it is put back

Say = Callable[[str], None]


class OnionKeeper:
    """The keeper. `circuits_of` lists a reviewer's circuits; `announce` is told once all is up."""

    def __init__(
        self,
        torrc: Torrc,
        path: Path,
        published: dict[str, Published],
        watch: Watch,
        announce: Callable[[], None],
    ) -> None:
        self._torrc, self._path, self._published = torrc, path, published
        self._watch, self._announce = watch, announce
        self._services = {
            name: OnionService(name, found.closed) for name, found in published.items()
        }
        self._items: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
        self._daemon: TorDaemon | None = None
        self._start_at = self._started = self._looked = 0.0
        self._delay = FIRST_DELAY_SECONDS
        self._closing: list[tuple[float, str]] = []
        self._known_clients: dict[str, bytes] = {}  # what tor was last told to read
        self._stale = False  # whether tor still has to be told of a seal that went or came back
        self.circuits_of: Callable[[str], list[int]] = lambda _reviewer: []
        self.on_new_tor: Callable[[], None] = lambda: None
        self.changed_lineup: Callable[[], dict[str, Published] | None] = lambda: None
        self.let_go: Callable[[frozenset[Path]], None] = lambda _served: None

    def take(self, order: Order, reply: Reply) -> None:
        """Take an order, from any thread."""
        self._items.put(lambda: self._carry_out(order, reply))

    def close_circuit(self, circuit: int) -> None:
        """Have a circuit closed, from any thread."""
        self._items.put(lambda: self._close([circuit]))

    def run(self, stop: Stop) -> None:
        """Keep the services until told to stop; tor ends with it."""
        try:
            while not stop.asked:
                self._work_off()
                self._guarded(self._turn)
        finally:
            if self._daemon is not None:
                self._daemon.stop()

    def _work_off(self) -> None:
        """Do what came in; wait a moment for the first thing."""
        patience = TICK_SECONDS
        for _ in range(ITEMS_AT_ONCE):
            try:
                item = self._items.get(timeout=patience)
            except queue.Empty:
                return
            self._guarded(item)
            patience = 0.0

    def _guarded(self, step: Callable[[], None]) -> None:
        try:
            step()
        except TorFailed:
            if self._daemon is not None and self._daemon.alive:
                self._daemon.stop()  # it does not answer any more: as good as dead
        except (TorError, OSError) as error:  # a full disk among them: it is tried again
            self._watch.say_once("keys", str(error))

    def _turn(self) -> None:
        now = time.monotonic()
        for service in self._services.values():
            service.lose_patience(now)
        if self._daemon is None:
            if now >= self._start_at:
                self._start(now)
            return
        if not self._daemon.alive:
            self._mourn(now)
            return
        if now - self._looked >= LOOK_SECONDS:
            self._looked = now
            self._look(now)
        if self._watch.reached:
            if due := self._due(now):
                self._begin_rounds(due)
            for service in self._services.values():
                if service.look(now) and self._published[service.name].beside is None:
                    self._tell_up()
        self._close_again(now)

    def _start(self, now: float) -> None:
        try:
            self._write()
            self._daemon = TorDaemon.start(self._path, self._torrc.control, self._on_event)
        except (TorError, OSError) as error:
            self._watch.say_once("start", f"{error} Tor is started again and again, ever later.")
            self._put_off(now)
            return
        self._watch.over("start", "Tor runs.")
        self._started = time.monotonic()
        self._watch.started(self._started)
        self.on_new_tor()
        for service in self._running():
            service.restart()
            service.begin(self._started)

    def _mourn(self, now: float) -> None:
        if now - self._started > STEADY_SECONDS:
            self._delay = FIRST_DELAY_SECONDS
        self._watch.say(f"Tor ended by itself; starting it again in {self._delay:.0f} s.")
        if self._daemon is not None:
            self._daemon.stop()
        self._daemon = None
        for service in self._services.values():
            service.restart()
        self._put_off(now)

    def _put_off(self, now: float) -> None:
        self._start_at = now + self._delay
        self._delay = min(2 * self._delay, LONGEST_DELAY_SECONDS)

    def _look(self, now: float) -> None:
        for name, published in self._published.items():
            if published.beside is None:  # else it is the same socket
                self._watch.socket(name, published.socket)
        if self._daemon is not None and self._watch.network(now, self._daemon):
            for service in self._services.values():
                service.reached(now)
        self._take_lineup()
        self._check_seals()
        self._check_clients()
        if not self._stale:  # else tor does not know yet that a service has ended
            self.let_go(frozenset(found.folder.path for found in self._published.values()))

    def _take_lineup(self) -> None:
        """Publish one service more, or one less, where a move began or ended."""
        try:
            found = self.changed_lineup()
            if found is None:
                return
            services = take_lineup(found, self._published, self._services)
        except (TorError, AdminError, OSError) as error:  # what is published stays so
            self._watch.say_once("lineup", str(error))
            return
        self._watch.over("lineup")
        self._published, self._services, self._stale = found, services, True

    def _check_clients(self) -> None:
        """Have tor know of keys that came or went, whatever became of the command that did it."""
        self._follow()
        for name, published in self._published.items():
            service = self._services[name]
            if not published.closed or service.wanted or service.state is State.UNSEALED:
                continue
            if self._changed(name):
                service.want()

    def _follow(self) -> None:
        """Let in at a new address whom the old one lets in: there is one list of clients.

        Not in the lineup of a move that has ended: the list is the new one's then.
        """
        self._take_lineup()
        for published in self._published.values():
            if published.closed and published.beside is not None:
                published.folder.clients.follow(published.beside.clients)

    def _changed(self, name: str) -> bool:
        """Tell whether keys came or went since tor was last told to read them."""
        clients = self._published[name].folder.clients
        return clients.digest() != self._known_clients.get(name)

    def _check_seals(self) -> None:
        """Stop a service that lost its seal; start it again once it is back."""
        for name, published in self._published.items():
            service = self._services[name]
            sealed = self._sealed(published)
            if sealed == (service.state is State.UNSEALED):
                self._stale = True
                service.restart() if sealed else service.stop_unsealed()
        if self._stale:
            self._reload()
            self._stale = False  # not before tor has read it: with a damaged key it could not
            for service in self._running():
                if service.state is State.STARTING and service.round is None:
                    service.begin(time.monotonic())

    def _sealed(self, published: Published) -> bool:
        if not published.closed:
            return True
        try:
            published.folder.clients.check_sealed()
        except WouldBeOpen as error:
            self._watch.say_once("seal", str(error))
            return False
        self._watch.over("seal")
        return True

    def _running(self) -> list[OnionService]:
        return [found for found in self._services.values() if found.state is not State.UNSEALED]

    def _write(self, without: frozenset[str] = frozenset()) -> None:
        """Write the configuration, with each service that may run but those named."""
        self._follow()
        for name, published in self._published.items():
            if published.folder.address() != published.address:  # or KeyDamaged
                raise KeyDamaged(f"{published.folder.path} holds another address's key.")
            if not self._sealed(published):
                self._services[name].stop_unsealed()
        names = [service.name for service in self._running() if service.name not in without]
        services = [
            Service(self._published[name].folder.path, self._published[name].socket)
            for name in names
        ]
        for name, published in self._published.items():
            self._known_clients[name] = published.folder.clients.digest()
        write_whole(self._path, self._torrc.render(services).encode())

    def _reload(self, without: frozenset[str] = frozenset()) -> None:
        self._write(without)
        if self._daemon is not None:
            self._daemon.reload()

    def _due(self, now: float) -> list[OnionService]:
        """List the services whose round is to begin.

        Those that let in the same clients begin together: what tor reads for one it publishes of
        both, and a second description within a second would be refused.
        """
        due = [service for service in self._services.values() if service.due(now)]
        if any(service.closed and service.soon(now) for service in self._services.values()):
            return [service for service in due if not service.closed]
        return due

    def _begin_rounds(self, due: list[OnionService]) -> None:
        """Have tor publish services again, with what changed.

        A new seal makes it publish the reviewers' without a visitor noticing. The other way is to
        take a service out and put it back, and all its visitors are cut.
        """
        self._check_seals()
        # Of a stopped one it was told; a new seal must not be made in silence.
        due = [service for service in due if service.state is not State.UNSEALED]
        cut = frozenset(service.name for service in due if service.hard or not service.closed)
        if cut:
            self._reload(without=cut)
            time.sleep(GAP_SECONDS)
        for service in due:
            if service.closed:
                self._published[service.name].folder.clients.seal()
            service.begin(time.monotonic())
        if due:
            self._reload()

    def _tell_up(self) -> None:
        """Announce the apps' own services; one to come is told of by whoever has it made."""
        own = [name for name, found in self._published.items() if found.beside is None]
        if all(self._services[name].state is State.UP for name in own):
            self._announce()

    def _on_event(self, event: Any) -> None:
        """Take one of tor's events, from stem's thread."""
        if event.type == "HS_DESC" and event.action in {action.value for action in Action}:
            self._items.put(partial(self._note, event, time.monotonic()))
        elif event.type == "NETWORK_LIVENESS":
            self._items.put(partial(self._watch.liveness, event.status))
        elif event.type == "SIGNAL":  # maybe a reload that somebody else asked for
            self._items.put(self._check_seals)
        elif event.type in {"STATUS_GENERAL", "STATUS_CLIENT"}:
            self._items.put(partial(self._watch.status, event.action, event.keyword_args))

    def _note(self, event: Any, now: float) -> None:
        for name, published in self._published.items():
            if published.address.label == event.address:
                directory = str(event.directory)
                self._services[name].note(Action(event.action), directory, now)

    def _carry_out(self, order: Order, reply: Reply) -> None:
        if order.reviewer is not None:
            # Once more a little later: a request under way may name its circuit only then.
            now = time.monotonic()
            self._closing += [(now, order.reviewer), (now + 2 * LOOK_SECONDS, order.reviewer)]
        self._follow()
        asked = [
            self._services[name]
            for name in (order.service, f"{order.service}-next")
            if name in self._services
        ]
        replies = parts_of(reply, len(asked))
        now = time.monotonic()
        match order.what:
            case "apply":
                for service in asked:
                    self._apply(service, order, replies, now)
            case "publish":
                self._check_seals()
                for service in asked:
                    service.when_up(replies, now)
            case "show":
                states = {name: found.state.value for name, found in self._services.items()}
                reply(Answer(done=True, states=states))
            case "close":
                reply(Answer(done=True))

    def _apply(self, service: OnionService, order: Order, reply: Reply, now: float) -> None:
        if service.round and not order.hard and not self._changed(service.name):
            service.join(reply, now)
        else:
            service.ask(reply, now, hard=order.hard)

    def _close_again(self, now: float) -> None:
        for due, reviewer in [entry for entry in self._closing if entry[0] <= now]:
            self._closing.remove((due, reviewer))
            self._close(self.circuits_of(reviewer))

    def _close(self, circuits: list[int]) -> None:
        if self._daemon is not None:
            for circuit in circuits:
                self._daemon.close_circuit(circuit)
