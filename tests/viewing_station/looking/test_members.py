"""What lies inside is listed and taken out one by one, and believed no more than it proves."""

import bz2
import contextlib
import gzip
import io
import json
import lzma
import subprocess
import tarfile
from email.message import EmailMessage
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.viewing_station.looking.hostile_documents import zipped
from viewing_station.looking.kinds import Kind
from viewing_station.looking.members import (
    Listing,
    NoMembersError,
    NoSuchMemberError,
    NotListedError,
    UnreadableArchiveError,
    _listing,
    list_members,
    take_out,
)

MEMBERS = {"notes.txt": b"some notes", "dossier/marché — lot 2.pdf": b"%PDF-1.4 not really"}


def listed(content: bytes, name: str) -> Listing:
    return list_members(lambda: io.BytesIO(content), name)


def taken(content: bytes, name: str, wanted: str) -> bytes:
    out = bytearray()
    take_out(lambda: io.BytesIO(content), name, wanted, out.extend)
    return bytes(out)


def packed(folder: Path, ending: str) -> bytes:
    """Pack MEMBERS as bsdtar does it; its own words decide the format."""
    inside = folder / "inside"
    for name, content in MEMBERS.items():
        (inside / name).parent.mkdir(parents=True, exist_ok=True)
        (inside / name).write_bytes(content)
    file = folder / f"packed.{ending}"
    words = ["bsdtar", "-acf", str(file), "-C", str(inside), *MEMBERS]
    subprocess.run(words, check=True, env={"LC_ALL": "C.UTF-8", "PATH": "/usr/bin:/bin"})
    return file.read_bytes()


@pytest.mark.parametrize("ending", ["zip", "tar", "tar.gz", "tar.bz2", "tar.xz", "7z", "tar.zst"])
def test_archives_of_every_kind_are_listed_and_opened(tmp_path: Path, ending: str) -> None:
    archive = packed(tmp_path, ending)
    listing = listed(archive, f"x.{ending}")
    assert [member.name for member in listing.members] == list(MEMBERS)
    assert [member.size for member in listing.members] == [len(c) for c in MEMBERS.values()]
    assert listing.remarks == ()
    for number, (name, content) in enumerate(MEMBERS.items(), start=1):
        assert taken(archive, "x", str(number)) == content
        assert taken(archive, "x", name) == content


@pytest.mark.parametrize("compress", [gzip.compress, bz2.compress, lzma.compress])
def test_what_is_only_compressed_has_one_member(compress) -> None:  # noqa: ANN001
    content = compress(b"a log, line by line")
    assert [member.name for member in listed(content, "server.log.gz").members] == ["server.log"]
    assert taken(content, "server.log.gz", "1") == b"a log, line by line"


def test_an_email_lists_what_is_attached_to_it() -> None:
    inner = EmailMessage()
    inner["From"], inner["Subject"] = "b@example.org", "inside"
    inner.set_content("within")
    inner.add_attachment(b"deep", maintype="application", subtype="pdf", filename="deep.pdf")
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "a@example.org", "b@example.org", "Lot 2"
    mail.set_content("Voir ci-joint.")
    mail.add_alternative("<p>Voir ci-joint.</p>", subtype="html")
    mail.add_attachment(b"%PDF-", maintype="application", subtype="pdf", filename="marché.pdf")
    mail.add_attachment(inner)
    content = mail.as_bytes()
    listing = listed(content, "x.eml")
    assert listing.kind is Kind.EMAIL
    assert [member.name for member in listing.members] == ["marché.pdf", "message.rfc822.eml"]
    assert taken(content, "x.eml", "1") == b"%PDF-"
    nested = taken(content, "x.eml", "2")
    assert [member.name for member in listed(nested, "y.eml").members] == ["deep.pdf"]
    assert taken(nested, "y.eml", "deep.pdf") == b"deep"


def test_a_document_has_no_members() -> None:
    with pytest.raises(NoMembersError, match="It is a PDF: there is nothing inside"):
        listed(b"%PDF-1.7", "x.zip")


@pytest.mark.parametrize("wanted", ["0", "3", "01", "", "../notes.txt", "NOTES.TXT"])
def test_a_member_that_is_not_there_is_told(wanted: str) -> None:
    with pytest.raises(NoSuchMemberError):
        taken(zipped({"notes.txt": b"x", "b": b"y"}), "x.zip", wanted)


def test_an_empty_archive_says_so() -> None:
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w:gz"):
        pass
    assert listed(file.getvalue(), "x.tgz").remarks == ("there is nothing in it that can be read",)


GOOD = {"name": "x", "kind": "file", "size": 1, "target": "", "protected": False}
ENDED = b'{"ended": "whole"}'


@given(st.binary(max_size=200))
def test_a_list_of_any_bytes_is_read_or_refused(untrusted: bytes) -> None:
    with contextlib.suppress(NotListedError, UnreadableArchiveError):
        _listing(Kind.ARCHIVE, untrusted)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=5,
)


@given(st.fixed_dictionaries({}, optional=dict.fromkeys([*GOOD, "more"], JSON)))
def test_a_member_of_any_form_is_read_or_refused(untrusted: dict[str, object]) -> None:
    lines = json.dumps(GOOD | untrusted).encode() + b"\n" + ENDED
    try:
        [member] = _listing(Kind.ARCHIVE, lines).members
    except NotListedError:
        return
    assert member.size is None or 0 <= member.size <= 1 << 50
    assert len(member.name) <= 4096


@pytest.mark.parametrize(
    "lines",
    [
        b"",
        b"\n",
        json.dumps(GOOD).encode(),
        ENDED + b"\n" + ENDED,
        b'{"ended": "else"}',
        json.dumps(GOOD | {"kind": "folder of ours"}).encode() + b"\n" + ENDED,
        json.dumps(GOOD | {"name": "x" * 5000}).encode() + b"\n" + ENDED,
        b"[" * 100_000 + b"\n" + ENDED,
        (json.dumps(GOOD).encode() + b"\n") * 10_001 + ENDED,
    ],
)
def test_a_list_of_another_form_is_refused(lines: bytes) -> None:
    with pytest.raises(NotListedError, match="may be trying something"):
        _listing(Kind.ARCHIVE, lines)
