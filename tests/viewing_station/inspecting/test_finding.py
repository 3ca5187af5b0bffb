"""What comes out of the sandbox is believed only in its form, its length and its number."""

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from viewing_station.inspecting.finding import (
    FINDINGS_LIMIT,
    VALUE_LIMIT,
    BadFinding,
    Finding,
    Weight,
    decode_lines,
    encode,
    ordered,
)

FINDING = Finding(Weight.NAMES, "IFD0:Artist", "mdurand", "It names its author: mdurand", "a/b")
texts = st.text(max_size=100)
findings = st.builds(Finding, st.sampled_from(Weight), texts, texts, texts, texts)


@given(st.lists(findings, max_size=20))
def test_findings_come_back_as_they_were(found: list[Finding]) -> None:
    lines = "\n".join(map(encode, found))
    assert lines.isascii()
    assert list(decode_lines(lines.encode())) == found


@given(st.binary(max_size=300))
def test_other_bytes_are_no_findings(noise: bytes) -> None:
    try:
        found = list(decode_lines(noise))
    except BadFinding:
        return
    assert found == []


def as_dict(**changed: object) -> dict[str, object]:
    return json.loads(encode(FINDING)) | changed


WRONG: dict[str, object] = {
    "an unknown weight": as_dict(weight="harmless"),
    "a value too long": as_dict(value="x" * (VALUE_LIMIT + 1)),
    "a sentence too long": as_dict(sentence="x" * 5000),
    "a number for a value": as_dict(value=1),
    "a field more": as_dict(more=""),
    "a field less": {"weight": "names"},
    "a list": [],
    "null": None,
    "deep nesting": as_dict(value=[[[[]]]]),
}


@pytest.mark.parametrize("wrong", WRONG.values(), ids=WRONG)
def test_what_is_no_finding_is_refused(wrong: object) -> None:
    with pytest.raises(BadFinding):
        list(decode_lines(json.dumps(wrong).encode()))


def test_nesting_without_end_is_refused() -> None:
    with pytest.raises(BadFinding):
        list(decode_lines(b"[" * 15_000))


def test_more_than_anyone_reads_are_refused() -> None:
    with pytest.raises(BadFinding):
        list(decode_lines((encode(FINDING) + "\n").encode() * (FINDINGS_LIMIT + 1)))


def test_the_worst_comes_first_and_each_once() -> None:
    found = [replace(FINDING, weight=weight) for weight in reversed(Weight)]
    assert [finding.weight for finding in ordered([*found, *found])] == list(Weight)
