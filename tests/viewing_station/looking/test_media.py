"""A film's copy shows and sounds the same, and holds nothing else of it."""

import io
import json
import subprocess
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from viewing_station.looking.media import MediaMade, make_media
from viewing_station.looking.media_chain import NothingPlayedError
from viewing_station.looking.media_probe import NotMediaError
from viewing_station.sandbox import SandboxError

CANARY = "Durand-DSI"
PICTURE = ("-f", "lavfi", "-i", "testsrc=duration=2:size=320x240:rate=25")
TONE = ("-f", "lavfi", "-i", "sine=frequency=440:duration=2")
TOLD = (
    *("-metadata", f"title={CANARY}", "-metadata", f"artist={CANARY}"),
    *("-metadata", "location=+43.2964+005.3700/", "-metadata:s", f"handler_name={CANARY}"),
)


def made_by_ffmpeg(folder: Path, name: str, *words: str) -> bytes:
    file = folder / name
    subprocess.run(["ffmpeg", "-v", "error", *words, *TOLD, str(file)], check=True)
    return file.read_bytes()


def looked_at(content: bytes) -> tuple[MediaMade, bytes]:
    taken = bytearray()

    def source() -> AbstractContextManager[io.BytesIO]:
        return io.BytesIO(content)

    return make_media(source, taken.extend), bytes(taken)


def probed(folder: Path, content: bytes) -> dict[str, object]:
    file = folder / "copy"
    file.write_bytes(content)
    words = ["ffprobe", "-v", "error", "-of", "json", "-show_format", "-show_streams"]
    listing = subprocess.run([*words, "-show_chapters", str(file)], check=True, capture_output=True)
    return dict(json.loads(listing.stdout))


@pytest.mark.parametrize("name", ["film.mp4", "film.mkv", "film.avi", "film.mov", "film.webm"])
def test_a_film_is_made_anew_without_what_it_says(tmp_path: Path, name: str) -> None:
    original = made_by_ffmpeg(tmp_path, name, *PICTURE, *TONE)
    assert CANARY.encode() in original
    made, copy = looked_at(original)
    assert made.media_type == "video/mp4"
    assert 1.8 < made.seconds < 2.3
    assert CANARY.encode() not in copy
    assert b"43.29" not in copy
    streams = probed(tmp_path, copy)["streams"]
    assert [s["codec_name"] for s in streams] == ["h264", "aac"]  # type: ignore[union-attr,index]
    assert streams[0]["width"], streams[0]["height"] == (320, 240)  # type: ignore[index]


@pytest.mark.parametrize("name", ["talk.mp3", "talk.wav", "talk.ogg", "talk.flac", "talk.m4a"])
def test_a_recording_is_made_anew_without_what_it_says(tmp_path: Path, name: str) -> None:
    original = made_by_ffmpeg(tmp_path, name, *TONE)
    made, copy = looked_at(original)
    assert (made.extension, made.media_type) == (".ogg", "audio/ogg")
    assert 1.9 < made.seconds < 2.2
    assert CANARY.encode() not in copy
    assert probed(tmp_path, copy)["streams"][0]["codec_name"] == "opus"  # type: ignore[index]


def test_two_copies_of_one_film_are_the_same_bytes(tmp_path: Path) -> None:
    original = made_by_ffmpeg(tmp_path, "film.mp4", *PICTURE, *TONE)
    assert looked_at(original)[1] == looked_at(original)[1]


def test_covers_chapters_subtitles_and_attachments_stay_behind_and_are_told(
    tmp_path: Path,
) -> None:
    subtitles = tmp_path / "words.srt"
    subtitles.write_text(f"1\n00:00:00,000 --> 00:00:01,000\n{CANARY}\n")
    chapters = tmp_path / "chapters"
    chapters.write_text(
        f";FFMETADATA1\n[CHAPTER]\nTIMEBASE=1/1000\nSTART=0\nEND=900\ntitle={CANARY}\n"
    )
    original = made_by_ffmpeg(
        tmp_path,
        "film.mkv",
        *(*PICTURE, *TONE, *TONE, "-i", str(subtitles), "-i", str(chapters)),
        *("-map", "0", "-map", "1", "-map", "2", "-map", "3", "-map_chapters", "4"),
        *("-attach", str(subtitles), "-metadata:s:t", "mimetype=text/plain"),
    )
    made, copy = looked_at(original)
    assert made.left_out == ("another sound track", "subtitles", "an attached file")
    assert CANARY.encode() not in copy
    told = probed(tmp_path, copy)
    assert told["chapters"] == []
    assert len(told["streams"]) == 2  # type: ignore[arg-type]


def test_a_film_that_is_on_its_side_is_set_upright(tmp_path: Path) -> None:
    plain = tmp_path / "plain.mp4"
    subprocess.run(["ffmpeg", "-v", "error", *PICTURE, str(plain)], check=True)
    turned = tmp_path / "turned.mp4"
    turning = ["-display_rotation", "90", "-i", str(plain), "-c", "copy", str(turned)]
    words = ["ffmpeg", "-v", "error", *turning]
    if subprocess.run(words, check=False, capture_output=True).returncode:  # before ffmpeg 6
        turning = ["-i", str(plain), "-c", "copy", "-metadata:s:v", "rotate=90", str(turned)]
        subprocess.run(["ffmpeg", "-v", "error", "-y", *turning], check=True)
    _, copy = looked_at(turned.read_bytes())
    stream = probed(tmp_path, copy)["streams"][0]  # type: ignore[index]
    assert (stream["width"], stream["height"]) == (240, 320)


def test_a_large_film_becomes_full_hd(tmp_path: Path) -> None:
    wide = ("-f", "lavfi", "-i", "color=size=4096x2160:duration=0.2:rate=10")
    _, copy = looked_at(made_by_ffmpeg(tmp_path, "film.mp4", *wide))
    stream = probed(tmp_path, copy)["streams"][0]  # type: ignore[index]
    assert (stream["width"], stream["height"]) == (1920, 1012)


def test_a_film_cut_short_shows_what_there_is(tmp_path: Path) -> None:
    original = made_by_ffmpeg(tmp_path, "film.mkv", *PICTURE, *TONE)
    made, _ = looked_at(original[: len(original) * 2 // 3])
    assert 0 < made.seconds < 2


@pytest.mark.parametrize(
    "listed",
    [
        "#EXTM3U\n#EXTINF:1,\n{path}\n#EXT-X-ENDLIST\n",
        "#EXTM3U\n#EXT-X-MEDIA-SEQUENCE:0\n#EXTINF:1,\nconcat:{path}|{path}\n#EXT-X-ENDLIST\n",
        "#EXTM3U\n#EXTINF:1,\nhttp://127.0.0.1:{port}/x.ts\n#EXT-X-ENDLIST\n",
        "ffconcat version 1.0\nfile '{path}'\n",
        "ffconcat version 1.0\nfile 'http://127.0.0.1:{port}/x.mp4'\n",
        "v=0\no=- 0 0 IN IP4 127.0.0.1\nc=IN IP4 127.0.0.1\nm=video {port} RTP/AVP 96\n",
        (
            '<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011"><Period>'
            "<AdaptationSet><Representation><BaseURL>file://{path}</BaseURL></Representation></AdaptationSet></Period>"
            "</MPD>"
        ),
    ],
)
def test_a_list_that_points_elsewhere_is_not_followed(tmp_path: Path, listed: str) -> None:
    """Neither a file, were it one that the sandbox has, nor an address."""
    film = tmp_path / "film.mp4"
    made_by_ffmpeg(tmp_path, film.name, *PICTURE)
    for path in (film, "/work/document"):
        with pytest.raises(NotMediaError, match="list that points elsewhere"):
            looked_at(listed.format(path=path, port=9).encode())


def test_a_list_inside_a_film_is_not_followed(tmp_path: Path) -> None:
    film = made_by_ffmpeg(tmp_path, "film.avi", *PICTURE)
    disguised = b"#EXTM3U\n#EXTINF:1,\n/etc/ld.so.conf\n" + film
    with pytest.raises((NotMediaError, NothingPlayedError)):
        looked_at(disguised)


@pytest.mark.parametrize(
    "content", [b"", b"\0" * 5000, b"\x1aE\xdf\xa3" * 99, b"ID3" + b"\xff" * 999]
)
def test_what_is_no_film_is_refused_in_one_sentence(content: bytes) -> None:
    with pytest.raises((NotMediaError, NothingPlayedError, SandboxError)) as refused:
        looked_at(content)
    assert str(refused.value).count("\n") == 0


def test_progress_comes_to_its_end(tmp_path: Path) -> None:
    original = made_by_ffmpeg(tmp_path, "film.mp4", *PICTURE)
    seen: list[float] = []
    make_media(lambda: io.BytesIO(original), lambda _: None, seen.append)
    assert seen == sorted(seen)
    assert 0.9 < seen[-1] <= 1


def test_a_sink_that_fails_ends_both_sides(tmp_path: Path) -> None:
    original = made_by_ffmpeg(tmp_path, "film.mp4", *PICTURE)

    def full(_: bytes) -> None:
        raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match="No space"):
        make_media(lambda: io.BytesIO(original), full)
