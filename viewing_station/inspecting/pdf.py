"""PDF: what its objects hold beside the pages. What its tags say, exiftool reads."""

import pikepdf
from pikepdf import Array, Dictionary, Object, Stream

from viewing_station.inspecting.examination import Examination, Item
from viewing_station.inspecting.finding import Weight
from viewing_station.inspecting.pdf_revisions import tell_revisions
from viewing_station.inspecting.tag_findings import tell_tags
from viewing_station.inspecting.tags import Tag
from viewing_station.inspecting.traces import tell_traces

NAMES, POINTS, HINTS = Weight.NAMES, Weight.POINTS, Weight.HINTS

OBJECTS_LIMIT = 200_000  # a book of some thousand pages
STREAM_LIMIT = 64 << 20  # bytes of a stream that is taken out of it
DATES = frozenset({"CreationDate", "ModDate"})  # exiftool writes them so that one can read them
ENCODED = {"/DCTDecode": "jpg", "/JPXDecode": "jp2"}


def examine_pdf(examination: Examination, item: Item) -> None:
    """Tell what a PDF holds."""
    with pikepdf.open(item.path) as pdf:
        if pdf.is_encrypted:
            examination.tell(item, HINTS, "encryption", "", "It is protected by a password.")
        _tell_info(examination, item, pdf)
        fonts = images = False
        for count, thing in enumerate(pdf.objects):
            if count >= OBJECTS_LIMIT:
                examination.unread(item, f"more than {OBJECTS_LIMIT:,} objects")
                break
            if isinstance(thing, Dictionary | Stream):
                fonts |= str(thing.get("/Type", "")) == "/Font"
                images |= str(thing.get("/Subtype", "")) == "/Image"
                _examine_object(examination, item, thing, count)
        _tell_identifier(examination, item, pdf)
    tell_revisions(examination, item)
    if images and not fonts:
        _tell_scan(examination, item)


def _examine_object(examination: Examination, item: Item, thing: Object, number: int) -> None:
    kind, subtype = str(thing.get("/Type", "")), str(thing.get("/Subtype", ""))
    if subtype == "/Image":
        _take_image(examination, item, thing, number)
    if kind == "/Metadata" or subtype == "/XML":
        _take(examination, item, thing, f"metadata {number}.xmp")
    if kind == "/EmbeddedFile":
        _take(examination, item, thing, f"attachment {number}")
    if kind in {"/Filespec", "/F"}:
        _tell_attached(examination, item, thing)
    if kind == "/Annot" or ("/Rect" in thing and subtype):
        _tell_annotation(examination, item, thing, subtype)
    if kind == "/Sig":
        _tell_signature(examination, item, thing)
    _tell_extras(examination, item, thing)


def _tell_extras(examination: Examination, item: Item, thing: Object) -> None:
    if "/JS" in thing or str(thing.get("/S", "")) == "/JavaScript":
        examination.tell(item, HINTS, "JavaScript", "", "It holds a program (JavaScript).")
    if str(thing.get("/Type", "")) == "/OCG":
        layer = str(thing.get("/Name", ""))
        examination.tell(item, HINTS, "layer", layer, "It has layers that may be hidden: {value}")
    if "/Thumb" in thing:
        sentence = "It keeps small pictures of its pages as they looked at an earlier time."
        examination.tell(item, HINTS, "Thumb", "", sentence)
    if "/PieceInfo" in thing:
        programs = ", ".join(map(str, thing["/PieceInfo"].keys()))
        sentence = "It keeps private data of the program that made it: {value}"
        examination.tell(item, POINTS, "PieceInfo", programs, sentence)
    value = str(thing["/V"]) if "/FT" in thing and "/V" in thing else ""
    if value not in {"", "/Off"}:
        examination.tell(item, HINTS, "form", value, "A field of a form was filled in: {value}")


def _take(examination: Examination, item: Item, thing: Object, name: str) -> None:
    if isinstance(thing, Stream):
        examination.add(item, name, iter([thing.read_bytes()[:STREAM_LIMIT]]))


def _take_image(examination: Examination, item: Item, image: Object, number: int) -> None:
    """Have a picture looked at that is in a format of its own: it brings its own tags along."""
    if not isinstance(image, Stream):
        return
    filters = image.get("/Filter", None)
    last = str(filters[-1] if isinstance(filters, Array) and len(filters) else filters)
    if last in ENCODED and not (isinstance(filters, Array) and len(filters) > 1):
        name = f"picture {number}.{ENCODED[last]}"
        examination.add(item, name, iter([image.read_raw_bytes()[:STREAM_LIMIT]]))


def _tell_attached(examination: Examination, item: Item, spec: Object) -> None:
    for key in ("/UF", "/F", "/Desc"):
        if isinstance(spec.get(key, None), pikepdf.String):
            name = str(spec[key])
            examination.tell(item, POINTS, "attachment", name, "A file is attached to it: {value}")
            tell_traces(examination, item, "attachment", name)


def _tell_annotation(examination: Examination, item: Item, thing: Object, subtype: str) -> None:
    if subtype in {"/Link", "/Widget", "/Form", "/Image"}:
        return
    author, text = str(thing.get("/T", "")), str(thing.get("/Contents", ""))
    if author:
        examination.tell(item, NAMES, f"annotation {subtype}", author, "It holds a note by {value}")
    if text:
        examination.tell(item, HINTS, f"annotation {subtype}", text, "A note in it says: {value}")
        tell_traces(examination, item, "annotation", text)
    for key in ("/M", "/CreationDate"):
        if key in thing:
            date = str(thing[key])
            examination.tell(
                item, POINTS, f"annotation {key}", date, "It says when a note was made: {value}"
            )


def _tell_signature(examination: Examination, item: Item, signature: Object) -> None:
    examination.tell(item, NAMES, "signature", "", "It is signed, and names who signed it.")
    for key in ("/Name", "/Location", "/Reason", "/ContactInfo"):
        if key in signature:
            value = str(signature[key])
            examination.tell(item, NAMES, f"signature {key}", value, "Its signature says: {value}")


def _tell_info(examination: Examination, item: Item, pdf: pikepdf.Pdf) -> None:
    """Tell its properties, as exiftool would, which reads no PDF whose table is broken."""
    info = pdf.trailer.get("/Info", None)
    if isinstance(info, Dictionary):
        pairs = [(str(key)[1:], str(value).strip()) for key, value in info.items()]
        tags = [Tag("PDF", key, value) for key, value in pairs if key not in DATES and value]
        tell_tags(examination, item, tags)


def _tell_identifier(examination: Examination, item: Item, pdf: pikepdf.Pdf) -> None:
    """Two unlike halves: it was changed after it was made (ISO 32000-1, 14.4)."""
    halves = pdf.trailer.get("/ID", None)
    if isinstance(halves, Array) and len(halves) == 2 and bytes(halves[0]) != bytes(halves[1]):  # noqa: PLR2004
        sentence = "An identifier ties it to the file that it was made from: {value}"
        examination.tell(item, HINTS, "ID", bytes(halves[0]).hex(), sentence)


def _tell_scan(examination: Examination, item: Item) -> None:
    sentence = (
        "Its pages are pictures. Printed and scanned pages may carry yellow dots, hardly seen, "
        "that name the printer and the minute."
    )
    examination.tell(item, Weight.POSSIBLE, "pages", "", sentence)
