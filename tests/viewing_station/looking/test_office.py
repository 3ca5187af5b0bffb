"""LibreOffice opens what it is given with nothing of ours, and says if it wants a password."""

import io
import zipfile

import pytest

from tests.viewing_station.looking.hostile_documents import docx, odt_with_entities, paragraph
from viewing_station.looking import office
from viewing_station.looking.office import (
    NotConvertedError,
    ProtectedError,
    office_as_pdf,
    text_as_pdf,
)
from viewing_station.sandbox import Tool, ToolMissingError


def test_a_document_becomes_a_pdf() -> None:
    pdf = office_as_pdf(io.BytesIO(docx(paragraph("words"))), "docx")
    assert pdf.startswith(b"%PDF-")


def test_a_document_under_an_ending_that_lies_is_read_by_its_content() -> None:
    assert office_as_pdf(io.BytesIO(docx(paragraph("words"))), "odt").startswith(b"%PDF-")


def test_a_text_is_no_page_of_the_web() -> None:
    assert text_as_pdf("<html><body>x").startswith(b"%PDF-")


def test_what_a_password_protects_says_so() -> None:
    """Word's way, a compound file with a stream of that name ([MS-OFFCRYPTO] 2.3.4.4)."""
    locked = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504) + b"\xff" * 512
    locked += "EncryptedPackage".encode("utf-16-le") + bytes(600)
    with pytest.raises(ProtectedError, match="protected by a password"):
        office_as_pdf(io.BytesIO(locked), "docx")


def test_what_a_password_protects_in_opendocument_says_so() -> None:
    file = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(odt_with_entities("/none"))) as plain,
        zipfile.ZipFile(file, "w") as locked,
    ):
        for name in plain.namelist():
            content = plain.read(name)
            if name.endswith("manifest.xml"):
                entry = b'manifest:full-path="content.xml" manifest:media-type="text/xml"'
                secret = (
                    b' manifest:size="9"><manifest:encryption-data manifest:checksum-type="SHA1" '
                    b'manifest:checksum="eA=="><manifest:algorithm manifest:algorithm-name='
                    b'"Blowfish CFB" manifest:initialisation-vector="eHh4eHh4eHg="/>'
                    b'<manifest:key-derivation manifest:key-derivation-name="PBKDF2" '
                    b'manifest:iteration-count="1024" manifest:salt="eHh4eHh4eHh4eHh4eHh4eA=="/>'
                    b"</manifest:encryption-data></manifest:file-entry>"
                )
                content = content.replace(entry + b"/>", entry + secret)
                assert b"encryption-data" in content
            locked.writestr(name, b"ciphertext" if name == "content.xml" else content)
    with pytest.raises(ProtectedError):
        office_as_pdf(io.BytesIO(file.getvalue()), "odt")


def test_what_is_no_document_is_refused() -> None:
    with pytest.raises(NotConvertedError, match="LibreOffice could not open it"):
        office_as_pdf(io.BytesIO(b"PK\x03\x04 rubbish" * 99), "docx")


def test_without_libreoffice_its_packages_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(office, "SOFFICE", Tool("no-soffice", "libreoffice-writer-nogui"))
    with pytest.raises(ToolMissingError, match="Debian package libreoffice-writer-nogui"):
        text_as_pdf("words")
