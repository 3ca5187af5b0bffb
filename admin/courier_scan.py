"""Puts a courier together from the frames that a camera saw."""

import io
import os
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from admin.errors import AdminError
from formats.courier import decode_courier
from formats.errors import FormatError, Malformed
from formats.qr_frames import CONTENT_LIMIT, Frame, OtherSeries, Series, decode_frame
from formats.tarstream import TarLimits, TarReader

PRIVATE_FILE = 0o600
MEMBERS_LIMIT = 1_000  # replies that a megabyte holds, and more


@dataclass(frozen=True)
class Scan:
    """What the pictures held: the frames of one courier, and codes of something else."""

    series: Series
    others: int

    @property
    def missing(self) -> tuple[int, ...]:
        """The numbers of the frames that no picture shows."""
        return self.series.missing


def gather(texts: Iterable[str]) -> Scan:
    """Sort what was read. Raises AdminError where there is no frame, or frames of two couriers."""
    frames: list[Frame] = []
    others = 0
    for untrusted_text in texts:
        try:
            frames.append(decode_frame(untrusted_text))
        except Malformed:
            others += 1  # another code on the desk, or on the screen
    if not frames:
        raise AdminError("The pictures show no frame of a courier.")
    series = Series(frames[0])
    try:
        for frame in frames:
            series.add(frame)
    except OtherSeries:
        raise AdminError("The pictures show frames of different couriers: sort them.") from None
    return Scan(series, others)


def courier_of(scan: Scan) -> bytes:
    """Return the courier, whole. Raises AdminError.

    Its signature is checked where it is applied: only the server knows the station's key.
    """
    try:
        content = scan.series.content()
        _check_courier(content)
    except FormatError:
        raise AdminError("The frames are not those of a courier.") from None
    return content


def _check_courier(content: bytes) -> None:
    """See that it is one, so that no code on a wall makes another file here. Raises FormatError."""
    limits = TarLimits(MEMBERS_LIMIT, CONTENT_LIMIT, CONTENT_LIMIT)
    manifest, _ = TarReader(io.BytesIO(content), limits).read_manifest()
    decode_courier(manifest)


def write_fresh(path: Path, content: bytes, *, force: bool) -> None:
    """Write a file whole or not at all. Raises AdminError where one stands there, OSError."""
    if not force and os.path.lexists(path):
        raise AdminError(f"{path} exists already and was left as it is; --force replaces it.")
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    try:
        handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, PRIVATE_FILE)
        with os.fdopen(handle, "wb") as sink:
            sink.write(content)
            sink.flush()
            os.fsync(sink.fileno())
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
