"""Texts for the screen. All that comes from outside passes `outside` or `paragraphs`.

Content is textual's text with styles beside it, so that nothing in a text is read as markup.
"""

from textual.content import Content

from formats.names import visible

Part = str | tuple[str, str] | Content


def outside(text: str) -> str:
    """Return one line that someone else chose, for the screen."""
    return visible(text)


def paragraphs(text: str) -> Content:
    """Return a text of several lines that someone else wrote, for the screen."""
    return Content(visible(text, multiline=True).expandtabs(4))


def line(*parts: Part) -> Content:
    """Return one line made of texts and (text, style) pairs."""
    return Content.assemble(*parts)


def joined(between: str, parts: list[Content]) -> Content:
    """Return the parts with something between them."""
    return Content(between).join(parts)
