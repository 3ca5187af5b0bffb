from collections.abc import Iterator
from typing import Any, NoReturn

import pytest

from source_app.admission import Admission
from source_app.form import DeliveryForm, Fields
from source_app.intake import Intake
from tests.source_app.house import House, new_keys
from tests.web.forms import BOUNDARY, KIND, Field, encode, part
from tests.web.streams import environ
from web.body import Body
from web.errors import BadForm, BadToken, BodyTooLarge, RequestRefused
from web.multipart import Part, read_parts

TOKEN = "0123456789abcdef" * 2
RIGHT = Field("csrf_token", TOKEN.encode())


def never(fields: Fields, *, for_files: bool) -> NoReturn:
    raise AssertionError(f"an intake was begun with {fields} ({for_files=})")


def form(most: int = 1000) -> DeliveryForm:
    return DeliveryForm(TOKEN, most)


def parts(fields: list[Field]) -> Iterator[Part]:
    data = encode(fields)
    return read_parts(Body(environ([data], len(data))), KIND, 100)


WRONG: dict[str, tuple[list[Field], type[RequestRefused]]] = {
    "nothing": ([], BadToken),
    "no token": ([Field("message", b"x")], BadToken),
    "token last": ([Field("message", b"x"), RIGHT], BadToken),
    "file before token": ([Field("files", b"x", "a"), RIGHT], BadToken),
    "empty token": ([Field("csrf_token", b"")], BadToken),
    "wrong token": ([Field("csrf_token", b"f" * 32)], BadToken),
    "longer token": ([Field("csrf_token", TOKEN.encode() + b"0")], BadToken),
    "endless token": ([Field("csrf_token", b"0" * 10_000)], BodyTooLarge),
    "token that is no text": ([Field("csrf_token", b"\xff")], BadForm),
    "two tokens": ([RIGHT, RIGHT], BadForm),
    "two desks": ([RIGHT, Field("desk", b"a"), Field("desk", b"b")], BadForm),
    "endless desk": ([RIGHT, Field("desk", b"a" * 65)], BodyTooLarge),
    "desk after message": ([RIGHT, Field("message", b"x"), Field("desk", b"a")], BadForm),
    "two messages": ([RIGHT, Field("message", b"x"), Field("message", b"y")], BadForm),
    "message that is no text": ([RIGHT, Field("message", b"\xff")], BadForm),
    "unknown field": ([RIGHT, Field("codename", b"x")], BadForm),
    "unnamed field": ([RIGHT, Field("", b"x")], BadForm),
    "field in capitals": ([RIGHT, Field("Message", b"x")], BadForm),
}


@pytest.mark.parametrize(("fields", "refusal"), WRONG.values(), ids=WRONG.keys())
def test_a_form_in_another_order_is_refused_before_anything_is_begun(
    fields: list[Field], refusal: type[RequestRefused]
) -> None:
    with pytest.raises(refusal):
        form().receive(parts(fields), never)


def test_of_a_forged_form_nothing_is_read_past_its_token() -> None:
    token = part(Field("csrf_token", b"f" * 32)) + b"--" + BOUNDARY
    rest = b"\r\n" + part(Field("files", b"x" * 4_000_000, "a"))[len(BOUNDARY) + 4 :]
    given: dict[str, Any] = environ([token, rest], len(token) + len(rest))
    body = Body(given)
    read: DeliveryForm = form()
    with pytest.raises(BadToken):
        read.receive(read_parts(body, KIND, 100), never)
    assert body.received < 1_000_000
    assert read.fields == Fields()


def intake_of(house: House) -> Intake:
    admission = Admission(house.services)
    return Intake(house.services, admission, admission.desk(None), new_keys(), "fr")


def test_the_fields_are_judged_before_the_first_file_is_read(house: House) -> None:
    seen: list[Fields] = []
    intake = intake_of(house)

    def begin(fields: Fields, *, for_files: bool) -> Intake:
        seen.append(fields)
        assert for_files
        assert fields == Fields(desk="ville", message="lines\nof a message")
        return intake

    sent = [RIGHT, Field("desk", b"ville"), Field("message", b"lines\r\nof a message")]
    files = [Field("files", b"1", "a"), Field("files", b"2", "b")]
    with intake:
        assert form().receive(parts(sent + files), begin) is intake
    assert len(seen) == 1


@pytest.mark.parametrize("files", [[], [Field("files", b"", "")], [Field("files", b"")]])
def test_without_a_file_the_intake_is_begun_at_the_end(house: House, files: list[Field]) -> None:
    intake = intake_of(house)

    def begin(fields: Fields, *, for_files: bool) -> Intake:
        assert (fields.message, for_files) == ("x", False)
        return intake

    with intake:
        assert form().receive(parts([RIGHT, Field("message", b"x"), *files]), begin) is intake


def test_a_message_in_bytes_past_all_characters_is_marked_and_the_rest_is_judged() -> None:
    reading = form(most=10)

    def begin(fields: Fields, *, for_files: bool) -> Intake:
        assert fields.too_long
        assert not for_files
        raise BodyTooLarge

    with pytest.raises(BodyTooLarge):
        reading.receive(parts([RIGHT, Field("message", b"x" * 41)]), begin)


def test_ten_characters_of_four_bytes_are_ten_characters() -> None:
    reading = form(most=10)

    def begin(fields: Fields, *, for_files: bool) -> Intake:
        assert (fields.message, fields.too_long, for_files) == ("🗼" * 10, False, False)
        raise BodyTooLarge

    with pytest.raises(BodyTooLarge):
        reading.receive(parts([RIGHT, Field("message", "🗼".encode() * 10)]), begin)


def test_the_repr_shows_no_message() -> None:
    assert "secret" not in repr(Fields(desk="ville", message="secret"))
