"""The page that goes with files does nothing but show."""

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from tests.viewing_station.publishing.house import Desk

TAGS = {*"html head meta title style body main section header h1 h2 h3 p a nav".split()} | {  # noqa: SIM905
    *"ol ul li article div dl dt dd span code".split()  # noqa: SIM905
}


class Reading(HTMLParser):
    """What a page is made of."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.text = ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag != "meta":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


def page(desk: Desk, tmp_path: Path) -> tuple[str, Reading]:
    desk.reviewer.run("export", "folder", str(tmp_path / "out"))
    text = (tmp_path / "out" / "index.html").read_text("utf-8")
    return text, Reading(text)


def test_the_page_is_french_first_then_english(desk: Desk, tmp_path: Path) -> None:
    words = ["--title-in", "en", "Video contract", "--title-in", "de", "Vertrag"]
    words += ["--date", "2026-03-01", "--summary", "Seulement en français"]
    desk.publish(*words, title="Marché vidéo")
    _, read = page(desk, tmp_path)
    assert read.open == []
    order = ["Documents publiés", "Marché vidéo", "1er mars 2026", "Published documents"]
    order += ["Video contract", "Seulement en français", "1 March 2026"]
    body = read.text.partition("Documents publiés / Published documents")[2]
    at = 0
    for words_shown in order:
        at = body.index(words_shown, at)
    languages = [attributes.get("lang") for tag, attributes in read.tags if tag == "div"]
    assert languages.count("fr") == 1  # the French summary within the English part
    assert "Vertrag" in body


def test_nothing_in_the_page_runs_or_is_fetched(desk: Desk, tmp_path: Path) -> None:
    hostile = "x<script>alert(1)</script>\"'><img src=//evil.example onload=x>{{ 7*7 }}&lt;"
    words = ["--summary", hostile + "\n\n" + hostile, "--city", hostile[:100].replace("|", "")]
    words += [
        "--technology",
        hostile[:100],
        "--supplier",
        hostile[:100],
        "--title-in",
        "en",
        hostile,
    ]
    words += ["--source", f"{hostile[:100]}|https://example.org/a?b=c&d='e'"]
    desk.publish(*words, title=hostile)
    desk.publish(title="un autre")
    text, read = page(desk, tmp_path)
    assert {tag for tag, _ in read.tags} <= TAGS
    assert read.open == []
    assert "49" not in read.text.replace(desk.copies[0].sha256, "").replace(
        desk.copies[1].sha256, ""
    )
    for _, attributes in read.tags:
        assert not [
            name for name in attributes if name.startswith("on") or name in {"src", "style"}
        ]
    targets = {str(attributes["href"]) for tag, attributes in read.tags if tag == "a"}
    outside = {target for target in targets if "/" in target}
    assert outside == {"https://example.org/a?b=c&d='e'"}
    names = {path.name for path in (tmp_path / "out").iterdir()}
    ids = {f"#{attributes['id']}" for _, attributes in read.tags if "id" in attributes}
    assert targets - outside <= names | ids
    assert "default-src 'none'" in text
    assert not re.search(r"url\(|@import", text)


@pytest.mark.parametrize("size", [1, 3])
def test_every_publication_is_on_the_page(desk: Desk, tmp_path: Path, size: int) -> None:
    for number in range(size):
        desk.publish(title=f"Titre {number}")
    _, read = page(desk, tmp_path)
    headings = [tag for tag, _ in read.tags if tag == "h2"]
    assert len(headings) == 2 * size
    assert ("nav" in {tag for tag, _ in read.tags}) == (size > 1)
