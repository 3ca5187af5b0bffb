"""What viewing, inspecting and cleaning a document came to, for the screen."""

from collections.abc import Iterable, Iterator

from textual.content import Content

from viewing_station.cleaning.clean import Cleaned, possible_in
from viewing_station.commands.clean import HOW
from viewing_station.commands.copies import SHOWN_ID
from viewing_station.commands.inspect import BEYOND, WEIGHTS
from viewing_station.documents import Document
from viewing_station.inspecting.finding import Finding, Weight
from viewing_station.inspecting.inspection import Inspection
from viewing_station.interface.palette import BAD, FAINT, GOOD, NAME, STRONG
from viewing_station.interface.telling import TellingScreen
from viewing_station.interface.words import line, outside
from viewing_station.screen import counted, human_size
from viewing_station.viewing import Outcome

STYLES = {Weight.NAMES: BAD, Weight.POINTS: STRONG, Weight.UNKNOWN: STRONG}


def view_screen(document: Document, outcome: Outcome) -> TellingScreen:
    """Return the screen that says what was made of a document, and where it lies."""
    lines = []
    if looked := outcome.looked:
        made = f"{looked.seconds or 0:,.0f} seconds"
        if looked.pages:
            made = counted(looked.pages, "page")
        lines += [line((f"✓ {made}", GOOD), f", {outside(str(outcome.file))}")]
        lines += [line((outside(remark), STRONG)) for remark in looked.remarks]
    return TellingScreen(_title(document), lines)


def findings_screen(document: Document, inspection: Inspection) -> TellingScreen:
    """Return the screen that says what a document tells of its author, the worst first."""
    lines = list(_findings(inspection.findings))
    if not lines:
        lines = [line(("Nothing was found that tells of its author.", GOOD))]
    return TellingScreen(_title(document), [*lines, Content(""), line((BEYOND, FAINT))])


def cleaned_screen(document: Document, cleaned: Cleaned) -> TellingScreen:
    """Return the screen that says what a copy is, and what it still tells."""
    copy = cleaned.copy
    facts = f", {human_size(copy.size)}, {copy.id[:SHOWN_ID]}"
    lines = [line((copy.name, NAME), f" is a copy {HOW[copy.method]}", (facts, FAINT))]
    if copy.clean:
        lines.append(line(("Inspected again, nothing was found that tells of its author.", GOOD)))
    else:
        lines.append(line(("It still tells of its author:", BAD)))
        lines += [line("  ", outside(sentence)) for sentence in copy.remaining]
    lines += _findings(possible_in(cleaned))
    return TellingScreen(_title(document), [*lines, Content(""), line((BEYOND, FAINT))])


def _title(document: Document) -> Content:
    return line(outside(document.entry.name), (f"  document {document.number}", FAINT))


def _findings(findings: Iterable[Finding]) -> Iterator[Content]:
    told = {(each.weight, each.member, each.sentence): each for each in findings}
    for finding in told.values():
        words, _ = WEIGHTS[finding.weight]
        where = f"In {outside(finding.member)}: " if finding.member else ""
        style = STYLES.get(finding.weight, FAINT)
        yield line((f"{words:<16}", style), where, outside(finding.sentence))
