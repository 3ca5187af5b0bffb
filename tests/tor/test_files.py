import os
import stat
import threading
from pathlib import Path

import pytest

from tor import files as files_module
from tor.files import alone, destroy, hold, make_private_folder, remove, write_whole


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.mark.parametrize("umask", [0o000, 0o022, 0o077])
def test_files_and_folders_are_their_owners_alone_whatever_the_umask(
    tmp_path: Path, umask: int
) -> None:
    before = os.umask(umask)
    try:
        make_private_folder(tmp_path / "folder")
        write_whole(tmp_path / "folder" / "file", b"secret")
        with alone(tmp_path / "folder" / "lock"):
            pass
    finally:
        os.umask(before)
    assert mode(tmp_path / "folder") == 0o700
    assert mode(tmp_path / "folder" / "file") == 0o600
    assert mode(tmp_path / "folder" / "lock") == 0o600


def test_a_folder_that_others_could_read_is_closed(tmp_path: Path) -> None:
    (tmp_path / "open").mkdir(mode=0o755)
    make_private_folder(tmp_path / "open")
    assert mode(tmp_path / "open") == 0o700


def test_a_file_others_could_read_is_replaced_by_one_they_cannot(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"old")
    path.chmod(0o644)
    write_whole(path, b"new")
    assert path.read_bytes() == b"new"
    assert mode(path) == 0o600


def test_a_link_is_replaced_and_what_it_named_is_not_written_to(tmp_path: Path) -> None:
    (tmp_path / "other").write_bytes(b"theirs")
    (tmp_path / "file").symlink_to(tmp_path / "other")
    write_whole(tmp_path / "file", b"ours")
    assert (tmp_path / "other").read_bytes() == b"theirs"
    assert not (tmp_path / "file").is_symlink()


def test_a_write_that_fails_leaves_the_old_file_and_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_whole(tmp_path / "file", b"old")

    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(files_module.os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        write_whole(tmp_path / "file", b"new")
    assert [path.name for path in tmp_path.iterdir()] == ["file"]
    assert (tmp_path / "file").read_bytes() == b"old"


def test_a_draft_that_was_cut_off_is_taken_over(tmp_path: Path) -> None:
    (tmp_path / ".file.part").write_bytes(b"half of something, and longer than what follows")
    write_whole(tmp_path / "file", b"whole")
    assert (tmp_path / "file").read_bytes() == b"whole"
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_two_who_write_at_once_do_not_meet_in_one_draft(tmp_path: Path) -> None:
    contents = [bytes([number]) * 50_000 for number in range(4)]
    threads = [
        threading.Thread(target=lambda c=content: [write_whole(tmp_path / "f", c) for _ in "1234"])
        for content in contents
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (tmp_path / "f").read_bytes() in contents
    assert [path.name for path in tmp_path.iterdir()] == ["f"]


def test_whoever_reads_meanwhile_sees_one_whole_file_or_the_other(tmp_path: Path) -> None:
    path = tmp_path / "file"
    contents = [bytes([number]) * 5000 for number in (1, 2)]
    write_whole(path, contents[0])
    over = threading.Event()
    seen: set[bytes] = set()

    def look() -> None:
        while not over.is_set():
            seen.add(path.read_bytes())

    reader = threading.Thread(target=look)
    reader.start()
    try:
        for number in range(60):
            write_whole(path, contents[number % 2])
    finally:
        over.set()
        reader.join()
    assert seen <= set(contents)
    assert seen


def test_removing_what_is_gone_is_no_error(tmp_path: Path) -> None:
    write_whole(tmp_path / "file", b"x")
    remove(tmp_path / "file")
    remove(tmp_path / "file")
    assert list(tmp_path.iterdir()) == []


def test_one_holds_the_lock_at_a_time_and_a_failure_gives_it_back(tmp_path: Path) -> None:
    inside, most = 0, 0

    def hold() -> None:
        nonlocal inside, most
        for _ in range(20):
            with alone(tmp_path / "lock"):
                inside += 1
                most = max(most, inside)
                os.sched_yield()
                inside -= 1

    with pytest.raises(KeyError), alone(tmp_path / "lock"):
        raise KeyError
    threads = [threading.Thread(target=hold) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
        assert not thread.is_alive()
    assert most == 1


def test_a_lock_is_held_by_one_until_it_is_closed(tmp_path: Path) -> None:
    held = hold(tmp_path / "lock")
    assert held is not None
    assert hold(tmp_path / "lock") is None
    threading.Timer(0.2, os.close, [held]).start()
    after = hold(tmp_path / "lock", 10)  # one who only looked lets go again
    assert after is not None
    assert mode(tmp_path / "lock") == 0o600
    os.close(after)


def test_what_is_destroyed_is_overwritten_before_it_goes(tmp_path: Path) -> None:
    path = tmp_path / "key"
    path.write_bytes(b"secret" * 16)
    with path.open("rb") as held:
        destroy(path)
        left = held.read()
    assert len(left) == 96
    assert b"secret" not in left
    assert not path.exists()
    destroy(path)  # as after a power cut


def test_what_a_link_points_to_is_not_destroyed(tmp_path: Path) -> None:
    (tmp_path / "other").write_bytes(b"kept")
    (tmp_path / "key").symlink_to(tmp_path / "other")
    with pytest.raises(OSError, match="key"):
        destroy(tmp_path / "key")
    assert (tmp_path / "other").read_bytes() == b"kept"
