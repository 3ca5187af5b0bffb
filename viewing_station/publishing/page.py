"""The page that goes with published files: French, then English; no script, nothing remote."""

import base64
import hashlib
from collections.abc import Sequence

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from viewing_station.publishing.release import Work
from viewing_station.publishing.wording import BOTH

NAME = "index.html"


def page(works: Sequence[Work]) -> bytes:
    """Return the page. All that reviewers wrote is escaped, and only our own style counts."""
    environment = Environment(
        loader=PackageLoader("viewing_station.publishing", "."),
        autoescape=True,
        undefined=StrictUndefined,
    )
    style, _, _ = environment.loader.get_source(environment, "page.css")  # type: ignore[union-attr]
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    text = environment.get_template("page.html").render(
        works=works,
        wordings=BOTH,
        style=Markup(style),  # noqa: S704  # it comes with the program
        style_hash=digest,
    )
    return text.encode()
