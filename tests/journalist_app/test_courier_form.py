"""The form's stream: the token first, and a cap."""

from io import BytesIO
from typing import Any

import pytest

from journalist_app.courier_file import COURIER_MAX_BYTES
from journalist_app.courier_form import FORM_OVERHEAD_BYTES, receive_courier
from journalist_app.refusals import CourierMissing, CourierTooLarge
from web.body import Body
from web.errors import BadForm, BadToken, RequestRefused, Truncated

TOKEN = "0" * 32
BOUNDARY = "----boundary"
KIND = f"multipart/form-data; boundary={BOUNDARY}"


def part(name: str, content: bytes, file_name: str | None = None) -> bytes:
    file = f'; filename="{file_name}"' if file_name is not None else ""
    head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"{file}\r\n\r\n'
    return head.encode() + content + b"\r\n"


TOKEN_PART = part("csrf_token", TOKEN.encode())
END = f"--{BOUNDARY}--\r\n".encode()


def receive(form: bytes, length: int | None = None) -> bytes:
    environ: dict[str, Any] = {
        "CONTENT_LENGTH": str(len(form) if length is None else length),
        "wsgi.input": BytesIO(form),
    }
    return receive_courier(Body(environ), KIND, TOKEN)


def test_the_file_is_given() -> None:
    assert receive(TOKEN_PART + part("courier", b"bytes\r\n", "c.tar") + END) == b"bytes\r\n"


@pytest.mark.parametrize(
    ("form", "refusal"),
    [
        (END, BadToken),
        (part("courier", b"x", "c.tar") + END, BadToken),
        (part("courier", b"x", "c.tar") + TOKEN_PART + END, BadToken),
        (part("csrf_token", b"1" * 32) + part("courier", b"x", "c.tar") + END, BadToken),
        (TOKEN_PART + END, CourierMissing),
        (TOKEN_PART + part("courier", b"", "") + END, CourierMissing),
        (TOKEN_PART + TOKEN_PART + END, BadForm),
        (TOKEN_PART + part("other", b"x", "c.tar") + END, BadForm),
        (TOKEN_PART + part("courier", b"x", "c.tar"), Truncated),
    ],
)
def test_any_other_form_is_refused(form: bytes, refusal: type[RequestRefused]) -> None:
    with pytest.raises(refusal):
        receive(form)


def test_a_third_part_is_refused() -> None:
    with pytest.raises(RequestRefused):
        receive(TOKEN_PART + part("courier", b"x", "c.tar") + part("courier", b"y", "d.tar") + END)


def test_a_form_cut_short_of_its_length_is_refused() -> None:
    form = TOKEN_PART + part("courier", b"x" * 1000, "c.tar") + END

    with pytest.raises(Truncated):
        receive(form[:-500], len(form))


def test_a_file_over_the_cap_is_refused_before_it_is_read() -> None:
    with pytest.raises(CourierTooLarge):
        receive(TOKEN_PART, COURIER_MAX_BYTES + FORM_OVERHEAD_BYTES + 1)


def test_a_file_just_over_the_cap_is_refused() -> None:
    with pytest.raises(CourierTooLarge):
        receive(TOKEN_PART + part("courier", bytes(COURIER_MAX_BYTES + 1), "c.tar") + END)
