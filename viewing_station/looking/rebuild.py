"""A PDF made anew of pixels: a picture a page, and nothing that was in the document."""

import io
from collections.abc import Sequence
from typing import BinaryIO

import pikepdf
from PIL import Image

from viewing_station.looking.pixels import Raster
from viewing_station.looking.text_layer import Word

DOTS = 150  # to the inch: what text needs to be read, and half of what a printer shows
POINTS = 72  # to the inch (ISO 32000-1, 8.3.2.3)
QUALITY = 85  # of JPEG: below, small letters get edges
LEAST = 3  # points: no reader takes a smaller page (ISO 32000-1, annex C.2)
UNSEEN = 3  # how such text is drawn: not at all (ISO 32000-1, 9.3.6)
USUAL_WIDTH = 0.5  # of a letter of Helvetica, in its size: unseen words are stretched by it
_UNIT = POINTS / DOTS


class PdfOfPages:
    """Takes pages one by one; `write` gives a PDF without date, name or maker."""

    def __init__(self) -> None:
        self._pdf = pikepdf.new()
        font = pikepdf.Dictionary(
            Type=pikepdf.Name.Font,
            Subtype=pikepdf.Name.Type1,
            BaseFont=pikepdf.Name.Helvetica,
            Encoding=pikepdf.Name.WinAnsiEncoding,
        )
        self._font = self._pdf.make_indirect(font)

    def add(self, raster: Raster, words: Sequence[Word] = ()) -> None:
        """Add a page; the words lie over it, unseen, to be searched and copied."""
        width, height = raster.width * _UNIT, raster.height * _UNIT
        page = self._pdf.add_blank_page(page_size=(max(LEAST, width), max(LEAST, height)))
        page.Resources = pikepdf.Dictionary(
            XObject=pikepdf.Dictionary(Im0=self._picture(raster)),
            Font=pikepdf.Dictionary(F0=self._font),
        )
        drawn = f"q {width:.3f} 0 0 {height:.3f} 0 0 cm /Im0 Do Q\n".encode()
        page.Contents = self._pdf.make_stream(drawn + _written(words, raster.height))

    def write(self, sink: BinaryIO) -> None:
        """Write it all."""
        self._pdf.remove_unreferenced_resources()
        self._pdf.save(sink, deterministic_id=True, linearize=False)

    def _picture(self, raster: Raster) -> pikepdf.Object:
        image = Image.frombytes("RGB", (raster.width, raster.height), raster.pixels)
        encoded = io.BytesIO()
        image.save(encoded, "JPEG", quality=QUALITY)
        stream = pikepdf.Stream(self._pdf, encoded.getvalue())
        stream.Type, stream.Subtype = pikepdf.Name.XObject, pikepdf.Name.Image
        stream.Width, stream.Height = raster.width, raster.height
        stream.ColorSpace, stream.BitsPerComponent = pikepdf.Name.DeviceRGB, 8
        stream.Filter = pikepdf.Name.DCTDecode
        return stream


def _written(words: Sequence[Word], height: int) -> bytes:
    """Return the words as a page's content (ISO 32000-1, 9.4), in hexadecimal: nothing escapes."""
    if not words:
        return b""
    lines = [f"BT {UNSEEN} Tr"]
    for word in words:
        encoded = (word.text + " ").encode("cp1252", "replace")
        size = max(1.0, word.height * _UNIT)
        stretched = 100 * word.width * _UNIT / (USUAL_WIDTH * size * len(word.text))
        left, bottom = word.left * _UNIT, (height - word.top - word.height) * _UNIT
        lines.append(
            f"/F0 {size:.2f} Tf {stretched:.1f} Tz 1 0 0 1 {left:.2f} {bottom:.2f} Tm "
            f"<{encoded.hex()}> Tj"
        )
    lines.append("ET")
    return "\n".join(lines).encode()
