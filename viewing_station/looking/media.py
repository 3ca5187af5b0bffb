"""Makes of a film or a recording one that only shows and sounds the same.

As with pages, nothing that a source's file says goes into the copy: one sandbox decodes it to raw
frames or raw samples, which can hold nothing else; they are counted here; another sandbox, which
never sees the source's file, encodes them anew. No title, position, chapter or cover passes.
"""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

from viewing_station.looking.media_chain import Job, NothingPlayedError, Sink, Source, chained
from viewing_station.looking.media_probe import SECONDS_LIMIT, Film, Recording, probe
from viewing_station.looking.tools import FFMPEG
from viewing_station.sandbox import MIB, collected

SAMPLE_RATE = 48_000  # samples a second: what Opus takes
SAMPLE = 2  # bytes a sample and channel
SOUND_LIMIT = 512 * MIB  # bytes of encoded sound: four hours take half

_OPUS = ("-c:a", "libopus", "-b:a", "96k", "-f", "ogg")
_AAC = ("-c:a", "aac", "-b:a", "128k", "-f", "adts")
_H264 = (
    *("-c:v", "libx264", "-preset", "veryfast", "-crf", "23", "-pix_fmt", "yuv420p"),
    *("-flags:v", "+bitexact", "-bsf:v", "filter_units=remove_types=6"),  # or x264 adds a note
    *("-movflags", "+faststart", "-f", "mp4"),
)

Progress = Callable[[float], object]  # the share done, from 0 to 1


@dataclass(frozen=True)
class MediaMade:
    """What was made: its extension and type, its seconds, and what the copy lacks, in words."""

    extension: str
    media_type: str
    seconds: float
    left_out: tuple[str, ...]


def make_media(source: Source, sink: Sink, progress: Progress = lambda _: None) -> MediaMade:
    """Give `sink` a copy that only shows and sounds the same: MP4 for films, Ogg for sound.

    `source()` is read several times. What the sink got counts once this returns. Raises
    NotMediaError, NothingPlayedError, and SandboxError of all kinds.
    """
    FFMPEG.require()
    with source() as untrusted:
        recording = probe(untrusted)
    if recording.film is None:
        seconds = chained(source, _sound(recording, _OPUS, progress), sink)
        return _made(".ogg", "audio/ogg", seconds, recording)
    sound, collect = collected(SOUND_LIMIT)
    if recording.channels:
        with suppress(NothingPlayedError):  # a film whose sound is damaged still shows
            chained(source, _sound(recording, _AAC, lambda _: None), collect)
    seconds = chained(source, _film(recording, recording.film, bytes(sound), progress), sink)
    return _made(".mp4", "video/mp4", seconds, recording)


def _made(extension: str, media_type: str, seconds: float, recording: Recording) -> MediaMade:
    cut = ("what comes after its fourth hour",) if seconds >= SECONDS_LIMIT else ()
    return MediaMade(extension, media_type, seconds, (*recording.left_out, *cut))


def _sound(recording: Recording, coding: tuple[str, ...], progress: Progress) -> Job:
    raw = ("-f", "s16le", "-ar", str(SAMPLE_RATE), "-ac", str(recording.channels))
    unit = SAMPLE * recording.channels
    return Job(
        decoding=("-map", "0:a:0", "-vn", "-sn", "-dn", *raw),
        raw=raw,
        encoding=("-flags:a", "+bitexact", *coding),
        unit=unit,
        a_second=float(SAMPLE_RATE * unit),
        seconds=recording.seconds,
        progress=progress,
    )


def _film(recording: Recording, film: Film, sound: bytes, progress: Progress) -> Job:
    frame = f"{film.width}:{film.height}"
    fitted = (
        f"fps={film.rate}:start_time=0,scale={frame}:force_original_aspect_ratio=decrease,"
        f"pad={frame}:-1:-1,setsar=1,format=yuv420p"
    )
    raw = ("-f", "rawvideo", "-pix_fmt", "yuv420p")
    shape = ("-video_size", f"{film.width}x{film.height}", "-framerate", str(film.rate))
    beside = ("-f", "aac", "-i", "sound") if sound else ()
    return Job(
        decoding=("-map", "0:v:0", "-an", "-sn", "-dn", "-vf", fitted, *raw),
        raw=(*raw, *shape),
        encoding=(*(("-c:a", "copy") if sound else ()), *_H264),
        unit=film.frame,
        a_second=film.frame * float(film.rate),
        seconds=recording.seconds,
        progress=progress,
        beside=beside,
        files={"sound": sound} if sound else {},
    )
