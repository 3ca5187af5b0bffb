"""Envelopes open with gpg and unzip alone: no line of ours is needed to read them, ever.

Head and body are taken from where they lie (the row and the blob) with sqlite3's own module.
"""

import hashlib
import json
import re
import sqlite3
import subprocess
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.journey.house import Files, House

KIB = 1024


@pytest.fixture
def gnupg(root: Path) -> Iterator[Path]:
    """Give a desk key made by gpg alone, in a home of its own."""
    home = root / "g"
    home.mkdir(mode=0o700)
    gpg(home, "--quick-generate-key", "desk", "ed25519", "cert", "never")
    listed = gpg(home, "--list-keys", "--with-colons").decode()
    fingerprint = re.findall(r"^fpr:+([0-9A-F]{40}):", listed, re.MULTILINE)[0]
    gpg(home, "--quick-add-key", fingerprint, "cv25519", "encr", "never")
    (root / "desk.asc").write_bytes(gpg(home, "--armor", "--export", fingerprint))
    yield home
    subprocess.run(["gpgconf", "--homedir", home, "--kill", "all"], check=True)


def gpg(home: Path, *words: str) -> bytes:
    """Run gpg as anyone would."""
    command = ["gpg", "--homedir", str(home), "--batch", "--pinentry-mode", "loopback"]
    done = subprocess.run(
        [*command, "--passphrase", "", "--trust-model", "always", *words],
        capture_output=True,
        check=True,
    )
    return done.stdout


def stored_envelopes(home: Path) -> list[tuple[str, bytes]]:
    """Give each stored envelope's kind and its bytes: head ‖ body."""
    with sqlite3.connect(home / "vasistas.db") as db:
        rows = db.execute("SELECT kind, head, body_blob FROM envelopes").fetchall()
    return [
        (kind, head + (home / "blobs" / blob[:2] / blob).read_bytes()) for kind, head, blob in rows
    ]


@pytest.fixture
def envelopes(house: House, gnupg: Path, root: Path, documents: Files) -> dict[str, Path]:
    """Deliver to the foreign key and write the stored envelopes out."""
    house("desk", "add", "libre", "--name", "Libre")
    house("desk", "key", "add", "libre", root / "desk.asc")
    with house.serving():
        source = house.source().first_visit("libre")
        assert source.deliver("à lire sans nous", documents, "libre").status_code == 303
    paths = {}
    for kind, content in stored_envelopes(house.home):
        paths[kind] = root / f"{kind}.gpg"
        paths[kind].write_bytes(content)
    assert set(paths) == {"letter", "files"}
    return paths


def test_gpg_and_unzip_alone_read_every_envelope(
    envelopes: dict[str, Path], gnupg: Path, root: Path, documents: Files
) -> None:
    for kind, path in envelopes.items():
        gpg(gnupg, "--output", str(root / f"{kind}.zip"), "--decrypt", str(path))
        subprocess.run(["unzip", "-tq", root / f"{kind}.zip"], check=True, capture_output=True)
        subprocess.run(
            ["unzip", "-q", root / f"{kind}.zip", "-d", root / kind],
            check=True,
            capture_output=True,
            env={"LC_ALL": "C.UTF-8", "PATH": "/usr/bin:/bin"},
        )
    letter = json.loads((root / "letter" / "letter.json").read_text())
    assert (root / "letter" / "message.txt").read_text() == "à lire sans nous"
    for entry, (_, content) in zip(letter["files"], documents, strict=True):
        read = (root / "files" / entry["name"]).read_bytes()
        assert read == content
        assert (entry["size"], entry["sha256"]) == (len(read), hashlib.sha256(read).hexdigest())
    assert not set((root / "files" / "padding").read_bytes()) - {0}


def test_a_packet_dump_shows_hidden_keys_one_seipd_no_name_and_no_time(
    envelopes: dict[str, Path], gnupg: Path
) -> None:
    for path in envelopes.values():
        dump = gpg(gnupg, "--list-packets", str(path)).decode()
        assert re.findall(r"keyid ([0-9A-F]{16})", dump) == ["0" * 16]
        assert dump.count(":encrypted data packet:") == 1
        assert "mdc_method: 2" in dump
        assert ":compressed packet:" not in dump
        created, name = re.findall(r"created (\d+), name=\"(.*)\"", dump)[0]
        assert name == ""
        assert int(created) % 86_400 == 86_399, "the only time is a day's last second"


def test_sizes_at_rest_belong_to_their_classes(
    envelopes: dict[str, Path], root: Path, gnupg: Path
) -> None:
    for kind, path in envelopes.items():
        gpg(gnupg, "--output", str(root / f"{kind}.zip"), "--decrypt", str(path))
    letter = (root / "letter.zip").stat().st_size
    assert letter % (16 * KIB) == 0
    assert (letter // (16 * KIB)).bit_count() == 1
    files = (root / "files.zip").stat().st_size
    assert files >= 64 * KIB
    exponent = files.bit_length() - 1
    free_bits = exponent - (exponent.bit_length())
    assert files % (1 << free_bits) == 0, "Padmé leaves the last bits zero"
    for kind in envelopes:
        with zipfile.ZipFile(root / f"{kind}.zip") as archive:
            names = archive.namelist()
            assert names[-1] == "padding"
            assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_letters_of_one_class_and_files_of_one_class_have_one_length(house: House) -> None:
    with house.serving():
        source = house.source().first_visit()
        for letters in (1, 9_000):
            assert source.deliver("x" * letters, [("a", b"y" * letters)]).status_code == 303
    lengths: dict[str, set[int]] = {}
    for kind, content in stored_envelopes(house.home):
        lengths.setdefault(kind, set()).add(len(content))
    assert {kind: len(found) for kind, found in lengths.items()} == {"letter": 1, "files": 1}
