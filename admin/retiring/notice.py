"""The one file that says that an instance is at its end, and how far that is.

While it is there nothing of the instance is served. Each stage begins with the file being replaced
in one step, so that whoever comes after a power cut goes on where it stood.
"""

from dataclasses import dataclass, replace
from datetime import date
from enum import Enum
from pathlib import Path

from admin.errors import AdminError
from formats.errors import FormatError, check
from formats.manifest import format_line
from formats.strict_json import Fields, check_canonical, encode_json, parse_json
from tor.files import write_whole
from web.languages import LANGUAGES

NOTICE_NAME = "retired.json"
_KIND = "retirement"
_LIMIT = 16 << 10  # bytes
_NEVER = ""


class Stage(Enum):
    """How far it is."""

    EXPORTING = "exporting"  # nothing is destroyed yet
    DESTROYING = "destroying"  # there is no way back
    CLOSED = "closed"  # nothing is left but what the closing page needs
    ENDED = "ended"


@dataclass(frozen=True)
class Notice:
    """That the instance called `name` is closed `since` a day.

    A closing page stands `until` the end of a day (UTC), None: there is none. `export` is the
    folder for what is uncollected, empty where that was not wanted.
    """

    name: str
    language: str
    since: date
    until: date | None
    export: str
    stage: Stage

    def at(self, stage: Stage) -> "Notice":
        """Give it at another stage, without what that one has no use for: at the end, the name."""
        if stage is Stage.ENDED:
            return Notice("", LANGUAGES[0], self.since, None, "", stage)
        return replace(self, stage=stage, export=self.export if stage is Stage.EXPORTING else "")

    def is_over(self, today: date) -> bool:
        """Tell whether the closing page has had its days."""
        return self.until is None or today > self.until

    def encode(self) -> bytes:
        """Return the bytes of the file."""
        return encode_json(
            {
                "format": format_line(_KIND),
                "name": self.name,
                "language": self.language,
                "since": self.since.isoformat(),
                "until": self.until.isoformat() if self.until else _NEVER,
                "export": self.export,
                "stage": self.stage.value,
            }
        )


def read_notice(home: Path) -> Notice | None:
    """Return the notice in a home, None where it is not being retired. Raises AdminError."""
    try:
        content = (home / NOTICE_NAME).read_bytes()
    except FileNotFoundError:
        return None
    try:
        return _decode(content)
    except (FormatError, ValueError):
        raise AdminError(f"{home / NOTICE_NAME} cannot be read, so nothing is done.") from None


def write_notice(home: Path, notice: Notice) -> None:
    """Put a notice in place of the one before, on the disk when this returns."""
    write_whole(home / NOTICE_NAME, notice.encode())


def _decode(content: bytes) -> Notice:
    fields = Fields(
        parse_json(content, _LIMIT),
        *("format", "name", "language", "since", "until", "export", "stage"),
    )
    until = fields.text("until")
    notice = Notice(
        name=fields.text("name"),
        language=fields.text("language"),
        since=fields.day("since"),
        until=None if until == _NEVER else fields.day("until"),
        export=fields.text("export"),
        stage=Stage(fields.text("stage")),
    )
    check(format=fields.text("format") == format_line(_KIND), language=notice.language in LANGUAGES)
    check_canonical(notice.encode(), content)
    return notice
