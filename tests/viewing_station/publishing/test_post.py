"""A note for a forum shows what was written, and none of it acts."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from tests.viewing_station.publishing.house import Desk
from viewing_station.publishing.post import WORD_JOINER, plain

# As lenient as a forum: HTML is let through, bare addresses become links.
FORUM = MarkdownIt("commonmark", {"html": True, "linkify": True}).enable(
    ["table", "strikethrough", "linkify"]
)
HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "# heading",
    "- list",
    "1. one",
    "1) one",
    "> quote",
    "```js",
    "~~~",
    "***",
    "---",
    "===",
    "`code`",
    "[a](https://evil.example)",
    "![a](https://evil.example/x.png)",
    "[quote]x[/quote]",
    "[details=x]",
    "https://evil.example/x",
    "www.evil.com",
    "evil.com",
    "mail@evil.com",
    "| a | b |\n|---|---|\n| c | d |",
    "&lt;b&gt; &amp; &#64;all",
    "a\\",
    "**bold** __bold__ _it_ ~~s~~",
    "[x]: https://evil.example",
    "<https://evil.example>",
    "<!-- x",
    "$$x$$",
    "[^1]",
]


def shown(markdown: str) -> tuple[str, set[str]]:
    """Return the text that a reader sees, and the kinds of markup around it."""
    tokens = FORUM.parse(markdown)
    return "\n".join(_texts(tokens)), set(_kinds(tokens))


def _texts(tokens: list[Token]) -> list[str]:
    lines = []
    for token in tokens:
        if token.type == "inline":
            parts = [
                "\n" if child.type == "softbreak" else child.content for child in token.children
            ]
            lines.append("".join(parts))
    return lines


def _kinds(tokens: list[Token]) -> list[str]:
    found = [token.type for token in tokens]
    return found + [child.type for token in tokens for child in token.children or ()]


INERT = {"paragraph_open", "inline", "paragraph_close", "text", "softbreak"}


def check_inert(text: str) -> None:
    text_shown, kinds = shown(plain(text))
    assert kinds <= INERT, kinds
    assert text_shown.replace(WORD_JOINER, "") == text


@pytest.mark.parametrize("text", [one for one in HOSTILE if "\n" not in one])
def test_hostile_lines_are_only_shown(text: str) -> None:
    check_inert(text)


@pytest.mark.parametrize("text", [HOSTILE[0], "# heading", "www.evil.com", "evil.com", "[a](b)"])
def test_as_it_stands_it_would_act(text: str) -> None:
    assert not shown(text)[1] <= INERT


@given(st.text("abc .,:;!?'\"<>()[]{}*_`~#+-=|\\/&@$%^0123é", min_size=1).map(str.strip))
def test_any_line_is_only_shown(text: str) -> None:
    if text:
        check_inert(text)


@pytest.mark.parametrize("text", ["@admins", "hello @all", "#secret", ":bomb:", "x:+1:y", "\\@all"])
def test_mentions_tags_and_emoji_are_parted(text: str) -> None:
    seen, _ = shown(plain(text))
    assert not re.search(r"[@#:][\w+-]", seen)


def test_a_title_injects_nothing_into_the_note(desk: Desk) -> None:
    for number, text in enumerate(HOSTILE):
        words = ["--summary", "x " + text + "\n\n    code\n\n" + "x" + text, "--city", f"x{number}"]
        words += [
            "--source",
            "x" + text.replace("|", "").replace("\n", "") + "|https://example.org/(a)",
        ]
        desk.publish(*words, title="x " + text.replace("\n", " "))
    for language in ("fr", "en"):
        note = desk.reviewer.run("export", "post", "--language", language).stdout
        tokens = FORUM.parse(note)
        kinds = set(_kinds(tokens))
        assert "html_block" not in kinds
        assert "html_inline" not in kinds
        assert kinds.isdisjoint({"image", "blockquote_open", "fence", "code_block", "hr"})
        assert kinds.isdisjoint({"table_open", "ordered_list_open"})
        links = [
            child.attrs["href"]
            for token in tokens
            for child in token.children or ()
            if child.type == "link_open"
        ]
        assert links == ["https://example.org/(a)"] * len(HOSTILE)
        headings = [token for token in tokens if token.type == "heading_open"]
        assert [token.tag for token in headings] == ["h2"] * len(HOSTILE)


def test_each_language_has_its_note(desk: Desk) -> None:
    words = ["--title-in", "en", "Video contract", "--date", "2026-03-01", "--city", "Lyon"]
    desk.publish(*words, title="Marché vidéo")
    french = desk.reviewer.run("export", "post").stdout
    english = desk.reviewer.run("export", "post", "--language", "en").stdout
    assert french.startswith("## Marché vidéo\n\n- **Ville**: Lyon\n- **Date**: 1er mars 2026\n")
    assert english.startswith("## Video contract\n\n- **City**: Lyon\n- **Date**: 1 March 2026\n")
    assert desk.copies[0].sha256 in english


def test_it_overwrites_nothing(desk: Desk, tmp_path: Path) -> None:
    desk.publish()
    file = tmp_path / "note.md"
    desk.reviewer.run("export", "post", str(file))
    assert file.stat().st_mode & 0o777 == 0o600
    first = file.read_bytes()
    told = desk.reviewer.refusal("export", "post", str(file))
    assert told == f"{file} exists already and was left as it is: choose another name."
    assert file.read_bytes() == first
