"""Runs inside the sandbox: prints an image as pixels, turned as its camera says, made smaller.

    -c SCRIPT SIDE PAGES       no side longer than SIDE pixels; PAGES pages at most

A fax or a scan of several pages gives several. Of what moves, the first picture is shown.
"""

import sys
import warnings

import pillow_heif
from PIL import Image, ImageOps, ImageSequence

IMAGE = "/work/image"
PIXELS_LIMIT = 300_000_000  # of one picture: telephones make 200 million
STILL = {"GIF", "WEBP", "PNG", "AVIF", "HEIF"}  # what may move, or hold thumbnails beside
OPENED = ("JPEG", "PNG", "GIF", "TIFF", "BMP", "WEBP", "AVIF", "HEIF", "JPEG2000", "ICO")
DEEP = ("I", "F", "I;16", "I;16B", "I;16L", "I;16N")  # shades of grey that need more than a byte


def main(side: int, pages: int) -> None:
    """Print its pages."""
    Image.MAX_IMAGE_PIXELS = PIXELS_LIMIT
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    pillow_heif.register_heif_opener(thumbnails=False)
    with Image.open(IMAGE, formats=OPENED) as image:
        image.draft("RGB", (side, side))  # of a large JPEG only as much as is shown
        for number, frame in enumerate(ImageSequence.Iterator(image)):
            if number == pages or (number and image.format in STILL):
                break
            show(frame, side)


def show(frame: Image.Image, side: int) -> None:
    """Print one picture on white paper."""
    frame.thumbnail((side, side))
    upright = ImageOps.exif_transpose(_shallow(frame))
    opaque = upright.convert("RGBA")
    paper = Image.new("RGB", opaque.size, "white")
    paper.paste(opaque, mask=opaque.getchannel("A"))
    sys.stdout.buffer.write(b"P6 %d %d 255\n" % paper.size + paper.tobytes())


def _shallow(frame: Image.Image) -> Image.Image:
    """Bring shades that need more than a byte into one, from the darkest to the lightest."""
    if frame.mode not in DEEP:
        return frame
    deep = frame.convert("F")
    least, most = (float(shade) for shade in deep.getextrema())  # type: ignore[arg-type]
    span = (most - least) or 1.0
    return deep.point(lambda shade: shade * (255 / span) - least * 255 / span).convert("L")


if __name__ == "__main__":
    try:
        main(int(sys.argv[1]), int(sys.argv[2]))
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        sys.exit("too many pixels")
