"""The one block that stands before each member of a tar file."""

import re
import tarfile

BLOCK = 512  # bytes
END = bytes(2 * BLOCK)  # POSIX.1-2017, pax, "ustar Interchange Format": two blocks of zeros
LARGEST = (1 << 63) - 1  # bytes: what file systems and other tars count to

# No path, nothing hidden, nothing that an option could begin with: our names are ids.
_NAME = re.compile(r"[a-z0-9][a-z0-9.-]{0,98}")


def is_member_name(name: str) -> bool:
    """Tell whether a member of a bundle or courier may be called `name`."""
    return _NAME.fullmatch(name) is not None


def header(name: str, size: int) -> bytes:
    """Return the block for a regular file of `size` bytes: mode 0600, no owner, no time.

    In GNU's format, which writes sizes past 8 GiB in base 256 and so always in one block.
    """
    info = tarfile.TarInfo(name)
    info.size = size
    info.mode = 0o600
    return info.tobuf(format=tarfile.GNU_FORMAT, encoding="ascii", errors="strict")


def filling(size: int) -> int:
    """Return how many zeros follow a member of `size` bytes, to the next whole block."""
    return -size % BLOCK
