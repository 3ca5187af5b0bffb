"""What a browser says of itself, as far as a warning depends on it. Nothing of it is kept.

Tor Browser says that it is Firefox. So a browser that says anything else is another one; of one
that says Firefox nothing is known.
"""

import re
from enum import StrEnum

AGENT_MAX_CHARACTERS = 400  # looked at; browsers' own take some 120

_FIREFOX = re.compile(r"Mozilla/5\.0 \([^()]*rv:\d+\.\d+\) Gecko/[\d.]+ Firefox/[\d.]+")
_HAND_HELD = re.compile(r"Android|Mobile|iPhone|iPad|iPod")


class Seems(StrEnum):
    """Which warning a visitor needs."""

    FIREFOX = "firefox"
    FIREFOX_ON_A_PHONE = "firefox-on-a-phone"
    OTHER = "other"


def seems(untrusted_agent: str) -> Seems:
    """Tell by its User-Agent what a visitor's browser seems to be."""
    agent = untrusted_agent[:AGENT_MAX_CHARACTERS]
    if not _FIREFOX.fullmatch(agent):
        return Seems.OTHER
    return Seems.FIREFOX_ON_A_PHONE if _HAND_HELD.search(agent) else Seems.FIREFOX
