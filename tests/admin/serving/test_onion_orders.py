import json
import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from admin.errors import AdminError
from admin.serving import onion_orders as orders_module
from admin.serving.addresses import Address, listen
from admin.serving.onion_orders import (
    ORDER_MAX_BYTES,
    Answer,
    NobodyServes,
    Order,
    Reply,
    give,
    parts_of,
    receive,
)

DONE = Answer(done=True, sentence="Vu. « été »", states={"source": "published"})
Take = Callable[[Order, Reply], None]


class Office:
    """Where orders come in; they are answered as `take` says."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.taken: list[Order] = []
        self.take: Take = lambda _order, reply: reply(DONE)
        self.listener = listen(Address(path=path))
        receive(self.listener, self._take)

    def _take(self, order: Order, reply: Reply) -> None:
        self.taken.append(order)
        self.take(order, reply)

    def send(self, raw: bytes, *, end: bool = False) -> bytes:
        """Send what is no order of ours, perhaps; give what comes back."""
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(20)
            connection.connect(str(self.path))
            try:
                connection.sendall(raw)
                if end:
                    connection.shutdown(socket.SHUT_WR)
                return b"".join(iter(lambda: connection.recv(1000), b""))
            except OSError:
                return b""


@pytest.fixture
def office(short: Path) -> Iterator[Office]:
    made = Office(short / "o.sock")
    yield made
    made.listener.shutdown(socket.SHUT_RD)  # the thread ends with an error that is let pass
    made.listener.close()


@pytest.fixture(autouse=True)
def _thread_ends_with_its_socket(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep the end of a test from looking like a thread that failed."""
    accept = orders_module._accept

    def until_closed(listener: socket.socket, take: Take) -> None:
        try:
            accept(listener, take)
        except OSError:
            return

    monkeypatch.setattr(orders_module, "_accept", until_closed)


ORDERS = [
    Order("show"),
    Order("publish", service="source"),
    Order("apply", hard=True, reviewer="00112233445566778899aabbccddeeff"),
]


@pytest.mark.parametrize("order", ORDERS, ids=str)
def test_an_order_arrives_as_it_was_given_and_so_does_its_answer(
    office: Office, order: Order
) -> None:
    assert give(office.path, order) == DONE
    assert office.taken == [order]


def test_an_answer_may_come_much_later_and_others_are_answered_meanwhile(office: Office) -> None:
    waiting: list[Reply] = []
    answered: list[Answer] = []

    def take(order: Order, reply: Reply) -> None:
        if order.what == "apply":
            waiting.append(reply)
        else:
            reply(DONE)

    office.take = take
    slow = threading.Thread(target=lambda: answered.append(give(office.path, Order("apply"))))
    slow.start()
    while not waiting:
        assert give(office.path, Order("show")) == DONE
    waiting[0](Answer(done=False, sentence="no"))
    slow.join(20)
    assert answered == [Answer(done=False, sentence="no")]


def test_where_nobody_serves_it_is_said(short: Path) -> None:
    with pytest.raises(NobodyServes):
        give(short / "o.sock", Order("show"))
    listen(Address(path=short / "o.sock")).close()  # left by a serve that was killed
    with pytest.raises(NobodyServes):
        give(short / "o.sock", Order("show"))


@pytest.mark.parametrize(
    "answer",
    [b"", b"\n", b"nonsense\n", b"[]\n", b"{}\n", b'{"done": true, "more": 1}\n', b"1\n",
     b'{"done": true}', b"x" * 100_000, b"\xff\n", b"[" * 4000 + b"\n"],
    ids=lambda raw: ascii(raw[:20]),
)  # fmt: skip
def test_a_serve_that_answers_nonsense_is_explained(short: Path, answer: bytes) -> None:
    with listen(Address(path=short / "o.sock")) as listener:

        def serve() -> None:
            connection, _ = listener.accept()
            with connection:
                connection.recv(1000)
                connection.sendall(answer)

        thread = threading.Thread(target=serve)
        thread.start()
        with pytest.raises(AdminError, match="onion show"):
            give(short / "o.sock", Order("show"))
        thread.join(20)


def test_a_serve_that_does_not_answer_is_not_waited_for_for_ever(
    short: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(orders_module, "ANSWER_SECONDS", 0.2)
    with listen(Address(path=short / "o.sock")), pytest.raises(AdminError):
        give(short / "o.sock", Order("show"))


NO_ORDERS = [
    b"\n",
    b"nonsense\n",
    b"{}\n",
    b"[]\n",
    b'"show"\n',
    b"null\n",
    b'{"what": "stop"}\n',
    b'{"what": ["show"]}\n',
    b'{"what": {}}\n',
    b'{"what": "show", "service": "admin"}\n',
    b'{"what": "show", "service": ["source"]}\n',
    b'{"what": "show", "more": 1}\n',
    b"\xff\xfe\n",
    b"[" * 4000 + b"\n",
    b'{"what":' * 500 + b"\n",
    b"x" * (ORDER_MAX_BYTES * 3),
]


@pytest.mark.parametrize("raw", NO_ORDERS, ids=lambda raw: ascii(raw[:40]))
def test_what_is_no_order_is_hung_up_on_and_the_next_one_is_taken(
    office: Office, raw: bytes
) -> None:
    assert office.send(raw, end=True) == b""
    assert office.taken == []
    assert give(office.path, Order("show")) == DONE


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=100)
@given(
    raw=st.one_of(
        st.binary(max_size=300),
        st.recursive(
            st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=8)),
            lambda inner: st.one_of(
                st.lists(inner, max_size=3),
                st.dictionaries(
                    st.sampled_from(["what", "service", "hard", "reviewer", "x"]), inner
                ),
            ),
            max_leaves=8,
        ).map(lambda found: json.dumps(found).encode() + b"\n"),
    )
)
@example(raw=b'{"what": "show"}\n{"what": "show"}\n')
def test_any_bytes_are_an_order_or_are_hung_up_on(office: Office, raw: bytes) -> None:
    office.taken.clear()
    back = office.send(raw, end=True)
    if back:
        assert len(office.taken) == 1
        assert office.taken[0].what in {"show", "publish", "apply"}
        assert office.taken[0].service in {"source", "journalist"}
    else:
        assert office.taken == []


def test_half_an_order_does_not_hold_up_the_next_for_ever(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(orders_module, "ORDER_SECONDS", 0.3)
    with socket.socket(socket.AF_UNIX) as half:
        half.connect(str(office.path))
        half.sendall(b'{"what": ')
        assert give(office.path, Order("show")) == DONE
    assert office.taken == [Order("show")]


def test_who_has_gone_before_the_answer_is_no_trouble(office: Office) -> None:
    replies: list[Reply] = []
    office.take = lambda _order, reply: replies.append(reply)
    with socket.socket(socket.AF_UNIX) as impatient:
        impatient.connect(str(office.path))
        impatient.sendall(b'{"what": "show"}\n')
        while not replies:
            pass
    replies[0](Answer(done=True, sentence="x" * 1000))
    office.take = lambda _order, reply: reply(DONE)
    assert give(office.path, Order("show")) == DONE


@pytest.mark.parametrize(
    "words",
    [{"what": "stop"}, {"what": ""}, {"what": "show", "service": "sweeper"},
     {"what": "show", "service": ""}],
)  # fmt: skip
def test_an_order_that_does_not_exist_cannot_be_made(words: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="no such order"):
        Order(**words)


def test_the_socket_is_its_owners_alone(office: Office) -> None:
    assert office.path.stat().st_mode & 0o777 == 0o600


SEEN = Answer(done=True, sentence="5/5")
STOPPED = Answer(done=False, sentence="stopped")


@pytest.mark.parametrize(
    ("first", "second", "together"),
    [
        (SEEN, Answer(done=True, sentence="6/6"), Answer(done=True, sentence="5/5 6/6")),
        (Answer(done=True), STOPPED, STOPPED),
        (SEEN, SEEN, SEEN),
    ],
)
def test_two_answers_become_one_when_both_are_there(
    first: Answer, second: Answer, together: Answer
) -> None:
    given: list[Answer] = []
    take = parts_of(given.append, 2)
    take(first)
    assert given == []
    take(second)
    assert given == [together]
