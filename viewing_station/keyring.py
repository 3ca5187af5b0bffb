"""GnuPG's home at the station, with an agent that lives no longer than the command.

gpg starts an agent by itself and leaves it behind. The station starts its own first, and ends it on
the way out, whatever happened. An agent that was started with a program lives no longer than that
program: ours waits for the end of its input, which comes even if the station is killed.
"""

import contextlib
import os
import re
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from viewing_station.errors import KeyringError
from viewing_station.home import PRIVATE_FOLDER

# A unix socket's path holds 104 bytes at most on the narrowest system GnuPG knows;
# the agent's longest socket name is "/S.gpg-agent.browser".
LONGEST_HOME = 104 - len("/S.gpg-agent.browser") - 1
AGENT_START = 10.0  # seconds; it takes some milliseconds unless the machine is starved
AGENT_END = 5.0  # seconds
POLL = 0.01  # seconds

# The key's passphrase is 32 random bytes, so stretching it adds nothing but time to every letter;
# and the agent has no reason to remember it.
AGENT_SETTINGS = "default-cache-ttl 0\nmax-cache-ttl 0\ns2k-count 1024\n"


def make_keyring(gnupg: Path) -> None:
    """Make an empty GnuPG home."""
    gnupg.mkdir(PRIVATE_FOLDER)
    (gnupg / "gpg-agent.conf").write_text(AGENT_SETTINGS, "ascii")


def mend_keyring(gnupg: Path) -> None:
    """Mend what a gpg that was killed left half done in its home.

    It replaces its list of keys in two steps: the old one is renamed, then the new one. Between
    the two there is none, and nothing opens. The old one is right: what was not done is done again.

    And it insists on a list of whom it trusts, and on its being whole: half of one would stop
    every gpg. It says nothing that is not made anew.
    """
    listed, former = gnupg / "pubring.kbx", gnupg / "pubring.kbx~"
    if former.exists() and not listed.exists():
        former.rename(listed)
    (gnupg / "trustdb.gpg").unlink(missing_ok=True)


@contextmanager
def keyring(gnupg: Path, remembers: int = 0) -> Iterator[Path]:
    """Yield a path to GnuPG's home, short enough for its sockets, while its agent runs.

    The agent `remembers` a passphrase for so many seconds: gpg needs it to change that of a key
    with many subkeys, for which it asks once.
    Raises KeyringError where GnuPG is missing or its agent does not start.
    """
    with _short(gnupg.absolute()) as short, _agent(short, remembers):
        mend_keyring(short)
        yield short


@contextmanager
def _short(gnupg: Path) -> Iterator[Path]:
    """Yield the path itself, or a short one to the same folder, which ends with this process."""
    if len(bytes(gnupg)) <= LONGEST_HOME:
        yield gnupg
        return
    folder = os.open(gnupg, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        yield Path(f"/proc/{os.getpid()}/fd/{folder}")
    finally:
        os.close(folder)


@contextmanager
def _agent(home: Path, remembers: int) -> Iterator[None]:
    _stop(home)  # one that a reviewer's own gpg left there would keep ours from starting
    # Without a card daemon: for each message gpg would ask for cards, and wait for one to start.
    options = ["--homedir", str(home), "--quiet", "--disable-scdaemon", "--daemon"]
    if remembers:
        options += ["--default-cache-ttl", str(remembers), "--max-cache-ttl", str(remembers)]
    command = ["gpg-agent", *options, "--", "cat"]
    try:
        with _started(*command) as agent:
            _await(agent, home)
            yield
    finally:
        _stop(home)
        # Where there is a /run/user folder, GnuPG's sockets lie in one there, named for the home.
        _tell("gpgconf", "--homedir", str(home), "--remove-socketdir")


def _await(agent: subprocess.Popen[bytes], home: Path) -> None:
    """Return once the agent answers: a gpg that finds none would start another, which stays."""
    deadline = time.monotonic() + AGENT_START
    while _pid(home) is None:
        if agent.poll() is not None or time.monotonic() > deadline:
            raise KeyringError(what="start its agent", why="it does not answer")
        time.sleep(POLL)


def _stop(home: Path) -> None:
    """End the agent of this home, and GnuPG's other daemons, and see the agent gone."""
    pid = _pid(home)
    _tell("gpgconf", "--homedir", str(home), "--kill", "all")
    if pid is None:
        return
    deadline = time.monotonic() + AGENT_END
    while _is_alive(pid):
        if time.monotonic() > deadline:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        time.sleep(POLL)


def _pid(home: Path) -> int | None:
    """Return the process id of the agent that answers for this home."""
    answer = _tell(
        "gpg-connect-agent", "--no-autostart", "--homedir", str(home), "GETINFO pid", "/bye"
    )
    found = re.fullmatch(rb"D (\d+)\nOK\n", answer)
    return int(found[1]) if found else None


def _is_alive(pid: int) -> bool:
    """Tell whether a process runs. One that waits to be reaped has closed all that it had open."""
    try:
        status = Path(f"/proc/{pid}/stat").read_text("ascii", "replace")
    except (FileNotFoundError, ProcessLookupError):
        return False
    return status.rpartition(") ")[2][:1] not in ("Z", "X")  # proc(5): zombie, dead


def _tell(*command: str) -> bytes:
    """Return what one of GnuPG's small tools prints; their exit codes say little."""
    with _started(*command) as tool:
        return tool.communicate()[0]


def _started(*command: str) -> subprocess.Popen[bytes]:
    """Start one of GnuPG's programs; leaving the `with` ends its input and waits for it."""
    try:
        return subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
    except OSError as error:
        raise KeyringError(what="start its agent", why=error.strerror) from error
