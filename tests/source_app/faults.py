"""Faults put where a delivery can meet them: in the real calls, at the n-th of them."""

import errno
from collections.abc import Callable
from typing import Any

import pytest

from storage.errors import DiskFull


def fail_at(
    monkeypatch: pytest.MonkeyPatch,
    where: Any,
    name: str,
    error: BaseException,
    nth: int = 1,
) -> None:
    """Let the n-th call of a function raise; the others go through."""
    real: Callable[..., Any] = getattr(where, name)
    calls = 0

    def failing(*arguments: Any, **named: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls == nth:
            raise error
        return real(*arguments, **named)

    monkeypatch.setattr(where, name, failing)


def full() -> DiskFull:
    """Give what the storage raises when there is no room."""
    return DiskFull()


def broken() -> OSError:
    """Give what a failing disk raises."""
    return OSError(errno.EIO, "Input/output error")
