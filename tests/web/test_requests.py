import time
from collections.abc import Callable

import pytest
from flask import Flask, request
from flask.typing import ResponseReturnValue

from tests.web.forms import KIND, Field, encode
from tests.web.openings import opened_for_writing
from web import requests
from web.errors import BadForm, LengthMissing, RequestRefused, Stalled, Truncated
from web.requests import FORM_MAX_BYTES, SmallFormRequest

CONTENT = b"of a secret file " * 100_000


def app(*, small: bool = True) -> Flask:
    made = Flask("small", static_folder=None)
    if small:
        made.request_class = SmallFormRequest
    made.register_error_handler(RequestRefused, lambda error: (type(error).__name__, error.status))

    def show() -> ResponseReturnValue:
        return dict(request.form)

    made.add_url_rule("/", "show", show, methods=["POST"])
    return made


def post(data: bytes, kind: str, *, small: bool = True) -> tuple[int, bytes]:
    answer = app(small=small).test_client().post("/", data=data, content_type=kind)
    return answer.status_code, answer.data


def test_small_forms_of_both_kinds_are_read_in_memory() -> None:
    with opened_for_writing() as opened:
        assert post(b"a=1&b=%C3%A9", "application/x-www-form-urlencoded")[0] == 200
        assert post(encode([Field("a", b"1")]), KIND) == (200, b'{"a":"1"}\n')
        big = encode([Field("a", b"x" * (FORM_MAX_BYTES - 1000))])
        assert post(big, KIND)[0] == 200
    assert opened == []


@pytest.mark.parametrize("content", [b"", b"x", CONTENT[:200_000]])
def test_a_file_in_a_small_form_is_refused_and_never_spooled(content: bytes) -> None:
    form = encode([Field("csrf_token", b"t"), Field("files", content, "plan.pdf")])
    with opened_for_writing() as opened:
        assert post(form, KIND) == (400, BadForm.__name__.encode())
    assert opened == []


def test_the_framework_would_have_spooled_it() -> None:
    """The test above can fail: a file of the same form goes to a disk where nobody forbids it."""
    with opened_for_writing() as opened:
        post(encode([Field("files", CONTENT, "plan.pdf")]), KIND, small=False)
    assert opened


too_long: list[Callable[[], tuple[bytes, str]]] = [
    lambda: (b"a=" + b"x" * FORM_MAX_BYTES, "application/x-www-form-urlencoded"),
    lambda: (encode([Field("a", b"x" * FORM_MAX_BYTES)]), KIND),
    lambda: (encode([Field("a", b"")] * 5_001), KIND),
]


@pytest.mark.parametrize("form", too_long)
def test_a_form_past_its_cap_is_too_large(form: Callable[[], tuple[bytes, str]]) -> None:
    data, kind = form()
    with opened_for_writing() as opened:
        assert post(data, kind)[0] == 413
    assert opened == []


class Dripping:
    """Gives a byte now and then, for ever."""

    def __init__(self) -> None:
        self.given = 0

    def read(self, size: int) -> bytes:
        time.sleep(0.02)
        self.given += 1
        return b"a" * min(size, 1)


def test_a_form_that_drips_does_not_hold_its_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(requests, "FORM_SECONDS", 0.2)
    stream = Dripping()
    overrides = {
        "wsgi.input": stream,
        "CONTENT_LENGTH": "200000",
        "CONTENT_TYPE": "application/x-www-form-urlencoded",
    }
    answer = app().test_client().post("/", environ_overrides=overrides)
    assert answer.status_code == 408
    assert answer.data == Stalled.__name__.encode()
    assert stream.given < 30


@pytest.mark.parametrize(
    ("length", "refusal"), [("", LengthMissing), ("x", LengthMissing), ("99", Truncated)]
)
def test_a_form_says_how_long_it_is_and_is_as_long(
    length: str, refusal: type[RequestRefused]
) -> None:
    overrides = {"CONTENT_LENGTH": length}
    answer = app().test_client().post("/", data={"a": "1"}, environ_overrides=overrides)
    assert (answer.status_code, answer.data) == (refusal.status, refusal.__name__.encode())


def test_a_post_without_a_form_has_no_fields() -> None:
    assert app().test_client().post("/").data == b"{}\n"
