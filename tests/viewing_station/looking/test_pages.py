"""Documents of every kind become pages that show the same and hold nothing else."""

import io
import re
import subprocess
from email.message import EmailMessage
from pathlib import Path

import pikepdf
import pytest
from PIL import Image, ImageDraw, ImageFont

from tests.viewing_station.looking.hostile_documents import docx, paragraph, pdf, saved
from viewing_station.looking import drawing
from viewing_station.looking.pages import PagesMade, make_pages
from viewing_station.looking.rebuild import DOTS
from viewing_station.sandbox import MIB

SAMPLES = Path(__file__).parents[4] / "shared" / "samples"
CANARIES = (b"durand", b"ve-dsi-0417", b"sm-a515f", b"r58n12abcde", b"2026:03:14")
OFFICE = ("odt", "ods", "doc", "rtf", "xlsx", "xls", "fodt")


def look(content: bytes, name: str, *, text: bool = False) -> tuple[PagesMade, bytes]:
    sink = io.BytesIO()
    made = make_pages(io.BytesIO(content), name, sink, text_layer=text)
    return made, sink.getvalue()


def every_byte(content: bytes) -> bytes:
    """The copy, and all its streams decompressed, in lower case."""
    with pikepdf.open(io.BytesIO(content)) as copy:
        streams = [item for item in copy.objects if isinstance(item, pikepdf.Stream)]
        plain = [bytes(s.read_raw_bytes()) for s in streams]
        plain += [bytes(s.read_bytes()) for s in streams if s.get("/Filter") != "/DCTDecode"]
    return b"".join([content, *plain]).lower()


def converted(content: bytes, name: str, ending: str, folder: Path, *reading: str) -> bytes:
    """Have LibreOffice itself write another format."""
    (folder / name).write_bytes(content)
    words = ["soffice", f"-env:UserInstallation=file://{folder}/profile", "--headless", *reading]
    words += ["--convert-to", ending, "--outdir", str(folder / "out"), str(folder / name)]
    subprocess.run(words, check=True, capture_output=True, timeout=120)
    return (folder / "out" / f"{Path(name).stem}.{ending}").read_bytes()


@pytest.mark.skipif(not SAMPLES.is_dir(), reason="the samples lie beside the project")
@pytest.mark.parametrize(
    ("name", "count"),
    [
        ("Bordereau des prix.xlsx", 2),
        ("CCTP vidéo algorithmique.docx", 2),
        ("CCTP vidéo algorithmique.pdf", 2),
        ("photo mât 12.jpg", 1),
        ("réunion 14 mars — notes.txt", 1),
        ("third-party-sample.pdf", 4),
    ],
)
def test_each_sample_becomes_pages_without_what_it_told(name: str, count: int) -> None:
    made, copy = look((SAMPLES / name).read_bytes(), name)
    assert made.count == count
    plain = every_byte(copy)
    assert not [canary for canary in CANARIES if canary in plain]


@pytest.mark.parametrize("ending", OFFICE)
def test_office_documents_of_every_kind_become_pages(tmp_path: Path, ending: str) -> None:
    if ending in {"ods", "xlsx", "xls"}:
        content = converted(b"Lot,Prix\nserveurs,412\n", "x.csv", ending, tmp_path)
    else:
        content = converted(docx(paragraph("serveurs 412")), "x.docx", ending, tmp_path)
    made, _ = look(content, f"x.{ending}", text=True)
    assert made.count == 1
    assert made.remarks == ()
    assert "412" in made.text


@pytest.mark.parametrize("ending", ["pptx", "ppt", "odp", "odg"])
def test_slides_and_drawings_become_a_page_each(tmp_path: Path, ending: str) -> None:
    reading = "draw_pdf_import" if ending == "odg" else "impress_pdf_import"
    slides = converted(saved(pdf(3)), "x.pdf", ending, tmp_path, f"--infilter={reading}")
    made, _ = look(slides, f"x.{ending}")
    assert (made.kind, made.count) == ("office document", 3)


def test_a_copy_is_the_same_bytes_whenever_it_is_made() -> None:
    content = saved(pdf(2))
    assert look(content, "x.pdf", text=True) == look(content, "x.pdf", text=True)


def test_a_copy_has_no_date_name_or_maker() -> None:
    _, copy = look(saved(pdf()), "x.pdf", text=True)
    plain = every_byte(copy)
    for word in (
        b"/creationdate",
        b"/moddate",
        b"/producer",
        b"/creator",
        b"/metadata",
        b"pikepdf",
    ):
        assert word not in plain
    assert not re.search(rb"d:20\d\d", plain)


def test_words_lie_where_they_stand() -> None:
    picture = Image.new("RGB", (1240, 1754), "white")
    font = ImageFont.truetype("/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf", 40)
    draw = ImageDraw.Draw(picture)
    draw.text((100, 200), "Délibération", "black", font)
    draw.text((800, 1500), "caméras", "black", font)
    file = io.BytesIO()
    picture.save(file, "PNG")
    made, copy = look(file.getvalue(), "scan.png", text=True)
    assert "Délibération" in made.text
    words = subprocess.run(
        ["pdftotext", "-bbox", "-", "-"], input=copy, check=True, capture_output=True
    ).stdout.decode()
    for word, left, top in (("Délibération", 100, 200), ("caméras", 800, 1500)):
        found = re.search(rf'xMin="([\d.]+)" yMin="([\d.]+)"[^>]*>{word}<', words)
        assert found is not None, words
        assert abs(float(found[1]) - left * 72 / DOTS) < 10
        assert abs(float(found[2]) - top * 72 / DOTS) < 25


@pytest.mark.parametrize(
    "raw",
    [
        "Réunion".encode(),
        "Réunion".encode("utf-8-sig"),
        "Réunion".encode("utf-16"),
        "Réunion".encode("utf-32"),
        "Réunion".encode("cp1252"),
    ],
)
def test_a_text_is_read_however_it_was_written(raw: bytes) -> None:
    made, _ = look(raw, "x.txt", text=True)
    assert "Réunion" in made.text


@pytest.mark.slow
def test_a_long_text_is_cut_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drawing, "TEXT_LIMIT", MIB)
    made, _ = look(b"mots et mots " * 7 * 20_000, "x.log")
    assert made.remarks == ("it is a long text, of which the first 1 MiB are shown",)
    assert made.count > 50


def test_an_email_shows_what_people_read_and_what_is_attached() -> None:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "a@example.org", "b@example.org", "Réunion"
    mail["Received"] = "from poste-0417"
    mail.set_content("Le lot deux est signé.")
    mail.add_attachment(b"x", maintype="application", subtype="pdf", filename="marché.pdf")
    made, _ = look(mail.as_bytes(), "x.eml", text=True)
    for word in ("Réunion", "Le lot deux", "marché.pdf"):
        assert word in made.text


@pytest.mark.parametrize("format_", ["JPEG", "PNG", "GIF", "TIFF", "BMP", "WEBP", "AVIF", "HEIF"])
def test_pictures_of_every_kind_become_a_page(format_: str) -> None:
    pillow_heif = pytest.importorskip("pillow_heif")
    pillow_heif.register_heif_opener()
    file = io.BytesIO()
    Image.new("RGB", (300, 200), "red").save(file, format_)
    made, copy = look(file.getvalue(), f"x.{format_.lower()}")
    assert (made.kind, made.count) == ("image", 1)
    with pikepdf.open(io.BytesIO(copy)) as opened:
        picture = pikepdf.PdfImage(opened.pages[0].Resources.XObject.Im0).as_pil_image()
    red, green, blue = picture.convert("RGB").getpixel((150, 100))
    assert red > 200
    assert max(green, blue) < 60


def test_a_scan_of_several_pages_becomes_as_many() -> None:
    file = io.BytesIO()
    sheets = [Image.new("1", (100, 150), 1) for _ in range(3)]
    sheets[0].save(file, "TIFF", save_all=True, append_images=sheets[1:])
    assert look(file.getvalue(), "fax.tif")[0].count == 3


def test_a_photograph_is_turned_as_its_camera_says() -> None:
    file = io.BytesIO()
    picture = Image.new("RGB", (300, 200), "blue")
    exif = picture.getexif()
    exif[0x0112] = 6
    picture.save(file, "JPEG", exif=exif)
    _, copy = look(file.getvalue(), "x.jpg")
    with pikepdf.open(io.BytesIO(copy)) as opened:
        box = [float(side) for side in opened.pages[0].mediabox]
    assert box[2] < box[3]


def test_pages_keep_their_sizes() -> None:
    document = pdf(1)
    document.add_blank_page().MediaBox = pikepdf.Array([0, 0, 1191, 842])
    document.add_blank_page().MediaBox = pikepdf.Array([0, 0, 298, 420])
    _, copy = look(saved(document), "x.pdf")
    with pikepdf.open(io.BytesIO(copy)) as opened:
        boxes = [[float(side) for side in page.mediabox][2:] for page in opened.pages]
    for box, wanted in zip(boxes, [(595, 842), (1191, 842), (298, 420)], strict=True):
        assert box == pytest.approx(wanted, abs=1)


def test_each_page_is_told_as_it_comes() -> None:
    pages: list[int] = []
    totals: list[int] = []
    make_pages(
        io.BytesIO(saved(pdf(5))), "x.pdf", io.BytesIO(), progress=pages.append, total=totals.append
    )
    assert pages == [1] * 5
    assert totals == [5]
