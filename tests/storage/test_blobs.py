"""Blobs: whole or not there, without times, never pulled away from under their users."""

import errno
import fcntl
import multiprocessing
import os
import secrets
import signal
import stat
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import SystemRandom

import pytest

from storage.blob_protocol import CHUNK, Blobs
from storage.blobs import BlobStore
from storage.errors import DiskFull, NoSuchBlob

_fork = multiprocessing.get_context("fork")
LATER = datetime.now(UTC) + timedelta(days=1)
BIG = secrets.token_bytes(2 * CHUNK + 5)


def _kept(blobs: Blobs, data: bytes = b"sealed") -> str:
    with blobs.create() as writer:
        writer.write(data)
        return writer.commit()


def _files(where: Path) -> list[Path]:
    return [path for path in where.rglob("*") if path.is_file()]


@pytest.fixture
def where(tmp_path: Path) -> Path:
    return tmp_path / "blobs"


def test_a_committed_blob_is_read_back(blobs: BlobStore) -> None:
    name = _kept(blobs, BIG)
    assert b"".join(blobs.read(name)) == BIG
    assert b"".join(blobs.read(name, start=CHUNK + 3, chunk=10_000)) == BIG[CHUNK + 3 :]
    with blobs.open(name) as file:
        file.seek(-5, os.SEEK_END)
        assert file.read() == BIG[-5:]
    assert list(blobs.names()) == [name]


def test_a_blob_is_not_there_before_its_commit(blobs: BlobStore, where: Path) -> None:
    with blobs.create() as writer:
        writer.write(b"half")
        assert list(blobs.names()) == []
        (part,) = _files(where)
        assert part.suffix == ".part"
        assert stat.S_IMODE(part.stat().st_mode) == 0o600
        name = writer.commit()
        assert list(blobs.names()) == [name]
    assert [path.name for path in _files(where)] == [name]


def test_leaving_without_a_commit_leaves_nothing(blobs: BlobStore, where: Path) -> None:
    with blobs.create() as writer:
        writer.write(b"half")
    assert _files(where) == []


def test_an_exception_leaves_nothing(blobs: BlobStore, where: Path) -> None:
    def fail() -> None:
        with blobs.create() as writer:
            writer.write(b"half")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fail()
    assert _files(where) == []


def test_a_committed_blob_can_still_be_discarded(blobs: BlobStore, where: Path) -> None:
    with blobs.create() as writer:
        name = writer.commit()
        writer.discard()
        writer.discard()
    assert _files(where) == []
    with pytest.raises(NoSuchBlob):
        blobs.open(name)


def test_only_the_owner_may_look(blobs: BlobStore, where: Path) -> None:
    _kept(blobs)
    modes = {stat.S_IMODE(path.stat().st_mode) for path in _files(where)}
    folders = {stat.S_IMODE(path.stat().st_mode) for path in [where, *where.iterdir()]}
    assert (modes, folders) == ({0o600}, {0o700})


def test_the_folders_are_all_there_from_the_start(where: Path) -> None:
    BlobStore(where)
    assert sorted(path.name for path in where.iterdir()) == [f"{n:02x}" for n in range(256)]
    name = _kept(BlobStore(where))  # again, over what is there
    assert (where / name[:2] / name).is_file()


def test_all_times_are_the_epoch_after_all_that_can_happen(blobs: BlobStore, where: Path) -> None:
    names = [_kept(blobs, BIG) for _ in range(5)]
    list(blobs.read(names[0]))
    blobs.rewrite(names[1])
    blobs.delete(names[2])
    with blobs.create() as writer:
        writer.write(b"half")
    assert len(list(blobs.names())) == 4
    blobs.sweep_parts(LATER)
    list(blobs.read(names[1]))
    folders = [where, *(where / f"{number:02x}" for number in range(256))]
    files = [where / name[:2] / name for name in blobs.names()]  # listing sets no time
    for path in [*folders, *files]:
        status = path.stat()
        assert (status.st_mtime_ns, status.st_atime_ns) == (0, 0), path


@pytest.mark.parametrize("name", ["", "..", "../../etc/passwd", "a" * 31, "A" * 32, "a" * 33])
def test_what_is_no_name_is_no_blob(blobs: BlobStore, name: str) -> None:
    for ask in (blobs.open, blobs.delete, blobs.rewrite, blobs.changed):
        with pytest.raises(NoSuchBlob):
            ask(name)
    with pytest.raises(NoSuchBlob):
        next(blobs.read(name))


def test_a_missing_blob_is_told_to_readers_and_gone_already_to_others(blobs: BlobStore) -> None:
    missing = "0" * 32
    for ask in (blobs.open, blobs.changed):
        with pytest.raises(NoSuchBlob):
            ask(missing)
    assert blobs.delete(missing)
    assert blobs.rewrite(missing)


def test_deleting_overwrites_first(blobs: BlobStore, where: Path, tmp_path: Path) -> None:
    name = _kept(blobs, BIG)
    witness = tmp_path / "witness"
    witness.hardlink_to(where / name[:2] / name)  # the same blocks under another name
    assert blobs.delete(name)
    assert witness.read_bytes() == bytes(len(BIG))
    assert list(blobs.names()) == []


def test_rewriting_makes_a_new_inode_and_zeros_of_the_old(
    blobs: BlobStore, where: Path, tmp_path: Path
) -> None:
    name = _kept(blobs, BIG)
    path, witness = where / name[:2] / name, tmp_path / "witness"
    witness.hardlink_to(path)
    before = path.stat()
    assert blobs.rewrite(name)
    after = path.stat()
    assert after.st_ino != before.st_ino
    assert after.st_ctime_ns >= before.st_ctime_ns  # of this moment, as clocks tick
    assert stat.S_IMODE(after.st_mode) == 0o600
    assert b"".join(blobs.read(name)) == BIG
    assert witness.read_bytes() == bytes(len(BIG))
    assert [file.name for file in _files(where)] == [name]


def test_a_blob_in_use_is_left_for_later(blobs: BlobStore) -> None:
    name = _kept(blobs, BIG)
    reading = blobs.read(name, chunk=10)
    assert next(reading) == BIG[:10]
    assert not blobs.delete(name)
    assert not blobs.rewrite(name)
    assert b"".join(reading) == BIG[10:]
    assert blobs.rewrite(name)
    assert blobs.delete(name)


def test_a_blob_is_held_until_its_writer_is_closed(blobs: BlobStore) -> None:
    with blobs.create() as writer:
        writer.write(BIG)
        name = writer.commit()
        assert not blobs.delete(name)  # its row is not in yet
        assert b"".join(blobs.read(name)) == BIG
    assert blobs.delete(name)


def test_a_deletion_can_be_called_off_while_the_blob_is_held(blobs: BlobStore) -> None:
    name = _kept(blobs)
    held: list[bool] = []

    def unless() -> bool:
        held.append(not blobs.rewrite(name))
        return True

    assert not blobs.delete(name, unless=unless)
    assert held == [True]
    assert b"".join(blobs.read(name)) == b"sealed"
    assert blobs.delete(name, unless=lambda: False)
    assert list(blobs.names()) == []


def test_a_blob_swept_during_its_commit_is_no_success(
    blobs: BlobStore, where: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Changing a lock from exclusive to shared lets go of it for an instant."""
    flock = fcntl.flock

    def slow(file: int, operation: int) -> None:
        if operation == fcntl.LOCK_SH:
            for path in _files(where):
                path.unlink()
        flock(file, operation)

    with blobs.create() as writer:
        monkeypatch.setattr("fcntl.flock", slow)
        with pytest.raises(OSError, match="Stale"):
            writer.commit()
    assert _files(where) == []


def test_readers_beside_rewrites_read_whole_blobs(blobs: BlobStore) -> None:
    name = _kept(blobs, BIG)

    def read(_: int) -> bool:
        time.sleep(0.002)
        return b"".join(blobs.read(name, chunk=50_000)) == BIG

    rewritten = 0
    with ThreadPoolExecutor(4) as pool:
        reads = [pool.submit(read, number) for number in range(200)]
        while not all(future.done() for future in reads):
            rewritten += blobs.rewrite(name)
        assert all(future.result() for future in reads)
    assert rewritten > 0


def test_readers_beside_a_deletion_read_all_or_are_told(blobs: BlobStore) -> None:
    names = [_kept(blobs, BIG) for _ in range(20)]

    def read(name: str) -> bytes | None:
        try:
            return b"".join(blobs.read(name, chunk=50_000))
        except NoSuchBlob:
            return None

    with ThreadPoolExecutor(8) as pool:
        reads = [pool.submit(read, name) for name in names * 5]
        while any(not blobs.delete(name) for name in names):
            pass
        assert {future.result() for future in reads} <= {BIG, None}


def test_a_part_that_is_being_written_is_never_swept(blobs: BlobStore) -> None:
    with blobs.create() as writer:
        writer.write(b"slowly")
        assert blobs.sweep_parts(LATER) == 0
        writer.write(b", over Tor")
        name = writer.commit()
    assert b"".join(blobs.read(name)) == b"slowly, over Tor"


def test_a_killed_writer_leaves_a_part_and_no_more(blobs: BlobStore, where: Path) -> None:
    def write(ready: Callable[[], None]) -> None:
        with blobs.create() as writer:
            writer.write(BIG)
            ready()
            signal.pause()

    _kill_in_the_middle(write)
    (part,) = _files(where)
    assert part.suffix == ".part"
    assert list(blobs.names()) == []
    assert blobs.sweep_parts(datetime.now(UTC) - timedelta(hours=1)) == 0  # young
    assert blobs.sweep_parts(LATER) == 1
    assert _files(where) == []


def test_a_writer_killed_after_its_commit_leaves_a_whole_blob(blobs: BlobStore) -> None:
    def write(ready: Callable[[], None]) -> None:
        with blobs.create() as writer:
            writer.write(BIG)
            writer.commit()
            ready()
            signal.pause()

    _kill_in_the_middle(write)
    (name,) = blobs.names()
    assert b"".join(blobs.read(name)) == BIG
    assert blobs.delete(name)


def test_a_killed_rewrite_leaves_the_blob(
    blobs: BlobStore, where: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = _kept(blobs, BIG)

    def rewrite(ready: Callable[[], None]) -> None:
        def stop(*_: object) -> None:
            ready()
            signal.pause()

        monkeypatch.setattr("os.fsync", stop)
        blobs.rewrite(name)

    _kill_in_the_middle(rewrite)
    assert b"".join(blobs.read(name)) == BIG
    assert len(_files(where)) == 2
    assert blobs.sweep_parts(LATER) == 1
    assert blobs.rewrite(name)


def _kill_in_the_middle(work: Callable[[Callable[[], None]], None]) -> None:
    """Run `work` in a child that tells when it is ready to be killed, and kill it -9."""
    reading, writing = os.pipe()
    child = _fork.Process(target=work, args=(lambda: os.write(writing, b"x"),))
    child.start()
    assert os.read(reading, 1) == b"x"
    child.kill()
    child.join()
    assert child.exitcode == -signal.SIGKILL
    os.close(reading)
    os.close(writing)


def test_a_full_disk_is_told_and_leaves_nothing(small_disk: Path) -> None:
    blobs = BlobStore(small_disk / "blobs")
    name = _kept(blobs, BIG)
    with pytest.raises(DiskFull):
        _kept(blobs, BIG * 8)
    assert [path.name for path in _files(small_disk)] == [name]
    assert blobs.delete(_kept(blobs, BIG))  # there is room again


def test_a_full_disk_lets_no_rewrite_harm_a_blob(small_disk: Path) -> None:
    blobs = BlobStore(small_disk / "blobs")
    data = secrets.token_bytes(1_200_000)  # two do not fit
    name = _kept(blobs, data)
    with pytest.raises(DiskFull):
        blobs.rewrite(name)
    assert b"".join(blobs.read(name)) == data
    assert [path.name for path in _files(small_disk)] == [name]
    assert blobs.delete(name)


def test_a_disk_that_is_full_already_takes_nothing(small_disk: Path) -> None:
    blobs = BlobStore(small_disk / "blobs")
    filler = os.open(small_disk / "filler", os.O_WRONLY | os.O_CREAT)
    with suppress(OSError):
        while os.write(filler, bytes(4096)):
            pass
    os.close(filler)
    with pytest.raises(DiskFull):
        _kept(blobs)
    assert [path.name for path in _files(small_disk)] == ["filler"]


def test_settling_gives_all_folders_one_change_time(blobs: BlobStore, where: Path) -> None:
    shards = [where / f"{number:02x}" for number in range(256)]
    time.sleep(0.05)
    _kept(blobs)
    earlier = {shard.stat().st_ctime_ns for shard in shards}
    time.sleep(0.05)
    blobs.settle(SystemRandom())
    assert min(shard.stat().st_ctime_ns for shard in shards) > max(earlier)
    assert {shard.stat().st_mtime_ns for shard in shards} == {0}


def test_what_a_killed_rewrite_left_is_overwritten(
    blobs: BlobStore, where: Path, tmp_path: Path
) -> None:
    part, witness = where / "ab" / f"{'0' * 32}.part", tmp_path / "witness"
    part.write_bytes(BIG)
    witness.hardlink_to(part)
    assert blobs.sweep_parts(LATER) == 1
    assert witness.read_bytes() == bytes(len(BIG))


def test_a_rewrite_that_fails_leaves_no_copy(
    blobs: BlobStore, where: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = _kept(blobs, BIG)
    witness = tmp_path / "witness"

    def fail(part: Path, _place: Path) -> None:
        witness.hardlink_to(part)
        raise OSError(errno.EIO, "the disk fails")

    monkeypatch.setattr(Path, "rename", fail)
    with pytest.raises(OSError, match="the disk fails"):
        blobs.rewrite(name)
    assert witness.read_bytes() == bytes(len(BIG))
    assert b"".join(blobs.read(name)) == BIG
    assert [path.name for path in _files(where)] == [name]


def test_the_change_time_is_told(blobs: BlobStore) -> None:
    earlier = datetime.now(UTC) - timedelta(seconds=1)
    name = _kept(blobs)
    assert earlier < blobs.changed(name) < earlier + timedelta(seconds=60)
