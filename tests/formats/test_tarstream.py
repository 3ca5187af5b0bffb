"""Any range of a tar file is what slicing the whole would give, and other programs read it."""

import io
import os
import shutil
import subprocess
import tarfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from formats.errors import Malformed, WrongSize
from formats.tar_header import LARGEST
from formats.tarstream import TarPlan

needs_bsdtar = pytest.mark.skipif(
    shutil.which("bsdtar") is None, reason="bsdtar (of libarchive-tools) is not installed"
)

contents_lists = st.lists(
    st.lists(st.binary(max_size=10) | st.builds(bytes, st.integers(0, 1500)), max_size=3),
    max_size=5,
)


def plan_of(contents: list[list[bytes]]) -> TarPlan:
    return TarPlan([(f"m{index}.gpg", sum(map(len, one))) for index, one in enumerate(contents)])


@given(contents_lists, st.data())
def test_any_range_is_a_slice_of_the_whole(
    contents: list[list[bytes]], data: st.DataObject
) -> None:
    plan = plan_of(contents)
    whole = b"".join(plan.stream(contents.__getitem__))
    assert len(whole) == plan.size
    start = data.draw(st.integers(0, plan.size))
    end = data.draw(st.none() | st.integers(start, plan.size))
    assert b"".join(plan.stream(contents.__getitem__, start, end)) == whole[start:end]


@given(contents_lists)
def test_tarfile_reads_the_whole(contents: list[list[bytes]]) -> None:
    whole = b"".join(plan_of(contents).stream(contents.__getitem__))
    with tarfile.open(fileobj=io.BytesIO(whole), mode="r:", errorlevel=2) as read:
        found = [(info.name, stream.read()) for info in read if (stream := read.extractfile(info))]
    assert found == [(f"m{index}.gpg", b"".join(one)) for index, one in enumerate(contents)]


@pytest.mark.parametrize("program", ["tar", pytest.param("bsdtar", marks=needs_bsdtar)])
def test_other_programs_extract_it(program: str, tmp_path: Path) -> None:
    contents = [[b"{}"], [os.urandom(70_000)], [], [b"x" * 512]]
    whole = b"".join(plan_of(contents).stream(contents.__getitem__))
    done = subprocess.run(
        [program, "-xf", "-"], input=whole, cwd=tmp_path, check=True, capture_output=True
    )
    assert (done.stdout, done.stderr) == (b"", b"")
    for index, one in enumerate(contents):
        path = tmp_path / f"m{index}.gpg"
        assert path.read_bytes() == b"".join(one)
        assert path.stat().st_mode & 0o777 == 0o600


def test_a_member_past_eight_gib(tmp_path: Path) -> None:
    size = (9 << 30) + 1
    plan = TarPlan([("large.gpg", size), ("small.gpg", 5)])
    after_large = 512 + size + 511
    path = tmp_path / "large.tar"
    with path.open("wb") as file:
        file.write(plan.header(0))
        file.seek(after_large)
        contents = (iter(()), iter((b"small",)))
        file.writelines(plan.stream(contents.__getitem__, after_large))
    assert path.stat().st_size == plan.size
    listing = subprocess.run(
        ["tar", "-tvf", str(path)], check=True, capture_output=True, text=True
    ).stdout.splitlines()
    assert [line.split()[2:6:3] for line in listing] == [
        [str(size), "large.gpg"],
        ["5", "small.gpg"],
    ]


def test_only_members_that_the_range_touches_are_asked_for() -> None:
    asked: list[int] = []

    def contents(index: int) -> Iterator[bytes]:
        asked.append(index)
        yield bytes(1000)

    plan = TarPlan([(f"m{index}", 1000) for index in range(5)])
    section = 512 + 1024
    assert len(b"".join(plan.stream(contents, 2 * section + 600, 3 * section + 512))) == 1448
    assert asked == [2]


def test_large_pieces_pass_uncopied() -> None:
    piece = os.urandom(256 << 10)
    plan = TarPlan([("a", 2 * len(piece))])
    streamed = list(plan.stream(lambda _index: (piece, piece)))
    assert sum(part is piece for part in streamed) == 2


@pytest.mark.parametrize("pieces", [[], [b"abc"], [b"abcd", b"e"], [b"abcde"]])
def test_a_member_that_has_another_size_now_is_an_error(pieces: list[bytes]) -> None:
    plan = TarPlan([("a", 4), ("b", 0)])
    sent: list[bytes] = []
    with pytest.raises(WrongSize):
        sent.extend(plan.stream(lambda index: pieces if index == 0 else ()))
    assert len(b"".join(sent)) <= 512 + 4


@pytest.mark.parametrize(("start", "end"), [(-1, None), (0, -1), (2, 1), (0, 1025), (1025, None)])
def test_ranges_outside_the_file_are_refused_at_once(start: int, end: int | None) -> None:
    plan = TarPlan([])
    assert plan.size == 1024
    with pytest.raises(ValueError, match="range"):
        plan.stream(lambda _index: (), start, end)


@pytest.mark.parametrize(
    "members",
    [
        [("../a", 1)],
        [("/a", 1)],
        [("A", 1)],
        [("a" * 100, 1)],
        [("", 1)],
        [("a", -1)],
        [("a", LARGEST + 1)],
        [("a", 1), ("a", 2)],
    ],
)
def test_plans_that_no_reader_would_take_are_not_made(members: list[tuple[str, int]]) -> None:
    with pytest.raises(Malformed):
        TarPlan(members)


def test_a_plan_may_be_as_large_as_any_file() -> None:
    assert TarPlan([("a", LARGEST)]).size == LARGEST + 1 + 512 + 1024


def test_a_stream_left_early_lets_go_of_its_contents() -> None:
    closed = []

    def contents(index: int) -> Iterator[bytes]:
        try:
            yield bytes(100)
            yield bytes(100)
        finally:
            closed.append(index)

    stream = iter(TarPlan([("a", 200)]).stream(contents))
    next(stream)
    next(stream)
    del stream
    assert closed == [0]
