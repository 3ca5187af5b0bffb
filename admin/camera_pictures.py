"""Finds QR codes in photographs and screenshots. The pictures may come from anyone's camera."""

import warnings
from collections.abc import Iterator
from pathlib import Path

import zxingcpp
from PIL import Image, UnidentifiedImageError

from admin.errors import AdminError

KINDS = ("JPEG", "PNG", "WEBP")  # what cameras and screenshots give, of the formats opened here
FILE_LIMIT = 64 << 20  # bytes (64 MiB): the largest photograph of today's telephones, and more
QR_CODES = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)
PIXELS_LIMIT = 64_000_000  # a camera's full resolution; decoded grey, as many bytes
SHRUNK = 2_000  # pixels on the longer side: a screen's own raster is blurred away here
SMALL = 1_000


def texts_in(path: Path) -> set[str]:
    """Return the texts of all QR codes found in a picture. Raises AdminError, OSError."""
    image = _opened(path)
    found: set[str] = set()
    for version in _versions(image):
        codes = zxingcpp.read_barcodes(version, formats=QR_CODES)
        found.update(code.text for code in codes)
    return found


def _opened(path: Path) -> Image.Image:
    """Decode a picture to grey, within our limits."""
    if path.stat().st_size > FILE_LIMIT:
        raise AdminError(f"{path} is larger than a photograph: {FILE_LIMIT >> 20} MiB at most.")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with path.open("rb") as file, Image.open(file, formats=KINDS) as untrusted_image:
                _check_size(path, untrusted_image)
                return untrusted_image.convert("L")
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise _too_large(path) from None
    except UnidentifiedImageError:
        raise AdminError(f"{path} is not a picture that can be read here: JPEG or PNG.") from None
    except (OSError, SyntaxError, ValueError) as error:  # what Pillow raises for a broken file
        if isinstance(error, OSError) and error.filename is not None:
            raise
        raise AdminError(f"{path} is damaged.") from None


def _check_size(path: Path, untrusted_image: Image.Image) -> None:
    width, height = untrusted_image.size
    if width * height > PIXELS_LIMIT:
        raise _too_large(path)


def _too_large(path: Path) -> AdminError:
    return AdminError(f"{path} has more than {PIXELS_LIMIT // 1_000_000} million pixels.")


def _versions(image: Image.Image) -> Iterator[Image.Image]:
    """Yield the picture as it is, and smaller: where one is too noisy, another is read."""
    yield image
    for longest in (SHRUNK, SMALL):
        if max(image.size) > longest:
            smaller = image.copy()
            smaller.thumbnail((longest, longest), Image.Resampling.BOX)
            yield smaller


def pictures_of(paths: tuple[Path, ...]) -> list[Path]:
    """Return the pictures named, and for a folder those in it, in the order of their names."""
    found: list[Path] = []
    for path in paths:
        if path.is_dir():
            found += sorted(entry for entry in path.iterdir() if not entry.name.startswith("."))
        else:
            found.append(path)
    return found
