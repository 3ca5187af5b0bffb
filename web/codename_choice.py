"""Which version of the codename is drawn: a word in a file, read at each first visit.

It stands beside the keys and not in the configuration, so that a running service takes it at once.
It decides nothing about those who return: their check word does.
"""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from crypto.codename_versions import FIRST, CodenameVersion, codename_version
from crypto.errors import BadKey
from web.errors import ConfigError
from web.private_files import replace_public

READ_LIMIT = 40  # bytes: a number and a day


@dataclass(frozen=True)
class CodenameChoice:
    """The version that is drawn, and since when; None: since the instance was made."""

    version: CodenameVersion
    since: date | None = None


def read_choice(path: Path) -> CodenameChoice:
    """Read what is drawn: version 1 where nobody chose. Raises ConfigError."""
    try:
        with path.open("rb") as file:
            number, _, day = file.read(READ_LIMIT).decode("ascii").strip().partition(" ")
            return CodenameChoice(codename_version(int(number)), date.fromisoformat(day))
    except FileNotFoundError:
        return CodenameChoice(FIRST)
    except (ValueError, BadKey):
        raise ConfigError(
            f"{path} is damaged: `vasistas codename version` writes it anew."
        ) from None


def write_choice(path: Path, choice: CodenameChoice, today: date) -> None:
    """Put a choice into effect, in all processes."""
    written = f"{choice.version.number} {choice.since or today}\n"
    replace_public(path, written.encode("ascii"))
