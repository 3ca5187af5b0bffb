"""A reply comes back as it was written, from a size that does not tell its length."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from formats.errors import FormatError, Malformed, TooLarge
from formats.padding import KIB, LARGEST_REPLY, pad_reply
from formats.reply import REPLY_LIMIT, Origin, ReplyText, decode_reply, encode_reply

origins = st.sampled_from(Origin)
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=200)


@given(origins, texts, st.integers(1, 40))
def test_a_reply_comes_back(origin: Origin, text: str, times: int) -> None:
    reply = ReplyText(origin, text * times)
    assert decode_reply(encode_reply(reply)) == reply


def test_a_reply_is_written_as_it_always_was() -> None:
    encoded = encode_reply(ReplyText(Origin.STATION, "Merci.\nÀ bientôt 🙂"))
    content = "vasistas/reply/1 station\nMerci.\nÀ bientôt 🙂".encode()
    assert encoded == content + b"\x80" + bytes(4 * KIB - len(content) - 1)
    assert encode_reply(ReplyText(Origin.ONLINE, "")).startswith(b"vasistas/reply/1 online\n\x80")


@pytest.mark.parametrize(("length", "size"), [(0, 4), (1000, 4), (4000, 4), (4080, 8), (8000, 8)])
def test_sizes_are_classes(length: int, size: int) -> None:
    assert len(encode_reply(ReplyText(Origin.STATION, "a" * length))) == size * KIB


def test_the_limit_counts_characters_whatever_their_bytes() -> None:
    longest = ReplyText(Origin.STATION, "🙂" * REPLY_LIMIT)
    assert len(encode_reply(longest)) == LARGEST_REPLY
    assert decode_reply(encode_reply(longest)) == longest
    with pytest.raises(TooLarge):
        ReplyText(Origin.STATION, "a" * (REPLY_LIMIT + 1))


def test_a_padded_reply_past_the_limit_is_too_large() -> None:
    with pytest.raises(TooLarge):
        decode_reply(pad_reply(b"vasistas/reply/1 station\n" + b"a" * (REPLY_LIMIT + 1)))


def test_a_text_that_is_none_cannot_be_encoded() -> None:
    with pytest.raises(Malformed):
        encode_reply(ReplyText(Origin.STATION, "\ud800"))


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\n",
        b"Merci.",
        b"vasistas/reply/1 station",
        b"vasistas/reply/1\nMerci.",
        b"vasistas/reply/1 elsewhere\nMerci.",
        b"vasistas/reply/2 station\nMerci.",
        b"vasistas/reply/1 station \nMerci.",
        b"vasistas/reply/1 STATION\nMerci.",
        b"vasistas/reply/1 station\r\nMerci.",
        b"\xef\xbb\xbfvasistas/reply/1 station\nMerci.",
        b"vasistas/reply/1 station\n\xff",
        b"vasistas/reply/1 station\n\xed\xa0\x80",
    ],
)
def test_malformed_replies(content: bytes) -> None:
    with pytest.raises(Malformed):
        decode_reply(pad_reply(content))


@given(st.binary(max_size=100))
def test_any_content_is_a_value_or_a_typed_error(content: bytes) -> None:
    for data in (content, b"vasistas/reply/1 online\n" + content):
        try:
            reply = decode_reply(pad_reply(data))
        except FormatError:
            continue
        assert encode_reply(reply) == pad_reply(data)


def test_the_text_is_not_in_the_repr() -> None:
    assert "Merci" not in repr(ReplyText(Origin.STATION, "Merci"))
