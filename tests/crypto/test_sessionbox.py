from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crypto.errors import BadBox
from crypto.sessionbox import (
    PADDING,
    SessionCookie,
    SessionKind,
    open_session,
    seal_session,
    session_id,
    session_name,
)

Vectors = Callable[[str], Any]


def test_ids_and_boxes_match_the_vectors(vectors: Vectors) -> None:
    case = vectors("sessionbox")
    cookie = SessionCookie(bytes.fromhex(case["cookie"]))
    assert set(case["kinds"]) == set(SessionKind.__members__)
    for name, row in case["kinds"].items():
        kind = SessionKind[name]
        assert session_id(cookie, kind).hex() == row["id"]
        assert open_session(cookie, kind, bytes.fromhex(row["box"])).hex() == case["data"]


def test_cookies_have_one_spelling(vectors: Vectors) -> None:
    case = vectors("sessionbox")
    cookie = SessionCookie(bytes.fromhex(case["cookie"]))
    assert cookie.to_text() == case["text"]
    assert SessionCookie.from_text(case["text"]) == cookie
    for text in case["malformed_texts"]:
        with pytest.raises(BadBox):
            pytest.fail(f"{text}: {SessionCookie.from_text(text)!r}")


def test_malformed_boxes_do_not_open(vectors: Vectors) -> None:
    case = vectors("sessionbox")
    cookie = SessionCookie(bytes.fromhex(case["cookie"]))
    unpadded = [row["unpadded"] for row in case["kinds"].values()]
    for box in [*case["malformed_boxes"], *unpadded, case["kinds"]["REVIEWER"]["box"]]:
        with pytest.raises(BadBox):
            open_session(cookie, SessionKind.SOURCE, bytes.fromhex(box))


@given(st.binary(max_size=10_000), st.sampled_from(SessionKind))
def test_a_session_opens_with_its_cookie_only(data: bytes, kind: SessionKind) -> None:
    cookie = SessionCookie.new()
    box = seal_session(cookie, kind, data)
    assert open_session(cookie, kind, box) == data
    with pytest.raises(BadBox):
        open_session(SessionCookie.new(), kind, box)


def test_a_box_tells_its_contents_size_in_steps_only() -> None:
    cookie = SessionCookie.new()
    sizes = {len(seal_session(cookie, SessionKind.SOURCE, bytes(n))) for n in range(0, PADDING, 97)}
    assert len(sizes) == 1


@given(st.binary(min_size=32, max_size=32))
def test_a_cookies_text_comes_back(value: bytes) -> None:
    text = SessionCookie(value).to_text()
    assert SessionCookie.from_text(text).reveal() == value
    assert len(text) == 43


@given(st.text(max_size=60))
def test_no_text_breaks_the_cookie(text: str) -> None:
    try:
        cookie = SessionCookie.from_text(text)
    except BadBox:
        return
    assert cookie.to_text() == text


def test_a_name_of_another_session_means_something_in_one_session_only() -> None:
    mine, other = SessionCookie.new(), SessionCookie.new()
    theirs = session_id(other, SessionKind.REVIEWER)

    assert session_name(mine, theirs) == session_name(mine, theirs)
    assert session_name(mine, theirs) != session_name(other, theirs)
    assert len(session_name(mine, theirs)) == 16
    assert session_name(mine, theirs) not in theirs.hex()
