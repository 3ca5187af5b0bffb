"""A form with a file: the token first, each field once, and no more than was said."""

from contextlib import suppress
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from journalist_app.keeping_refusals import KeyTooLarge
from journalist_app.upload_form import read_upload
from web.body import Body
from web.errors import BadForm, BadToken, RequestRefused

TOKEN = "0123456789abcdef0123456789abcdef"
FIELDS = frozenset({"text", "file"})
MOST = 1000
B = "-----b"
TYPE = f"multipart/form-data; boundary={B}"


def form(*parts: tuple[str, bytes]) -> bytes:
    head = '--{}\r\nContent-Disposition: form-data; name="{}"\r\n\r\n'
    written = [head.format(B, name).encode() + value + b"\r\n" for name, value in parts]
    return b"".join(written) + f"--{B}--\r\n".encode()


def read(data: bytes, content_type: str = TYPE) -> dict[str, bytes]:
    environ = {"wsgi.input": BytesIO(data), "CONTENT_LENGTH": str(len(data))}
    return read_upload(Body(environ), content_type, TOKEN, FIELDS, MOST)


def test_the_fields_are_given_as_they_came() -> None:
    sent = form(("csrf_token", TOKEN.encode()), ("file", b"\x00\xff\r\n"), ("text", b""))

    assert read(sent) == {"file": b"\x00\xff\r\n", "text": b""}


@pytest.mark.parametrize(
    ("parts", "error"),
    [
        ([], BadToken),
        ([("file", b"x")], BadToken),
        ([("file", b"x"), ("csrf_token", TOKEN.encode())], BadToken),
        ([("csrf_token", b"x"), ("file", b"x")], BadToken),
        ([("csrf_token", TOKEN.encode()), ("other", b"x")], BadForm),
        ([("csrf_token", TOKEN.encode()), ("file", b"x"), ("file", b"y")], BadForm),
        ([("csrf_token", TOKEN.encode()), ("csrf_token", TOKEN.encode())], BadForm),
        ([("csrf_token", TOKEN.encode()), ("file", b"x" * 1001)], KeyTooLarge),
        ([("csrf_token", TOKEN.encode()), ("file", b"x" * 100_000)], KeyTooLarge),
    ],
)
def test_anything_else_is_refused(
    parts: list[tuple[str, bytes]], error: type[RequestRefused]
) -> None:
    with pytest.raises(error):
        read(form(*parts))


@given(st.binary(max_size=400), st.sampled_from([TYPE, "", "text/plain", "multipart/form-data"]))
def test_whatever_is_sent_is_read_or_refused(data: bytes, content_type: str) -> None:
    with suppress(RequestRefused):
        assert set(read(data, content_type)) <= FIELDS


@given(st.integers(min_value=0, max_value=250))
def test_a_form_that_was_cut_is_refused(length: int) -> None:
    whole = form(("csrf_token", TOKEN.encode()), ("file", b"x" * 100), ("text", b"y" * 50))
    if length < len(whole) - 4:
        with pytest.raises(RequestRefused):
            read(whole[:length])
