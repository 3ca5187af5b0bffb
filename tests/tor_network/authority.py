"""The directory authority: its keys, its lines, and the one vote it holds."""

import re
import socket
import subprocess
import time
from contextlib import ExitStack
from pathlib import Path

from tests.tor_network.node import Node

LOOPBACK = "127.0.0.1"
NICKNAME = "authority"
NEVER = 1800  # seconds between votes: descriptors rotate every 24 intervals, and no test is so long
VOTE_SECONDS = 5  # the interval of the first vote, small so that one begins soon
VOTE_AHEAD = 2  # seconds from asking for a vote to the consensus; one is too tight

RELAY = (
    f"ORPort {LOOPBACK}:auto IPv4Only",
    f"Address {LOOPBACK}",
    "AssumeReachable 1",
    "ExitRelay 0",
    "SocksPort 0",
)
THROUGHPUT = "ConsensusParams cc_cwnd_init=1000 cc_cwnd_min=500 cc_ss_cap_onion=2000"


def free_ports(count: int) -> list[int]:
    """Choose free ports, all different; another program may still take them before us."""
    with ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for each in sockets:
            each.bind((LOOPBACK, 0))
        return [int(each.getsockname()[1]) for each in sockets]


class Authority(Node):
    """The authority, which is a relay as well; `address` is the line by which others know it."""

    def __init__(self, folder: Path, common: Path, *, fast: bool) -> None:
        self._or_port, self._dir_port = free_ports(2)
        super().__init__(folder, [f"%include {common}", *self._lines(fast=fast)])
        identity, fingerprint = self._make_keys()
        place = f"{LOOPBACK}:{self._dir_port} {fingerprint}"
        self.address = f"{NICKNAME} orport={self._or_port} no-v2 v3ident={identity} {place}"

    def _lines(self, *, fast: bool) -> list[str]:
        return [
            *RELAY[1:],
            f"Nickname {NICKNAME}",
            f"ORPort {LOOPBACK}:{self._or_port} IPv4Only",
            f"DirPort {LOOPBACK}:{self._dir_port}",
            "AuthoritativeDirectory 1",
            "V3AuthoritativeDirectory 1",
            f"V3AuthVotingInterval {NEVER}",
            "V3AuthVoteDelay 2",
            "V3AuthDistDelay 2",
            f"TestingV3AuthInitialVotingInterval {NEVER}",  # it does not vote by itself
            "TestingV3AuthInitialVoteDelay 2",
            "TestingV3AuthInitialDistDelay 2",
            # Else a relay that started a moment after the others is not trusted with much.
            "AuthDirVoteStableGuaranteeMinUptime 0",
            "TestingDirAuthVoteHSDir *",
            "TestingDirAuthVoteGuard *",
            *([THROUGHPUT] if fast else []),
        ]

    def _make_keys(self) -> tuple[str, str]:
        """Make the voting key and the relay's; give their fingerprints."""
        keys = self.folder / "data" / "keys"
        keys.mkdir(mode=0o700, parents=True)
        for folder in (self.folder, keys.parent):
            folder.chmod(0o700)
        gencert = ["tor-gencert", "--create-identity-key", "-m", "12", "--passphrase-fd", "0"]
        _run([*gencert, "-a", f"{LOOPBACK}:{self._dir_port}"], keys, "it protects nothing")
        empty = self.folder / "defaults"
        empty.touch()
        tor = ["tor", "-f", f"{empty}", "--defaults-torrc", f"{empty}", "--list-fingerprint"]
        _run(
            [*tor, "--DataDirectory", f"{keys.parent}", "--Nickname", NICKNAME, "--ORPort", "1"],
            keys,
        )
        certificate = (keys / "authority_certificate").read_text()
        found = re.search(r"^fingerprint (\w{40})$", certificate, re.MULTILINE)
        assert found is not None
        return found[1], (keys.parent / "fingerprint").read_text().split()[1]

    def wait_for_descriptors(self, count: int) -> None:
        """Wait until so many relays have told of themselves."""
        self.wait_until(
            lambda: self.ask("desc/all-recent").count("router-signature") == count,
            f"descriptors of {count} relays",
        )

    def vote(self) -> None:
        """Hold the vote now, and wait for the consensus; the next comes half an hour later."""
        self._schedule(VOTE_SECONDS, int(time.time() + VOTE_AHEAD))
        self.wait_for_circuits()
        self._schedule(NEVER, int(time.time()) - VOTE_SECONDS)  # else at the next half hour

    def _schedule(self, interval: int, moment: int) -> None:
        """Let votes take place at a moment, and at every interval from it."""
        with self.control() as controller:
            controller.set_options(
                {
                    "TestingV3AuthInitialVotingInterval": str(interval),
                    "TestingV3AuthVotingStartOffset": str(moment % interval),
                }
            )


def _run(command: list[str], folder: Path, text: str = "") -> None:
    subprocess.run(command, input=f"{text}\n".encode(), cwd=folder, check=True, capture_output=True)
