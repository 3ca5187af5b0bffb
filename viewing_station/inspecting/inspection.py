"""Has a document inspected in the sandbox, and believes only what has the form of an answer.

Where the sandbox gave none, because the document hung or broke what reads it, that is a finding:
it is not known what it holds, and nothing can be called clean.
"""

import io
import json
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import BinaryIO

from viewing_station.inspecting.finding import (
    FIELD_LIMIT,
    SENTENCE_LIMIT,
    VALUE_LIMIT,
    BadFinding,
    Finding,
    Weight,
    cut,
    decode_lines,
    ordered,
)
from viewing_station.inspecting.kinds import HEADS, ODF_SUFFIXES, SUFFIXES, Kind
from viewing_station.looking.tools import EXIFTOOL
from viewing_station.sandbox import (
    Limits,
    SandboxError,
    ToolMissingError,
    collected,
    run_python,
)

MIB = 1 << 20
SIZE_LIMIT = 2048 * MIB  # bytes: what one delivery may weigh; it lies in memory meanwhile
ROOM = 768 * MIB  # bytes beside it: for what is inside it, unpacked
ANSWER_LIMIT = 8 * MIB  # bytes: more findings than are told
SECONDS = 180  # a film of an hour, or a PDF of a thousand pages, on an old machine

# The code that runs inside goes in with the document, so that no folder of ours need be shown.
CODE = "code.zip"
SCRIPT = """
import sys
sys.path.insert(0, "code.zip")
from viewing_station.inspecting.inside import main
main("document", "within")
"""
KNOWN_SUFFIXES = {*SUFFIXES.values(), *ODF_SUFFIXES.values(), *(suffix for _, suffix in HEADS)}
KNOWN_SUFFIXES |= {"", ".docx", ".xlsx", ".pptx"}


@dataclass(frozen=True)
class Inspection:
    """What a document says of its author. suffix: what a file of its kind is called by."""

    kind: Kind
    suffix: str
    findings: tuple[Finding, ...]

    @property
    def remaining(self) -> tuple[str, ...]:
        """What was found in it, rather than thought possible: of a clean copy, nothing."""
        told = (
            f"{finding.member}: {finding.sentence}" if finding.member else finding.sentence
            for finding in self.findings
            if finding.tells
        )
        return tuple(dict.fromkeys(told))


def inspect(stream: BinaryIO, size: int, name: str = "") -> Inspection:
    """Inspect what `stream` holds, `size` bytes. `name` is told of too, where it has one.

    Raises ToolMissingError; and what reading the stream raises.
    """
    EXIFTOOL.require()
    named = (_name_finding(name),) if name else ()
    if size > SIZE_LIMIT:
        return _unanswered(f"it is larger than {SIZE_LIMIT // MIB:,} MiB", named)
    answer, sink = collected(ANSWER_LIMIT)
    limits = Limits(seconds=SECONDS, scratch=size + ROOM, output=ANSWER_LIMIT)
    files = {"document": stream, CODE: io.BytesIO(code())}
    try:
        run_python(SCRIPT, [], sink, files=files, limits=limits)
        return _believed(bytes(answer), named)
    except ToolMissingError:
        raise
    except SandboxError as error:
        return _unanswered(str(error).rstrip("."), named)
    except BadFinding:
        return _unanswered("what looked at it gave no answer that makes sense", named)


def _believed(untrusted_answer: bytes, named: tuple[Finding, ...]) -> Inspection:
    untrusted_lines, _, untrusted_end = untrusted_answer.rstrip(b"\n").rpartition(b"\n")
    try:
        untrusted = json.loads(untrusted_end)
        kind, suffix = Kind(untrusted["kind"]), untrusted["suffix"]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise BadFinding from error
    if suffix not in KNOWN_SUFFIXES:
        raise BadFinding
    return Inspection(kind, suffix, ordered((*named, *decode_lines(untrusted_lines))))


def _unanswered(why: str, named: tuple[Finding, ...]) -> Inspection:
    sentence = f"It could not be inspected, and what it may hold is not known: {why}."
    finding = Finding(Weight.UNKNOWN, "inspection", "", sentence)
    return Inspection(Kind.UNKNOWN, "", (finding, *named))


def _name_finding(name: str) -> Finding:
    sentence = cut(f"Its own name may say something: {name}", SENTENCE_LIMIT)
    return Finding(Weight.HINTS, cut("name", FIELD_LIMIT), cut(name, VALUE_LIMIT), sentence)


@cache
def code() -> bytes:
    """Return this package as an archive that Python imports from."""
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w") as archive:
        for name, content in _modules():
            archive.writestr(name, content)
    return kept.getvalue()


def _modules() -> Iterator[tuple[str, bytes]]:
    package = Path(__file__).parent
    yield "viewing_station/__init__.py", b""
    for path in sorted(package.glob("*.py")):
        yield f"viewing_station/{package.name}/{path.name}", path.read_bytes()
