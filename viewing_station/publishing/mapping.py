"""How the fields of a publication are called in a template of Uwazi: a small TOML file."""

import re
import tomllib
from collections.abc import Mapping as Table
from dataclasses import dataclass
from enum import Enum
from importlib.resources import files
from pathlib import Path

from viewing_station.errors import BadMappingError

DEFAULT = files("viewing_station.publishing") / "uwazi.toml"
SIZE_LIMIT = 64 << 10  # bytes: a template has a few dozen properties
NAME_LIMIT = 100  # characters

# Columns that mean something else to the importer: `id` would overwrite an entity that exists.
RESERVED = frozenset({"title", "file", "attachments", "id", "language", "template", "published"})

_NAME = re.compile(r"[a-z0-9][a-z0-9_]*")


class Kind(Enum):
    """The kinds of property that an export fills."""

    TEXT = "text"
    MARKDOWN = "markdown"
    SELECT = "select"
    MULTISELECT = "multiselect"
    LINK = "link"
    DATE = "date"
    GEOLOCATION = "geolocation"


WORDS = {Kind.TEXT, Kind.MARKDOWN}  # what has a column for each language
VALUES = {Kind.TEXT, Kind.SELECT, Kind.MULTISELECT}
FIELDS = {
    "city": VALUES,
    "technology": VALUES,
    "supplier": VALUES,
    "date": {Kind.DATE, Kind.TEXT},
    "source": {Kind.LINK, Kind.TEXT},
    "summary": WORDS,
    "location": {Kind.GEOLOCATION},
}


@dataclass(frozen=True)
class Property:
    """A property of the template, and the field that fills it."""

    field: str
    name: str
    kind: Kind

    @property
    def column(self) -> str:
        """What the importer calls it."""
        return f"{self.name}_geolocation" if self.kind is Kind.GEOLOCATION else self.name


Mapping = tuple[Property, ...]


def default_text() -> str:
    """Return the mapping that comes with the station, as TOML."""
    return DEFAULT.read_text("utf-8")


def read_mapping(file: Path | None) -> Mapping:
    """Read a mapping, the default one where no file is given. Raises BadMappingError, OSError."""
    if file is None:
        return decode_mapping(default_text().encode(), "the station")
    with file.open("rb") as stream:
        return decode_mapping(stream.read(SIZE_LIMIT + 1), str(file))


def decode_mapping(untrusted: bytes, file: str) -> Mapping:
    """Check a mapping. Raises BadMappingError, which names `file`."""
    if len(untrusted) > SIZE_LIMIT:
        raise BadMappingError(file=file, why=f"it is larger than {SIZE_LIMIT:,} bytes")
    try:
        table = tomllib.loads(untrusted.decode())
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise BadMappingError(file=file, why=f"it is not TOML: {error}") from None
    try:
        return _checked(table)
    except _WrongError as error:
        raise BadMappingError(file=file, why=error) from None


class _WrongError(Exception):
    """What is wrong with a mapping, in words."""


def _checked(table: Table[str, object]) -> Mapping:
    given = table.get("properties")
    if not isinstance(given, Table) or set(table) != {"properties"}:
        raise _WrongError("it should have one table, [properties]")
    mapping = tuple(_property(field, one) for field, one in given.items())
    columns = [one.column for one in mapping]
    for column in columns:
        if columns.count(column) > 1:
            raise _WrongError(f"two fields go to {column}")
    return mapping


def _property(field: str, given: object) -> Property:
    if field not in FIELDS:
        raise _WrongError(f"{field} is no field of a publication ({', '.join(FIELDS)})")
    if not isinstance(given, Table) or set(given) != {"name", "kind"}:
        raise _WrongError(f"{field} should have a name and a kind, and nothing else")
    return Property(field, _name(field, given["name"]), _kind(field, given["kind"]))


def _kind(field: str, given: object) -> Kind:
    allowed = {kind.value: kind for kind in Kind if kind in FIELDS[field]}
    if not isinstance(given, str) or given not in allowed:
        raise _WrongError(f"{field} can be of the kind {' or '.join(allowed)}, not {given}")
    return allowed[given]


def _name(field: str, given: object) -> str:
    """Check a name; with a double underscore it would be taken for one with a language."""
    if not isinstance(given, str) or not _NAME.fullmatch(given) or len(given) > NAME_LIMIT:
        raise _WrongError(f"the name of {field} may hold only a-z, 0-9 and _")
    if "__" in given or given in RESERVED:
        raise _WrongError(f"{given} means something else to Uwazi's importer")
    return given
