"""Every setting stands in the documents with its default and its bounds, and no other does."""

import json
from dataclasses import MISSING, Field, fields
from typing import Any, NamedTuple

import pytest

from tests.docs.pages import page
from web import config
from web.config import Config

KINDS = ("bytes", "characters", "minutes", "hours", "days")

each_setting = pytest.mark.parametrize("field", fields(Config), ids=lambda field: field.name)


class Row(NamedTuple):
    """What the table says of a setting."""

    default: str
    unit: str
    bounds: str
    meaning: str


def rows() -> dict[str, Row]:
    """Read the table of settings."""
    lines = page("docs/configuration.md").section("Settings").splitlines()
    cells = [[cell.strip() for cell in line.split("|")[1:-1]] for line in lines if "|" in line]
    return {name.strip("`"): Row(*rest) for name, *rest in cells[2:]}


def test_the_settings_are_those_of_the_code_in_their_order() -> None:
    assert list(rows()) == [field.name for field in fields(Config)]


@each_setting
def test_a_default_is_the_codes(field: Field[Any]) -> None:
    written = "required" if field.default is MISSING else f"`{json.dumps(field.default)}`"
    assert rows()[field.name].default == written


@each_setting
def test_a_number_has_its_unit_and_bounds_and_all_have_a_meaning(field: Field[Any]) -> None:
    row = rows()[field.name]
    assert row.meaning.endswith(".")
    if type(field.default) is int:
        assert [kind for kind in KINDS if kind in field.name] in ([], [row.unit.split()[0]])
        least, most = config._BOUNDS.get(field.name, (0, None))
        assert row.bounds == (f"{least} to {most}" if most else "0 or more")
