"""Which internet sockets a process holds, as the kernel tells."""

import ipaddress
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

LISTENING = "0A"  # TCP_LISTEN in include/net/tcp_states.h


@dataclass(frozen=True)
class Socket:
    """One socket and its two ends."""

    protocol: str
    local: str
    remote: str
    listens: bool


def sockets_of(pid: int) -> Iterator[Socket]:
    """Give the sockets of a process, of either protocol and either version of IP."""
    own = {_inode(link) for link in Path(f"/proc/{pid}/fd").iterdir()}
    for protocol in ("tcp", "tcp6", "udp", "udp6"):
        for line in Path(f"/proc/{pid}/net/{protocol}").read_text().splitlines()[1:]:
            words = line.split()
            if words[9] in own:
                local, remote = _address(words[1]), _address(words[2])
                yield Socket(protocol, local, remote, words[3] == LISTENING)


def _inode(link: Path) -> str:
    try:
        name = str(link.readlink())
    except FileNotFoundError:  # closed meanwhile
        return ""
    return name.removeprefix("socket:[").removesuffix("]")


def _address(word: str) -> str:
    """Read an address: words of 32 bits in the machine's order (little-endian here)."""
    raw = bytes.fromhex(word.partition(":")[0])
    parts = [raw[start : start + 4][::-1] for start in range(0, len(raw), 4)]
    return str(ipaddress.ip_address(b"".join(parts)))
