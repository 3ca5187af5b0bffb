"""Documents of an invented town that say who made them: one for each thing to be found."""

import io
import json
import subprocess
import tarfile
import zipfile
from email.message import EmailMessage
from pathlib import Path

import pikepdf
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from tests.viewing_station.inspecting.outlook_file import outlook_message

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
S = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
P = 'xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main"'
A = 'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'
CORE = (
    'xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" '
    'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/"'
)
RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
EXTERNAL = ' TargetMode="External"'
TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
SHEET_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml."
WORD_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml."


def zipped(parts: dict[str, str | bytes]) -> bytes:
    """Return an archive without times, so that only what a test puts in is found."""
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(zipfile.ZipInfo(name), content)
    return kept.getvalue()


def relations(*targets: tuple[str, str, bool]) -> str:
    listed = "".join(
        f'<Relationship Id="r{number}" Type="{OFFICE}/{kind}" Target="{target}"'
        f"{EXTERNAL * external}/>"
        for number, (kind, target, external) in enumerate(targets, start=1)
    )
    return f'<Relationships xmlns="{RELATIONS}">{listed}</Relationships>'


def content_types(**overrides: str) -> str:
    listed = "".join(
        f'<Override PartName="/{part}" ContentType="{kind}"/>' for part, kind in overrides.items()
    )
    defaults = (
        '<Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        '<Default Extension="jpg" ContentType="image/jpeg"/>'
    )
    return f'<Types xmlns="{TYPES}">{defaults}{listed}</Types>'


def docx(extra: dict[str, str | bytes] | None = None, body: str = "") -> bytes:
    """Return a Word document that Word would open: one paragraph, and what is asked for."""
    parts: dict[str, str | bytes] = {
        "[Content_Types].xml": content_types(
            **{"word/document.xml": WORD_TYPE + "document.main+xml"}
        ),
        "_rels/.rels": relations(("officeDocument", "word/document.xml", False)),
        "word/document.xml": f"<w:document {W}><w:body><w:p><w:r><w:t>Lot 2</w:t></w:r></w:p>"
        f"{body}</w:body></w:document>",
    }
    return zipped(parts | (extra or {}))


CHANGED = (
    '<w:p w:rsidR="00AB12CD"><w:ins w:author="mdurand" w:date="2026-03-14T08:12:44Z" w:id="1">'
    "<w:r><w:t>ajouté</w:t></w:r></w:ins>"
    '<w:del w:author="mdurand" w:date="2026-03-14T08:12:45Z" w:id="2"><w:r><w:delText>prix réel'
    '</w:delText></w:r></w:del><w:del w:author="mdurand" w:date="2026-03-14T08:12:46Z" w:id="3">'
    "<w:r><w:delText>autre</w:delText></w:r></w:del></w:p>"
    "<w:p><w:r><w:rPr><w:vanish/></w:rPr><w:t>ne pas montrer</w:t></w:r></w:p>"
)


def betraying_docx() -> bytes:
    return docx(
        {
            "docProps/core.xml": f"<cp:coreProperties {CORE}><dc:creator>M. Durand, DSI, Ville "
            "d’Exemple</dc:creator><cp:lastModifiedBy>cleroy</cp:lastModifiedBy>"
            "<dc:description>poste VE-DSI-0417</dc:description><cp:revision>17</cp:revision>"
            "</cp:coreProperties>",
            "docProps/app.xml": "<Properties><Company>Ville d’Exemple</Company><Manager>A. Petit"
            "</Manager><TotalTime>341</TotalTime><Application>Microsoft Office Word</Application>"
            "</Properties>",
            "docProps/custom.xml": '<Properties><property name="Classification"><lpwstr>'
            "Restreint</lpwstr></property></Properties>",
            "word/comments.xml": f'<w:comments {W}><w:comment w:author="Claire Leroy" '
            'w:initials="CLR" w:id="0"><w:p/></w:comment></w:comments>',
            "word/people.xml": f'<w15:people {W} xmlns:w15="x"><w15:person w15:author="Paul '
            'Martin"><w15:presenceInfo w15:userId="S::pmartin@ville-exemple.fr::1f2e"/>'
            "</w15:person></w15:people>",
            "word/settings.xml": f"<w:settings {W}><w:rsids><w:rsidRoot "
            'w:val="00C0FFEE"/></w:rsids></w:settings>',
            "word/_rels/settings.xml.rels": relations(
                ("attachedTemplate", "file:///C:\\Users\\mdurand\\modele.dotx", True),
                ("hyperlink", "\\\\srv-exemple\\marches\\lot2.xlsx", True),
            ),
            "word/printerSettings1.bin": "\\\\srv-print\\HP-2e-etage".encode("utf-16-le"),
            "word/media/image1.jpg": jpeg(),
        },
        CHANGED,
    )


def betraying_xlsx() -> bytes:
    return zipped(
        {
            "[Content_Types].xml": content_types(
                **{
                    "xl/workbook.xml": SHEET_TYPE + "sheet.main+xml",
                    "xl/worksheets/sheet1.xml": SHEET_TYPE + "worksheet+xml",
                }
            ),
            "_rels/.rels": relations(("officeDocument", "xl/workbook.xml", False)),
            "xl/_rels/workbook.xml.rels": relations(
                *[("worksheet", "worksheets/sheet1.xml", False)] * 3
            ),
            "xl/workbook.xml": f'<workbook {S} xmlns:x15ac="x" xmlns:r="{OFFICE}"><x15ac:absPath '
            'url="D:\\Marches\\2026\\"/><fileSharing userName="bnguyen"/><sheets>'
            '<sheet name="Prix" sheetId="1" r:id="r1"/>'
            '<sheet name="Marges" sheetId="2" r:id="r2" state="hidden"/>'
            '<sheet name="Calcul" sheetId="3" r:id="r3" state="veryHidden"/></sheets></workbook>',
            "xl/worksheets/sheet1.xml": f'<worksheet {S}><cols><col min="1" max="2" hidden="1"/>'
            '</cols><sheetData><row r="1" hidden="1"/><row r="2" hidden="true"/><row r="3">'
            '<c r="D3"><v>12</v></c></row></sheetData>'
            "</worksheet>",
            "xl/comments1.xml": f"<comments {S}><authors><author>Zoé Blanc</author></authors>"
            "</comments>",
            "xl/connections.xml": f'<connections {S}><connection><dbPr connection="Server='
            'SRV-SQL;User=lecture"/></connection></connections>',
            "xl/pivotCache/pivotCacheDefinition1.xml": f"<pivotCacheDefinition {S} "
            'refreshedBy="ktan"/>',
        }
    )


def betraying_pptx() -> bytes:
    return zipped(
        {
            "[Content_Types].xml": content_types(),
            "ppt/slides/slide1.xml": f'<p:sld {P} show="0"/>',
            "ppt/notesSlides/notesSlide1.xml": f"<p:notes {P} {A}><a:t>Ne pas dire le prix</a:t>"
            "</p:notes>",
            "ppt/commentAuthors.xml": f'<p:cmAuthorLst {P}><p:cmAuthor name="Léa Roux" '
            'initials="LRX"/></p:cmAuthorLst>',
        }
    )


ODF = "urn:oasis:names:tc:opendocument:xmlns:"


def betraying_odt() -> bytes:
    names = (
        f'xmlns:office="{ODF}office:1.0" xmlns:meta="{ODF}meta:1.0" xmlns:text="{ODF}text:1.0" '
        f'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:config="{ODF}config:1.0" '
        f'xmlns:style="{ODF}style:1.0"'
    )
    return zipped(
        {
            "mimetype": "application/vnd.oasis.opendocument.text",
            "meta.xml": f"<office:document-meta {names}><office:meta><meta:initial-creator>"
            "M. Durand</meta:initial-creator><dc:creator>cleroy</dc:creator><meta:printed-by>"
            "A. Petit</meta:printed-by><meta:editing-cycles>9</meta:editing-cycles>"
            "<meta:generator>LibreOffice/7.4 Windows</meta:generator><meta:user-defined "
            'meta:name="Service">DSI</meta:user-defined></office:meta></office:document-meta>',
            "content.xml": f"<office:document-content {names}><office:body><office:text>"
            "<text:tracked-changes><text:changed-region><text:deletion><office:change-info><dc:creator>bnguyen"
            "</dc:creator></office:change-info><text:p>prix réel</text:p></text:deletion>"
            "</text:changed-region></text:tracked-changes><text:p>Lot 2<office:annotation>"
            "<dc:creator>Zoé Blanc</dc:creator></office:annotation><text:hidden-paragraph>caché"
            "</text:hidden-paragraph></text:p></office:text></office:body>"
            "</office:document-content>",
            "META-INF/manifest.xml": f'<m:manifest xmlns:m="{ODF}manifest:1.0"><m:file-entry '
            'm:full-path="/" m:media-type="application/vnd.oasis.opendocument.text"/>'
            '<m:file-entry m:full-path="content.xml" m:media-type="text/xml"/></m:manifest>',
            "settings.xml": f"<office:settings {names}><config:config-item config:name="
            '"PrinterName">HP-2e-etage</config:config-item></office:settings>',
            "VersionList.xml": f'<v:version-list xmlns:v="x" {names}><v:version-entry '
            'v:title="Version1" dc:creator="ktan" v:comment="avant la réunion"/>'
            "</v:version-list>",
            "Thumbnails/thumbnail.png": png(),
        }
    )


def tagged(content: bytes, suffix: str, folder: Path, *tags: str) -> bytes:
    """Write tags into a file, with exiftool."""
    path = folder / f"tagged{suffix}"
    path.write_bytes(content)
    subprocess.run(
        ["exiftool", "-q", "-overwrite_original", *tags, str(path)], check=True, timeout=60
    )
    tagged = path.read_bytes()
    path.unlink()
    return tagged


PHOTO = (
    *("-Artist=mdurand", "-Make=Samsung", "-Model=SM-A515F", "-SerialNumber=R58N12ABCDE"),
    *("-DateTimeOriginal=2026:03:14 08:12:44", "-GPSLatitude=43.2964", "-GPSLatitudeRef=N"),
    *("-GPSLongitude=5.37", "-GPSLongitudeRef=E", "-IPTC:By-line=Claire Leroy"),
    *("-XMP-xmpMM:DocumentID=xmp.did:1f2e", "-LensSerialNumber=L0099"),
)


def jpeg() -> bytes:
    """Return a photo with an author in its comment."""
    kept = io.BytesIO()
    exif = Image.Exif()
    exif[0x013B] = "mdurand"  # Artist
    Image.effect_noise((64, 48), 60).convert("RGB").save(kept, "JPEG", exif=exif)
    return kept.getvalue()


def png(**texts: str) -> bytes:
    """Return a picture with texts in it, if any."""
    kept, info = io.BytesIO(), PngInfo()
    for name, text in texts.items():
        info.add_text(name, text)
    Image.effect_noise((64, 48), 60).convert("RGB").save(kept, "PNG", pnginfo=info)
    return kept.getvalue()


def with_thumbnail(folder: Path) -> bytes:
    """Return a photo that was cropped, and keeps a small picture of what it was."""
    small = folder / "small.jpg"
    small.write_bytes(jpeg())
    return tagged(jpeg(), ".jpg", folder, f"-ThumbnailImage<={small}")


def betraying_pdf() -> bytes:
    """Return a PDF with everything beside its pages that a PDF can hold, saved twice."""
    pdf = pikepdf.new()
    pdf.add_blank_page()
    with pdf.open_metadata(set_pikepdf_as_editor=False) as xmp:
        xmp["xmpMM:DocumentID"] = "uuid:1f2e"
        xmp["xmp:CreatorTool"] = "Writer"
    pdf.docinfo["/Author"] = "M. Durand, DSI"
    pdf.docinfo["/Service"] = "DSI"
    pdf.attachments["marges.txt"] = b"Lot 2"
    note = pikepdf.Dictionary(
        Type=pikepdf.Name.Annot,
        Subtype=pikepdf.Name.Text,
        Rect=[0, 0, 10, 10],
        T="Claire Leroy",
        Contents="voir VE-DSI-0417",
    )
    pdf.pages[0].obj.Annots = pikepdf.Array([pdf.make_indirect(note)])
    layer = pikepdf.Dictionary(Type=pikepdf.Name.OCG, Name="Brouillon")
    pdf.Root.OCProperties = pikepdf.Dictionary(OCGs=[pdf.make_indirect(layer)])
    script = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert(1)")
    pdf.Root.OpenAction = pdf.make_indirect(script)
    kept = io.BytesIO()
    pdf.save(kept)
    return kept.getvalue()


def pdf_saved_twice() -> bytes:
    """Return a PDF whose author was removed by adding to it: the first version is still inside."""
    first = betraying_pdf()
    with pikepdf.open(io.BytesIO(first)) as pdf:
        number = pdf.trailer.Info.objgen[0]
        root = pdf.Root.objgen[0]
    start = first.rindex(b"startxref")
    previous = int(first[start:].split()[1])
    place = len(first)
    added = f"{number} 0 obj\n<< >>\nendobj\n".encode()
    table = place + len(added)
    added += (
        f"xref\n{number} 1\n{place:010} 00000 n \ntrailer\n<< /Size 99 /Root {root} 0 R "
        f"/Info {number} 0 R /Prev {previous} >>\nstartxref\n{table}\n%%EOF\n"
    ).encode()
    return first + added


def scanned_pdf() -> bytes:
    kept = io.BytesIO()
    Image.effect_noise((200, 300), 60).convert("RGB").save(kept, "PDF")
    return kept.getvalue()


def betraying_mail() -> bytes:
    mail = EmailMessage()
    mail["Received"] = (
        "from VE-DSI-0417.ville-exemple.local (unknown [10.1.2.34]) by smtp.ville-exemple.fr; "
        "Sat, 14 Mar 2026 08:12:44 +0100"
    )
    mail["From"] = "Marc Durand <mdurand@ville-exemple.fr>"
    mail["To"] = "Claire Leroy <cleroy@ville-exemple.fr>"
    mail["Delivered-To"] = "pmartin@ville-exemple.fr"
    mail["Subject"] = "Lot 2 — à ne pas diffuser"
    mail["Date"] = "Sat, 14 Mar 2026 08:12:44 +0100"
    mail["Message-ID"] = "<1f2e@VE-DSI-0417.ville-exemple.local>"
    mail["X-Originating-IP"] = "[203.0.113.7]"
    mail["X-Mailer"] = "Microsoft Outlook 16.0"
    mail["X-Badge"] = "4711"
    mail.set_content("Ci-joint.\n")
    mail.add_alternative('<img src="https://suivi.example/o?u=pmartin">', subtype="html")
    mail.add_attachment(betraying_docx(), "application", "octet-stream", filename="lot2.docx")
    return mail.as_bytes()


def betraying_msg() -> bytes:
    """Return what Outlook keeps of a message that went over two servers."""
    transport = (
        "Received: from srv-exemple ([10.9.8.7]) by relay\r\n"
        "Received: from VE-DSI-0417 ([10.1.2.34]) by srv-exemple\r\n"
        "X-Originating-IP: 203.0.113.7\r\n"
    )
    properties = {
        0x001A: "IPM.Note",
        0x0037: "Lot 2",
        0x007D: transport,
        0x0C1A: "Marc Durand",
        0x0C1F: "mdurand@ville-exemple.fr",
        0x1000: "Ci-joint.",
        0x1035: "<1f2e@VE-DSI-0417>",
        0x3FFA: "cleroy",
    }
    return outlook_message(properties, [("Claire Leroy", "cleroy@ville-exemple.fr")])


def betraying_tar() -> bytes:
    kept = io.BytesIO()
    with tarfile.open(fileobj=kept, mode="w:gz") as archive:
        entry = tarfile.TarInfo("lot2/photo.jpg")
        content = jpeg()
        entry.size, entry.uid, entry.gid = len(content), 1042, 513
        entry.uname, entry.gname, entry.mtime = "mdurand", "marches", 1_773_475_964
        archive.addfile(entry, io.BytesIO(content))
    return kept.getvalue()


def betraying_zip() -> bytes:
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w") as archive:
        archive.comment = b"export de mdurand"
        entry = zipfile.ZipInfo("lot2.docx", (2026, 3, 14, 8, 12, 44))
        entry.extra = b"ux\x0b\x00\x01\x04\x12\x04\x00\x00\x04\x01\x02\x00\x00"
        archive.writestr(entry, betraying_docx())
    return kept.getvalue()


def media(suffix: str, folder: Path) -> bytes:
    """Make a second of film or sound with tags, by ffmpeg."""
    path = folder / f"media{suffix}"
    sources = ["-f", "lavfi", "-i", "sine=duration=1"]
    if suffix == ".mp4":
        sources += ["-f", "lavfi", "-i", "testsrc=duration=1:size=64x48:rate=5"]
    tags = {
        "artist": "mdurand",
        "comment": "poste VE-DSI-0417",
        "location": "+43.2964+005.3700/",
        "creation_time": "2026-03-14T08:12:44Z",
    }
    words = [word for name, value in tags.items() for word in ("-metadata", f"{name}={value}")]
    subprocess.run(
        ["ffmpeg", "-v", "error", "-nostdin", "-y", *sources, *words, str(path)],
        check=True,
        timeout=120,
    )
    content = path.read_bytes()
    path.unlink()
    return content


def tags_of(path: Path) -> dict[str, object]:
    """Return what exiftool itself says of a file."""
    done = subprocess.run(
        ["exiftool", "-j", "-a", "-u", "-G1", "-ee", str(path)],
        capture_output=True,
        check=True,
        timeout=60,
    )
    return dict(json.loads(done.stdout)[0])
