"""From a source's documents through cleaning into each export: what they told is in none."""

import subprocess
from pathlib import Path

import pytest

from tests.viewing_station.cleaning.desk import desk_with
from tests.viewing_station.cleaning.test_samples import EVERYTHING, SAMPLES
from tests.viewing_station.publishing.canary_search import found_in
from tests.viewing_station.publishing.house import read_all
from tests.viewing_station.publishing.test_nothing_goes_along import age_key
from tests.viewing_station.reviewer import Reviewer
from tests.viewing_station.small_server import SmallServer

DOCUMENT, PICTURE, TABLE = (
    "CCTP vidéo algorithmique.docx",
    "photo mât 12.jpg",
    "Bordereau des prix.xlsx",
)

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not SAMPLES.is_dir(), reason="the samples lie beside the project"),
    pytest.mark.xdist_group("samples"),
]


def test_samples_are_cleaned_published_and_tell_nothing(
    reviewer: Reviewer, server: SmallServer, tmp_path: Path
) -> None:
    files = {name: (SAMPLES / name).read_bytes() for name in (DOCUMENT, PICTURE, TABLE)}
    handle = desk_with(reviewer, server, files).handle
    [thread] = reviewer.json("threads")
    ids = {}
    for name, method in ((DOCUMENT, "pages"), (PICTURE, "metadata"), (TABLE, "pages")):
        copy = reviewer.json("clean", handle, name, "--method", method)
        assert copy["clean"], copy["remaining"]
        ids[name] = copy["id"]
    attached = ["--attach", ids[PICTURE][:8], "--attach", ids[TABLE][:8]]
    words = ["--primary", ids[DOCUMENT][:8], *attached, "--title", "Un marché", "--ready"]
    reviewer.run("publish", "new", *words)
    identity, recipient = age_key(tmp_path)
    out = tmp_path / "out"
    for way, more in (("uwazi", []), ("folder", []), ("drive", ["--to", recipient])):
        reviewer.run("export", way, str(out / way), *more)
    sealed = out / "drive" / "documents.tar.age"
    command = ["age", "--decrypt", "-i", str(identity), str(sealed)]
    plain = subprocess.run(command, check=True, capture_output=True).stdout
    (out / "drive" / "documents.tar").write_bytes(plain)
    told = {text: text for text in EVERYTHING} | {text: text for text in files}
    inside = {"handle": handle, "thread": thread["id"], "name": thread["name"]} | ids
    assert found_in(out, told | inside) == []
    kinds = sorted(name.rpartition(".")[2] for name in read_all(out / "folder"))
    assert kinds == ["SHA256SUMS", "html", "jpg", "pdf", "pdf"]
    for pdf in (out / "folder").glob("*.pdf"):
        shown = subprocess.run(["pdfinfo", str(pdf)], check=True, capture_output=True, text=True)
        assert "Author" not in shown.stdout
