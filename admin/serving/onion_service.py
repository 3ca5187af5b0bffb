"""One onion service as its keeper sees it: whether it is up, and who waits to hear so.

No input or output here: what happens and when comes in as arguments; `due` tells what to do next.
"""

from dataclasses import dataclass, field
from enum import Enum

from admin.serving.onion_orders import Answer, Reply
from tor.uploads import SPACING_SECONDS, Action, Outcome, Round

ROUND_SECONDS = 90.0  # introduction circuits and uploads on the public network take some of it
RETRIES_MAX = 5
RETRY_SECONDS = 30.0  # after all retries of a round failed
ORDER_SECONDS = 150.0  # who waits longer is told how it stands; the keeper goes on


class State(Enum):
    """How a service stands, as `onion show` says it."""

    STARTING = "starting"
    UP = "published"
    PARTLY = "published, but a change is not yet everywhere"
    FAILING = "not published"
    UNSEALED = "stopped: its closing key is missing"
    RETIRED = "retired"


@dataclass(frozen=True)
class Waiting:
    """Who waits for an answer, and until when."""

    reply: Reply
    until: float


@dataclass
class OnionService:
    """The publication of one service: rounds that stand apart, repeated until they go well."""

    name: str
    closed: bool
    state: State = State.STARTING
    round: Round | None = None
    wanted: bool = False
    hard: bool = False
    everywhere: bool = False  # a change of the keys must be seen in each directory
    _attempt: int = 0
    _not_before: float = 0.0
    _next: list[Waiting] = field(default_factory=list)
    _asked: list[Waiting] = field(default_factory=list)

    def ask(self, reply: Reply, now: float, *, hard: bool = False) -> None:
        """Ask for a round, and to be told when it has ended well or not."""
        if self.state is State.UNSEALED:  # it does not run: only its seal brings it back
            reply(Answer(done=False, sentence=self.state.value))
            return
        self.want(hard=hard)
        self._next.append(Waiting(reply, now + ORDER_SECONDS))

    def join(self, reply: Reply, now: float) -> None:
        """Ask to be told of the round under way: what is asked for is in it already."""
        self.everywhere = self.closed
        self._asked.append(Waiting(reply, now + ORDER_SECONDS))

    def want(self, *, hard: bool = False) -> None:
        """Ask for a round, without waiting for its end."""
        self.wanted, self.hard, self.everywhere = True, self.hard or hard, self.closed
        self._attempt = 0

    def when_up(self, reply: Reply, now: float) -> None:
        """Ask to be told when it is up, without another round where one is under way."""
        if self.state is State.UNSEALED:
            reply(Answer(done=False, sentence=self.state.value))
        elif self.round is not None:
            self._asked.append(Waiting(reply, now + ORDER_SECONDS))
        elif self.state is State.UP and not self.wanted:
            reply(Answer(done=True))
        else:
            self.ask(reply, now)

    def due(self, now: float) -> bool:
        """Tell whether a round is to begin now."""
        return self.wanted and self.round is None and now >= self._not_before

    def soon(self, now: float) -> bool:
        """Tell whether a round is to begin within a moment, and only for another to lie behind."""
        spaced = now < self._not_before <= now + SPACING_SECONDS
        return self.wanted and self.round is None and spaced

    def begin(self, now: float) -> None:
        """Begin a round: what was asked for until now is in it."""
        self.round, self.wanted, self.hard = Round(now), False, False
        self._asked, self._next = [*self._asked, *self._next], []

    def note(self, action: Action, directory: str, now: float) -> None:
        """Take an event of this service's uploads."""
        if self.round is not None:
            self.round.note(action, directory, now)

    def reached(self, now: float) -> None:
        """Count a round's time from now on: only now tor has reached its network."""
        if self.round is not None:
            self.round.begun = now

    def lose_patience(self, now: float) -> None:
        """Answer who has waited too long; what they asked for goes on."""
        for waiting in (self._asked, self._next):
            for late in [one for one in waiting if one.until < now]:
                waiting.remove(late)
                late.reply(Answer(done=False, sentence=f"{self.state.value} so far."))

    def look(self, now: float) -> bool:
        """See whether the round has ended; tell whether the service has just come up."""
        if self.round is None:
            return False
        outcome = self.round.outcome(now)
        if outcome is Outcome.WAITING and now - self.round.begun > ROUND_SECONDS:
            outcome = Outcome.FAILED
        if outcome is Outcome.WAITING:
            return False
        return self._up(now) if outcome is Outcome.UP else self._failed(now)

    def _up(self, now: float) -> bool:
        came_up = self.state is not State.UP
        figures = self.round.figures if self.round else ""
        self.round, self.state, self._attempt = None, State.UP, 0
        self.everywhere = self.everywhere and self.wanted
        self._not_before = now + SPACING_SECONDS
        self._answer(Answer(done=True, sentence=f"Seen in tor's directories: {figures} uploads."))
        return came_up

    def _failed(self, now: float) -> bool:
        anywhere = self.round is not None and self.round.anywhere
        if anywhere and not self.everywhere:
            # Visitors find it, and tor goes round all directories every hour. Only a change of
            # the keys must be seen in each: the old description opens for who lost theirs.
            return self._up(now)
        self.state = State.PARTLY if anywhere else State.FAILING
        self.round, self.wanted = None, True
        self._attempt += 1
        self._not_before = now + SPACING_SECONDS * self._attempt
        if self._attempt > RETRIES_MAX:
            self._attempt, self._not_before = 0, now + RETRY_SECONDS
            self._answer(Answer(done=False, sentence="Tor's directories did not all take it yet."))
        return False

    def restart(self) -> None:
        """Its tor is new: what was published is to be published again."""
        self.round, self.wanted, self.hard = None, False, False
        self.state, self._attempt, self._not_before = State.STARTING, 0, 0.0

    def stop_unsealed(self) -> None:
        """Keep it from running; whoever waits is told."""
        self.round, self.wanted, self.state = None, False, State.UNSEALED
        self._asked, self._next = [*self._asked, *self._next], []
        self._answer(Answer(done=False, sentence=self.state.value))

    def retire(self) -> None:
        """Have it end: its app is at another address. Whoever waits is told."""
        self.round, self.wanted, self.state = None, False, State.RETIRED
        self._asked, self._next = [*self._asked, *self._next], []
        self._answer(Answer(done=True))

    def _answer(self, answer: Answer) -> None:
        asked, self._asked = self._asked, []
        for one in asked:
            one.reply(answer)
