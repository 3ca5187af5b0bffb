"""A QR code as an image inside the page: nothing is fetched, and nothing is stored."""

import segno

PIXELS_A_MODULE = 5
QUIET_MODULES = 4  # the margin that scanners need (ISO/IEC 18004, section 9.1)


def qr_picture(text: str) -> str:
    """Return a `data:` address of a PNG, black on white also at night, so that scanners read it."""
    code = segno.make(text, error="m", micro=False)
    picture: str = code.png_data_uri(scale=PIXELS_A_MODULE, border=QUIET_MODULES)
    return picture
