"""What happens to a code between a screen and a file: a camera, simulated."""

import base64
import hashlib
import io

import segno
from PIL import Image, ImageFilter

DESK = 90  # grey of what lies around a screen


def code(text: str, version: int = 20) -> Image.Image:
    """Draw a code as the station does."""
    drawn = io.BytesIO()
    segno.make_qr(text, version=version, error="m", mode="alphanumeric", boost_error=False).save(
        drawn, kind="png", scale=8, border=4
    )
    return Image.open(io.BytesIO(drawn.getvalue())).convert("L")


def on_desk(image: Image.Image, size: tuple[int, int] = (1800, 1400)) -> Image.Image:
    """Put a code in the middle of a picture."""
    whole = Image.new("L", size, DESK)
    whole.paste(image, ((size[0] - image.width) // 2, (size[1] - image.height) // 2))
    return whole


def turned(image: Image.Image, degrees: float) -> Image.Image:
    return image.rotate(degrees, Image.Resampling.BICUBIC, fillcolor=DESK)


def from_the_side(image: Image.Image, slant: float) -> Image.Image:
    """Photograph from the left: the right edge is `slant` shorter than the left one."""
    width, height = image.size
    lost = slant * height / 2
    corners = (0, 0, 0, height, width, height + lost * 2, width, -lost * 2)
    return image.transform(
        image.size, Image.Transform.QUAD, corners, Image.Resampling.BICUBIC, fillcolor=DESK
    )


def noisy(image: Image.Image, deviation: float) -> Image.Image:
    """Add a sensor's noise in a dim room."""
    noise = Image.effect_noise(image.size, deviation)
    return Image.blend(image, noise, 0.3)


def blurred(image: Image.Image, radius: float) -> Image.Image:
    return image.filter(ImageFilter.GaussianBlur(radius))


def as_jpeg(image: Image.Image, quality: int) -> bytes:
    saved = io.BytesIO()
    image.save(saved, "JPEG", quality=quality)
    return saved.getvalue()


def frame_text(characters: int) -> str:
    """Return as dense a text as a code holds."""
    return base64.b32encode(hashlib.shake_128(b"frame").digest(characters)).decode()[:characters]
