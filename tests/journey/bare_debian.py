"""A bare Debian 12 without a network: a root of its own, with python3 and gnupg and no more."""

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

SUITE = "bookworm"
PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


def make_image(image: Path) -> None:
    """Make the root once, as a tar file."""
    if os.geteuid() != 0 or not shutil.which("mmdebstrap"):
        pytest.skip("a bare Debian is made by root, with mmdebstrap")
    words = ["mmdebstrap", "--quiet", "--variant=minbase", "--include=python3,gnupg", SUITE]
    subprocess.run([*words, image], check=True)


@dataclass(frozen=True)
class BareDebian:
    """The machine whose disk is `root`; `stick` is what is plugged into it, to be read only."""

    root: Path
    stick: Path

    @classmethod
    def start(cls, image: Path, root: Path, stick: Path) -> "BareDebian":
        root.mkdir()
        subprocess.run(["tar", "xf", image, "-C", root], check=True)
        # A test's disk may be lost in a power cut.
        (root / "media/grey stick").mkdir()
        (root / "etc/dpkg/dpkg.cfg.d/unsafe-io").write_text("force-unsafe-io\n")
        return cls(root, stick)

    def run(
        self, *words: str, stdin: str | None = None, stick: Path | None = None, user: str = "0"
    ) -> subprocess.CompletedProcess[str]:
        """Run a command there, in namespaces without an interface that is up."""
        fenced = ["bwrap", "--bind", str(self.root), "/", "--proc", "/proc", "--dev", "/dev"]
        fenced += ["--tmpfs", "/tmp", "--chmod", "1777", "/tmp"]  # noqa: S108  that root's own
        fenced += ["--ro-bind", str(stick or self.stick), "/media/grey stick"]
        fenced += ["--unshare-net", "--unshare-pid", "--unshare-ipc", "--die-with-parent"]
        fenced += ["--cap-add", "ALL", "--clearenv", "--setenv", "PATH", PATH]
        fenced += ["--setenv", "HOME", "/root" if user == "0" else "/home/someone"]
        if user != "0":
            fenced += ["setpriv", "--reuid", user, "--regid", user, "--clear-groups"]
        return subprocess.run(
            [*fenced, *words], input=stdin, capture_output=True, text=True, check=False, timeout=400
        )

    def install(
        self, *words: str, stick: Path | None = None, user: str = "0"
    ) -> subprocess.CompletedProcess[str]:
        return self.run("sh", "/media/grey stick/install", *words, stick=stick, user=user)

    def station(self, *words: str, stdin: str | None = None) -> str:
        """Run a `viewing-station` command that is to succeed."""
        where = ["--home", "/root/station", "--passphrase-file", "/root/passphrase"]
        done = self.run("viewing-station", *where, *words, stdin=stdin)
        assert done.returncode == 0, done.stderr
        assert done.stderr == ""
        return done.stdout

    def forget(self) -> None:
        """Remove what installing and working left, but for Debian packages."""
        for place in ("opt", "usr/local/bin", "root", "home"):
            shutil.rmtree(self.root / place)
            (self.root / place).mkdir()

    def files(self) -> dict[str, tuple[int, int]]:
        """List the disk: each path's size and change time."""
        found = {}
        for folder, names, files in os.walk(self.root):
            for name in (*names, *files):
                status = Path(folder, name).lstat()
                found[str(Path(folder, name))] = (status.st_size, status.st_ctime_ns)
        return found
