"""A finding: one thing that a document says of its author, as a reviewer reads it.

Findings are made inside the sandbox and believed outside it only as far as this module lets them:
each line has its form, its length and its number.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from enum import Enum

VALUE_LIMIT = 400  # characters of a value: a paragraph; what is longer is cut and says so
SENTENCE_LIMIT = 700  # characters: our words around a value
FIELD_LIMIT = 200  # characters: a member's path, or a tag's name
LINE_LIMIT = 16_000  # bytes of a line from the sandbox: all of these, escaped
FINDINGS_LIMIT = 1_000  # of one document: nobody reads more
CUT = "…"


class Weight(Enum):
    """How near to its author a thing leads. The order is that of the lists: worst first."""

    NAMES = "names"  # a person, or one machine among all others
    POINTS = "points"  # a place, a moment, a device, a path that leads to someone
    UNKNOWN = "unknown"  # it could not be looked at, so it may hold any of these
    HINTS = "hints"  # it makes the circle smaller
    POSSIBLE = "possible"  # nothing shows whether it is there, and no program takes it out

    @property
    def rank(self) -> int:
        """Its place in the order; 0 is the worst."""
        return list(Weight).index(self)


@dataclass(frozen=True)
class Finding:
    """One thing found. `field` says where (a tag, a part), `member` in which file within it."""

    weight: Weight
    field: str
    value: str
    sentence: str
    member: str = ""

    @property
    def tells(self) -> bool:
        """Whether something was found, rather than thought possible."""
        return self.weight is not Weight.POSSIBLE


class BadFinding(ValueError):
    """A line from the sandbox is not a finding."""


def ordered(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Each once, the worst first; among equals what concerns the whole document comes first."""
    unique = dict.fromkeys(findings)
    return tuple(sorted(unique, key=lambda f: (f.weight.rank, f.member != "")))


def cut(text: str, limit: int) -> str:
    """Shorten a text that an outsider wrote."""
    return text if len(text) <= limit else text[: limit - 1] + CUT


def encode(finding: Finding) -> str:
    """Return a finding as one line of ASCII."""
    return json.dumps(asdict(finding) | {"weight": finding.weight.value})


def decode_lines(untrusted_output: bytes) -> Iterator[Finding]:
    """Yield what the sandbox said it found. Raises BadFinding."""
    untrusted_lines = untrusted_output.splitlines()
    if len(untrusted_lines) > FINDINGS_LIMIT:
        raise BadFinding
    for untrusted_line in untrusted_lines:
        yield _decode(untrusted_line)


def _decode(untrusted_line: bytes) -> Finding:
    if len(untrusted_line) > LINE_LIMIT:
        raise BadFinding
    try:
        untrusted = json.loads(untrusted_line)
        weight = Weight(untrusted.pop("weight"))
        finding = Finding(weight, **untrusted)
    except (ValueError, TypeError, AttributeError, KeyError, RecursionError) as error:
        raise BadFinding from error
    texts = (
        (finding.field, FIELD_LIMIT),
        (finding.value, VALUE_LIMIT),
        (finding.sentence, SENTENCE_LIMIT),
        (finding.member, FIELD_LIMIT),
    )
    if not all(isinstance(text, str) and len(text) <= most for text, most in texts):
        raise BadFinding
    return finding
