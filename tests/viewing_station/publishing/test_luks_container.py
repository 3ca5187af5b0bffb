"""A LUKS container opens with cryptsetup, and is never half."""

import os
import subprocess
from pathlib import Path

import pytest

from crypto.secret import Secret
from tests.viewing_station.publishing.house import Desk, pdf
from viewing_station.errors import ContainerError, LargeContainerError
from viewing_station.publishing import luks_container
from viewing_station.publishing.luks_container import seal_with_luks
from viewing_station.publishing.release import Part

PHRASE = "plusieurs mots tirés au sort"


@pytest.mark.slow
def test_a_luks_container_opens_with_cryptsetup(desk: Desk, tmp_path: Path) -> None:
    document = pdf("z") + os.urandom(300_000)
    desk.publish(primary=desk.copy(document))
    secret = tmp_path / "secret"
    secret.write_text(PHRASE)
    words = ["--with", "luks", "--container-passphrase-file", str(secret)]
    desk.reviewer.run("export", "drive", str(tmp_path / "out"), *words)
    [file] = (tmp_path / "out").iterdir()
    assert file.name == "documents.luks"
    assert b"%PDF" not in file.read_bytes()
    subprocess.run(["cryptsetup", "isLuks", "--type", "luks2", str(file)], check=True)
    # Without a device mapper, decrypting in place is how cryptsetup opens it.
    decrypt = ["cryptsetup", "reencrypt", "--decrypt", "--header", str(tmp_path / "header")]
    decrypt += ["--batch-mode", "--force-offline-reencrypt", "--key-file", "-", str(file)]
    assert subprocess.run(decrypt, input=b"wrong", capture_output=True, check=False).returncode
    subprocess.run(decrypt, input=PHRASE.encode(), capture_output=True, check=True)
    subprocess.run(["e2fsck", "-fn", str(file)], check=True, capture_output=True)
    sums = within(file, "SHA256SUMS").decode().splitlines()
    assert len(sums) == 2
    [name] = [line.split()[1] for line in sums if "document" in line]
    assert within(file, name) == document


def within(image: Path, name: str) -> bytes:
    command = ["debugfs", "-R", f"cat {name}", str(image)]
    return subprocess.run(command, capture_output=True, check=True).stdout


def test_a_luks_container_is_refused_before_memory_is_full(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(luks_container, "DOCUMENTS_LIMIT", 10_000)
    part = Part("a.pdf", 10_001, lambda: iter([b""]), "", "")
    with (tmp_path / "x").open("wb") as sink, pytest.raises(LargeContainerError):
        seal_with_luks([part], sink, Secret(b"x"))
    assert (tmp_path / "x").stat().st_size == 0


def test_what_cryptsetup_says_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for program in ("mke2fs", "debugfs"):
        (tmp_path / program).symlink_to(f"/usr/sbin/{program}")
    failing = tmp_path / "cryptsetup"
    failing.write_text("#!/bin/sh\necho 'no kernel crypto' >&2\nexit 1\n")
    failing.chmod(0o700)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    part = Part("a.pdf", 1, lambda: iter([b"x"]), "", "")
    with (
        (tmp_path / "x").open("wb") as sink,
        pytest.raises(ContainerError, match="no kernel crypto"),
    ):
        seal_with_luks([part], sink, Secret(b"x"))
    assert (tmp_path / "x").stat().st_size == 0
