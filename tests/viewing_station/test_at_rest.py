"""A station that is switched off says nothing: every byte of its folder is looked through."""

import bz2
import gzip
import lzma
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from crypto.secret import Secret
from tests.viewing_station.canaries import found_in
from tests.viewing_station.reviewer import PASSPHRASE, Reviewer
from tests.viewing_station.small_server import SmallServer, Source
from viewing_station.document_texts import DocumentTexts
from viewing_station.search import Searcher
from viewing_station.station import open_station

CANARIES = {
    "message": "canari-du-message-épervier",
    "file": "canari du nom de fichier",
    "content": "canari-du-contenu-mésange",
    "reply": "canari-de-la-réponse-pinson",
    "note": "canari-de-la-note-linotte",
    "label": "canari étiquette bruant",
    "assignee": "canari assignée fauvette",
    "query": "canari-cherché-grive",
    "text": "canari-du-texte-trouvé-merle",
    "passphrase": PASSPHRASE,
}


def lived_in(reviewer: Reviewer, server: SmallServer, source: Source) -> None:
    """Do at a station all that is done there, with canaries everywhere."""
    files = {f"{CANARIES['file']}.txt": CANARIES["content"].encode() * 500, "x.bin": b"\0" * 70_000}
    envelopes = server.receive(source, CANARIES["message"], files)
    reviewer.open(server.bundle(envelopes))
    thread = reviewer.thread()
    reviewer.run("show", thread)
    reviewer.run("reply", thread, text=CANARIES["reply"])
    reviewer.run("note", thread, text=CANARIES["note"])
    reviewer.run("label", thread, "--add", CANARIES["label"], "--add", "other")
    reviewer.run("label", thread, "--remove", "other")
    reviewer.run("assign", thread, CANARIES["assignee"])
    reviewer.run("star", thread)
    reviewer.run("search", text=CANARIES["query"] + "\n")
    reviewer.run("export", thread, str(reviewer.home.parent / "out"))
    reviewer.run("discard", envelopes[0].entry.delivery)
    reviewer.courier_id()
    with open_station(reviewer.home, Secret(PASSPHRASE.encode())) as station:
        with station.records.change():
            texts = DocumentTexts(station.records)
            texts.put(envelopes[0].entry.delivery, 1, CANARIES["text"] * 200)
        assert len(Searcher(station).search("canari")) == 7


def test_no_byte_of_it_tells_anything(
    reviewer: Reviewer, server: SmallServer, source: Source
) -> None:
    lived_in(reviewer, server, source)
    names = [thread["name"] for thread in reviewer.json("threads")]
    ids = [thread["id"] for thread in reviewer.json("threads")]
    assert found_in(reviewer.home, [*CANARIES.values(), *names, *ids]) == []


def test_neither_does_a_command_that_failed(
    reviewer: Reviewer, server: SmallServer, source: Source
) -> None:
    lived_in(reviewer, server, source)
    reviewer.run("note", reviewer.thread(), text=CANARIES["note"] * 2000, code=1)
    envelopes = server.receive(source, CANARIES["message"], {"a.txt": b"one"})
    lying = server.seal_files(envelopes[0].entry.delivery, {"a.txt": CANARIES["content"].encode()})
    reviewer.open(server.bundle([envelopes[0], lying]), code=1)
    assert found_in(reviewer.home, CANARIES.values()) == []


def zipped(file: Path, data: bytes) -> None:
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("x", data)


@pytest.mark.parametrize(
    "put",
    [
        lambda file, data: file.write_bytes(data),
        lambda file, data: file.write_bytes(data.decode().encode("utf-16-be")),
        lambda file, data: file.write_bytes(b"before" + gzip.compress(data)),
        lambda file, data: file.write_bytes(bz2.compress(data)),
        lambda file, data: file.write_bytes(lzma.compress(data)),
        zipped,
        lambda file, data: (file.parent / data.decode()).touch(),
    ],
)
def test_a_canary_would_be_found(reviewer: Reviewer, put: Callable[[Path, bytes], object]) -> None:
    put(reviewer.home / "files" / "stray", CANARIES["note"].encode())
    assert found_in(reviewer.home, CANARIES.values()) != []
