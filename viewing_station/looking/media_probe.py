"""What a film or a recording holds, as ffprobe says inside the sandbox; none of it is believed."""

import json
import math
from dataclasses import dataclass
from fractions import Fraction
from typing import BinaryIO

from viewing_station.errors import StationError
from viewing_station.looking.tools import FFPROBE
from viewing_station.sandbox import Limits, ToolFailedError, collected, run

INPUT = "document"  # its name inside, whatever its own is

LONGEST_SIDE = 1920  # pixels: full HD shows a face and a number plate as well as more would
LEAST_SIDE = 16  # pixels: encoders want as much
FASTEST = 60  # frames a second, as screens show them
SLOWEST = 1
USUAL_RATE = Fraction(25)  # where a file says none that can be
SECONDS_LIMIT = 4 * 3600  # a council's session; longer ones are cut into parts by recorders
PROBE_LIMITS = Limits(seconds=60, scratch=3 << 30, output=1 << 20)
STREAMS_LIMIT = 32

# The containers that cameras, telephones and recorders write. Playlists, concatenations, lists of
# pictures and descriptions of streams are none of them: those name other files and addresses.
CONTAINERS = (
    *("mov", "mp4", "m4a", "3gp", "3g2", "mj2", "mov,mp4,m4a,3gp,3g2,mj2", "matroska,webm"),
    *("avi", "asf", "flv", "mpeg", "mpegts", "mpegvideo", "h264", "hevc", "dv", "mxf", "rm"),
    *("wav", "w64", "mp3", "ogg", "flac", "aac", "aiff", "caf", "amr", "au", "ape", "wv", "ac3"),
)
# What every reading of a source's file is told: this file alone, of these kinds alone.
READING = (
    *("-hide_banner", "-loglevel", "error", "-protocol_whitelist", "file"),
    *("-format_whitelist", ",".join(dict.fromkeys(",".join(CONTAINERS).split(",")))),
    *("-max_streams", str(STREAMS_LIMIT), "-max_pixels", str(8192 * 8192)),
)


class NotMediaError(StationError):
    """It holds neither film nor sound that can be played, or is a list that points elsewhere."""


@dataclass(frozen=True)
class Film:
    """The frames to be made of a film: width and height in pixels, even; frames a second."""

    width: int
    height: int
    rate: Fraction

    @property
    def frame(self) -> int:
        """Bytes of a raw frame: a byte of brightness a pixel, two of colour for four pixels."""
        return self.width * self.height * 3 // 2


@dataclass(frozen=True)
class Recording:
    """What there is to play. seconds: what the file says, for the progress bar alone."""

    film: Film | None
    channels: int  # of sound: none, one, two
    seconds: float
    left_out: tuple[str, ...]


def probe(source: BinaryIO) -> Recording:
    """Ask what a file holds. Raises NotMediaError, and SandboxError of other kinds."""
    taken, sink = collected(PROBE_LIMITS.output)
    words = [*READING, "-print_format", "json", "-show_format", "-show_streams", INPUT]
    try:
        run(FFPROBE, words, sink, files={INPUT: source}, limits=PROBE_LIMITS)
        untrusted = json.loads(taken)
    except (ToolFailedError, ValueError, RecursionError):
        raise NotMediaError from None
    return _recording(untrusted if isinstance(untrusted, dict) else {})


def _recording(untrusted: dict[str, object]) -> Recording:
    listed = untrusted.get("streams")
    streams = [stream for stream in _list(listed) if isinstance(stream, dict)][:STREAMS_LIMIT]
    films = [stream for stream in streams if _is(stream, "video") and not _is_cover(stream)]
    sounds = [stream for stream in streams if _is(stream, "audio")]
    if not films and not sounds:
        raise NotMediaError
    return Recording(
        film=_film(films[0]) if films else None,
        channels=min(2, max(1, _whole(sounds[0].get("channels")))) if sounds else 0,
        seconds=_seconds(untrusted.get("format")),
        left_out=tuple(_left_out(streams, films, sounds)),
    )


def _film(untrusted: dict[str, object]) -> Film:
    width, height = (_whole(untrusted.get(side)) for side in ("width", "height"))
    if min(width, height) < 1:
        raise NotMediaError
    if _is_turned(untrusted):
        width, height = height, width
    scale = min(1.0, LONGEST_SIDE / max(width, height))
    return Film(_even(width * scale), _even(height * scale), _rate(untrusted))


def _even(side: float) -> int:
    """Return an even number of pixels near `side`: colour is kept for squares of four."""
    return max(LEAST_SIDE, min(LONGEST_SIDE, round(side / 2) * 2))


def _rate(untrusted: dict[str, object]) -> Fraction:
    try:
        rate = Fraction(str(untrusted.get("avg_frame_rate"))[:32])
    except (ValueError, ZeroDivisionError):
        return USUAL_RATE
    if rate <= 0:
        return USUAL_RATE
    return max(Fraction(SLOWEST), min(Fraction(FASTEST), rate)).limit_denominator(1001)


def _is_turned(untrusted: dict[str, object]) -> bool:
    sides = [side for side in _list(untrusted.get("side_data_list")) if isinstance(side, dict)]
    return any(abs(_whole(side.get("rotation"))) in {90, 270} for side in sides)


def _seconds(untrusted: object) -> float:
    try:
        seconds = float(untrusted.get("duration", 0)) if isinstance(untrusted, dict) else 0.0
    except (TypeError, ValueError):
        return 0.0
    return min(max(seconds, 0.0), SECONDS_LIMIT) if math.isfinite(seconds) else 0.0


def _left_out(
    streams: list[dict[str, object]],
    films: list[dict[str, object]],
    sounds: list[dict[str, object]],
) -> list[str]:
    """Say what the copy will not have, so that nobody thinks it was never there."""
    counts = {
        "another film track": max(0, len(films) - 1),
        "another sound track": max(0, len(sounds) - 1),
        "a cover picture": sum(_is(stream, "video") and _is_cover(stream) for stream in streams),
        "subtitles": sum(_is(stream, "subtitle") for stream in streams),
        "a track of data, such as positions": sum(_is(stream, "data") for stream in streams),
        "an attached file": sum(_is(stream, "attachment") for stream in streams),
    }
    return [what for what, count in counts.items() if count]


def _is(stream: dict[str, object], kind: str) -> bool:
    return stream.get("codec_type") == kind


def _is_cover(stream: dict[str, object]) -> bool:
    disposition = stream.get("disposition")
    return isinstance(disposition, dict) and bool(disposition.get("attached_pic"))


def _whole(untrusted: object) -> int:
    is_number = isinstance(untrusted, int | float) and math.isfinite(untrusted)
    return int(untrusted) if is_number and isinstance(untrusted, int | float) else 0


def _list(untrusted: object) -> list[object]:
    return untrusted if isinstance(untrusted, list) else []
