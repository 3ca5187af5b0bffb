"""The project's Markdown files, and what can be read out of them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]

_BLOCK = re.compile(r"^( *)```(\w*)\n(.*?)^\1```$", re.DOTALL | re.MULTILINE)
_INLINE = re.compile(r"`([^`\n]+)`")
_LINK = re.compile(r"\]\(([^)\s]+)\)")
_HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)


@dataclass(frozen=True)
class Page:
    """One Markdown file."""

    path: Path

    @property
    def name(self) -> str:
        """Its path below the project's folder."""
        return self.path.relative_to(ROOT).as_posix()

    @property
    def text(self) -> str:
        """All of it."""
        return self.path.read_text("utf-8")

    @property
    def prose(self) -> str:
        """All but the blocks of code."""
        return _BLOCK.sub("", self.text)

    def shell_lines(self) -> Iterator[str]:
        """Yield the lines of the blocks of shell commands."""
        for _, language, block in _BLOCK.findall(self.text):
            if language == "sh":
                yield from (line.strip() for line in block.splitlines() if line.strip())

    def inline_code(self) -> list[str]:
        """List what stands between backticks within the prose."""
        return _INLINE.findall(self.prose)

    def relative_links(self) -> list[str]:
        """List the links that stay within the project."""
        return [link for link in _LINK.findall(self.prose) if "://" not in link]

    def anchors(self) -> set[str]:
        """Name the page's headings as links do."""
        headings = _HEADING.findall(self.prose)
        plain = (re.sub(r"[^\w\s-]", "", heading.lower()) for heading in headings)
        return {heading.replace(" ", "-") for heading in plain}

    def section(self, heading: str) -> str:
        """Give the text below a heading of the second level, up to the next one."""
        _, _, rest = self.text.partition(f"\n## {heading}\n")
        assert rest, f"{self.name} has no section {heading}"
        return re.split(r"^## ", rest, maxsplit=1, flags=re.MULTILINE)[0]


def page(name: str) -> Page:
    """Give the page of that path."""
    return Page(ROOT / name)


def all_pages() -> list[Page]:
    """List every Markdown file of the project."""
    folders = [ROOT.glob("*.md"), *((ROOT / name).rglob("*.md") for name in ("docs", "tests"))]
    return [Page(path) for folder in folders for path in sorted(folder)]


PAGES = all_pages()
