"""What each kind of document says of its author is found, and in what words."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.viewing_station.inspecting import betraying
from viewing_station.inspecting.finding import Finding, Weight
from viewing_station.inspecting.inside import examine
from viewing_station.inspecting.kinds import Kind

Maker = Callable[[], bytes]


def look(folder: Path, content: bytes) -> tuple[Kind, tuple[Finding, ...]]:
    document, work = folder / "document", folder / "work"
    document.write_bytes(content)
    work.mkdir()
    return examine(document, work)


FOUND: dict[Maker, tuple[Kind, tuple[str, ...]]] = {
    betraying.betraying_docx: (
        Kind.OOXML,
        (
            "It names its author: M. Durand, DSI, Ville d’Exemple",
            "It names who last changed it: cleroy",
            "It seems to name the workstation it was written on: VE-DSI-0417",
            "It names an organisation or a person: Ville d’Exemple",
            "It names an organisation or a person: A. Petit",
            "It names someone who worked on it: Claire Leroy",
            "It names someone who worked on it: CLR",
            "It names someone who worked on it: Paul Martin",
            "It names someone who worked on it: S::pmartin@ville-exemple.fr::1f2e",
            "It keeps what was changed or deleted: 3 tracked changes by mdurand",
            "It holds 1 comment by Claire Leroy",
            "It holds a path with a user's name: file:///C:\\Users\\mdurand\\modele.dotx",
            "It names a server and a folder there: \\\\srv-exemple\\marches\\lot2.xlsx",
            "It names a printer it was set up for: \\\\srv-print\\HP-2e-etage",
            "It holds hidden text: ne pas montrer",
            (
                "Marks of the sittings in which it was written tie it to other copies and "
                "versions: 2 (00AB12CD, 00C0FFEE)"
            ),
            "It says how long or how often it was worked on: 17",
            "A property of its own says: Classification: Restreint",
            "It names its author: mdurand",
        ),
    ),
    betraying.betraying_xlsx: (
        Kind.OOXML,
        (
            "A hidden sheet: Marges",
            "A hidden sheet: Calcul",
            "It hides 2 rows in xl/worksheets/sheet1.xml",
            "It hides 1 group of columns in xl/worksheets/sheet1.xml",
            "It names who reserved it for writing: bnguyen",
            "It names someone who worked on it: Zoé Blanc",
            "It names someone who worked on it: ktan",
            "It names a database that it was fed from: Server=SRV-SQL;User=lecture",
            "It says in which folder it lay: D:\\Marches\\2026\\",
        ),
    ),
    betraying.betraying_pptx: (
        Kind.OOXML,
        (
            "A hidden slide: ppt/slides/slide1.xml",
            "A slide has notes for its speaker: Ne pas dire le prix",
            "It names someone who worked on it: Léa Roux",
        ),
    ),
    betraying.betraying_odt: (
        Kind.ODF,
        (
            "It names its author: M. Durand",
            "It names who last changed it: cleroy",
            "It names who printed it: A. Petit",
            "It keeps what was changed or deleted: 1 tracked change by bnguyen",
            "It holds a comment by Zoé Blanc",
            "It holds hidden text: caché",
            "It names a printer it was set up for: HP-2e-etage",
            "It keeps an earlier version of itself: Version1 ktan avant la réunion",
            "It keeps an older picture of its first page: Thumbnails/thumbnail.png",
            "A property of its own says: Service: DSI",
        ),
    ),
    betraying.betraying_pdf: (
        Kind.PDF,
        (
            "It names its author: M. Durand, DSI",
            "A property of its own says: Service: DSI",
            "An identifier ties it to other copies and versions of the same file: uuid:1f2e",
            "A file is attached to it: marges.txt",
            "It holds a note by Claire Leroy",
            "A note in it says: voir VE-DSI-0417",
            "It seems to name the workstation it was written on: VE-DSI-0417",
            "It has layers that may be hidden: Brouillon",
            "It holds a program (JavaScript).",
        ),
    ),
    betraying.pdf_saved_twice: (
        Kind.PDF,
        (
            "Earlier versions of it are still inside, with what was changed since: 1",
            "It names its author: M. Durand, DSI",
        ),
    ),
    betraying.scanned_pdf: (
        Kind.PDF,
        (
            (
                "Its pages are pictures. Printed and scanned pages may carry yellow dots, hardly "
                "seen, that name the printer and the minute."
            ),
        ),
    ),
    betraying.betraying_mail: (
        Kind.MAIL,
        (
            "It says who wrote it: Marc Durand <mdurand@ville-exemple.fr>",
            "It says who received it: Claire Leroy <cleroy@ville-exemple.fr>",
            "It says whose mailbox this copy comes from: pmartin@ville-exemple.fr",
            "It carries the network address it was written from: [203.0.113.7]",
            "It carries the network address of a machine: 10.1.2.34",
            "It names the machine it was sent from: VE-DSI-0417.ville-exemple.local",
            "It says what program it was written with: Microsoft Outlook 16.0",
            "It carries a field of its own: X-Badge: 4711",
            "Its subject is: Lot 2 — à ne pas diffuser",
            "A file with its own name is attached: lot2.docx",
            (
                "It fetches something that tells who reads it, or told so already: "
                "https://suivi.example/o?u=pmartin"
            ),
            "It names someone who worked on it: Claire Leroy",
        ),
    ),
    betraying.betraying_msg: (
        Kind.OUTLOOK,
        (
            "It says who wrote it: Marc Durand",
            "It says who received it: Claire Leroy <cleroy@ville-exemple.fr>",
            "It names who last changed it: cleroy",
            "It carries the network address it was written from: 203.0.113.7",
            "It carries the network address of a machine: 10.1.2.34",
            "It carries the network address of a machine: 10.9.8.7",
            "An identifier ties it to the mailbox it comes from: <1f2e@VE-DSI-0417>",
        ),
    ),
    betraying.betraying_tar: (
        Kind.ARCHIVE,
        (
            "It names the user its files belonged to: mdurand",
            "It names the group its files belonged to: marches",
            "It says whose its files were (user and group numbers): 1042 and 513",
            "It says when a file in it was saved: 2026-03-14 08:12:44 UTC",
            "It names its author: mdurand",
        ),
    ),
    betraying.betraying_zip: (
        Kind.ARCHIVE,
        (
            "It has a comment: export de mdurand",
            "It says when a file in it was saved: 2026-03-14 08:12:44",
            "It says whose its files were (user and group numbers): 1042 and 513",
            "It names its author: M. Durand, DSI, Ville d’Exemple",
        ),
    ),
}


@pytest.mark.parametrize("maker", FOUND, ids=lambda maker: maker.__name__)
def test_what_it_says_is_found(tmp_path: Path, maker: Maker) -> None:
    kind, findings = look(tmp_path, maker())
    expected_kind, expected = FOUND[maker]
    assert kind is expected_kind
    told = [finding.sentence for finding in findings]
    assert [sentence for sentence in expected if sentence not in told] == [], told


@pytest.mark.parametrize("maker", FOUND, ids=lambda maker: maker.__name__)
def test_the_worst_comes_first(tmp_path: Path, maker: Maker) -> None:
    ranks = [finding.weight.rank for finding in look(tmp_path, maker())[1]]
    assert ranks == sorted(ranks)


def test_a_photo_tells_its_camera_and_its_place(tmp_path: Path) -> None:
    photo = betraying.tagged(betraying.jpeg(), ".jpg", tmp_path, *betraying.PHOTO)
    kind, findings = look(tmp_path, photo)
    told = {finding.sentence: finding.weight for finding in findings}
    assert kind is Kind.IMAGE
    assert told["It carries the serial number of the camera: R58N12ABCDE"] is Weight.NAMES
    assert told["It carries the serial number of the lens: L0099"] is Weight.NAMES
    assert told["It names its author: mdurand"] is Weight.NAMES
    assert told["It names its author: Claire Leroy"] is Weight.NAMES
    assert told["It says where it was taken: 43°17′47.04″ N 5°22′12.00″ E"] is Weight.POINTS
    assert told["It says what device it was made with: SM-A515F"] is Weight.POINTS
    assert told["It says when it was made: 2026:03:14 08:12:44"] is Weight.POINTS


def test_a_cropped_photo_tells_that_it_keeps_what_it_was(tmp_path: Path) -> None:
    _, findings = look(tmp_path, betraying.with_thumbnail(tmp_path))
    assert any("which may show what was cut away" in finding.sentence for finding in findings)


def test_a_tag_that_no_rule_knows_is_told_all_the_same(tmp_path: Path) -> None:
    _, findings = look(tmp_path, betraying.png(Badge="4711"))
    assert any("4711" in finding.sentence for finding in findings)


@pytest.mark.parametrize("maker", [betraying.jpeg, betraying.png])
def test_what_follows_a_pictures_end_is_found_and_looked_at(tmp_path: Path, maker: Maker) -> None:
    _, findings = look(tmp_path, maker() + betraying.betraying_zip())
    told = {(finding.member, finding.sentence) for finding in findings}
    assert any("follows after the picture's end" in sentence for _, sentence in told)
    assert ("after its end", "It has a comment: export de mdurand") in told


@pytest.mark.parametrize("suffix", [".mp4", ".mp3", ".ogg", ".flac", ".wav"])
def test_film_and_sound_tell_their_tags(tmp_path: Path, suffix: str) -> None:
    kind, findings = look(tmp_path, betraying.media(suffix, tmp_path))
    told = [finding.sentence for finding in findings]
    assert kind is Kind.MEDIA
    assert "It names its author: mdurand" in told
    assert "It seems to name the workstation it was written on: VE-DSI-0417" in told


def test_a_film_tells_where_it_was_taken(tmp_path: Path) -> None:
    _, findings = look(tmp_path, betraying.media(".mp4", tmp_path))
    told = [finding.sentence for finding in findings]
    assert "It says where it was taken: 43°17′47.00″ N 5°22′12.00″ E" in told
    assert "It says when it was made: 2026:03:14 08:12:44" in told


MARKED = {
    "lot\u200b 2": "characters that do not show and may mark this one copy: U+200B × 1",
    "lot\U000e0041": "characters that do not show and may mark this one copy: U+E0041 × 1",
    "lot\u20092": "spaces of unusual widths, which may mark this one copy: U+2009 × 1",
    "le m\u0430rché": "look alike, and may mark this copy: m\u0430rché",
    "a \n" * 9: "Many lines end in spaces or tabs, which may mark this one copy: 9 lines",
    "\ufefflot": "a byte order mark",
    "a\r\nb\n": "Its lines end in different ways",
}


@pytest.mark.parametrize("text", MARKED)
def test_a_text_tells_what_does_not_show(tmp_path: Path, text: str) -> None:
    kind, findings = look(tmp_path, text.encode())
    assert kind is Kind.TEXT
    assert any(MARKED[text] in finding.sentence for finding in findings)


@pytest.mark.parametrize(
    "text",
    ["Le prix : 10 000 €, dit « Zoé ».", "Цена 10", "Ελλάδα", "a", "é" * 100],
)
def test_an_ordinary_text_tells_nothing(tmp_path: Path, text: str) -> None:
    assert look(tmp_path, text.encode()) == (Kind.TEXT, ())


def test_of_an_unknown_kind_it_says_that_nothing_is_known(tmp_path: Path) -> None:
    kind, findings = look(tmp_path, b"\0\1\2\3 nobody knows" * 100)
    assert kind is Kind.UNKNOWN
    assert findings[0].weight is Weight.UNKNOWN
    assert "not known" in findings[0].sentence


@pytest.mark.parametrize("maker", [betraying.docx, betraying.png, lambda: b"", lambda: b"Lot 2"])
def test_a_document_that_says_nothing_tells_nothing(tmp_path: Path, maker: Maker) -> None:
    assert [finding for finding in look(tmp_path, maker())[1] if finding.tells] == []
