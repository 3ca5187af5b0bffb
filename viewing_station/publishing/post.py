"""A note for a forum such as Discourse, in which nothing that was written turns into markup."""

import re
import string
from collections.abc import Sequence

from viewing_station.publishing.release import Part, Work
from viewing_station.publishing.wording import Wording

WORD_JOINER = "\N{WORD JOINER}"  # unseen, and it parts what a forum would join

# CommonMark 2.4: any ASCII punctuation may stand behind a backslash, and is then only itself.
_PUNCTUATION = str.maketrans({sign: "\\" + sign for sign in string.punctuation})

# What a forum finds in finished text, where no backslash helps: mentions, hashtags, emoji,
# addresses (and it would fetch what lies there).
_JOINED = re.compile(r"(?<=[@#:./])(?=\S)")


def post(works: Sequence[Work], wording: Wording) -> str:
    """Return the note, as Markdown."""
    return "\n".join(f"{_note(work, wording)}\n" for work in works)


def plain(text: str) -> str:
    """Return one line of text as Markdown that shows just this text."""
    return _JOINED.sub(WORD_JOINER, text).translate(_PUNCTUATION)


def _note(work: Work, wording: Wording) -> str:
    publication = work.publication
    title, _ = wording.title(publication)
    summary, _ = wording.summary(publication)
    facts = [f"- **{name}**: {plain(value)}" for name, value in wording.facts(publication)]
    if publication.source:
        link = publication.source
        facts.append(f"- **{wording.source}**: [{plain(link.label)}](<{link.url}>)")
    files = [_file(part, number, wording) for number, part in enumerate(work.parts)]
    blocks = [f"## {plain(title)}", *_paragraphs(summary), "\n".join(facts), "\n".join(files)]
    return "\n\n".join(block for block in blocks if block) + "\n"


def _paragraphs(text: str) -> list[str]:
    """Strip every line: one that begins with blanks would be code."""
    paragraphs = text.split("\n\n")
    return [
        "\n".join(plain(line.strip()) for line in one.strip().split("\n")) for one in paragraphs
    ]


def _file(part: Part, number: int, wording: Wording) -> str:
    called = f"{wording.attachment} {number}" if number else wording.document
    kind = part.name.rpartition(".")[2].upper()
    return f"- {called} ({kind}, {wording.measure(part.size)}), SHA-256 `{part.sha256}`"
