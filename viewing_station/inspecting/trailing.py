"""What follows after the end of a picture: cameras put films there, and people put files."""

from viewing_station.inspecting.examination import Examination, Item
from viewing_station.inspecting.finding import Weight

JPEG, PNG = b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n"
EOI, FILL = 0xD9, 0xFF
BARE = {0x00, 0x01, *range(0xD0, 0xD9)}  # markers without a length (ITU T.81, table B.1)


def tell_trailing(examination: Examination, item: Item) -> None:
    """Tell of bytes after a picture's end."""
    content = item.path.read_bytes()
    end = _end(content)
    rest = content[end:].strip(b"\0") if end is not None else b""
    if rest:
        sentence = (
            "Something follows after the picture's end, which a viewer does not show: {value}"
        )
        examination.tell(item, Weight.POINTS, "trailing", f"{len(rest):,} bytes", sentence)
        examination.add(item, "after its end", iter([rest]))


def _end(content: bytes) -> int | None:
    if content.startswith(JPEG):
        return _jpeg_end(content)
    if content.startswith(PNG):
        return _png_end(content)
    return None


def _png_end(content: bytes) -> int | None:
    place = len(PNG)
    while place + 12 <= len(content):
        size = int.from_bytes(content[place : place + 4], "big")
        kind = content[place + 4 : place + 8]
        place += 12 + size
        if kind == b"IEND":
            return place
    return None


def _jpeg_end(content: bytes) -> int | None:
    place = 2
    while (place := content.find(b"\xff", place)) >= 0 and place + 1 < len(content):
        marker = content[place + 1]
        if marker == EOI:
            return place + 2
        if marker == FILL:
            place += 1
        elif marker in BARE:
            place += 2
        else:
            place += 2 + int.from_bytes(content[place + 2 : place + 4], "big")
    return None
