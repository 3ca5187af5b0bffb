"""A file put in another's place: whole at every moment, and what it held before destroyed."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from web import private_files
from web.private_files import is_tidy, replace_private, tidy, write_private

OLD, NEW = b"the old secret\n", b"the new secret, longer\n"


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    path = tmp_path / "secret"
    write_private(path, OLD)
    return path


@pytest.fixture
def held(secret: Path) -> Iterator[int]:
    """What stands on the disk where the old file was, whatever its name is now."""
    handle = os.open(secret, os.O_RDONLY)
    yield handle
    os.close(handle)


def test_a_private_file_is_its_owners_alone_and_never_overwritten(secret: Path) -> None:
    assert stat.S_IMODE(secret.stat().st_mode) == 0o600
    with pytest.raises(FileExistsError):
        write_private(secret, b"second")
    assert secret.read_bytes() == OLD


def test_the_new_takes_the_place_and_the_old_is_zeros(secret: Path, held: int) -> None:
    replace_private(secret, NEW)
    assert secret.read_bytes() == NEW
    assert stat.S_IMODE(secret.stat().st_mode) == 0o600
    assert [path.name for path in secret.parent.iterdir()] == ["secret"]
    assert os.pread(held, 100, 0) == bytes(len(OLD))


def test_where_nothing_was_the_file_comes(tmp_path: Path) -> None:
    replace_private(tmp_path / "first", NEW)
    assert [path.read_bytes() for path in tmp_path.iterdir()] == [NEW]


STEPS = ("write_private", "link", "rename", "_zero", "unlink")


class Killed(BaseException):
    """The process ends here."""


def kill_at(patch: pytest.MonkeyPatch, step: str) -> None:
    def killed(*_: object, **__: object) -> None:
        raise Killed

    places = {"link": (os, "link"), "rename": (Path, "replace"), "unlink": (Path, "unlink")}
    patch.setattr(*places.get(step, (private_files, step)), killed)


@pytest.mark.parametrize("step", STEPS)
def test_killed_at_any_step_it_is_old_or_new_and_the_rest_is_destroyed_later(
    secret: Path, held: int, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    with monkeypatch.context() as patch:
        kill_at(patch, step)
        with pytest.raises(Killed):
            replace_private(secret, NEW)
    committed = step in {"_zero", "unlink"}
    assert secret.read_bytes() == (NEW if committed else OLD)
    assert is_tidy(secret) == (step == "write_private")
    tidy(secret)
    assert is_tidy(secret)
    assert secret.read_bytes() == (NEW if committed else OLD)
    replace_private(secret, NEW)
    assert secret.read_bytes() == NEW
    assert os.pread(held, 100, 0) == bytes(len(OLD))
