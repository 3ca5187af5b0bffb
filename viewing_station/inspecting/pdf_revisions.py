"""Earlier versions of a PDF that are still inside it: saving may only add to a file."""

import re

from viewing_station.inspecting.examination import Examination, Item
from viewing_station.inspecting.finding import Weight

END = re.compile(rb"startxref\s+(\d+)\s+%%EOF[ \t]*(?:\r\n|\r|\n)?")
LINEARIZED_WITHIN = 1024  # bytes (ISO 32000-1, annex F)
REVISIONS_LIMIT = 10  # looked at; each may be as large as the whole


def tell_revisions(examination: Examination, item: Item) -> None:
    """Tell of earlier versions, have them looked at, and of what follows the end."""
    content = item.path.read_bytes()
    ends = [found.end() for found in END.finditer(content)]
    if not ends:
        return
    # A linearized file says twice that it ends: the first is for its first page.
    earlier = ends[1:-1] if b"/Linearized" in content[:LINEARIZED_WITHIN] else ends[:-1]
    if earlier:
        value = f"{len(earlier)}"
        sentence = "Earlier versions of it are still inside, with what was changed since: {value}"
        examination.tell(item, Weight.POINTS, "revisions", value, sentence)
    for number, end in enumerate(earlier[:REVISIONS_LIMIT], start=1):
        examination.add(item, f"earlier version {number}.pdf", iter([content[:end]]))
    if content[ends[-1] :].strip(b"\0 \r\n\t"):
        size = f"{len(content) - ends[-1]:,} bytes"
        sentence = "Something follows after its end: {value}"
        examination.tell(item, Weight.UNKNOWN, "trailing", size, sentence)
