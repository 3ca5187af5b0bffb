import base64
import struct

from journalist_app.qr import PIXELS_A_MODULE, QUIET_MODULES, qr_picture


def test_it_is_a_square_png_inside_the_page_with_its_margin() -> None:
    uri = qr_picture("otpauth://totp/Vasistas:lou?secret=ABCDEFGHIJKLMNOPQRSTUVWXYZ234567&issuer=V")

    kind, _, data = uri.partition(";base64,")
    png = base64.b64decode(data)
    assert kind == "data:image/png"
    assert png.startswith(b"\x89PNG\r\n")
    width, height = struct.unpack(">II", png[16:24])
    assert width == height
    modules = width // PIXELS_A_MODULE - 2 * QUIET_MODULES
    assert (modules - 17) % 4 == 0  # a QR code's side is 17 + 4 * version (ISO/IEC 18004)
