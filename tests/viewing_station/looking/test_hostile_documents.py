"""What documents have tried: each ends in a sentence or in harmless pages, and reaches nothing."""

import io
import socket
import subprocess
import tarfile
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pikepdf
import pytest

from tests.viewing_station.looking import hostile_documents as hostile
from viewing_station.errors import StationError
from viewing_station.looking import office
from viewing_station.looking.drawing import LookInsideError, NoPagesError, TooManyPixelsError
from viewing_station.looking.members import (
    BombError,
    MemberKind,
    NotAFileError,
    ProtectedMemberError,
    UnreadableArchiveError,
    list_members,
    take_out,
)
from viewing_station.looking.office import NotConvertedError, ProtectedError
from viewing_station.looking.pages import EmptyFileError, PagesMade, make_pages
from viewing_station.looking.pixels import SIDE_LIMIT
from viewing_station.sandbox import Limits, SandboxError, TookTooLongError

SECRET = "of-the-machine"


def pages_of(content: bytes, name: str, *, text: bool = False) -> tuple[PagesMade, pikepdf.Pdf]:
    sink = io.BytesIO()
    made = make_pages(io.BytesIO(content), name, sink, text_layer=text)
    return made, pikepdf.open(sink)


def refusal(content: bytes, name: str) -> StationError:
    """Return what it was refused with; nothing was written, and it is one sentence."""
    sink = io.BytesIO()
    with pytest.raises(StationError) as refused:
        make_pages(io.BytesIO(content), name, sink)
    assert sink.getvalue() == b""
    assert "\n" not in str(refused.value)
    return refused.value


@pytest.fixture
def address() -> Iterator[str]:
    """Somewhere that notices any visitor."""
    visits = []
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.1)
        ended = threading.Event()

        def watch() -> None:
            while not ended.is_set():
                try:
                    connection, _ = server.accept()
                except TimeoutError:
                    continue
                visits.append(1)
                connection.close()

        watching = threading.Thread(target=watch)
        watching.start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}"
        ended.set()
        watching.join()
    assert not visits


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    file = tmp_path / "secret"
    file.write_text(SECRET)
    return file


# Documents that call out, or want to run something.


def test_a_document_with_images_and_a_template_elsewhere_fetches_nothing(address: str) -> None:
    made, _ = pages_of(hostile.docx_that_fetches(address), "x.docx", text=True)
    assert "Plain words" in made.text


def test_a_pdf_with_scripts_programs_and_addresses_does_nothing(
    address: str, tmp_path: Path
) -> None:
    touched = tmp_path / "touched"
    made, copy = pages_of(hostile.pdf_that_acts(address, str(touched)), "x.pdf")
    assert made.count == 1
    assert not touched.exists()
    assert set(copy.Root.keys()) == {"/Type", "/Pages"}
    assert not copy.attachments


@pytest.mark.slow
def test_a_macro_does_not_run(tmp_path: Path) -> None:
    touched = tmp_path / "touched"
    for place in (str(touched), "/work/out/document.pdf", "/tmp/ran"):  # noqa: S108
        made, _ = pages_of(hostile.fodt_with_macro(place), "x.fodt", text=True)
        assert "Plain words" in made.text
        assert "MACRO" not in made.text
    assert not touched.exists()


def test_an_entity_of_a_document_does_not_bring_in_a_file(secret: Path) -> None:
    try:
        made, _ = pages_of(hostile.odt_with_entities(str(secret)), "x.odt", text=True)
    except NotConvertedError:
        return
    assert SECRET not in made.text


def test_a_drawing_with_entities_is_shown_as_its_words(address: str, secret: Path) -> None:
    made, _ = pages_of(hostile.svg_with_entities(address, str(secret)), "x.svg", text=True)
    assert made.kind == "text"
    assert "DOCTYPE" in made.text
    assert SECRET not in made.text


def test_a_page_of_the_web_is_shown_as_its_words(address: str) -> None:
    html = f'<html><script src="{address}/x.js"></script><img src="{address}/x.png">Words'
    made, _ = pages_of(html.encode(), "x.txt", text=True)
    assert "<script" in made.text.replace(" ", "")


# Documents that swell.


@pytest.mark.slow
def test_a_billion_laughs_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(office, "CONVERTING", Limits(seconds=60))
    began = time.monotonic()
    with suppress(NotConvertedError, SandboxError):
        pages_of(hostile.docx_with_entities(), "x.docx")
    assert time.monotonic() - began < 90


def test_a_document_that_takes_for_ever_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(office, "CONVERTING", Limits(seconds=2))
    cell = "<w:tc><w:tcPr/>{}</w:tc>"
    nested = hostile.paragraph("x")
    for _ in range(60):
        nested = f"<w:tbl><w:tblPr/><w:tr>{cell.format(nested + '<w:p/>') * 2}</w:tr></w:tbl>"
        if len(nested) > 3_000_000:
            break
    error = refusal(hostile.docx(nested + "<w:p/>"), "x.docx")
    assert isinstance(error, TookTooLongError)
    assert str(error) == "It took longer than 2 seconds to look at, and was stopped."


def test_a_document_that_fills_its_room_fails_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(office, "CONVERTING", Limits(seconds=60, scratch=1 << 16))
    words = hostile.paragraph("words " * 2000) * 50
    assert isinstance(refusal(hostile.docx(words), "x.docx"), NotConvertedError | SandboxError)


@pytest.mark.slow
def test_of_a_pdf_of_a_hundred_thousand_pages_the_first_thousand_are_shown(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made, copy = pages_of(hostile.pdf_of_many_pages(100_000), "x.pdf")
    assert made.count == len(copy.pages) == 1000
    assert made.remarks == ("it has 100,000 pages, of which the first 1,000 are shown",)


@pytest.mark.parametrize("size", [(14_400, 14_400), (1_000_000, 3), (3, 1_000_000), (3, 3)])
def test_a_page_of_any_size_is_drawn_within_bounds(size: tuple[float, float]) -> None:
    try:
        _, copy = pages_of(hostile.saved(hostile.pdf(size=size)), "x.pdf")
    except StationError as error:
        assert "\n" not in str(error)  # noqa: PT017
        return
    box = copy.pages[0].mediabox
    assert max(float(side) for side in box) <= SIDE_LIMIT * 72 / 150


def test_a_picture_that_says_it_has_sixty_thousand_squared_pixels_is_not_drawn() -> None:
    error = refusal(hostile.png(60_000, 60_000), "x.png")
    assert isinstance(error, TooManyPixelsError)
    assert str(error) == (
        "It says that it has more pixels than any camera makes, so it was not drawn."
    )


# What is not what it says, or is not whole.


def test_a_name_that_lies_is_told() -> None:
    made, _ = pages_of(hostile.saved(hostile.pdf()), "photo.jpg")
    assert made.remarks == ("its name says that it is an image, and its content is a PDF",)


def test_a_pdf_without_pages_is_told() -> None:
    empty = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Count 0"
    error = refusal(empty + b"/Kids[]>>endobj\ntrailer<</Root 1 0 R>>\n", "x.pdf")
    assert "it is damaged" in str(error)


def test_an_empty_file_is_told() -> None:
    error = refusal(b"", "x.pdf")
    assert isinstance(error, EmptyFileError)
    assert str(error) == "The file is empty."


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (hostile.saved(hostile.pdf(3)), "x.pdf"),
        (hostile.docx(hostile.paragraph("words")), "x.docx"),
        (hostile.png(9, 9, bytes(28 * 9)), "x.png"),
        (hostile.odt_with_entities("/none"), "x.odt"),
    ],
)
@pytest.mark.parametrize("part", [0.05, 0.5, 0.9])
def test_what_was_cut_short_says_so_or_shows_what_there_is(
    content: bytes, name: str, part: float
) -> None:
    try:
        made, _ = pages_of(content[: int(len(content) * part)], name)
    except StationError as error:
        assert "\n" not in str(error)  # noqa: PT017
    else:
        assert made.count >= 1


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b"\x00\x01\x02" * 999, "x.bin"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"garbage" * 999, "x.msg"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"garbage" * 999, "x.doc"),
        (b"%PDF-1.7\ngarbage", "x.pdf"),
        (b"\xff\xd8\xff\xe0garbage", "x.jpg"),
        (b"{\\rtf1" + b"{" * 100_000, "x.rtf"),
    ],
)
def test_rubbish_is_refused_in_one_sentence(content: bytes, name: str) -> None:
    try:
        pages_of(content, name)
    except StationError as error:
        assert "\n" not in str(error)  # noqa: PT017


@pytest.mark.parametrize("name", ["x.bin", "y\x1b[31m\u202efdp.exe"])
def test_what_has_no_pages_is_told_without_its_name(name: str) -> None:
    error = refusal(b"\x7fELF\x02\x01\x01\0" * 99, name)
    assert isinstance(error, NoPagesError)
    assert "\x1b" not in str(error)


# What is locked.


def test_a_pdf_with_a_password_says_so() -> None:
    locked = hostile.saved(hostile.pdf(), pikepdf.Encryption(owner="o", user="u"))
    error = refusal(locked, "x.pdf")
    assert isinstance(error, ProtectedError)
    assert str(error) == "It is protected by a password, so it cannot be looked at here."


def test_a_pdf_that_only_forbids_printing_is_shown() -> None:
    locked = hostile.saved(hostile.pdf(), pikepdf.Encryption(owner="o", user=""))
    assert pages_of(locked, "x.pdf")[0].count == 1


# Archives.


def source_of(content: bytes):  # noqa: ANN201
    return lambda: io.BytesIO(content)


def taken_out(content: bytes, name: str, wanted: str) -> bytes:
    taken = bytearray()
    take_out(source_of(content), name, wanted, taken.extend)
    return bytes(taken)


def test_an_archive_is_no_document() -> None:
    assert isinstance(refusal(hostile.zipped({"a": "b"}), "x.zip"), LookInsideError)


def test_a_member_that_swells_beyond_measure_is_left() -> None:
    bomb = hostile.flat_bomb(600 << 20)
    assert len(bomb) < 1 << 20
    with pytest.raises(BombError, match="member 1 swells beyond all measure"):
        taken_out(bomb, "x.zip", "1")


def test_archives_within_archives_are_opened_one_at_a_time() -> None:
    nested = hostile.nested_bomb(3)
    listing = list_members(source_of(nested), "x.zip")
    assert [member.name for member in listing.members] == [f"{n}.zip" for n in range(8)]
    assert taken_out(nested, "x.zip", "8").startswith(b"PK")


def test_of_a_million_members_the_first_ten_thousand_are_listed() -> None:
    began = time.monotonic()
    listing = list_members(source_of(hostile.tar_of_a_million()), "x.tar.gz")
    assert len(listing.members) == 10_000
    [remark] = listing.remarks
    assert remark.startswith("it has more than 10,000 members")
    assert time.monotonic() - began < 30


def test_paths_links_and_devices_are_shown_and_never_followed() -> None:
    archive = hostile.tar_of(
        ("/etc/passwd", tarfile.REGTYPE, ""),
        ("../../.ssh/authorized_keys", tarfile.REGTYPE, ""),
        ("link", tarfile.SYMTYPE, "/etc/shadow"),
        ("hard", tarfile.LNKTYPE, "../../secret"),
        ("disk", tarfile.BLKTYPE, ""),
        ("terminal", tarfile.CHRTYPE, ""),
        ("pipe", tarfile.FIFOTYPE, ""),
    )
    members = list_members(source_of(archive), "x.tar").members
    assert [member.kind for member in members] == [
        *(MemberKind.FILE, MemberKind.FILE, MemberKind.LINK, MemberKind.LINK),
        *(MemberKind.DEVICE, MemberKind.DEVICE, MemberKind.DEVICE),
    ]
    assert [member.remarks for member in members][:4] == [
        ("its path is absolute",),
        ("its path leads out of its folder",),
        ("a link to /etc/shadow",),
        ("a link to ../../secret",),
    ]
    assert taken_out(archive, "x.tar", "1") == b"content"
    for number in range(3, 8):
        with pytest.raises(NotAFileError, match="shown and never followed"):
            taken_out(archive, "x.tar", str(number))


def test_names_are_given_as_they_are_and_decide_nothing() -> None:
    names = ["a\x1b]0;owned\x07.txt", "\u202efdp.exe", "a\nb", "-rf", "*", "é" * 200, " "]
    archive = hostile.zipped([(name, name) for name in names])
    listed = list_members(source_of(archive), "x.zip").members
    assert [member.name for member in listed] == names
    for number, name in enumerate(names, start=1):
        assert taken_out(archive, "x.zip", str(number)).decode() == name


def test_two_members_of_one_name_are_both_reached() -> None:
    with pytest.warns(UserWarning, match="Duplicate"):
        archive = hostile.zipped([("x", "first"), ("x", "second")])
    assert taken_out(archive, "x.zip", "1") == b"first"
    assert taken_out(archive, "x.zip", "2") == b"second"


@pytest.mark.parametrize("part", [0.1, 0.5, 0.95])
def test_an_archive_cut_short_says_so(part: float) -> None:
    whole = hostile.tar_of(*[(str(n), tarfile.REGTYPE, "") for n in range(20)])
    cut = whole[: int(20 * 1024 * part)]
    listing = list_members(source_of(cut), "x.tar")
    assert len(listing.members) <= 20


@pytest.mark.parametrize("beginning", [b"PK\x03\x04", b"Rar!\x1a\x07\x01\0", b"7z\xbc\xaf\x27\x1c"])
def test_rubbish_is_no_archive(beginning: bytes) -> None:
    try:
        listing = list_members(source_of(beginning + b"rubbish" * 99), "x.zip")
    except UnreadableArchiveError as error:
        assert str(error).startswith("It does not open as an archive")  # noqa: PT017
    else:
        assert listing.members == ()
        assert "there is nothing in it that can be read" in listing.remarks


@pytest.mark.parametrize("way", ["traditional", "aes256"])
def test_a_locked_archive_says_so(tmp_path: Path, way: str) -> None:
    (tmp_path / "x").write_text("secret" * 99)
    words = ["bsdtar", "-cf", "x.zip", "--format", "zip", "--options", f"zip:encryption={way}"]
    subprocess.run([*words, "--passphrase", "p", "x"], check=True, cwd=tmp_path)
    archive = (tmp_path / "x.zip").read_bytes()
    [member] = list_members(source_of(archive), "x.zip").members
    assert member.remarks == ("protected by a password",)
    with pytest.raises(ProtectedMemberError, match="protected by a password"):
        taken_out(archive, "x.zip", "1")


# E-mails.


@pytest.mark.parametrize("depth", [10, 10_000])
def test_an_email_of_ten_thousand_parts_ends(depth: int) -> None:
    mail = hostile.nested_mail(depth)
    try:
        made, _ = pages_of(mail, "x.eml", text=True)
    except StationError as error:
        assert depth > 100
        assert "\n" not in str(error)  # noqa: PT017
    else:
        assert "At the bottom" in made.text


def test_a_page_in_an_email_is_words_and_fetches_nothing(address: str) -> None:
    mail = (
        "From: a@example.org\r\nTo: b@example.org\r\nSubject: =?utf-8?q?R=C3=A9union?=\r\n"
        "MIME-Version: 1.0\r\nContent-Type: text/html; charset=utf-8\r\n\r\n"
        f'<html><style>p{{}}</style><p>Bonjour<img src="{address}/pixel.png">'
        f'<script src="{address}/x.js">bad()</script><iframe src="{address}"></iframe></html>'
    )
    made, _ = pages_of(mail.encode(), "x.eml", text=True)
    assert "Réunion" in made.text
    assert "Bonjour" in made.text
    assert "bad()" not in made.text
