import time
from itertools import islice

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.web.forms import BOUNDARY, KIND, Field, encode, forms, part, raw
from tests.web.streams import body_of, cuts, environ
from web.body import CHUNK_BYTES, Body
from web.errors import BadForm, BodyTooLarge, RequestRefused, TooManyParts, Truncated
from web.multipart import HEADER_MAX_BYTES, read_parts

MANY = 1_003


def fields_of(body: Body, kind: str = KIND, most: int = MANY) -> list[Field]:
    return [
        Field(part.name, b"".join(part.chunks), part.filename)
        for part in read_parts(body, kind, most)
    ]


@given(forms(), cuts)
def test_a_form_reads_the_same_however_it_comes(
    form: tuple[bytes, list[Field]], places: list[int]
) -> None:
    boundary, fields = form
    kind = f'multipart/form-data; boundary="{boundary.decode()}"'
    assert fields_of(body_of(encode(fields, boundary), places), kind) == fields


def test_a_form_reads_the_same_byte_by_byte() -> None:
    fields = [Field("message", b"\r\n--x\r\n--" + BOUNDARY[:-1]), Field("files", b"\r", "a.bin")]
    data = encode(fields)
    assert fields_of(body_of(data, range(len(data)))) == fields


@given(forms(), st.data())
def test_a_form_that_is_cut_anywhere_is_never_taken_for_whole(
    form: tuple[bytes, list[Field]], data: st.DataObject
) -> None:
    boundary, fields = form
    whole = encode(fields, boundary)
    # The last four bytes are the end of the closing delimiter and the line after it.
    end = data.draw(st.integers(0, len(whole) - 3))
    kind = f'multipart/form-data; boundary="{boundary.decode()}"'
    with pytest.raises((Truncated, BadForm)):
        fields_of(body_of(whole[:end]), kind)
    with pytest.raises(Truncated):  # what a lost connection gives: fewer bytes than announced
        fields_of(Body(environ([whole[:end]], len(whole))), kind)


near_forms = st.lists(
    st.one_of(
        st.sampled_from(
            [
                b"--" + BOUNDARY,
                b"--" + BOUNDARY + b"\r\n",
                b"--" + BOUNDARY + b"--",
                b"\r\n",
                b"\r\n\r\n",
                b"\n",
                b"Content-Disposition: form-data; name=files",
                b'Content-Disposition: form-data; name="files"; filename="',
                b"Content-Disposition: attachment",
                b"Content-Length: 3",
                b"Content-Length: -1",
                "Content-Length: ٣".encode(),
                b"Content-Type: text/plain; charset=utf-7",
                b"Content-Transfer-Encoding: base64",
                b" folded",
                b"\t",
                b":",
                b'"',
                b"\\",
                b"%22%0D%ZZ",
                b"filename*=UTF-8''%ff",
                b"\xff\xfe",
                b"\x00",
            ]
        ),
        st.binary(max_size=30),
    ),
    max_size=25,
).map(b"".join)


@given(near_forms, cuts, st.integers(1, 5))
@example(raw(b"\tContent-Disposition: form-data", b""), [], 3)
def test_any_bytes_give_parts_or_a_refusal_that_we_know(
    data: bytes, places: list[int], most: int
) -> None:
    try:
        found = fields_of(body_of(data, places), KIND, most)
    except RequestRefused:
        return
    assert len(found) <= most
    assert data.rstrip(b"\r\n").count(BOUNDARY + b"--") >= 1


@given(st.text(st.characters(max_codepoint=255), max_size=80), st.binary(max_size=60))
@example('multipart/form-data; boundary="', b"")
@example("multipart/form-data; boundary=é", b"--\xc3\xa9--")
def test_any_content_type_gives_parts_or_a_refusal_that_we_know(kind: str, data: bytes) -> None:
    for given_kind in (kind, f"multipart/form-data; boundary={kind}"):
        try:
            fields_of(body_of(data), given_kind)
        except RequestRefused:
            continue


@pytest.mark.parametrize(
    "kind",
    ["", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data",
     "multipart/form-data; boundary=", 'multipart/form-data; boundary=""',
     "multipart/mixed; boundary=x", "multipart/form-data; charset=utf-8"],
)  # fmt: skip
def test_another_kind_of_body_is_a_bad_form_and_is_not_read(kind: str) -> None:
    body = body_of(encode([]))
    with pytest.raises(BadForm):
        fields_of(body, kind)
    assert body.received == 0


NAMES = {
    b'filename="a.pdf"': "a.pdf",
    'filename="Délibération n° 12 — vidéo.pdf"'.encode(): "Délibération n° 12 — vidéo.pdf",
    'filename="日本語 🗼.bin"'.encode(): "日本語 🗼.bin",
    b'filename="a%22b%0D%0A.pdf"': 'a"b\r\n.pdf',  # browsers
    b'filename="a\\"b.pdf"': 'a"b.pdf',  # curl
    b'filename="100% vrai.pdf"': "100% vrai.pdf",
    b'filename="a;b=c.pdf"': "a;b=c.pdf",
    b"filename=bare.pdf": "bare.pdf",
    b'filename="C:\\Users\\alice\\plan.pdf"': "plan.pdf",  # a path would say who
    b'filename="../../etc/passwd"': "../../etc/passwd",  # made safe where it is stored
    b'filename=""': "",
    b"filename*=UTF-8''na%C3%AFf.pdf": None,  # RFC 7578, section 4.2: not to be used
    b"filename=\"plain.pdf\"; filename*=UTF-8''na%C3%AFf.pdf": "plain.pdf",
    b"filename*=UTF-8''na%C3%AFf.pdf; filename=\"plain.pdf\"": "plain.pdf",
}


@pytest.mark.parametrize(("given_name", "read"), NAMES.items())
def test_a_file_name_is_read_as_its_sender_wrote_it(given_name: bytes, read: str | None) -> None:
    headers = b'Content-Disposition: form-data; name="files"; ' + given_name
    form = raw(headers, b"content") + b"--" + BOUNDARY + b"--\r\n"
    assert fields_of(body_of(form)) == [Field("files", b"content", read)]


@pytest.mark.parametrize(
    "headers",
    [
        b'Content-Disposition: form-data; name="a"; filename="\xff.pdf"',
        b"Content-Disposition: attachment; name=a",
        b"Content-Type: text/plain",
        b"no colon",
        b"Content-Disposition: form-data; name=a\r\nContent-Length: 3\r\nContent-Length: 3",
        b"Content-Disposition: form-data; name=a\r\nContent-Length: 99",
        b"Content-Disposition: form-data; name=a\r\nContent-Length: " + b"9" * 5000,
    ],
)
def test_a_header_that_cannot_be_read_is_a_bad_form(headers: bytes) -> None:
    with pytest.raises(BadForm):
        fields_of(body_of(raw(headers, b"data") + b"--" + BOUNDARY + b"--\r\n"))


def test_of_two_dispositions_one_counts_and_of_a_nested_form_none() -> None:
    headers = (
        b'Content-Disposition: form-data; name="a"\r\nContent-Disposition: form-data; name="b"'
    )
    nested = b'--inner\r\nContent-Disposition: form-data; name="csrf_token"\r\n\r\nx\r\n--inner--'
    form = raw(headers, nested) + b"--" + BOUNDARY + b"--"
    assert fields_of(body_of(form)) == [Field("b", nested)]


def test_twenty_thousand_parts_are_refused_at_the_cap() -> None:
    form = encode([Field("files", b"", "x")] * 20_000)
    began = time.monotonic()
    body = body_of(form)
    parts = read_parts(body, KIND, MANY)
    assert len(list(islice(parts, MANY))) == MANY
    with pytest.raises(TooManyParts):
        next(parts)
    assert body.received <= 2 * CHUNK_BYTES
    assert time.monotonic() - began < 5


@pytest.mark.parametrize("count", [0, 1, 3])
def test_as_many_parts_as_allowed_are_taken(count: int) -> None:
    form = encode([Field("files", b"", "x")] * count)
    assert len(fields_of(body_of(form), KIND, 3)) == count


@pytest.mark.parametrize("line", [b"X: ", b"X: y\r\n"])
def test_eight_megabytes_of_headers_are_refused_at_once(line: bytes) -> None:
    form = b"--" + BOUNDARY + b"\r\n" + (line * ((8 << 20) // len(line)))
    body = body_of(form)
    with pytest.raises((TooManyParts, BadForm)):
        fields_of(body)
    assert body.received <= CHUNK_BYTES


def test_a_header_may_be_as_long_as_a_long_name_and_no_longer() -> None:
    long = Field("files", b"", "x" * (HEADER_MAX_BYTES - 100))
    assert fields_of(body_of(encode([long]))) == [long]
    with pytest.raises(TooManyParts):
        fields_of(body_of(encode([Field("files", b"", "x" * HEADER_MAX_BYTES)])))


def test_what_stands_before_the_first_boundary_costs_no_memory_and_gives_no_part() -> None:
    preamble = b"--" + BOUNDARY[:-1] + b"\r\n" + b"x" * 1_000_000 + b"\r\n"
    assert fields_of(body_of(preamble + encode([Field("a", b"1")]))) == [Field("a", b"1")]


def test_what_follows_the_last_boundary_is_read_and_passed_over() -> None:
    body = body_of(encode([Field("a", b"1")]) + encode([Field("b", b"2")]), range(0, 500, 7))
    assert fields_of(body) == [Field("a", b"1")]
    assert body.received == body.length


def test_a_part_left_unread_or_half_read_is_passed_over() -> None:
    fields = [Field("a", b"1" * 1000), Field("b", b"2" * 1000), Field("c", b"3")]
    data = encode(fields)
    parts = read_parts(body_of(data, range(0, len(data), 100)), KIND, MANY)
    assert next(parts).name == "a"
    half = next(parts)
    assert next(half.chunks).startswith(b"2")
    assert b"".join(next(parts).chunks) == b"3"
    assert list(half.chunks) == []


def test_the_next_part_is_not_read_before_it_is_asked_for() -> None:
    token = part(Field("csrf_token", b"forged"))
    rest = part(Field("files", b"x" * 1_000_000, "a")) + b"--" + BOUNDARY + b"--\r\n"
    body = Body(environ([token, rest], len(token + rest)))
    parts = read_parts(body, KIND, MANY)
    assert next(parts).text(64) == "forged"
    assert body.received <= len(token) + CHUNK_BYTES  # where the token ends is seen in the next


def text_of(content: bytes, most: int, places: list[int] | None = None) -> str:
    data = encode([Field("message", content)])
    return next(read_parts(body_of(data, places or []), KIND, MANY)).text(most)


@given(st.text(st.characters(codec="utf-8")), cuts)
def test_text_is_read_whole_with_plain_line_ends(text: str, places: list[int]) -> None:
    read = text_of(text.encode(), 1000 * 4, places)
    assert read == text.replace("\r\n", "\n")


def test_text_past_its_cap_is_refused() -> None:
    assert text_of(b"x" * 100, 100) == "x" * 100
    with pytest.raises(BodyTooLarge):
        text_of(b"x" * 101, 100)


def test_text_that_is_none_is_a_bad_form() -> None:
    for content in (b"\xff", b"\xc3", b"\xed\xa0\x80"):
        with pytest.raises(BadForm):
            text_of(content, 100)


def test_the_repr_of_a_part_hides_the_name_of_the_file() -> None:
    data = encode([Field("files", b"", "notice-of-alice.pdf")])
    found = next(read_parts(body_of(data), KIND, MANY))
    assert found.filename == "notice-of-alice.pdf"
    assert "alice" not in repr(found)
