"""The Debian side: a small repository of what viewing needs, with all it depends on.

The closure is taken against an empty status file, so that it is whole for the barest machine.
On the station apt chooses from it what is missing there, and takes nothing back to an older state.
"""

import hashlib
import tempfile
from pathlib import Path

from scripts.station_bundle.errors import NoBundle
from scripts.station_bundle.running import run

WANTED = Path(__file__).with_name("debian-packages")
RELEASE = Path("/etc/os-release")
CODENAME = "bookworm"


def gather_debian(folder: Path) -> None:
    """Write `debian/` into `folder`: the packages, `Packages` and `wanted`. Raises NoBundle."""
    if f"VERSION_CODENAME={CODENAME}" not in RELEASE.read_text("utf-8"):
        raise NoBundle("The packages come from a Debian 12 machine; DEBIAN=no leaves them out.")
    debian = folder / "debian"
    debian.mkdir()
    lines = WANTED.read_text("utf-8").splitlines()
    wanted = [line for line in lines if line and not line.startswith("#")]
    _download(wanted, debian)
    stanzas = [_stanza(package) for package in sorted(debian.glob("*.deb"))]
    (debian / "Packages").write_bytes(b"\n".join(stanzas))
    (debian / "wanted").write_text("".join(f"{name}\n" for name in wanted), "utf-8")


def _download(wanted: list[str], debian: Path) -> None:
    with tempfile.TemporaryDirectory(prefix="station-apt-") as scratch:
        status = Path(scratch, "status")
        status.touch()
        Path(scratch, "archives/partial").mkdir(parents=True)
        options = {
            "Dir::State::status": status,
            "Dir::Cache": scratch,
            "APT::Sandbox::User": "root",  # the folder is ours alone
            "Debug::NoLocking": "true",  # nothing of this machine's is changed: no root needed
        }
        words = [word for name, value in options.items() for word in ("-o", f"{name}={value}")]
        fetch = ("--quiet", "--yes", "--download-only", "--no-install-recommends", "install")
        run("apt-get", *words, *fetch, *wanted, what="The Debian packages did not come")
        for package in Path(scratch, "archives").glob("*.deb"):
            # An epoch's colon comes escaped as %3a, which apt, reading URLs, would unescape.
            (debian / package.name.replace("%3a", "_")).write_bytes(package.read_bytes())


def _stanza(package: Path) -> bytes:
    """Return what apt reads of a package: its own description, where it lies, and its hash."""
    control = run("dpkg-deb", "--field", package, what=f"{package.name} is no package")
    content = package.read_bytes()
    digest = hashlib.sha256(content).hexdigest()
    more = f"Filename: ./{package.name}\nSize: {len(content)}\nSHA256: {digest}\n"
    return control.rstrip(b"\n") + b"\n" + more.encode()
