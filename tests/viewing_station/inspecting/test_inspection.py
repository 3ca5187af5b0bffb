"""Documents are inspected in the sandbox, hostile ones too; no answer is a finding as well."""

import io
import struct
import zipfile
import zlib
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.viewing_station.inspecting import betraying
from viewing_station import sandbox
from viewing_station.inspecting import inspection
from viewing_station.inspecting.finding import BadFinding, Weight
from viewing_station.inspecting.inspection import Inspection, inspect
from viewing_station.inspecting.kinds import Kind


def look(content: bytes, name: str = "") -> Inspection:
    return inspect(io.BytesIO(content), len(content), name)


def sentences(found: Inspection) -> list[str]:
    return [finding.sentence for finding in found.findings]


def not_known(found: Inspection) -> bool:
    return any(finding.weight is Weight.UNKNOWN for finding in found.findings)


KINDS: dict[Callable[[], bytes], tuple[Kind, str]] = {
    betraying.betraying_docx: (Kind.OOXML, ".docx"),
    betraying.betraying_xlsx: (Kind.OOXML, ".xlsx"),
    betraying.betraying_pptx: (Kind.OOXML, ".pptx"),
    betraying.betraying_odt: (Kind.ODF, ".odt"),
    betraying.betraying_pdf: (Kind.PDF, ".pdf"),
    betraying.betraying_mail: (Kind.MAIL, ".eml"),
    betraying.betraying_msg: (Kind.OUTLOOK, ".msg"),
    betraying.betraying_zip: (Kind.ARCHIVE, ".zip"),
    betraying.jpeg: (Kind.IMAGE, ".jpg"),
    betraying.png: (Kind.IMAGE, ".png"),
}


@pytest.mark.parametrize("maker", KINDS, ids=lambda maker: maker.__name__)
def test_a_kind_is_told_by_what_the_file_holds(maker: Callable[[], bytes]) -> None:
    found = look(maker(), "named.mp3")
    assert (found.kind, found.suffix) == KINDS[maker]


def test_its_own_name_is_told_last() -> None:
    found = look(b"Lot 2", "réunion 14 mars — notes.txt")
    assert sentences(found) == ["Its own name may say something: réunion 14 mars — notes.txt"]
    assert found.remaining == tuple(sentences(found))


def test_what_is_only_possible_does_not_remain() -> None:
    found = look(betraying.scanned_pdf())
    assert any(finding.weight is Weight.POSSIBLE for finding in found.findings)
    assert not any("yellow dots" in sentence for sentence in found.remaining)


def test_a_name_stays_out_of_the_process_list(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    started: list[str] = []
    run = sandbox.subprocess.Popen

    def popen(command: list[str], **options: object) -> object:
        started.extend(command)
        return run(command, **options)  # type: ignore[call-overload]

    monkeypatch.setattr(sandbox.subprocess, "Popen", popen)
    look(b"Lot 2", "marge secrète.txt")
    assert started
    assert not any("secr" in word for word in started)


def bomb(entity: str = "lol") -> str:
    """A billion laughs."""
    entities = "".join(f'<!ENTITY {entity}{n} "{f"&{entity}{n - 1};" * 10}">' for n in range(1, 10))
    return f"<!DOCTYPE x [<!ENTITY {entity}0 \"lol\">{entities}]><x xmlns:w='x'>&{entity}9;</x>"


def reads_a_file() -> str:
    return '<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]><x><creator>&f;</creator></x>'


@pytest.mark.parametrize("xml", [bomb, reads_a_file])
@pytest.mark.parametrize("part", ["docProps/core.xml", "word/settings.xml"])
def test_xml_that_makes_more_of_itself_is_not_read_and_said(
    xml: Callable[[], str], part: str
) -> None:
    found = look(betraying.docx({part: xml()}))
    assert f"Not all of it could be read: {part}." in sentences(found)
    assert not any("root:" in sentence for sentence in sentences(found))


def test_a_part_that_unpacks_to_more_than_its_cap_is_said() -> None:
    content = b"<x>" + b" " * (70 << 20) + b"</x>"
    found = look(betraying.docx({"word/huge.xml": content}))
    assert "Not all of it could be read: word/huge.xml." in sentences(found)


def zip_of_zeros(size: int) -> bytes:
    kept = io.BytesIO()
    with (
        zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open("zeros", "w", force_zip64=True) as sink,
    ):
        for _ in range(size >> 20):
            sink.write(b"\0" * (1 << 20))
    return kept.getvalue()


@pytest.mark.slow
def test_an_archive_that_unpacks_without_end_is_said() -> None:
    found = look(zip_of_zeros(700 << 20))
    assert any("were not looked at" in sentence for sentence in sentences(found))


def test_an_archive_within_archives_is_looked_at_to_a_depth() -> None:
    content = betraying.jpeg()
    for _ in range(8):
        content = betraying.zipped({"inner": content})
    found = look(content)
    assert any("too deep" in sentence for sentence in sentences(found))


@pytest.mark.slow
def test_a_hundred_thousand_members_are_capped() -> None:
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w") as archive:
        for number in range(100_000):
            archive.writestr(f"{number}", b"")
    found = look(kept.getvalue())
    assert any("more than 20,000 files" in sentence for sentence in sentences(found))


def png_with_tags(count: int) -> bytes:
    """A picture with so many texts in it."""
    picture = betraying.png()
    body, end = picture[:-12], picture[-12:]
    chunks = []
    for number in range(count):
        text = f"Tag{number}\0valeur".encode()
        checksum = zlib.crc32(b"tEXt" + text)
        chunks.append(struct.pack(">I", len(text)) + b"tEXt" + text + struct.pack(">I", checksum))
    return body + b"".join(chunks) + end


@pytest.mark.slow
def test_more_tags_than_anyone_reads_are_capped() -> None:
    found = look(png_with_tags(40_000))
    assert not_known(found)
    assert len(found.findings) < 1_000


def test_a_giant_value_is_cut() -> None:
    found = look(betraying.png(Author="A" * 3_000_000))
    [author] = [f for f in found.findings if f.sentence.startswith("It names its author")]
    assert author.value.endswith("…")
    assert len(author.value) <= 400


def test_a_thousand_authors_are_counted() -> None:
    comments = "".join(f'<w:comment w:author="A{number}"/>' for number in range(1000))
    part = f"<w:comments {betraying.W}>{comments}</w:comments>"
    found = look(betraying.docx({"word/comments.xml": part}))
    assert any("more of these" in sentence for sentence in sentences(found))


def test_a_document_that_hangs_what_reads_it_is_not_known(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(inspection, "SECONDS", 1)
    monkeypatch.setattr(inspection, "SCRIPT", "import time\ntime.sleep(60)")
    found = look(b"Lot 2", "a.txt")
    assert found.kind is Kind.UNKNOWN
    assert "what it may hold is not known" in found.findings[0].sentence
    assert found.remaining


@pytest.mark.parametrize(
    "script",
    [
        "raise SystemExit(1)",
        "print('[')",
        "print('{}')",
        "pass",
        "print('x' * (9 << 20))",
        """print('{"kind": "pdf", "suffix": "/../../x"}')""",
        """print('{"kind": ["pdf"], "suffix": ""}')""",
        """print('{"weight": "fine"}'); print('{"kind": "pdf", "suffix": ".pdf"}')""",
    ],
)
def test_an_answer_without_sense_is_none(monkeypatch: pytest.MonkeyPatch, script: str) -> None:
    monkeypatch.setattr(inspection, "SCRIPT", script)
    found = look(b"Lot 2")
    assert found.findings[0].weight is Weight.UNKNOWN
    assert found.remaining


def test_a_document_larger_than_memory_allows_is_not_known(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(inspection, "SIZE_LIMIT", 4)
    assert not_known(look(b"Lot 2"))


MAKERS = (*KINDS, betraying.betraying_tar, betraying.pdf_saved_twice)
made = cache(lambda maker: maker())  # pictures of noise differ each time; examples must not


@pytest.mark.slow
@settings(max_examples=25, suppress_health_check=list(HealthCheck), deadline=None)
@given(st.sampled_from(MAKERS), st.data())
def test_a_document_that_was_cut_or_altered_gets_an_answer_all_the_same(
    maker: Callable[[], bytes], data: st.DataObject
) -> None:
    content = bytearray(made(maker))
    for _ in range(data.draw(st.integers(0, 5))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    del content[data.draw(st.integers(1, len(content))) :]
    found = look(bytes(content))
    assert "could not be inspected" not in " ".join(sentences(found))


def test_a_line_that_is_no_finding_raises_nothing_else() -> None:
    with pytest.raises(BadFinding):
        inspection._believed(b"", ())
