"""How commands reach the keeper of the onion services: an order, then an answer, one line each."""

import json
import socket
import threading
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Literal, get_args

from admin.errors import AdminError
from admin.serving.shape import APP_NAMES

ORDER_MAX_BYTES = 4096
ORDER_SECONDS = 5.0  # for the line to be there
ANSWER_SECONDS = 240.0  # past the keeper's own patience with an order

What = Literal["show", "publish", "apply", "close"]


@dataclass(frozen=True)
class Order:
    """What is asked of a service. `reviewer` is whose circuits are closed, by id.

    `show` tells how all services stand, `publish` waits until one is up, `apply` publishes it
    again with what changed in its folder, `hard` by cutting all its visitors. `close` does no more
    than close the reviewer's circuits.
    """

    what: What
    service: str = "journalist"
    hard: bool = False
    reviewer: str | None = None

    def __post_init__(self) -> None:
        if self.what not in get_args(What) or self.service not in APP_NAMES:
            raise ValueError("no such order")


@dataclass(frozen=True)
class Answer:
    """What came of it. `states` says of each service how it stands."""

    done: bool
    sentence: str = ""
    states: dict[str, str] = field(default_factory=dict)


Reply = Callable[[Answer], None]
Take = Callable[[Order, Reply], None]


def parts_of(reply: Reply, number: int) -> Reply:
    """Give what takes `number` answers and then gives one: done if all are."""
    answers: list[Answer] = []

    def take(answer: Answer) -> None:
        answers.append(answer)
        if len(answers) == number:
            sentences = " ".join(dict.fromkeys(each.sentence for each in answers))
            reply(Answer(all(each.done for each in answers), sentences.strip()))

    return take


class NobodyServes(Exception):
    """No `serve --tor` runs on this instance."""


def give(path: Path, order: Order) -> Answer:
    """Send an order and wait for its answer; raises NobodyServes, or AdminError without one."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
        try:
            connection.connect(str(path))
        except OSError:
            raise NobodyServes from None
        connection.settimeout(ANSWER_SECONDS)
        try:
            connection.sendall(json.dumps(asdict(order)).encode() + b"\n")
            return Answer(**json.loads(_line(connection)))
        except (OSError, ValueError, TypeError, RecursionError):
            raise AdminError("The running serve gave no answer; `onion show` tells more.") from None


def receive(listener: socket.socket, take: Take) -> None:
    """Take orders from now on, in a thread: `take` gets each, and what to answer with."""
    threading.Thread(target=_accept, args=(listener, take), name="orders", daemon=True).start()


def _accept(listener: socket.socket, take: Take) -> None:
    while True:
        connection, _ = listener.accept()
        connection.settimeout(ORDER_SECONDS)
        try:
            order = Order(**json.loads(_line(connection)))
        except (OSError, ValueError, TypeError, RecursionError):
            connection.close()
            continue
        take(order, _answering(connection))


def _answering(connection: socket.socket) -> Reply:
    def answer(given: Answer) -> None:
        with connection:
            try:
                connection.sendall(json.dumps(asdict(given)).encode() + b"\n")
            except OSError:
                return  # whoever asked has gone; what they asked for is done

    return answer


def _line(connection: socket.socket) -> bytes:
    held = b""
    while not held.endswith(b"\n"):
        more = connection.recv(ORDER_MAX_BYTES)
        if not more or len(held) > ORDER_MAX_BYTES:
            raise ValueError("no whole line")
        held += more
    return held
