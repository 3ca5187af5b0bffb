"""Looking at a page as axe does, and from a narrow screen."""

from dataclasses import dataclass, field
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

# WCAG 2.2's size of targets is the one rule that axe leaves off by itself.
OPTIONS: dict[str, Any] = {"rules": {"target-size": {"enabled": True}}}


@dataclass
class Examiner:
    """A camera that takes no picture, and notes what is wrong with what it sees."""

    page: Page
    seen: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    options: dict[str, Any] = field(default_factory=lambda: OPTIONS)

    def take(self, name: str) -> None:
        """Examine the page as it is now."""
        self.page.wait_for_load_state()
        self.seen.append(name)
        found = Axe().run(self.page, options=self.options)
        for violation in found.response["violations"]:
            nodes = [node["html"][:120] for node in violation["nodes"][:3]]
            self.wrong.append(f"{name}: {violation['id']}: {violation['help']}: {nodes}")
        if self.page.evaluate("document.documentElement.scrollWidth > window.innerWidth"):
            self.wrong.append(f"{name}: it scrolls sideways")
