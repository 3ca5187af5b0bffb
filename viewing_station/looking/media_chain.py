"""Two sandboxes in a row: one decodes, what passes between them is counted, the other encodes."""

import os
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from io import BytesIO
from typing import BinaryIO, cast

from viewing_station.errors import StationError
from viewing_station.looking.media_probe import INPUT, READING, SECONDS_LIMIT
from viewing_station.looking.tools import FFMPEG
from viewing_station.sandbox import (
    MIB,
    SHELL,
    Limits,
    ToolFailedError,
    TooMuchError,
    run,
)

MADE = "made"  # the copy's name inside
SIZE_LIMIT = 2048 * MIB  # bytes of the source's file: what one delivery may weigh
COPY_LIMIT = 2048 * MIB  # bytes of the copy, which is made whole in memory first
PATIENCE = 120  # seconds, whatever its length
SLOWNESS = 4  # seconds of work for a second of film, on an old machine

_QUIET = ("-y", "-hide_banner", "-loglevel", "error")
_NAMELESS = ("-map_metadata", "-1", "-map_chapters", "-1", "-fflags", "+bitexact")

Source = Callable[[], AbstractContextManager[BinaryIO]]
Sink = Callable[[bytes], object]


class NothingPlayedError(StationError):
    """Nothing of it can be played: it is damaged, or of a kind that is not known here."""


class MediaTooLargeError(StationError):
    """It is larger than {size} MiB, and too large to be made anew here."""


@dataclass(frozen=True)
class Job:
    """What ffmpeg is told on either side, and how much may pass between.

    raw: how what passes is to be read. unit: bytes of a frame or sample, of which a whole number
    must pass. a_second: raw bytes. seconds: what the file says; only the wait is reckoned by it.
    """

    decoding: tuple[str, ...]
    raw: tuple[str, ...]
    encoding: tuple[str, ...]
    unit: int
    a_second: float
    seconds: float
    progress: Callable[[float], object]
    beside: tuple[str, ...] = ()
    files: Mapping[str, bytes] = field(default_factory=dict)

    @property
    def limit(self) -> int:
        """Bytes that may pass."""
        return int(self.a_second * (SECONDS_LIMIT + 1))

    @property
    def patience(self) -> float:
        """Seconds that either side may take."""
        return PATIENCE + SLOWNESS * (self.seconds or SECONDS_LIMIT)


def chained(source: Source, job: Job, sink: Sink) -> float:
    """Do a job; return the seconds of what was made.

    Raises NothingPlayedError, MediaTooLargeError, and SandboxError of all kinds.
    """
    reading, writing = (
        os.fdopen(end, mode) for end, mode in zip(os.pipe(), ("rb", "wb"), strict=True)
    )
    with ThreadPoolExecutor(1, "decoding") as threads, reading:
        decoding = threads.submit(_decode, source, job, cast("BinaryIO", writing))
        try:
            _encode(job, cast("BinaryIO", reading), sink)
        except ToolFailedError:
            _tell(decoding)
            raise
        finally:
            reading.close()  # or a decoder whose frames nobody takes would wait for ever
        return _tell(decoding) / job.a_second


def _tell(decoding: "Future[int]") -> int:
    """Return what passed: where too little did, that is why the other side failed."""
    try:
        return decoding.result()
    except ToolFailedError:
        raise NothingPlayedError from None


def _decode(source: Source, job: Job, writing: BinaryIO) -> int:
    passed = 0

    def take(piece: bytes) -> None:
        nonlocal passed
        passed += len(piece)
        if passed > job.limit:
            raise TooMuchError(size=job.limit // MIB)
        writing.write(piece)
        job.progress(min(1.0, passed / ((job.seconds or SECONDS_LIMIT) * job.a_second)))

    words = ["-nostdin", *READING, "-i", INPUT, "-t", str(SECONDS_LIMIT), *job.decoding, "-"]
    limits = Limits(job.patience, scratch=SIZE_LIMIT + MIB, output=job.limit)
    with writing, source() as untrusted:
        run(FFMPEG, words, take, files={INPUT: untrusted}, limits=limits)
    if not passed or passed % job.unit:
        raise NothingPlayedError
    return passed


def _encode(job: Job, reading: BinaryIO, sink: Sink) -> None:
    """Encode what comes in raw. The copy is made whole inside first: players want its index."""
    words = [*_QUIET, *job.raw, "-i", "pipe:0", *job.beside, *_NAMELESS, *job.encoding, MADE]
    script = ["-c", f'"$@" && exec cat {MADE}', "sh", FFMPEG.program, *words]
    given = {name: BytesIO(content) for name, content in job.files.items()}
    limits = Limits(job.patience, scratch=COPY_LIMIT, output=COPY_LIMIT)
    run(SHELL, script, sink, files=given, feed=reading, limits=limits)
