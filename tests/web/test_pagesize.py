from flask import Flask, Response
from hypothesis import given
from hypothesis import strategies as st

from web.pagesize import PAGE_BYTES, fill, pad_pages

FRAME = len(fill(b"")) - len(fill(b"").replace(b" ", b""))  # spaces in an empty page
ROOM = FRAME  # the longest page that still fits one


@given(st.integers(0, 5 * PAGE_BYTES))
def test_every_page_is_a_whole_number_of_pages_long(size: int) -> None:
    filled = fill(b"x" * size)
    assert len(filled) % PAGE_BYTES == 0
    assert len(filled) - size < PAGE_BYTES + 9  # the comment's own nine bytes
    assert filled.startswith(b"x" * size)


@given(st.integers(0, ROOM))
def test_whatever_fits_takes_exactly_one(size: int) -> None:
    assert len(fill(b"x" * size)) == PAGE_BYTES == 65_536


def test_the_next_byte_takes_a_second() -> None:
    assert len(fill(b"x" * ROOM)) == PAGE_BYTES
    assert len(fill(b"x" * (ROOM + 1))) == 2 * PAGE_BYTES


@given(st.binary(max_size=300))
def test_what_is_added_is_one_comment(page: bytes) -> None:
    added = fill(page)[len(page) :].strip()
    assert added.startswith(b"<!--")
    assert added.endswith(b"-->")
    assert not added[4:-3].strip()


def test_pages_are_padded_and_files_are_not() -> None:
    app = Flask("padded", static_folder=None)
    pad_pages(app)
    app.add_url_rule("/page", "page", lambda: "<p>é</p>")
    app.add_url_rule("/key", "key", lambda: Response("key", mimetype="application/pgp-keys"))
    client = app.test_client()
    page = client.get("/page")
    assert len(page.data) == page.content_length == PAGE_BYTES
    assert client.head("/page").content_length == PAGE_BYTES
    assert client.get("/key").data == b"key"
