"""Take pictures of the source's pages at an onion address, in both browsers of the journeys.

usage: onion_screenshots.py FOLDER

The Tor network is a private one on loopback, made for this and gone after it.
"""

import struct
import sys
import tempfile
import zlib
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))  # the journeys' house serves here too

from tests.journey.browsers.browser import Browser
from tests.journey.browsers.chromium import chromium
from tests.journey.browsers.firefox import firefox
from tests.journey.browsers.source_way import SourceWay
from tests.journey.house import House
from tests.tor_network.network import TorNetwork

MESSAGE = "Le lot 2 sera notifié avant la délibération du conseil."
KEPT = ("landing-chromium", "landing-firefox", "deliver-firefox", "mailbox-firefox")

SIGNATURE = b"\x89PNG\r\n\x1a\n"
RGB, RGBA = 2, 6  # colour types (PNG, section 11.2.1)
UNFILTERED, SUB = 0, 1  # filter types (PNG, section 9.2)


def main() -> None:
    """Serve a fresh house at an onion address, and walk through it once in each browser."""
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="vas-", dir="/tmp") as root, TorNetwork() as network:
        house = House.found(Path(root))
        house.add_desk("demo", "Équipe de démonstration")
        document = Path(root) / "notes.txt"
        document.write_text("Réunion du 14 mars\n")
        with house.serving(torrc=network.torrc):
            for opened in (chromium, firefox):
                with opened(network.visitor.socks_port, house.onions["source"]) as browser:
                    walk(browser, Path(root), document)
        for name in KEPT:
            picture = lighter((Path(root) / f"{name}.png").read_bytes())
            (folder / f"onion-{name}-fr.png").write_bytes(picture)


def walk(browser: Browser, pictures: Path, document: Path) -> None:
    """Go the first visit's way."""
    way = SourceWay(browser, pictures)
    way.arrive()
    way.begin()
    way.deliver(MESSAGE, [document])
    way.leave()


def lighter(png: bytes) -> bytes:
    """Give the same picture in fewer bytes, if it is of Firefox's kind.

    Firefox writes pages of few colours as it writes photographs: with an alpha channel, each
    pixel as its difference from the one before.
    """
    chunks = list(_chunks(png))
    width, height, depth, colour = struct.unpack(">IIBB", chunks[0][1][:10])
    rows = zlib.decompress(b"".join(data for kind, data in chunks if kind == b"IDAT"))
    step = 1 + 4 * width
    if (depth, colour) != (8, RGBA) or set(rows[::step]) != {SUB}:
        return png
    plain = b"".join(_plain(rows[start + 1 : start + step]) for start in range(0, len(rows), step))
    header = struct.pack(">IIBBBBB", width, height, depth, RGB, 0, 0, 0)
    written = ((b"IHDR", header), (b"IDAT", zlib.compress(plain, 9)), (b"IEND", b""))
    return SIGNATURE + b"".join(_chunk(kind, data) for kind, data in written)


def _plain(row: bytes) -> bytes:
    """Turn a row of differences of RGBA into one of RGB, with its filter type before it."""
    colours = bytearray(len(row) // 4 * 3)
    for channel in range(3):
        value, values = 0, bytearray()
        for difference in row[channel::4]:
            value = (value + difference) & 0xFF
            values.append(value)
        colours[channel::3] = values
    return bytes([UNFILTERED]) + colours


def _chunks(png: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Read the chunks: length, kind, data, check value (PNG, section 5.3)."""
    start = len(SIGNATURE)
    while start < len(png):
        length, kind = struct.unpack_from(">I4s", png, start)
        yield kind, png[start + 8 : start + 8 + length]
        start += 12 + length


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


if __name__ == "__main__":
    main()
