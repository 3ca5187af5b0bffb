"""The fields of a publication, as options or as TOML."""

import sys
import tomllib
from pathlib import Path
from typing import Any

import click

from viewing_station.commands.options import PATH, Command
from viewing_station.errors import BadTomlError

STANDARD_INPUT = Path("-")
TOML_LIMIT = 256 << 10  # bytes: every field at its longest, several times over

Given = dict[str, Any]

_FIELDS = (
    click.option(
        "--from",
        "file",
        type=PATH,
        metavar="FILE",
        help="Read fields from TOML; - is standard input.",
    ),
    click.option("--primary", metavar="COPY", help="The document itself: a clean copy, a PDF."),
    click.option("--attach", "attachments", metavar="COPY", multiple=True, help="Another copy."),
    click.option("--title", metavar="TEXT", help="The French title."),
    click.option(
        "--title-in", nargs=2, metavar="LANG TEXT", multiple=True, help="In another language."
    ),
    click.option("--summary", metavar="TEXT", help="The French summary."),
    click.option(
        "--summary-in", nargs=2, metavar="LANG TEXT", multiple=True, help="In another language."
    ),
    click.option("--city", metavar="NAME"),
    click.option("--technology", metavar="NAME", multiple=True, help="May be given several times."),
    click.option("--supplier", metavar="NAME", multiple=True, help="May be given several times."),
    click.option("--date", metavar="YYYY-MM-DD", help="The document's own date."),
    click.option("--source", metavar="LABEL|URL", help="Where it can be read, or is spoken of."),
    click.option("--location", metavar="LAT,LON", help="In decimal degrees."),
    click.option("--ready", is_flag=True, help="It is publishable at once."),
)


def fields_options(command: Command) -> Command:
    """Give a command an option for each field."""
    for option in reversed(_FIELDS):
        command = option(command)
    return command


def given_fields(file: Path | None, **options: Any) -> Given:
    """Return the fields of the TOML file, and over them those of the options."""
    given = _from_toml(file) if file else {}
    for name in ("title", "summary"):
        words = {"fr": options[name]} if options[name] is not None else {}
        words |= dict(options.pop(f"{name}_in"))
        if name in given or words:
            options[name] = _by_language(given.get(name, {})) | words
    return given | {name: value for name, value in options.items() if value not in (None, ())}


def _by_language(words: Any) -> Given:
    return dict(words) if isinstance(words, dict) else {"fr": words}


def _from_toml(file: Path) -> Given:
    content = _read(file)
    if len(content) > TOML_LIMIT:
        raise BadTomlError(file=file, why=f"it is larger than {TOML_LIMIT:,} bytes")
    try:
        return tomllib.loads(content.decode())
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise BadTomlError(file=file, why=error) from None


def _read(file: Path) -> bytes:
    if file == STANDARD_INPUT:
        return sys.stdin.buffer.read(TOML_LIMIT + 1)
    with file.open("rb") as source:
        return source.read(TOML_LIMIT + 1)
