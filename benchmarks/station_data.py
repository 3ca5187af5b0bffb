"""What the station's benchmarks work on: bundles of real envelopes, and a store of many letters."""

import hashlib
import os
import random
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

from crypto.envelope import EnvelopeSeal
from crypto.secret import Secret
from formats.bundle import KIND, EnvelopeEntry, EnvelopeKind
from formats.letter import FileEntry
from formats.manifest import MANIFEST_NAME, SIGNATURE_NAME
from formats.padding import files_class
from formats.payload import PayloadWriter
from formats.tarstream import TarPlan
from tests.journey.house import STATION_PASSPHRASE, Station
from tests.viewing_station.small_server import TODAY, Envelope, SmallServer, Source
from viewing_station.deliveries import Delivery
from viewing_station.keyring import keyring
from viewing_station.station import open_station

CHUNK = 1 << 20
NAME = "large.bin"
LETTER_LENGTH = 1_000  # characters
PASSPHRASE = Secret(STATION_PASSPHRASE.encode())
# What French letters about contracts are made of, accents and apostrophes included.
WORDS = [
    "la",
    "le",
    "marché",
    "vidéosurveillance",
    "caméra",
    "préfecture",
    "élu",
    "reconnaissance",
    "algorithme",
    "contrat",
    "données",
    "société",
    "été",
    "où",
    "garçon",
    "analyse",
    "technique",
    "fourniture",
    "ville",
    "métropole",
    "réunion",
    "police",
    "municipale",
    "logiciel",
    "détection",
    "rue",
    "gare",
    "budget",
    "vote",
    "l’école",
    "œuvre",
]


@dataclass
class Made:
    """A new station, and a server in small that seals to its key."""

    station: Station
    server: SmallServer

    def bundle(self, file: Path, envelopes: list[Envelope]) -> Path:
        """Write a bundle of these envelopes."""
        file.write_bytes(self.server.bundle(envelopes))
        return file

    @contextmanager
    def gpg(self) -> Iterator[list[str]]:
        """Yield the command line of a `gpg --decrypt` that has the desk's key and an agent."""
        secret = self.station.home.parent / "gnupg-passphrase"
        with open_station(self.station.home, PASSPHRASE) as station:
            secret.write_bytes(station.settings.keyring_passphrase.reveal())
        with keyring(self.station.home / "gnupg") as home:
            command = f"gpg --homedir {home} --batch --no-tty --quiet --pinentry-mode loopback"
            yield [*command.split(), "--passphrase-file", str(secret), "--yes", "--decrypt"]
        secret.unlink()


def found(root: Path) -> Made:
    """Make a station for one desk in `root`."""
    root.mkdir()
    gnupg = root / "sealing"
    gnupg.mkdir(0o700)
    server = SmallServer(gnupg)
    (root / "instance.json").write_bytes(server.identity.encode())
    (root / "passphrase").write_text(STATION_PASSPHRASE)
    station = Station(root / "station", root / "passphrase")
    station("init", "--desk", server.desk, "--instance", root / "instance.json")
    server.desk_keys = [(station.home / f"{server.desk}-openpgp.asc").read_text()]
    return Made(station, server)


def large_bundle(made: Made, file: Path, size: int) -> Path:
    """Write a bundle of one delivery, a file of `size` random bytes; return its files' envelope."""
    piece = os.urandom(CHUNK)
    digest = hashlib.sha256()
    for _ in range(size // CHUNK):
        digest.update(piece)
    files = (FileEntry(NAME, size, digest.hexdigest()),)
    letter = replace(Source().write(made.server), files=files)
    small = made.server.seal_letter(letter, "one large file")
    envelope = file.with_suffix(".gpg")
    large = _sealed(made, envelope, letter.delivery, piece, size)
    contents: dict[str, Callable[[], Iterable[bytes]]] = {
        small.entry.name: lambda: [small.content],
        large.name: lambda: pieces(envelope),
    }
    entries = {entry.name: entry for entry in sorted((small.entry, large), key=lambda e: e.name)}
    manifest = replace(made.server.manifest([]), envelopes=tuple(entries.values())).encode()
    first = {MANIFEST_NAME: manifest, SIGNATURE_NAME: made.server.signer.sign(KIND, manifest)}
    parts = [*([data] for data in first.values()), *(contents[name]() for name in entries)]
    sizes = [(name, len(data)) for name, data in first.items()]
    plan = TarPlan([*sizes, *((entry.name, entry.size) for entry in entries.values())])
    with file.open("wb") as sink:
        for part in plan.stream(lambda index: parts[index]):
            sink.write(part)
    return envelope


def _sealed(made: Made, file: Path, delivery: str, piece: bytes, size: int) -> EnvelopeEntry:
    """Seal the one file into an envelope; its head is known last and goes before the body."""
    body = file.with_suffix(".body")
    digest = hashlib.sha256()
    with body.open("wb") as sink:

        def take(data: bytes) -> None:
            digest.update(data)
            sink.write(data)

        with EnvelopeSeal(made.server.desk_keys, take, TODAY, made.server.gnupg_home) as sealing:
            writer = PayloadWriter(sealing.write, files_class)
            member = writer.open_member(NAME)
            for _ in range(size // CHUNK):
                member.write(piece)
            writer.close_member()
            writer.finish()
            head = sealing.finish().head
    with file.open("wb") as sink:
        sink.write(head)
        for part in pieces(body):
            sink.write(part)
    length = body.stat().st_size
    body.unlink()
    head_sha256 = hashlib.sha256(head).hexdigest()
    kind = EnvelopeKind.FILES
    return EnvelopeEntry(delivery, kind, len(head), head_sha256, length, digest.hexdigest())


def pieces(file: Path) -> Iterator[bytes]:
    """Yield a file's bytes."""
    with file.open("rb") as source:
        while piece := source.read(CHUNK):
            yield piece


def fill(made: Made, count: int) -> Path:
    """Keep `count` letters of 1,000 characters, three to a thread; return them as a text file."""
    draw = random.Random(1)  # noqa: S311  # the same words each time
    plain = made.station.home.parent / "plain.txt"
    opened = open_station(made.station.home, PASSPHRASE)
    with opened as station, plain.open("w") as text, station.records.change():
        for number in range(count):
            if number % 3 == 0:
                source = Source()
            day = TODAY - timedelta(days=number % 700)
            file = FileEntry(f"réunion {number}.pdf", 1000, "ab" * 32)
            letter = replace(source.write(made.server, day=day), files=(file,))
            message = _message(draw)
            station.deliveries.put(Delivery.of(letter, "cd" * 32))
            station.deliveries.put_message(letter.delivery, message, None)
            text.write(f"{message}\n")
    return plain


def _message(draw: random.Random) -> str:
    message = ""
    while len(message) < LETTER_LENGTH:
        message += draw.choice(WORDS) + " "
    return message
