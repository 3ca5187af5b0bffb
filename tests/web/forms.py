"""Multipart forms as browsers write them (WHATWG HTML, "multipart/form-data encoding")."""

from dataclasses import dataclass

from hypothesis import strategies as st

BOUNDARY = b"----geckoformboundary1f"
KIND = f"multipart/form-data; boundary={BOUNDARY.decode()}"


@dataclass(frozen=True)
class Field:
    name: str
    content: bytes
    filename: str | None = None


def quoted(name: str) -> str:
    return '"' + name.replace("\r", "%0D").replace("\n", "%0A").replace('"', "%22") + '"'


def encode(fields: list[Field], boundary: bytes = BOUNDARY) -> bytes:
    return b"".join(part(field, boundary) for field in fields) + b"--" + boundary + b"--\r\n"


def part(field: Field, boundary: bytes = BOUNDARY) -> bytes:
    head = f"form-data; name={quoted(field.name)}"
    kind = ""
    if field.filename is not None:
        head += f"; filename={quoted(field.filename)}"
        kind = "\r\nContent-Type: application/octet-stream"
    return raw(f"Content-Disposition: {head}{kind}".encode(), field.content, boundary)


def raw(headers: bytes, content: bytes, boundary: bytes = BOUNDARY) -> bytes:
    return b"--" + boundary + b"\r\n" + headers + b"\r\n\r\n" + content + b"\r\n"


boundaries = st.text(
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789'()+_,-./:=?",
    min_size=1,
    max_size=70,
).map(str.encode)

# "%" and backslashes are unquoted in more than one way; the table of names covers them.
names = st.text(st.characters(codec="utf-8", exclude_characters="%\\"), max_size=40)


@st.composite
def contents(draw: st.DrawFn, boundary: bytes) -> bytes:
    """Bytes that come as near to the delimiter as they may without being it."""
    delimiter = b"\r\n--" + boundary
    near = [delimiter[:-1], delimiter[2:], b"\r", b"\n", b"\r\n", b"--", b"\r\n\r\n", boundary]
    piece = st.one_of(st.sampled_from(near), st.binary(max_size=20))
    content = b"".join(draw(st.lists(piece, max_size=12)))
    return content.replace(delimiter, b"")


@st.composite
def forms(draw: st.DrawFn) -> tuple[bytes, list[Field]]:
    """A boundary and the fields of a well-formed form."""
    boundary = draw(boundaries)
    body = contents(boundary).filter(lambda content: b"\r\n--" + boundary not in content)
    field = st.builds(Field, names, body, st.one_of(st.none(), names))
    return boundary, draw(st.lists(field, max_size=6))
