"""Runs a process and all that it starts under `ptrace`, and kills them at one write of theirs.

The kernel stops a tracee before a call that changes files and at nothing else: a filter installed
in it says so (`seccomp`), so that tracing costs next to nothing. What is killed then is killed
whole, children included, as by a power cut, and the call it was stopped at never happens.
"""

import ctypes
import os
import signal
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from tests.interruptions.calls import AT_FDCWD, CALLS, CREATING, Call

SEIZE, CONTINUE, SYSCALL, CALL_INFO = 0x4206, 7, 24, 0x420E
OPTIONS = 0x1 | 0x2 | 0x4 | 0x8 | 0x10 | 0x80 | 0x100000  # calls, forks, exec, seccomp, exit kills
EVENT_SECCOMP, EVENT_STOP = 7, 128
CALL_STOP = signal.SIGTRAP | 0x80
ALL_KINDS = 0x40000000  # __WALL: threads are waited for, too
SET_SECCOMP, FILTER, SET_NO_NEW_PRIVILEGES, SET_TRACER = 22, 2, 38, 0x59616D61
LOAD, SAME, GIVE = 0x20, 0x15, 0x06  # the words of a filter
TRACE, ALLOW = 0x7FF00000, 0x7FFF0000
X86_64 = 0xC000003E
PATH_LIMIT = 4096

libc = ctypes.CDLL(None, use_errno=True)
libc.ptrace.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p]
libc.ptrace.restype = ctypes.c_long


class Instruction(ctypes.Structure):
    _fields_ = (
        ("code", ctypes.c_ushort),
        ("yes", ctypes.c_ubyte),
        ("no", ctypes.c_ubyte),
        ("value", ctypes.c_uint),
    )


class Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.POINTER(Instruction)))


class CallInfo(ctypes.Structure):
    """What the kernel tells of a call that a tracee is stopped at (`ptrace_syscall_info`)."""

    _fields_ = (
        ("kind", ctypes.c_ubyte),
        ("padding", ctypes.c_ubyte * 3),
        ("machine", ctypes.c_uint),
        ("pointers", ctypes.c_ulonglong * 2),
        ("number", ctypes.c_ulonglong),
        ("arguments", ctypes.c_ulonglong * 6),
        ("rest", ctypes.c_ulonglong),
    )


def _ptrace(request: int, pid: int, address: int = 0, data: int | object = 0) -> None:
    if libc.ptrace(request, pid, address, data) == -1:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number), str(pid))


def _control(option: int, *values: int | object) -> None:
    if libc.prctl(option, *values, *(0,) * (4 - len(values))) == -1:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))


def let_anyone_trace() -> None:
    """Let a tracer that is no ancestor attach to this process, where the kernel would object."""
    libc.prctl(SET_TRACER, ctypes.c_ulong(-1), 0, 0, 0)


def stop_at_writes() -> None:
    """Have this process stop for its tracer at each call that may change a file."""
    numbers = [call.number for call in CALLS.values()]
    words = [(LOAD, 0, 0, 4), (SAME, 0, len(numbers) + 1, X86_64), (LOAD, 0, 0, 0)]
    words += [(SAME, len(numbers) - at, 0, number) for at, number in enumerate(numbers)]
    words += [(GIVE, 0, 0, ALLOW), (GIVE, 0, 0, TRACE)]
    array = (Instruction * len(words))(*words)
    program = Program(len(words), array)
    _control(SET_NO_NEW_PRIVILEGES, 1)
    _control(SET_SECCOMP, FILTER, ctypes.byref(program))


@dataclass
class Traced:
    """A process under trace, and all it starts: stopped at write `point` below `root`, if any."""

    pid: int
    root: Path
    point: int | None
    after: bool
    writes: list[str] = field(default_factory=list)
    killed: bool = False
    status: int | None = None
    _alive: set[int] = field(default_factory=set)
    _leaving: int | None = None

    def follow(self, release: Callable[[], None]) -> None:
        """Attach, let it go, and follow it until it and all it started are gone."""
        _ptrace(SEIZE, self.pid, 0, OPTIONS)
        self._alive.add(self.pid)
        release()
        while True:
            try:
                pid, status = os.waitpid(-1, ALL_KINDS)
            except ChildProcessError:
                return
            if not os.WIFSTOPPED(status):
                self._alive.discard(pid)
                if pid == self.pid:
                    self.status = status
                continue
            self._alive.add(pid)
            self._stopped(pid, status)

    def _stopped(self, pid: int, status: int) -> None:
        event, number = status >> 16, os.WSTOPSIG(status)
        try:
            if event == EVENT_SECCOMP:
                self._at_call(pid)
            elif number == CALL_STOP:
                if pid == self._leaving:
                    self._kill()
                else:
                    _ptrace(CONTINUE, pid)
            else:
                _ptrace(CONTINUE, pid, 0, 0 if event else number)
        except ProcessLookupError:
            pass  # killed meanwhile: the next wait tells

    def _at_call(self, pid: int) -> None:
        info = CallInfo()
        _ptrace(CALL_INFO, pid, ctypes.sizeof(info), ctypes.byref(info))
        told = write_at(pid, info, self.root)
        if told:
            self.writes.append(told)
        if told and len(self.writes) == self.point:
            if not self.after:
                self._kill()
                return
            self._leaving = pid
            _ptrace(SYSCALL, pid)
            return
        _ptrace(CONTINUE, pid)

    def _kill(self) -> None:
        self.killed = True
        for pid in self._alive:
            os.kill(pid, signal.SIGKILL)


_BY_NUMBER = {call.number: (name, call) for name, call in CALLS.items()}


def write_at(pid: int, info: CallInfo, root: Path) -> str:
    """Say what a tracee is about to change below `root`; nothing if it is elsewhere."""
    name, call = _BY_NUMBER[info.number]
    if call.flags is not None and not info.arguments[call.flags] & CREATING:
        return ""
    for path in _files(pid, call, info):
        if path == str(root) or path.startswith(f"{root}/"):
            return f"{name} {path[len(str(root)) + 1 :]}"
    return ""


def _files(pid: int, call: Call, info: CallInfo) -> list[str]:
    found = [_link(f"/proc/{pid}/fd/{_int(info.arguments[place])}") for place in call.files]
    for place, folder in call.paths:
        address = info.arguments[place]
        path = _text(pid, address) if address else "."  # no path: the descriptor's own file
        at = AT_FDCWD if folder is None else _int(info.arguments[folder])
        base = f"/proc/{pid}/cwd" if at == AT_FDCWD else f"/proc/{pid}/fd/{at}"
        found.append(os.path.normpath(path if path[:1] == "/" else f"{_link(base)}/{path}"))
    return found


def _int(value: int) -> int:
    return ctypes.c_int(value & 0xFFFFFFFF).value


def _link(path: str) -> str:
    try:
        return os.readlink(path)  # noqa: PTH115  a name that may be no path
    except OSError:
        return ""  # such a call fails by itself


def _text(pid: int, address: int) -> str:
    """Read a path in a tracee's memory, page by page: what follows its end may not be there."""
    found = b""
    with Path(f"/proc/{pid}/mem").open("rb", buffering=0) as memory:
        while b"\0" not in found and len(found) < PATH_LIMIT:
            memory.seek(address + len(found))
            size = PATH_LIMIT - (address + len(found)) % PATH_LIMIT
            found += memory.read(size)
    return os.fsdecode(found.partition(b"\0")[0])
