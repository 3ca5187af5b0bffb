"""Copies are made, inspected again and tied to their originals, which stay as they are."""

import hashlib
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.viewing_station.cleaning.desk import Desk, desk_with
from tests.viewing_station.cleaning.searching import strings_in
from tests.viewing_station.inspecting import betraying
from tests.viewing_station.inspecting.betraying import tags_of
from tests.viewing_station.reviewer import Reviewer
from tests.viewing_station.small_server import SmallServer

PEOPLE = ["mdurand", "M. Durand", "Claire Leroy", "cleroy", "VE-DSI-0417", "bnguyen", "prix réel"]
PEOPLE += ["Zoé Blanc", "pmartin", "HP-2e-etage", "srv-exemple", "00C0FFEE", "Service: DSI"]

FILES: dict[str, Callable[[], bytes]] = {
    "lot2.docx": betraying.betraying_docx,
    "prix.xlsx": betraying.betraying_xlsx,
    "note.odt": betraying.betraying_odt,
    "avis.pdf": betraying.betraying_pdf,
    "deux fois.pdf": betraying.pdf_saved_twice,
    "courriel.eml": betraying.betraying_mail,
    "photo.jpg": betraying.jpeg,
    "lot.zip": betraying.betraying_zip,
    "lot.tgz": betraying.betraying_tar,
    "noise": lambda: b"\0\1\2 nobody knows" * 50,
    "notes.txt": "Lot\u200b 2, prix".encode,
    "vide.txt": bytes,
}


@pytest.fixture(scope="module")
def contents(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    folder = tmp_path_factory.mktemp("media")
    made = {name: make() for name, make in FILES.items()}
    return made | {
        "film.mp4": betraying.media(".mp4", folder),
        "son.mp3": betraying.media(".mp3", folder),
    }


@pytest.fixture
def desk(reviewer: Reviewer, server: SmallServer, contents: dict[str, bytes]) -> Desk:
    return desk_with(reviewer, server, contents)


def sealed(desk: Desk) -> dict[str, str]:
    """Return the hash of each file in the station's vault."""
    folder = desk.reviewer.home / "files"
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.iterdir()}


@pytest.mark.slow
@pytest.mark.parametrize(
    "name", ["lot2.docx", "prix.xlsx", "note.odt", "avis.pdf", "deux fois.pdf", "photo.jpg"]
)
def test_the_thorough_way_leaves_nothing_of_a_document(
    desk: Desk, contents: dict[str, bytes], tmp_path: Path, name: str
) -> None:
    assert strings_in(contents[name], PEOPLE)
    copy = desk.clean(name)
    assert (copy["method"], copy["clean"], copy["remaining"]) == ("pages", True, [])
    assert copy["media_type"] == "application/pdf"
    assert strings_in(desk.content(copy, tmp_path), PEOPLE) == set()


@pytest.mark.slow
@pytest.mark.parametrize("name", ["film.mp4", "son.mp3"])
def test_the_thorough_way_leaves_nothing_of_film_and_sound(
    desk: Desk, contents: dict[str, bytes], tmp_path: Path, name: str
) -> None:
    assert strings_in(contents[name], PEOPLE)
    copy = desk.clean(name)
    assert (copy["method"], copy["clean"], copy["remaining"]) == ("media", True, [])
    content = desk.content(copy, tmp_path)
    assert strings_in(content, [*PEOPLE, "Lavf59", "x264 - core"]) == set()
    file = tmp_path / f"again{Path(copy['name']).suffix}"
    file.write_bytes(content)
    assert not any("Artist" in tag or "GPS" in tag for tag in tags_of(file))


@pytest.mark.slow
@pytest.mark.parametrize(
    "name",
    [
        *("lot2.docx", "prix.xlsx", "note.odt", "avis.pdf", "deux fois.pdf", "photo.jpg"),
        *("son.mp3", "notes.txt"),
    ],
)
def test_what_mat2_leaves_is_said(
    desk: Desk, contents: dict[str, bytes], tmp_path: Path, name: str
) -> None:
    """It is not believed: of each name still in the copy, inspecting the copy tells."""
    copy = desk.clean(name, "--method", "metadata")
    left = strings_in(desk.content(copy, tmp_path), PEOPLE)
    told = " ".join(copy["remaining"])
    assert {person for person in left if person not in told} == set()
    assert copy["clean"] is not bool(copy["remaining"])
    assert Path(copy["name"]).suffix == Path(name).suffix


def test_a_mark_in_a_text_that_mat2_leaves_is_said_and_the_thorough_way_named(desk: Desk) -> None:
    said = desk.reviewer.run("clean", desk.handle, "notes.txt", "--method", "metadata").stdout
    assert "It still tells of its author:" in said
    assert "U+200B" in said
    assert "The thorough way is --method pages." in said
    assert " clean" not in said.lower()


@pytest.mark.slow
def test_the_original_is_not_touched(desk: Desk, contents: dict[str, bytes]) -> None:
    before = sealed(desk)
    copies = [desk.clean("photo.jpg"), desk.clean("lot2.docx", "--method", "metadata")]
    after = sealed(desk)
    assert {name: after[name] for name in before} == before
    assert len(after) == len(before) + len(copies)
    for copy in copies:
        original = contents[copy["document"]]
        assert copy["original"] == hashlib.sha256(original).hexdigest()
    folder = desk.reviewer.home.parent / "exported"
    desk.reviewer.run("export", desk.reviewer.thread(), str(folder))
    for name in ("photo.jpg", "lot2.docx"):
        assert (folder / desk.handle / name).read_bytes() == contents[name]


def test_the_record_holds_the_copys_hash_and_size(desk: Desk, tmp_path: Path) -> None:
    copy = desk.clean("photo.jpg", "--method", "metadata")
    content = desk.content(copy, tmp_path)
    assert copy["sha256"] == hashlib.sha256(content).hexdigest()
    assert copy["size"] == len(content)
    assert desk.reviewer.json("copies", "show", copy["id"][:8])["sha256"] == copy["sha256"]


def test_copies_say_nothing_of_their_source_by_their_names(desk: Desk) -> None:
    names = [desk.clean("photo.jpg", "--method", "metadata")["name"] for _ in range(2)]
    chosen = desk.clean("photo.jpg", "--method", "metadata", "--name", "mast-12")["name"]
    assert (names, chosen) == (["document-1.jpg", "document-2.jpg"], "mast-12.jpg")


@pytest.mark.parametrize("name", ["mât", "../x", ".x", "a b", "a/b", "-x", "x" * 90, "a\n"])
def test_a_name_that_could_trouble_is_refused(desk: Desk, name: str) -> None:
    words = ["clean", desk.handle, "photo.jpg", "--method", "metadata", f"--name={name}"]
    assert "cannot be called" in desk.reviewer.refusal(*words)
    assert desk.reviewer.json("copies") == []


def test_a_file_in_an_archive_is_cleaned_by_its_path(desk: Desk, tmp_path: Path) -> None:
    copy = desk.clean("lot.zip", "--member", "lot2.docx", "--method", "metadata")
    member = hashlib.sha256(betraying.betraying_docx()).hexdigest()
    assert (copy["document"], copy["member"]) == ("lot.zip", "lot2.docx")
    assert copy["media_type"].endswith("wordprocessingml.document")
    assert len(copy["original"]) == len(member)
    assert strings_in(desk.content(copy, tmp_path), ["M. Durand"]) == set()


def test_a_file_in_an_archive_is_cleaned_by_its_number(desk: Desk) -> None:
    copy = desk.clean("lot.tgz", "--member", "1", "--method", "metadata")
    assert copy["member"] == "photo.jpg"
    assert copy["media_type"] == "image/jpeg"


def test_a_picture_in_an_office_file_in_an_archive_can_be_taken_out(desk: Desk) -> None:
    picture = "word/media/image1.jpg"
    for words in ([f"lot2.docx/{picture}"], ["lot2.docx", "--member", picture]):
        told = desk.inspect("lot.zip", "--member", *words)
        assert "It names its author: mdurand" in told
        assert "Its own name may say something: image1.jpg" in told


def test_a_file_that_is_not_in_it_is_said(desk: Desk) -> None:
    words = ["clean", desk.handle, "lot.zip", "--member", "../../etc/passwd"]
    assert desk.reviewer.refusal(*words).startswith("There is no ../../etc/passwd in lot.zip")


REFUSED = {
    "lot.zip": "name a file in it with --member",
    "noise": "nothing that is known here can clean it",
    "vide.txt": "nothing that is known here can clean it",
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_cleaned_is_refused_with_advice(desk: Desk, name: str) -> None:
    before = sealed(desk)
    assert REFUSED[name] in desk.reviewer.refusal("clean", desk.handle, name)
    assert sealed(desk) == before
    assert desk.reviewer.json("copies") == []


@pytest.mark.parametrize(
    ("name", "method", "advice"),
    [
        ("photo.jpg", "media", "try --method pages"),
        ("film.mp4", "pages", "try --method media"),
        ("film.mp4", "metadata", "try --method media"),
        ("courriel.eml", "metadata", "try --method pages"),
    ],
)
def test_a_method_that_does_not_fit_names_one_that_does(
    desk: Desk, name: str, method: str, advice: str
) -> None:
    said = desk.reviewer.refusal("clean", desk.handle, name, "--method", method)
    assert advice in said


@pytest.mark.slow
def test_pages_of_a_message_are_never_called_clean(desk: Desk) -> None:
    copy = desk.clean("courriel.eml")
    assert copy["clean"] is False
    assert "Its pages show who wrote the message, to whom, and when." in copy["remaining"]


@pytest.mark.slow
def test_a_name_that_the_pages_show_is_told_where_they_are_read(
    reviewer: Reviewer, server: SmallServer
) -> None:
    body = "<w:p><w:r><w:t>Document de Claire Leroy</w:t></w:r></w:p>"
    core = f"<cp:coreProperties {betraying.CORE}><dc:creator>Claire Leroy</dc:creator>"
    document = betraying.docx({"docProps/core.xml": f"{core}</cp:coreProperties>"}, body)
    desk = desk_with(reviewer, server, {"note.docx": document})
    copy = desk.clean("note.docx", "--text")
    assert copy["remaining"] == ["Its pages show a name that was found before: Claire Leroy"]
    assert desk.clean("note.docx")["clean"] is True  # nobody looked


@pytest.mark.slow
def test_an_interruption_leaves_no_copy(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    from viewing_station.cleaning import clean as module  # noqa: PLC0415

    def interrupted(*_given: object, **_named: object) -> None:
        raise KeyboardInterrupt

    before = sealed(desk)
    monkeypatch.setattr(module, "make", interrupted)
    desk.reviewer.run("clean", desk.handle, "photo.jpg", code=1)
    assert sealed(desk) == before


@pytest.mark.slow
def test_a_pdf_that_was_cleaned_of_its_metadata_is_a_sound_pdf(desk: Desk, tmp_path: Path) -> None:
    """mat2 alone leaves a broken table and the version that it began with."""
    copy = desk.clean("avis.pdf", "--method", "metadata")
    file = tmp_path / "again.pdf"
    file.write_bytes(desk.content(copy, tmp_path))
    checked = subprocess.run(
        ["pdfinfo", str(file)], capture_output=True, text=True, check=True, timeout=60
    )
    assert checked.stderr == ""
    assert file.read_bytes().count(b"%%EOF") == 1
