"""The station's whole work, in processes of its own, without any network."""

import io
import json
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from crypto.kinds import Nonce
from crypto.replybox import open_reply
from crypto.schedule import reply_secret
from crypto.signing import StationVerifier
from formats.courier import decode_courier
from formats.reply import decode_reply
from formats.station import decode_station
from formats.tarstream import TarLimits, TarReader
from tests.viewing_station.reviewer import PASSPHRASE, agents_of
from tests.viewing_station.small_server import Files, SmallServer, Source

RUN = [sys.executable, "-c", "from viewing_station.cli import main; main()"]
FILES: Files = {
    "CCTP vidéo algorithmique.pdf": os.urandom(300_000),
    "réunion 14 mars — notes.txt": "Présents : …".encode(),
    "photo mât 12.jpg": os.urandom(1_000_000),
}


@dataclass
class Machine:
    """The air-gapped machine."""

    home: Path
    cut_off: Sequence[str]

    def run(self, *words: str, text: str = "") -> str:
        environment = {
            "PATH": os.environ["PATH"],
            "LANG": "C.UTF-8",
            "VIEWING_STATION_HOME": str(self.home),
            "VIEWING_STATION_PASSPHRASE_FILE": str(self.home.parent / "passphrase"),
        }
        done = subprocess.run(
            [*self.cut_off, *RUN, *words],
            env=environment,
            input=text,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
        assert done.returncode == 0, done.stderr
        assert done.stderr == ""
        assert agents_of(self.home) == []
        return done.stdout


def test_from_a_new_station_to_a_reply(
    tmp_path: Path, gnupg_home: Path, source: Source, cut_off: Sequence[str]
) -> None:
    server = SmallServer(gnupg_home)
    folder = tmp_path / ("a folder with a rather long name " * 4)
    folder.mkdir()
    (folder / "passphrase").write_text(PASSPHRASE)
    (folder / "instance.json").write_bytes(server.identity.encode())
    machine = Machine(folder / "station", cut_off)

    machine.run("init", "--desk", "demo", "--instance", str(folder / "instance.json"))
    server = server.with_keys((machine.home / "demo-openpgp.asc").read_text())

    envelopes = server.receive(source, "Bonjour,\nvoici les pièces.", FILES)
    delivery = envelopes[0].entry.delivery
    (folder / "bundle.tar").write_bytes(server.bundle(envelopes))
    assert delivery in machine.run("open", str(folder / "bundle.tar"))

    [thread] = json.loads(machine.run("threads", "--json"))
    assert "voici les pièces." in machine.run("show", thread["name"])

    machine.run("export", thread["id"][:6], str(folder / "out"))
    exported = {file.name: file.read_bytes() for file in (folder / "out" / delivery).iterdir()}
    assert exported == {**FILES, "message.txt": "Bonjour,\nvoici les pièces.".encode()}

    machine.run("reply", thread["id"], text="Merci. D'où vient la photo ?\n")
    machine.run("discard", delivery)
    machine.run("courier", str(folder / "courier.tar"))

    courier = TarReader(
        io.BytesIO((folder / "courier.tar").read_bytes()), TarLimits(9, 9999, 99999)
    )
    manifest, signature = courier.read_manifest()
    station = decode_station((machine.home / "demo-station.pub").read_bytes())
    StationVerifier(station.public_key).verify("courier", manifest, signature)
    decoded = decode_courier(manifest)
    [box] = [stream.read() for _, stream in courier.exactly(decoded.members())]
    secret = reply_secret(source.keys, Nonce(decoded.replies[0].nonce))
    assert decode_reply(open_reply(secret, box)).text == "Merci. D'où vient la photo ?"
    assert [item.delivery for item in decoded.deletions] == [delivery]
