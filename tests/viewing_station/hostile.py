"""What several tests send to a station, and how they see what it made of it."""

import subprocess
from pathlib import Path

from formats.bundle import EnvelopeKind
from tests.viewing_station.reviewer import Reviewer
from tests.viewing_station.small_server import Envelope, SmallServer, Source

FILES = {
    "réunion 14 mars — notes.txt": b"Compte rendu",
    "photo mât 12.jpg": bytes(range(256)) * 900,
    "empty": b"",
}


def only_trouble(reviewer: Reviewer, server: SmallServer, envelopes: list[Envelope]) -> str:
    """Open a bundle with these envelopes and an honest delivery; return what is wrong with them."""
    honest = server.receive(Source(), "honest", {"honest.txt": b"honest"})
    outcomes = reviewer.open_json(server.bundle([*envelopes, *honest]), code=1)
    [good] = [outcome for outcome in outcomes if outcome["trouble"] is None]
    [bad] = [outcome for outcome in outcomes if outcome["trouble"] is not None]
    assert (good["delivery"], good["state"]) == (honest[0].entry.delivery, "new")
    assert good["files_here"] is True
    return str(bad["trouble"])


def files_kept(reviewer: Reviewer) -> int:
    return len(list((reviewer.home / "files").iterdir()))


def bomb(server: SmallServer, folder: Path, kind: EnvelopeKind, delivery: str) -> Envelope:
    """Return an envelope of some hundred kilobytes in which gpg packed 200 MB."""
    key = folder / "key.asc"
    key.write_text(server.desk_keys[0])
    zeros = folder / "zeros"
    with zeros.open("wb") as file:
        file.truncate(200_000_000)
    options = ["--no-keyring", "--trust-model", "always", "--compress-algo", "zlib"]
    sealed = subprocess.run(
        [
            *("gpg", "--homedir", str(server.gnupg_home), "--batch", "--no-autostart", *options),
            *("--hidden-recipient-file", str(key), "--output", "-", "--encrypt", str(zeros)),
        ],
        capture_output=True,
        check=True,
    ).stdout
    assert len(sealed) < 400_000
    return server.envelope(delivery, kind, sealed[:90], sealed[90:])
