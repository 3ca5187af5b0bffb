"""The calls by which a process of ours changes files, and how to see which file each is about.

Left out: `fsync` and its like, which change nothing that outlives a kill; stores into mapped
memory, which no tracer sees. Of what we run only SQLite maps a file, its `-shm`, and builds that
anew from the log whenever nobody has it open.
"""

import os
from dataclasses import dataclass

CREATING = os.O_CREAT | os.O_TRUNC  # an opening that changes something
AT_FDCWD = -100


@dataclass(frozen=True)
class Call:
    """A call's number on x86-64, and which of its arguments name files.

    `files`: descriptors; `paths`: addresses of paths, each with the place of the folder's
    descriptor it is relative to, or None for the working folder; `flags`: of an opening.
    """

    number: int
    files: tuple[int, ...] = ()
    paths: tuple[tuple[int, int | None], ...] = ()
    flags: int | None = None


CALLS = {
    "write": Call(1, files=(0,)),
    "open": Call(2, paths=((0, None),), flags=1),
    "pwrite64": Call(18, files=(0,)),
    "writev": Call(20, files=(0,)),
    "sendfile": Call(40, files=(0,)),
    "truncate": Call(76, paths=((0, None),)),
    "ftruncate": Call(77, files=(0,)),
    "rename": Call(82, paths=((0, None), (1, None))),
    "mkdir": Call(83, paths=((0, None),)),
    "rmdir": Call(84, paths=((0, None),)),
    "creat": Call(85, paths=((0, None),)),
    "link": Call(86, paths=((0, None), (1, None))),
    "unlink": Call(87, paths=((0, None),)),
    "symlink": Call(88, paths=((1, None),)),
    "chmod": Call(90, paths=((0, None),)),
    "fchmod": Call(91, files=(0,)),
    "openat": Call(257, paths=((1, 0),), flags=2),
    "mkdirat": Call(258, paths=((1, 0),)),
    "unlinkat": Call(263, paths=((1, 0),)),
    "renameat": Call(264, paths=((1, 0), (3, 2))),
    "linkat": Call(265, paths=((1, 0), (3, 2))),
    "symlinkat": Call(266, paths=((2, 1),)),
    "fchmodat": Call(268, paths=((1, 0),)),
    "splice": Call(275, files=(2,)),
    "utimensat": Call(280, paths=((1, 0),)),
    "fallocate": Call(285, files=(0,)),
    "pwritev": Call(296, files=(0,)),
    "renameat2": Call(316, paths=((1, 0), (3, 2))),
    "copy_file_range": Call(326, files=(2,)),
    "pwritev2": Call(328, files=(0,)),
}
