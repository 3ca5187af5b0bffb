"""The station installed from one folder, on a bare Debian 12 without a network."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.journey.bare_debian import BareDebian, make_image
from tests.viewing_station.reviewer import PASSPHRASE
from tests.viewing_station.small_server import SmallServer, Source

ROOT = Path(__file__).parents[2]
ROOM = 6 << 30  # bytes: three times what the disks come to
NOTHING = "nothing was installed.\n"

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("station-bundle")]


@dataclass(frozen=True)
class Maker:
    """Who makes the folder and signs it."""

    home: Path
    fingerprint: str
    key: Path

    @classmethod
    def new(cls, home: Path) -> "Maker":
        home.mkdir(mode=0o700)
        gpg = ["gpg", "--homedir", str(home), "--batch", "--passphrase", ""]
        made = subprocess.run(
            [*gpg, "--status-fd", "1", "--quick-gen-key", "maker", "ed25519", "sign", "never"],
            capture_output=True,
            text=True,
            check=True,
        )
        key = home / "maker.asc"
        subprocess.run([*gpg, "--armor", "--output", key, "--export"], check=True)
        return cls(home, made.stdout.split()[-1], key)

    def bundle(self, out: Path, *words: str) -> str:
        """Make a folder as `make station-bundle` does; return what is said."""
        done = subprocess.run(
            [sys.executable, "-m", "scripts.station_bundle", out, *words],
            cwd=ROOT,
            env={**os.environ, "GNUPGHOME": str(self.home)},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout


@pytest.fixture(scope="module")
def place() -> Iterator[Path]:
    """A folder that goes with its gigabytes, and a short path for gpg's agent."""
    memory = Path("/dev/shm")  # noqa: S108  as /tmp, and quicker
    roomy = memory.is_dir() and shutil.disk_usage(memory).free > ROOM
    folder = Path(tempfile.mkdtemp(prefix="vas-", dir=memory if roomy else None))
    yield folder
    for home in folder.glob("*/private-keys-v1.d"):
        subprocess.run(["gpgconf", "--homedir", home.parent, "--kill", "all"], check=False)
    shutil.rmtree(folder)


@pytest.fixture(scope="module")
def maker(place: Path) -> Maker:
    return Maker.new(place / "maker")


@pytest.fixture(scope="module")
def stick(place: Path, maker: Maker) -> Path:
    """The folder, signed, and beside it the maker's key: the tests' shortcut, not a reviewer's."""
    told = maker.bundle(place / "stick", "--sign-with", maker.fingerprint)
    assert f"signed with {maker.fingerprint}" in told
    return place / "stick"


@pytest.fixture(scope="module")
def image(place: Path) -> Path:
    make_image(place / "bare.tar")
    return place / "bare.tar"


@pytest.fixture(scope="module")
def disk(place: Path, image: Path, stick: Path) -> BareDebian:
    return BareDebian.start(image, place / "disk", stick)


@pytest.fixture
def bare(disk: BareDebian, maker: Maker) -> BareDebian:
    """A machine on which nothing was installed, to which someone brought the maker's key."""
    disk.forget()
    shutil.copy(maker.key, disk.root / "root/maker.asc")
    return disk


def work(machine: BareDebian, folder: Path) -> None:
    """Do a reviewer's day there, from new keys to a courier."""
    desk = machine.root / "root"
    (desk / "passphrase").write_text(PASSPHRASE)
    sealing = folder / "sealing"
    sealing.mkdir(mode=0o700)
    server = SmallServer(sealing)
    (desk / "instance.json").write_bytes(server.identity.encode())
    machine.station("init", "--desk", "demo", "--instance", "/root/instance.json")
    server.desk_keys = [(desk / "station/demo-openpgp.asc").read_text()]
    envelopes = server.receive(Source(), "Le lot 2 — « Q »", {"plan.txt": b"nord"})
    (desk / "bundle.tar").write_bytes(server.bundle(envelopes))
    machine.station("open", "/root/bundle.tar")
    [thread] = json.loads(machine.station("threads", "--json"))
    assert "« Q »" in machine.station("show", thread["id"])
    machine.station("export", thread["id"], "/root/out")
    [plan] = (desk / "out").rglob("plan.txt")
    assert plan.read_bytes() == b"nord"
    machine.station("reply", thread["id"], stdin="Merci.")
    machine.station("courier", "/root/courier.tar")
    assert (desk / "courier.tar").stat().st_size > 4096


def test_without_the_debian_packages_it_reads_and_answers(bare: BareDebian, tmp_path: Path) -> None:
    done = bare.install("--key", "/root/maker.asc", "--without-debian")
    assert (done.returncode, done.stderr) == (0, "")
    installed, lacking = done.stdout.splitlines()
    assert installed == "The station is installed: /usr/local/bin/viewing-station"
    assert lacking.startswith("The station reads and answers. It cannot show or clean")
    assert {"bwrap", "soffice", "mat2"} <= set(lacking.rstrip(".").split())
    work(bare, tmp_path)


def test_with_them_it_also_shows_and_cleans(
    place: Path, image: Path, stick: Path, maker: Maker, tmp_path: Path
) -> None:
    """And it takes the place of what was installed before."""
    bare = BareDebian.start(image, place / "furnished", stick)
    shutil.copy(maker.key, bare.root / "root/maker.asc")
    assert bare.install("--key", "/root/maker.asc", "--without-debian").returncode == 0
    done = bare.install("--key", "/root/maker.asc")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines()[-1] == "All that shows and cleans documents is there."
    assert bare.run("dpkg", "--audit").stdout == ""
    assert "LibreOffice 7" in bare.run("soffice", "--version").stdout
    fenced = bare.run("bwrap", "--ro-bind", "/", "/", "--unshare-all", "pdftoppm", "-v")
    assert "pdftoppm version" in fenced.stderr
    assert not (bare.root / "opt/vasistas-station.old").exists()
    work(bare, tmp_path)


def test_someone_without_root_installs_it_for_themselves(bare: BareDebian) -> None:
    home = bare.root / "home/someone"
    home.mkdir()
    os.chown(home, 1000, 1000)
    shutil.copy(bare.root / "root/maker.asc", bare.root / "srv/maker.asc")
    done = bare.install("--key", "/srv/maker.asc", user="1000")
    assert (done.returncode, done.stderr) == (0, "")
    assert "/home/someone/.local/bin/viewing-station" in done.stdout
    assert "for want of: bwrap" in done.stdout
    done = bare.run("/home/someone/.local/bin/viewing-station", "--help", user="1000")
    assert "courier" in done.stdout


def alter_wheel(stick: Path) -> None:
    wheel = next(stick.glob("wheels/click-*.whl"))
    content = bytearray(wheel.read_bytes())
    content[len(content) // 2] ^= 1
    wheel.write_bytes(content)


def remove_package(stick: Path) -> None:
    next(stick.glob("debian/bubblewrap_*.deb")).unlink()


def alter_sums(stick: Path) -> None:
    """As one does who changes a file and then the list."""
    sums = stick / "SHA256SUMS"
    sums.write_text(sums.read_text().replace("0", "1", 1))


def sign_by_another(stick: Path) -> None:
    stranger = Maker.new(stick.parent / "other")
    (stick / "SHA256SUMS.asc").unlink()
    subprocess.run(
        ["gpg", "--homedir", stranger.home, "--batch", "--armor", "--detach-sign", "SHA256SUMS"],
        cwd=stick,
        check=True,
    )
    subprocess.run(["gpgconf", "--homedir", stranger.home, "--kill", "all"], check=True)
    shutil.rmtree(stranger.home)


def remove_signature(stick: Path) -> None:
    (stick / "SHA256SUMS.asc").unlink()


def add_file(stick: Path) -> None:
    (stick / "wheels/zlib-1.0-py3-none-any.whl").write_bytes(b"")


def add_link(stick: Path) -> None:
    (stick / "debian/more").symlink_to("/etc/passwd")


def remove_sums(stick: Path) -> None:
    (stick / "SHA256SUMS").unlink()


@pytest.mark.parametrize(
    ("harm", "sentence"),
    [
        (alter_wheel, "A file is missing or was altered (wheels/click-"),
        (remove_package, "A file is missing or was altered (debian/bubblewrap_"),
        (alter_sums, "The folder does not bear the signature of the key in /root/maker.asc; "),
        (sign_by_another, "The folder does not bear the signature of the key in /root/maker.asc; "),
        (remove_signature, "The folder is not signed, so a key proves nothing; "),
        (add_file, "wheels/zlib-1.0-py3-none-any.whl does not belong to this folder; "),
        (add_link, "debian/more does not belong to this folder; "),
        (remove_sums, "SHA256SUMS is missing; "),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_a_folder_that_was_touched_changes_nothing(
    bare: BareDebian, place: Path, harm: Callable[[Path], None], sentence: str
) -> None:
    harmed = place / "harmed"
    subprocess.run(["cp", "--recursive", "--link", bare.stick, harmed], check=True)
    for path in (*harmed.glob("wheels/click-*"), harmed / "SHA256SUMS"):  # links to the whole ones
        content = path.read_bytes()
        path.unlink()
        path.write_bytes(content)
    try:
        harm(harmed)
        before = bare.files()
        done = bare.install("--key", "/root/maker.asc", stick=harmed)
        assert bare.files() == before
    finally:
        shutil.rmtree(harmed)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("install: " + sentence)
    assert done.stderr.endswith(NOTHING)
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ([], "Say whose folder this is"),
        (["--key", "/root/no.asc"], "There is no key in /root/no.asc"),
        (["--key", "/etc/hostname"], "The folder does not bear the signature"),
        (["--checksum", "ab12 cd34"], "32 digits of the checksum at least"),
        (["--checksum", "0" * 32], "SHA256SUMS is not the list whose checksum you gave"),
    ],
    ids=["none", "no key", "not a key", "few digits", "wrong digits"],
)
def test_whose_folder_it_is_must_be_proven(
    bare: BareDebian, words: list[str], sentence: str
) -> None:
    before = bare.files()
    done = bare.install(*words)
    assert done.returncode == 1
    assert done.stderr.startswith(f"install: {sentence}")
    assert done.stderr.endswith(NOTHING)
    assert bare.files() == before


def test_the_folder_of_another_python_is_refused(bare: BareDebian) -> None:
    other = bare.root / "usr/local/bin/python3"
    other.write_text("#!/bin/sh\necho 313\n")
    other.chmod(0o755)
    done = bare.install("--key", "/root/maker.asc")
    assert "made for cp311 " in done.stderr
    assert "this machine is cp313 " in done.stderr


def test_what_stands_where_it_would_go_is_left_as_it_is(bare: BareDebian) -> None:
    (bare.root / "opt/vasistas-station").mkdir()
    done = bare.install("--key", "/root/maker.asc")
    assert done.stderr.startswith("install: /opt/vasistas-station holds something else")


def test_an_installation_that_fails_leaves_the_one_before(bare: BareDebian) -> None:
    words = ("--key", "/root/maker.asc", "--without-debian")
    assert bare.install(*words).returncode == 0
    # The command cannot be put in its place, at the very end.
    (bare.root / "usr/local/bin/viewing-station").unlink()
    (bare.root / "usr/local/bin/viewing-station/viewing-station").mkdir(parents=True)
    done = bare.install(*words)
    assert done.returncode == 1
    assert "could not be installed; all is as it was before" in done.stderr
    assert not (bare.root / "opt/vasistas-station.old").exists()
    assert "courier" in bare.run("/opt/vasistas-station/bin/viewing-station", "--help").stdout


def test_the_same_project_gives_the_same_sums(stick: Path, maker: Maker, place: Path) -> None:
    before = os.umask(0o077)
    try:
        told = maker.bundle(place / "again", "--debian", "no")
    finally:
        os.umask(before)
    assert "It is NOT signed" in told
    again = (place / "again/SHA256SUMS").read_text().splitlines()
    whole = (stick / "SHA256SUMS").read_text().splitlines()
    assert again == [line for line in whole if "  debian/" not in line]
    assert len(whole) > len(again) + 300
    digest = subprocess.run(
        ["sha256sum", place / "again/SHA256SUMS"], capture_output=True, text=True, check=True
    ).stdout
    assert digest.startswith("".join(told.splitlines()[-1].split()))


def test_it_holds_the_station_and_nothing_of_the_server(stick: Path) -> None:
    [wheel] = stick.glob("wheels/vasistas_station-*.whl")
    with zipfile.ZipFile(wheel) as archive:
        tops = {name.partition("/")[0] for name in archive.namelist()}
        assert any(name.startswith("crypto/words/") for name in archive.namelist())
    assert {top for top in tops if not top.endswith(".dist-info")} == {
        "viewing_station",
        "crypto",
        "formats",
    }
    carried = {wheel.name.partition("-")[0].lower() for wheel in stick.glob("wheels/*.whl")}
    assert "pip" in carried
    assert carried.isdisjoint({"flask", "gunicorn", "psycopg", "sqlalchemy", "stem", "pyotp"})


def test_a_folder_with_other_things_is_not_replaced(place: Path, maker: Maker) -> None:
    (place / "mine").mkdir()
    (place / "mine/thesis").write_text("x")
    done = subprocess.run(
        [sys.executable, "-m", "scripts.station_bundle", place / "mine", "--debian", "no"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert done.stderr.endswith("mine holds something else, and was left as it is.\n")
    assert (place / "mine/thesis").read_text() == "x"
