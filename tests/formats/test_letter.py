"""A letter comes back as it was written, and nothing else passes for one."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from formats.errors import FormatError, Malformed, TooLarge
from formats.handles import new_handle
from formats.letter import FILES_LIMIT, LETTER_LIMIT, FileEntry, Letter, decode_letter
from formats.names import Names

LETTER = Letter(
    delivery="k7qm-3vtx-9fwd",
    instance="00112233445566778899aabbccddeeff",
    desk="marseille",
    language="fr",
    day=date(2026, 3, 14),
    thread=bytes(range(16)),
    nonce=b"\x11" * 16,
    tag=b"\xee" * 16,
    reply_key=b"\x42" * 32,
    files=(
        FileEntry("réunion 14 mars — notes.txt", 12, "ab" * 32),
        FileEntry("vide", 0, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
    ),
)

WRITTEN = """{
 "day": "2026-03-14",
 "delivery": "k7qm-3vtx-9fwd",
 "desk": "marseille",
 "files": [
  {
   "name": "réunion 14 mars — notes.txt",
   "sha256": "abababababababababababababababababababababababababababababababab",
   "size": 12
  },
  {
   "name": "vide",
   "sha256": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
   "size": 0
  }
 ],
 "format": "vasistas/letter/1",
 "instance": "00112233445566778899aabbccddeeff",
 "language": "fr",
 "nonce": "11111111111111111111111111111111",
 "reply_key": "4242424242424242424242424242424242424242424242424242424242424242",
 "tag": "eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee",
 "thread": "000102030405060708090a0b0c0d0e0f"
}
"""

hashes = st.binary(min_size=32, max_size=32).map(bytes.hex)
sizes = st.integers(0, 1 << 40)


@st.composite
def letters(draw: st.DrawFn) -> Letter:
    names = Names()
    untrusted = draw(st.lists(st.text(max_size=20), max_size=5))
    return Letter(
        delivery=new_handle(lambda size: draw(st.binary(min_size=size, max_size=size))),
        instance=draw(st.binary(min_size=16, max_size=16)).hex(),
        desk=draw(st.from_regex("[a-z0-9-]{1,40}", fullmatch=True)),
        language=draw(st.sampled_from(["fr", "en"])),
        day=draw(st.dates()),
        thread=draw(st.binary(min_size=16, max_size=16)),
        nonce=draw(st.binary(min_size=16, max_size=16)),
        tag=draw(st.binary(min_size=16, max_size=16)),
        reply_key=draw(st.binary(min_size=32, max_size=32)),
        files=tuple(FileEntry(names.add(name), draw(sizes), draw(hashes)) for name in untrusted),
    )


def test_a_letter_is_written_as_it_always_was() -> None:
    assert LETTER.encode().decode() == WRITTEN
    assert decode_letter(WRITTEN.encode()) == LETTER


@given(letters())
def test_a_letter_comes_back(letter: Letter) -> None:
    assert decode_letter(letter.encode()) == letter


@given(st.binary(max_size=200))
def test_any_bytes_are_a_typed_error(data: bytes) -> None:
    with pytest.raises(FormatError):
        decode_letter(data)


@given(st.data())
def test_a_letter_with_bytes_changed_is_another_letter_or_a_typed_error(
    data: st.DataObject,
) -> None:
    encoded = bytearray(WRITTEN.encode())
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(encoded) - 1))
        encoded[at] = data.draw(st.integers(0, 255))
    try:
        letter = decode_letter(bytes(encoded))
    except FormatError:
        return
    assert letter.encode() == bytes(encoded)


def test_the_fullest_letter_can_be_read_again() -> None:
    names = Names()
    files = [FileEntry(names.add("é" * 200), 1 << 40, "f" * 64) for _ in range(FILES_LIMIT)]
    letter = replace(LETTER, files=tuple(files))
    assert len(letter.encode()) < LETTER_LIMIT
    assert decode_letter(letter.encode()) == letter


def changed(change: Callable[[dict[str, Any]], object]) -> bytes:
    """Return the letter after `change`, written in the one way."""
    value = json.loads(WRITTEN)
    change(value)
    return (json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()


def test_an_unchanged_letter_is_taken() -> None:
    assert decode_letter(changed(lambda letter: letter)) == LETTER


MALFORMED: dict[str, Callable[[dict[str, Any]], object]] = {
    "another format": lambda letter: letter.update(format="vasistas/letter/2"),
    "another kind": lambda letter: letter.update(format="vasistas/bundle/1"),
    "no format": lambda letter: letter.pop("format"),
    "an unknown key": lambda letter: letter.update(hint="x"),
    "a key missing": lambda letter: letter.pop("tag"),
    "no handle": lambda letter: letter.update(delivery="../etc"),
    "no instance": lambda letter: letter.update(instance="00"),
    "no slug": lambda letter: letter.update(desk="Marseille"),
    "no language": lambda letter: letter.update(language="fr-FR"),
    "no day": lambda letter: letter.update(day="2026-02-30"),
    "a day of another form": lambda letter: letter.update(day="20260314"),
    "a moment": lambda letter: letter.update(day="2026-03-14T10:00"),
    "a short thread": lambda letter: letter.update(thread="00" * 15),
    "a long tag": lambda letter: letter.update(tag="ee" * 17),
    "a short nonce": lambda letter: letter.update(nonce="11" * 15),
    "a long key": lambda letter: letter.update(reply_key="42" * 33),
    "upper-case hex": lambda letter: letter.update(tag="EE" * 16),
    "hex with spaces": lambda letter: letter.update(tag="ee " * 16),
    "no list": lambda letter: letter.update(files={}),
    "no object": lambda letter: letter.update(files=["x"]),
    "a path": lambda letter: letter["files"][0].update(name="../x"),
    "no name": lambda letter: letter["files"][0].update(name=""),
    "a reversed name": lambda letter: letter["files"][0].update(name="a\u202eb"),
    "a name of another type": lambda letter: letter["files"][0].update(name=1),
    "one name twice": lambda letter: letter["files"][0].update(name="vide"),
    "a negative size": lambda letter: letter["files"][0].update(size=-1),
    "an absurd size": lambda letter: letter["files"][0].update(size=1 << 41),
    "a broken size": lambda letter: letter["files"][0].update(size=1.5),
    "a true size": lambda letter: letter["files"][0].update(size=True),
    "no hash": lambda letter: letter["files"][0].update(sha256="ab"),
    "an unknown key in a file": lambda letter: letter["files"][0].update(mode=7),
}


@pytest.mark.parametrize("change", MALFORMED.values(), ids=MALFORMED.keys())
def test_malformed_letters(change: Callable[[dict[str, Any]], object]) -> None:
    with pytest.raises(Malformed):
        decode_letter(changed(change))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("{\n", "{\n\n"),
        ("}\n", "}"),
        ('"desk": "marseille"', '"desk": "mars\\u0065ille"'),
        ('"desk": "marseille"', '"desk": "marseille",\n "desk": "marseille"'),
        ('"size": 12', '"size": 12.0'),
        ('"size": 0', '"size": -0'),
        ("notes.txt", "notes\\ud800.txt"),
    ],
)
def test_other_spellings_of_a_letter_are_refused(old: str, new: str) -> None:
    assert old in WRITTEN
    with pytest.raises(Malformed):
        decode_letter(WRITTEN.replace(old, new).encode())


def test_too_many_files_and_too_many_bytes() -> None:
    entry = {"name": "x", "size": 0, "sha256": "0" * 64}
    with pytest.raises(TooLarge):
        decode_letter(changed(lambda letter: letter.update(files=[entry] * (FILES_LIMIT + 1))))
    with pytest.raises(TooLarge):
        decode_letter(bytes(LETTER_LIMIT + 1))


def test_a_letter_that_could_not_be_read_cannot_be_made() -> None:
    with pytest.raises(Malformed):
        replace(LETTER, nonce=b"short")
    with pytest.raises(Malformed):
        FileEntry("a/b", 0, "0" * 64)
    many = tuple(FileEntry(f"{number}", 0, "0" * 64) for number in range(FILES_LIMIT + 1))
    with pytest.raises(Malformed):
        replace(LETTER, files=many)


def test_what_links_or_betrays_is_not_in_the_repr() -> None:
    shown = repr(LETTER)
    for secret in (LETTER.thread, LETTER.nonce, LETTER.tag, LETTER.reply_key):
        assert repr(secret) not in shown
        assert secret.hex() not in shown
    assert "réunion" not in shown
    assert "abab" not in shown
