"""Files are kept only as the letter describes them."""

from pathlib import Path

import pytest

from formats.bundle import EnvelopeKind
from tests.viewing_station.hostile import FILES, bomb, files_kept, only_trouble
from tests.viewing_station.reviewer import Reviewer
from tests.viewing_station.small_server import Files, SmallServer, Source

LIES: list[tuple[Files, str]] = [
    (FILES | {"empty": b"x"}, "not those that the letter lists"),
    ({**FILES, "more": b""}, "not those that the letter lists"),
    (dict(reversed(FILES.items())), "not those that the letter lists"),
    (
        {("full" if name == "empty" else name): content for name, content in FILES.items()},
        "not those that the letter lists",
    ),
    (
        FILES | {"photo mât 12.jpg": bytes(range(255, -1, -1)) * 900},
        "its file photo mât 12.jpg is not the one that was sent",
    ),
]


@pytest.mark.parametrize(("files", "word"), LIES)
def test_files_that_the_letter_does_not_describe(
    reviewer: Reviewer, server: SmallServer, source: Source, files: Files, word: str
) -> None:
    letter = source.write(server, FILES)
    envelopes = [server.seal_letter(letter, "hi"), server.seal_files(letter.delivery, files)]
    assert word in only_trouble(reviewer, server, envelopes)
    assert files_kept(reviewer) == 1
    # The letter is believed, and honest files may still come.
    honest = [envelopes[0], server.seal_files(letter.delivery, FILES)]
    assert reviewer.open_json(server.bundle(honest))[0]["state"] == "files"


def test_an_envelope_altered_before_it_was_signed(
    reviewer: Reviewer, server: SmallServer, source: Source
) -> None:
    letter, files = server.receive(source, "x", FILES)
    body = bytearray(files.content[files.entry.head_size :])
    body[len(body) // 2] ^= 1
    head = files.content[: files.entry.head_size]
    altered = server.envelope(letter.entry.delivery, EnvelopeKind.FILES, head, bytes(body))
    assert "damaged or was altered" in only_trouble(reviewer, server, [letter, altered])
    assert files_kept(reviewer) == 1


def test_a_bomb_for_files(
    reviewer: Reviewer, server: SmallServer, source: Source, tmp_path: Path
) -> None:
    letter = source.write(server, FILES)
    envelopes = [
        server.seal_letter(letter, "boom"),
        bomb(server, tmp_path, EnvelopeKind.FILES, letter.delivery),
    ]
    assert "far more than its size allows" in only_trouble(reviewer, server, envelopes)
    assert files_kept(reviewer) == 1
