"""A private home of gpg for tests: owners of keys, and readers who have no code of ours."""

import datetime as dt
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

# The passphrases of tests protect nothing; the agent's usual cost is half a second a use.
QUICK_AGENT = "s2k-count 65536\ndisable-scdaemon\n"


class GnupgHome:
    """A home under the system's temporary folder: its sockets' paths must stay short."""

    def __init__(self, passphrase: str = "") -> None:
        self.path = Path(tempfile.mkdtemp(prefix="vg-"))
        self.passphrase = passphrase
        (self.path / "gpg-agent.conf").write_text(QUICK_AGENT)

    def gpg(self, *arguments: str, given: bytes = b"") -> bytes:
        return self.run(*arguments, given=given, check=True).stdout

    def run(
        self, *arguments: str, given: bytes = b"", check: bool = False
    ) -> subprocess.CompletedProcess[bytes]:
        home = ["--homedir", str(self.path), "--no-options", "--batch", "--no-tty"]
        unlock = ["--pinentry-mode", "loopback", "--passphrase", self.passphrase]
        return subprocess.run(
            ["gpg", *home, *unlock, *arguments],
            input=given,
            capture_output=True,
            check=check,
        )

    def make_key(
        self,
        owner: str,
        *subkeys: str,
        primary: str = "ed25519",
        expires: str = "0",
        clock: str | None = None,
    ) -> str:
        """Make a key with subkeys for encryption; return its fingerprint."""
        time = [] if clock is None else ["--faked-system-time", f"{clock}!"]
        self.gpg(*time, "--quick-generate-key", owner, primary, "sign", expires)
        fingerprint = self.fingerprints(f"={owner}")[0]
        for subkey in subkeys:
            self.gpg(*time, "--quick-add-key", fingerprint, subkey, "encr", expires)
        return fingerprint

    def make_calendar(
        self, owner: str, begins: dt.date, count: int, every: int = 7, **more: str
    ) -> list[str]:
        """Make a key with a calendar; return its fingerprint and those of its subkeys."""
        fingerprint = self.make_key(owner, clock=f"{begins:%Y%m%d}T000000", **more)
        for index in range(count):
            self.add_window(fingerprint, begins + dt.timedelta(index * every), every)
        return self.fingerprints(fingerprint)

    def add_window(self, fingerprint: str, begins: dt.date, days: int) -> str:
        """Add a subkey that is sealed to for so many days; return its fingerprint."""
        ends = begins + dt.timedelta(days)
        clock = ["--faked-system-time", f"{begins:%Y%m%d}T000000!"]
        self.gpg(*clock, "--quick-add-key", fingerprint, "cv25519", "encr", f"{ends:%Y%m%d}T000000")
        return self.fingerprints(fingerprint)[-1]

    def fingerprints(self, *names: str) -> list[str]:
        """Return the fingerprints of keys and subkeys, in order."""
        listing = self.gpg("--with-colons", "--list-keys", *names).decode()
        lines = (line.split(":") for line in listing.splitlines())
        return [fields[9] for fields in lines if fields[0] == "fpr"]

    def public(self, fingerprint: str = "") -> str:
        return self.gpg("--armor", "--export", *filter(None, [fingerprint])).decode()

    def revoke(self, fingerprint: str) -> None:
        made = (self.path / "openpgp-revocs.d" / f"{fingerprint}.rev").read_text()
        self.gpg("--import", given=made.replace("\n:-----", "\n-----").encode())

    def close(self) -> None:
        subprocess.run(["gpgconf", "--homedir", self.path, "--kill", "all"], check=True)
        shutil.rmtree(self.path, ignore_errors=True)


def processes_naming(path: Path) -> list[int]:
    """Return the ids of the living processes whose command line names `path`."""
    return [
        int(process.name)
        for process in Path("/proc").iterdir()
        if process.name.isdigit() and os.fsencode(path) in _command_line(process)
    ]


def _command_line(process: Path) -> bytes:
    try:
        return (process / "cmdline").read_bytes()  # empty once it is dead
    except (FileNotFoundError, ProcessLookupError):
        return b""
