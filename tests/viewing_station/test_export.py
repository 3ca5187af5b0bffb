"""Files leave the station as their source had them, and overwrite nothing."""

import subprocess
from pathlib import Path

import pytest

from tests.viewing_station.reviewer import Reviewer, agents_of
from tests.viewing_station.small_server import Files, SmallServer, Source

FILES: Files = {
    "réunion 14 mars — notes.txt": "Compte rendu — é".encode(),
    "photo mât 12.jpg": bytes(range(256)) * 3000,
    "message.txt": b"a file that is called so",
    "vide": b"",
}


def sealed_by_source(server: SmallServer, plain: bytes, *options: str) -> bytes:
    """Return what a source's own gpg makes of a file, compressed as it likes."""
    key = server.gnupg_home.parent / f"{abs(hash(server.desk_keys[0]))}.asc"
    key.write_text(server.desk_keys[0])
    command = [
        "gpg",
        "--homedir",
        str(server.gnupg_home),
        "--batch",
        "--no-keyring",
        "--no-autostart",
    ]
    command += ["--trust-model", "always", "--recipient-file", str(key), *options, "--encrypt"]
    return subprocess.run(command, input=plain, capture_output=True, check=True).stdout


def export(reviewer: Reviewer, folder: Path, *words: str) -> str:
    return reviewer.run("export", reviewer.thread(), str(folder), *words).stdout


def test_files_come_out_as_they_went_in(
    reviewer: Reviewer, server: SmallServer, source: Source, tmp_path: Path
) -> None:
    envelopes = server.receive(source, "Bonjour", FILES)
    reviewer.open(server.bundle(envelopes))
    told = export(reviewer, tmp_path / "out")
    folder = tmp_path / "out" / envelopes[0].entry.delivery
    assert "5 files written" in told
    for name, content in FILES.items():
        assert (folder / name).read_bytes() == content
        assert (folder / name).stat().st_mode & 0o777 == 0o600
    # The source's own file keeps its name; the message gives way.
    assert (folder / "message (2).txt").read_bytes() == b"Bonjour"
    assert len(list(folder.iterdir())) == 5
    assert agents_of(reviewer.home) == []


def test_each_delivery_has_its_folder(
    reviewer: Reviewer, server: SmallServer, source: Source, tmp_path: Path
) -> None:
    both = [server.receive(source, text)[0] for text in ("un", "deux")]
    other = server.receive(Source(), "autre")
    reviewer.open(server.bundle([*both, *other]))
    mine = next(found for found in reviewer.json("threads") if found["deliveries"] == 2)
    reviewer.run("export", mine["name"], str(tmp_path / "out"))
    found = {file.parent.name: file.read_text() for file in tmp_path.glob("out/*/message.txt")}
    assert found == {both[0].entry.delivery: "un", both[1].entry.delivery: "deux"}


def test_a_second_time_writes_what_is_new(
    reviewer: Reviewer, server: SmallServer, source: Source, tmp_path: Path
) -> None:
    letter, files = server.receive(source, "Bonjour", FILES)
    reviewer.open(server.bundle([letter]))
    assert "Its files are not here: " in export(reviewer, tmp_path / "out")
    reviewer.open(server.bundle([files]))
    told = export(reviewer, tmp_path / "out")
    assert "4 files written" in told
    assert "1 file stood there already" in told
    assert "0 files written" in export(reviewer, tmp_path / "out")


def test_nothing_is_overwritten(
    reviewer: Reviewer, server: SmallServer, source: Source, tmp_path: Path
) -> None:
    envelopes = server.receive(source, "Bonjour", FILES)
    reviewer.open(server.bundle(envelopes))
    folder = tmp_path / "out" / envelopes[0].entry.delivery
    folder.mkdir(parents=True)
    (folder / "vide").write_text("mine")
    (folder / "photo mât 12.jpg").symlink_to(tmp_path / "elsewhere")
    told = reviewer.run("export", reviewer.thread(), str(tmp_path / "out"), code=1)
    assert "2 files could not be written" in told.stderr
    assert (folder / "vide").read_text() == "mine"
    assert not (tmp_path / "elsewhere").exists()


@pytest.mark.parametrize("options", [[], ["--armor"], ["--throw-keyids"], ["--cipher-algo", "AES"]])
def test_a_file_sealed_beforehand_is_opened_through_both_layers(
    reviewer: Reviewer, server: SmallServer, source: Source, tmp_path: Path, options: list[str]
) -> None:
    plain = b"the inner file " * 10_000
    inner = sealed_by_source(server, plain, *options)
    envelopes = server.receive(source, "x", {"plan.pdf.gpg": inner, "plan.pdf": b"a namesake"})
    reviewer.open(server.bundle(envelopes))
    told = export(reviewer, tmp_path / "out")
    folder = tmp_path / "out" / envelopes[0].entry.delivery
    assert (folder / "plan.pdf.gpg").read_bytes() == inner
    assert (folder / "plan.pdf").read_bytes() == b"a namesake"
    assert (folder / "plan (2).pdf").read_bytes() == plain
    assert "plan (2).pdf" in told


def test_it_is_known_by_its_content(
    reviewer: Reviewer, server: SmallServer, source: Source, tmp_path: Path
) -> None:
    inner = sealed_by_source(server, b"plain")
    files = {"report.docx": inner, "not sealed.gpg": b"just a name"}
    envelopes = server.receive(source, "x", files)
    reviewer.open(server.bundle(envelopes))
    exported = reviewer.json("export", reviewer.thread(), str(tmp_path / "out"))
    folder = tmp_path / "out" / envelopes[0].entry.delivery
    assert (folder / "report (opened).docx").read_bytes() == b"plain"
    assert exported["opened"] == [f"{folder.name}/report (opened).docx"]
    assert exported["sealed"] == []
    assert len(list(folder.iterdir())) == 4


def test_what_is_sealed_to_someone_else_stays_as_it_is(
    reviewer: Reviewer, server: SmallServer, source: Source, stranger: Reviewer, tmp_path: Path
) -> None:
    other = server.with_keys((stranger.home / "demo-openpgp.asc").read_text())
    inner = sealed_by_source(other, b"plain")
    half = sealed_by_source(server, b"plain" * 1000)[:-30]
    files = {"for them.gpg": inner, "half.gpg": half}
    envelopes = server.receive(source, "x", files)
    reviewer.open(server.bundle(envelopes))
    told = export(reviewer, tmp_path / "out")
    folder = tmp_path / "out" / envelopes[0].entry.delivery
    assert {file.name for file in folder.iterdir()} == {"for them.gpg", "half.gpg", "message.txt"}
    assert (folder / "for them.gpg").read_bytes() == inner
    assert "it does not open here: " in told
    assert "for them.gpg" in told
    assert len(list((reviewer.home / "files").iterdir())) == 1


def test_a_message_sealed_beforehand_is_opened(
    reviewer: Reviewer, server: SmallServer, source: Source, tmp_path: Path
) -> None:
    block = sealed_by_source(server, "l'essentiel — é".encode(), "--armor").decode()
    message = f"Bonjour,\n\n{block}\nÀ bientôt"
    envelopes = server.receive(source, message)
    reviewer.open(server.bundle(envelopes))
    shown = reviewer.run("show", reviewer.thread()).stdout
    assert "l'essentiel — é" in shown
    assert "À bientôt" in shown
    assert "BEGIN PGP" not in shown
    export(reviewer, tmp_path / "out")
    folder = tmp_path / "out" / envelopes[0].entry.delivery
    assert (folder / "message.txt").read_text() == message
    assert "l'essentiel — é" in (folder / "message (opened).txt").read_text()


def test_a_file_altered_in_the_store_is_told(
    reviewer: Reviewer, server: SmallServer, source: Source, tmp_path: Path
) -> None:
    reviewer.open(server.bundle(server.receive(source, "x", FILES)))
    [kept] = (reviewer.home / "files").iterdir()
    content = bytearray(kept.read_bytes())
    content[len(content) // 2] ^= 1
    kept.write_bytes(content)
    told = reviewer.refusal("export", reviewer.thread(), str(tmp_path / "out"))
    assert told.startswith("The sealed data was altered")
    assert not list(tmp_path.glob("out/*/photo*"))
