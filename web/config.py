"""The instance's configuration: `config.toml` in its home, read once at the start."""

import json
import re
import tomllib
from dataclasses import MISSING, dataclass, fields
from pathlib import Path
from typing import Any, Literal, get_args

from sqlalchemy.exc import ArgumentError

from crypto.wordlists import LANGUAGES, Language
from storage.connections import sqlite_path
from web.errors import ConfigError

CONFIG_NAME = "config.toml"

MIB = 1 << 20
GIB = 1 << 30
TIB = 1 << 40

# What a list holds, and its form. A way out is a name and an address; its host goes into a header.
_LISTS = {
    "hosts": ("host names", re.compile(r"(?s).*")),
    "ways_out": (
        'names, each with an https address, such as "Wikipédia https://fr.wikipedia.org/"',
        re.compile(r"[^\x00-\x1f]{1,40} https://[a-z0-9.-]{1,253}/[!-~]{0,200}"),
    ),
}

BrowserEncryption = Literal["off", "offer"]

_INSTANCE = re.compile(r"[0-9a-f]{32}")
# From where to where a setting works. A letter lists 1,000 files, and no file above 1 TiB; a
# process has 128 threads, and uploads must leave some; what is 0 minutes long opens nothing. A
# browser opens six connections at once, and all of them are streams of one circuit.
_BOUNDS = {
    "delivery_max_bytes": (1, TIB),
    "message_max_characters": (1, 1_000_000),
    "files_max": (1, 1_000),
    "uploads_at_once": (1, 120),
    "source_idle_minutes": (1, 10_080),
    "source_session_hours": (1, 168),
    "reviewer_idle_minutes": (1, 10_080),
    "reviewer_session_hours": (1, 168),
    "reply_days": (1, 3_650),
    "onion_pow_rate": (1, 100_000),
    "onion_pow_burst": (1, 1_000_000),
    "onion_streams": (8, 65_535),
}


@dataclass(frozen=True)
class Config:
    """What an admin may set. Every limit has its unit in its name.

    `database` and `blobs` are URLs; an empty one means the embedded default inside the home.
    A `database` URL may hold a password, so that the file is 0600 and the field is not shown.
    """

    name: str
    instance: str
    language: Language = "fr"
    database: str = ""
    blobs: str = ""
    delivery_max_bytes: int = 2 * GIB
    message_max_characters: int = 100_000
    first_message_min_characters: int = 0
    files_max: int = 1_000
    uploads_at_once: int = 96
    uploads_max_bytes_in_flight: int = 64 * GIB
    day_max_bytes: int = 256 * GIB
    files_floor_bytes: int = 0
    letters_floor_bytes: int = 0
    source_idle_minutes: int = 60
    source_session_hours: int = 12
    reviewer_idle_minutes: int = 60
    reviewer_session_hours: int = 12
    reply_days: int = 180
    quick_replies: bool = False
    browser_encryption: BrowserEncryption = "off"
    onion_pow_rate: int = 250
    onion_pow_burst: int = 2_500
    onion_streams: int = 64
    hosts: tuple[str, ...] = ()
    ways_out: tuple[str, ...] = ()

    def __repr__(self) -> str:
        return f"Config(instance={self.instance!r})"


def load_config(home: Path) -> Config:
    """Read `home/config.toml`; raises ConfigError with a sentence an admin understands."""
    path = home / CONFIG_NAME
    try:
        table = tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        raise ConfigError(f"There is no instance in {home}: `vasistas init` makes one.") from None
    except ValueError as error:  # of the TOML, of its encoding, or of a number in it
        raise ConfigError(f"{path} is not valid TOML: {error}.") from None
    return Config(**_checked(table, path))


def _checked(table: dict[str, Any], path: Path) -> dict[str, Any]:
    known = {field.name: field for field in fields(Config)}
    for name, value in table.items():
        if name not in known:
            raise ConfigError(f"{path}: there is no setting named {name}.")
        if name in _LISTS:
            table[name] = _list(name, value, path)
            continue
        wanted = str if known[name].default is MISSING else type(known[name].default)
        if type(value) is not wanted or (type(value) is int and value < 0):
            raise ConfigError(f"{path}: {name} must be {_WORDS[wanted]}.")
    _check_bounds(table, path)
    _check_words(table, path)
    return table


def _check_bounds(table: dict[str, Any], path: Path) -> None:
    for name, (least, most) in _BOUNDS.items():
        if name in table and not least <= table[name] <= most:
            raise ConfigError(f"{path}: {name} must be from {least} to {most}.")


def _check_words(table: dict[str, Any], path: Path) -> None:
    if table.get("language", "fr") not in LANGUAGES:
        raise ConfigError(f"{path}: language must be one of {', '.join(LANGUAGES)}.")
    if table.get("browser_encryption", "off") not in get_args(BrowserEncryption):
        raise ConfigError(f"{path}: browser_encryption must be off or offer.")
    missing = {"name", "instance"} - table.keys()
    if missing:
        raise ConfigError(f"{path}: {min(missing)} is missing.")
    if not _INSTANCE.fullmatch(table["instance"]):
        raise ConfigError(f"{path}: instance must be the 32 digits that `vasistas init` wrote.")
    check_database(table.get("database", ""))


def check_database(url: str) -> None:
    """Raise ConfigError unless `url` is empty or names a database of a kind that we know."""
    try:
        if url:
            sqlite_path(url)
    except (ValueError, ArgumentError):
        raise ConfigError("database must be sqlite:///PATH or postgresql://…") from None


_WORDS: dict[type, str] = {str: "a text", int: "a whole number, 0 or more", bool: "true or false"}


def _list(name: str, value: object, path: Path) -> tuple[str, ...]:
    what, form = _LISTS[name]
    if not isinstance(value, list) or not all(
        isinstance(text, str) and form.fullmatch(text) for text in value
    ):
        raise ConfigError(f"{path}: {name} must be a list of {what}.")
    return tuple(value)


def render_config(config: Config) -> str:
    """Write the settings that differ from the defaults, each as one TOML line.

    JSON's strings, whole numbers, booleans and lists of strings are TOML's too, but for DEL.
    """
    lines = ["# Vasistas: this instance's settings. docs/configuration.md lists them all."]
    for field in fields(Config):
        value = getattr(config, field.name)
        if value != field.default:
            written = json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
            lines.append(f"{field.name} = {written}")
    return "\n".join(lines) + "\n"
