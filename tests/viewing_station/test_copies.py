"""A copy's record ties it to its original."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from crypto.store_key import MasterKey
from viewing_station.copies import Copies, Copy, Method
from viewing_station.records import make_records, open_records

COPY = Copy(
    id="01" * 16,
    thread="ab" * 16,
    delivery="k7qm-3vtx-9fwd",
    document="marché — v2.docx",
    member="",
    original="cd" * 32,
    method=Method.PAGES,
    name="marché.pdf",
    media_type="application/pdf",
    size=1234,
    sha256="ef" * 32,
    archive="02" * 16,
    day=date(2026, 3, 14),
)


@pytest.fixture
def copies(tmp_path: Path) -> Iterator[Copies]:
    master = MasterKey.new()
    make_records(tmp_path / "station.db", master)
    with open_records(tmp_path / "station.db", master) as records:
        yield Copies(records)


@pytest.mark.parametrize("remaining", [(), ("an author: mdurand",)])
def test_it_comes_back_as_it_was(copies: Copies, remaining: tuple[str, ...]) -> None:
    copy = replace(COPY, remaining=remaining)
    copies.put(copy)
    assert copies.get(copy.id) == copy
    assert list(copies.all()) == [copy]
    assert copy.clean is not bool(remaining)


def test_it_can_be_forgotten(copies: Copies) -> None:
    copies.put(COPY)
    copies.drop(COPY.id)
    assert copies.get(COPY.id) is None
