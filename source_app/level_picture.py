"""A picture that browsers draw unless they are at Tor Browser's "Safest" level.

That level turns SVG off, and nothing else tells a page without scripts. So the warning is drawn in
an SVG image inside the page: where it shows, the level is lower; at "Safest" the image's own text
stands there instead, which is true of any level.
"""

import textwrap
from base64 import b64encode
from xml.sax.saxutils import escape

WIDTH, LINE, SIZE = 300, 26, 18  # pixels; no wider than a telephone, or its text would shrink
MARGIN, BAR = 16, 12
COLUMNS = 28  # characters a line: sans-serif of this size leaves room for wide ones

_STYLE = (
    "rect{fill:#fbf8f1;stroke:#a3201d;stroke-width:4}.bar{fill:#a3201d;stroke:none}"
    f"text{{font:{SIZE}px sans-serif;fill:#16202e}}"
    "@media(prefers-color-scheme:dark){rect{fill:#10161f;stroke:#ff9d94}.bar{fill:#ff9d94}"
    "text{fill:#ece6d8}}"
)


def level_picture(text: str) -> str:
    """Return an image of a text in a frame, as a data URI."""
    lines = textwrap.wrap(text, COLUMNS, break_on_hyphens=False)
    height = 2 * MARGIN + LINE * len(lines)
    drawn = "".join(
        f'<text x="{BAR + MARGIN}" y="{MARGIN + SIZE + LINE * number}">{escape(line)}</text>'
        for number, line in enumerate(lines)
    )
    picture = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" '
        f'width="{WIDTH}" height="{height}"><style>{_STYLE}</style>'
        f'<rect x="2" y="2" width="{WIDTH - 4}" height="{height - 4}"/>'
        f'<rect class="bar" width="{BAR}" height="{height}"/>{drawn}</svg>'
    )
    return "data:image/svg+xml;base64," + b64encode(picture.encode()).decode()
