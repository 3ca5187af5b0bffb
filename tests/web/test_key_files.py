"""Key files: one key or two, read anew each time, and never half."""

import os
import threading
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from web.errors import ConfigError
from web.key_files import KEY_BYTES, KeptKey, KeptKeys, read_keys
from web.private_files import replace_private, write_private

DAY = date(2026, 11, 30)
RAW = st.binary(min_size=KEY_BYTES, max_size=KEY_BYTES)
KEYS = st.builds(KeptKey, RAW, st.none() | st.dates())
ONE, TWO = KeptKey(bytes(range(32)), DAY), KeptKey(bytes(32))


@given(st.builds(KeptKeys, KEYS, st.none() | KEYS))
def test_what_was_written_is_read(tmp_path_factory: pytest.TempPathFactory, keys: KeptKeys) -> None:
    path = tmp_path_factory.mktemp("keys") / "key"
    write_private(path, keys.encode())
    assert read_keys(path) == keys
    assert read_keys(path).all[0] == keys.present.raw


def test_a_file_from_before_there_were_days_is_read(tmp_path: Path) -> None:
    (tmp_path / "key").write_text("ab" * 32 + "\n")
    assert read_keys(tmp_path / "key") == KeptKeys(KeptKey(b"\xab" * 32))


def test_no_key_is_in_a_repr() -> None:
    assert ONE.raw.hex() not in repr(KeptKeys(ONE, TWO))
    assert repr(ONE.raw) not in repr(KeptKeys(ONE, TWO))


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\n",
        b"ab" * 31,
        b"ab" * 33,
        b"zz" * 32,
        b"ab" * 32 + b" yesterday\n",
        (b"ab" * 32 + b"\n") * 3,
        b"ab" * 32 + b"\n\n",
        bytes(65),
        b"\xff" * 64,
    ],
)
def test_anything_else_is_damaged(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "key").write_bytes(content)
    with pytest.raises(ConfigError, match="key is damaged: restore it") as caught:
        read_keys(tmp_path / "key")
    assert "ab" * 8 not in str(caught.value)


def test_a_missing_one_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="key is missing"):
        read_keys(tmp_path / "key")


def test_a_reader_beside_rotations_never_finds_damage(tmp_path: Path) -> None:
    """The file from before is overwritten while somebody may just have opened it."""
    path, over = tmp_path / "key", threading.Event()
    versions = [KeptKeys(ONE), KeptKeys(TWO, ONE), KeptKeys(TWO)]
    write_private(path, versions[0].encode())

    def rotate() -> None:
        for turn in range(60):
            replace_private(path, versions[turn % 3].encode())
        over.set()

    rotating = threading.Thread(target=rotate)
    rotating.start()
    while not over.is_set():
        assert read_keys(path) in versions
    rotating.join()


def test_what_was_replaced_while_it_was_read_is_read_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "key"
    path.write_bytes(bytes(65))  # the zeros of one that was just destroyed
    replaced: list[int] = []

    def samestat(*_: os.stat_result) -> bool:
        path.write_bytes(KeptKeys(ONE).encode())
        replaced.append(1)
        return False

    monkeypatch.setattr(os.path, "samestat", samestat)
    assert read_keys(path) == KeptKeys(ONE)
    assert len(replaced) == 2
