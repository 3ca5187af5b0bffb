"""The public page: static, quiet, whole, and true to the instance."""

import base64
import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from html import unescape
from pathlib import Path

import httpx
import pytest

from admin.landing.facts import Facts
from admin.landing.site import FolderNotOurs, policy, write_site
from source_app.desk_list import ShownDesk
from tests.admin.conftest import Command, KeyFiles
from tests.tor_network.authority import free_ports

ONION = "a" * 55 + "d.onion"
PRINT = "2270C3E4E9A7836C78000352336033A43B438453"
FACTS = Facts(
    name="Vasistas <b>d’essai</b>",
    language="fr",
    onion=ONION,
    instance_fingerprint="abcd 1234",
    desks=(ShownDesk("ville", "Ville d’Exemple", paused=False, fingerprints=(PRINT,)),),
)
HOST = "vasistas.example"
SECONDS = 20


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_site(FACTS, HOST, tmp_path / "out", replace=False)
    return tmp_path / "out"


@pytest.fixture
def pages(folder: Path) -> dict[str, str]:
    site = folder / "site"
    return {"fr": (site / "index.html").read_text(), "en": (site / "en" / "index.html").read_text()}


def test_both_languages_are_there_and_lead_to_each_other(
    pages: dict[str, str], folder: Path
) -> None:
    for language, other, way in (("fr", "en", "en/"), ("en", "fr", "../")):
        assert f'<html lang="{language}">' in pages[language]
        assert f'<a href="{way}" lang="{other}" hreflang="{other}">' in pages[language]
    assert "Hand over documents without saying who you are" in pages["en"]
    assert (folder / "site" / "en" / "../index.html").exists()


@pytest.mark.parametrize("language", ["fr", "en"])
def test_it_gives_address_and_fingerprints_and_escapes_names(
    pages: dict[str, str], language: str
) -> None:
    page = pages[language]
    assert f'<a href="http://{ONION}/">{ONION}</a>' in page
    assert "2270 C3E4 E9A7 836C 7800 0352 3360 33A4 3B43 8453" in page
    assert "<b>d’essai" not in page
    assert "&lt;b&gt;d’essai" in page


@pytest.mark.parametrize("language", ["fr", "en"])
def test_it_fetches_nothing_and_runs_nothing(pages: dict[str, str], language: str) -> None:
    page = pages[language]
    assert "<script" not in page
    assert "@import" not in page
    assert "url(" not in page
    sources = re.findall(r'(?:src|href)="([^"]*)"', page)
    assert all(
        source.startswith("data:") or source in {f"http://{ONION}/", "en/", "../"}
        for source in sources
    ), sources
    told = re.search(r'http-equiv="Content-Security-Policy" content="([^"]*)"', page)
    assert told
    assert unescape(told[1]) == policy()


def test_the_code_to_photograph_holds_the_address(pages: dict[str, str], tmp_path: Path) -> None:
    found = re.search(r'src="data:image/png;base64,([^"]+)"', pages["fr"])
    assert found
    picture = tmp_path / "code.png"
    picture.write_bytes(base64.b64decode(found[1]))
    zxingcpp = pytest.importorskip("zxingcpp")
    image = pytest.importorskip("PIL.Image")
    with image.open(picture) as opened:
        (read,) = zxingcpp.read_barcodes(opened.convert("L"))
    assert read.text == f"http://{ONION}/"


def test_an_instance_in_english_shows_english_first(tmp_path: Path) -> None:
    english = Facts(FACTS.name, "en", ONION, "abcd", FACTS.desks)
    write_site(english, HOST, tmp_path / "out", replace=False)
    assert '<html lang="en">' in (tmp_path / "out/site/index.html").read_text()
    assert '<html lang="fr">' in (tmp_path / "out/site/fr/index.html").read_text()


def test_what_stands_there_is_left_alone(folder: Path) -> None:
    before = (folder / "site/index.html").read_bytes()
    (folder / "site/index.html").write_bytes(b"mine")
    with pytest.raises(FolderNotOurs):
        write_site(FACTS, HOST, folder, replace=False)
    assert (folder / "site/index.html").read_bytes() == b"mine"
    (folder / "notes.txt").write_text("kept")
    write_site(FACTS, HOST, folder, replace=True)
    assert (folder / "site/index.html").read_bytes() == before
    assert (folder / "notes.txt").read_text() == "kept"
    assert not list(folder.parent.glob(".*.part"))


def test_a_web_server_can_read_it(folder: Path) -> None:
    for path in folder.rglob("*"):
        assert path.stat().st_mode & 0o044 == 0o044


def test_it_is_the_same_each_time(folder: Path, tmp_path: Path) -> None:
    again = write_site(FACTS, HOST, tmp_path / "again", replace=False)
    for file in again:
        assert file.read_bytes() == (folder / file.relative_to(tmp_path / "again")).read_bytes()


@contextmanager
def nginx(folder: Path, root: Path) -> Iterator[str]:
    """Serve the page with the configuration as it is written, but for ports and paths."""
    program = shutil.which("nginx", path=os.environ["PATH"] + ":/usr/sbin")
    if program is None:
        pytest.skip("nginx is not installed")
    command = "req -x509 -newkey ed25519 -nodes -days 2 -subj /CN=vasistas.example"
    pair = ["-keyout", str(root / "key"), "-out", str(root / "pem")]
    subprocess.run(["openssl", *command.split(), *pair], check=True, capture_output=True)
    secure, plain = free_ports(2)
    text = (folder / "servers/nginx.conf").read_text()
    for given, here in (
        (r"listen \[::\].*\n", "\n"),
        ("listen 443 ssl", f"listen 127.0.0.1:{secure} ssl"),
        ("listen 80;", f"listen 127.0.0.1:{plain};"),
        ("/etc/ssl/vasistas.example.pem", str(root / "pem")),
        ("/etc/ssl/private/vasistas.example.key", str(root / "key")),
        ("/srv/vasistas/site", str(folder / "site")),
    ):
        text, count = re.subn(given, here, text)
        assert count
    user = "user root;\n" if os.getuid() == 0 else ""  # or it may not enter our folder
    (root / "nginx.conf").write_text(
        f"{user}daemon off; pid {root}/pid; events {{}}\nhttp {{ types {{ text/html html; }}\n"
        f"client_body_temp_path {root}/t; proxy_temp_path {root}/t; fastcgi_temp_path {root}/t;\n"
        f"uwsgi_temp_path {root}/t; scgi_temp_path {root}/t;\n{text}\n}}\n"
    )
    words = [program, "-p", str(root), "-e", "/dev/null", "-c", str(root / "nginx.conf")]
    with subprocess.Popen(["setpriv", "--pdeathsig", "KILL", *words]) as process:
        try:
            yield f"https://127.0.0.1:{secure}"
        finally:
            process.terminate()


def test_served_by_nginx_it_offers_the_onion_and_leaves_no_log(
    folder: Path, tmp_path: Path
) -> None:
    root = tmp_path / "nginx"
    root.mkdir()
    tmp_path.chmod(0o755)
    with nginx(folder, root) as address:
        transport = httpx.HTTPTransport(verify=False, retries=20)
        with httpx.Client(transport=transport, base_url=address, timeout=SECONDS) as client:
            answers = [client.get(path) for path in ("/", "/en/", "/nowhere")]
            refused = client.post("/")
    front, english, nowhere = answers
    assert (front.status_code, english.status_code, nowhere.status_code) == (200, 200, 404)
    assert refused.status_code == 403
    for answer in answers:
        assert answer.headers["Onion-Location"] == f"http://{ONION}/"
        assert answer.headers["Content-Security-Policy"].startswith(policy())
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["Server"] == "nginx", "without its version"
        assert "ETag" not in answer.headers
    left = [file for file in root.rglob("*") if file.is_file() and b"nowhere" in file.read_bytes()]
    assert not left


def test_the_command_writes_it(
    vasistas: Command, home: Path, tmp_path: Path, keys: KeyFiles
) -> None:
    out = tmp_path / "page"
    assert "onion publish" in vasistas("landing", out).err
    assert not out.exists()
    vasistas("onion", "publish")
    assert "hatch closed" in vasistas("landing", out).err
    vasistas("desk", "add", "ville", "--name", "Ville")
    vasistas("desk", "key", "add", "ville", keys.public)
    said = vasistas("landing", out, "--host", "depot.example", "--json")
    assert said.code == 0
    written = json.loads(said.out)
    assert written["address"] == f"http://{(home / 'onions/source/hostname').read_text().strip()}/"
    assert {Path(file).relative_to(out).as_posix() for file in written["files"]} == {
        "site/index.html",
        "site/en/index.html",
        "servers/nginx.conf",
        "servers/apache.conf",
        "servers/Caddyfile",
    }
    assert "server_name depot.example;" in (out / "servers/nginx.conf").read_text()
    assert vasistas("landing", out).code == 1
    assert vasistas("landing", out, "--force").code == 0


@pytest.mark.parametrize("host", ["", "a b", "x;}", "é.fr", "-a.fr", "a..b", "a.fr\n", "A.fr"])
def test_a_host_that_is_none_goes_into_no_configuration(
    vasistas: Command, tmp_path: Path, host: str
) -> None:
    said = vasistas("landing", tmp_path / "page", f"--host={host}")
    assert said.code == 2
    assert not (tmp_path / "page").exists()
