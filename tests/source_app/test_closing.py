"""A closed service says so, to everybody, whatever they ask for, and nothing else."""

from datetime import date

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from source_app.closing import Closing, create_closing_app
from web.onion import OnionNames
from web.pagesize import PAGE_BYTES

CLOSING = Closing("Vasistas d’essai", "fr", date(2026, 11, 30), date(2026, 12, 14))
ONION = "a" * 56 + ".onion"


@pytest.fixture(scope="module")
def app() -> Flask:
    return create_closing_app(CLOSING, lambda: OnionNames(ONION))


def test_it_says_since_when_and_until_when_in_both_languages(app: Flask) -> None:
    page = app.test_client().get("/").get_data(as_text=True)
    for said in (
        "Ce service est fermé",
        "30 novembre 2026",
        "14 décembre 2026",
        "Vasistas d’essai",
    ):
        assert said in page
    page = app.test_client().get("/?l=en").get_data(as_text=True)
    for said in ("This service is closed", "November 30, 2026", "December 14, 2026"):
        assert said in page
    assert "fermé" not in page


@given(
    st.sampled_from(["GET", "POST", "PUT", "DELETE", "OPTIONS"]),
    st.text(st.characters(codec="ascii", categories=["L", "N", "P"]), max_size=30),
    st.binary(max_size=2_000),
    st.sampled_from(["localhost", ONION, "autre.example"]),
)
def test_every_answer_is_the_same(
    app: Flask, method: str, path: str, body: bytes, host: str
) -> None:
    answer = app.test_client().open(
        f"/{path.lstrip('/')}", method=method, data=body, headers={"Host": host}
    )
    assert (answer.status_code, len(answer.get_data())) == (410, PAGE_BYTES)
    assert "Ce service est fermé" in answer.get_data(as_text=True)
    assert "Set-Cookie" not in answer.headers
    assert answer.headers["Cache-Control"] == "no-store"
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
