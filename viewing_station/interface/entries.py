"""What stands above and below each message of a conversation."""

from textual.content import Content

from formats.letter import FileEntry
from viewing_station.conversation import Entry, Kind, Progress
from viewing_station.interface.palette import FAINT, GOOD, NAME, STRONG
from viewing_station.interface.words import line, outside
from viewing_station.screen import counted, human_day, human_size

REPLIES = {
    Progress.QUEUED: line(("◷ queued for the next courier", STRONG)),
    Progress.ARRIVED: line(("✓ arrived on the server", GOOD)),
    Progress.ONLINE: line(("✓ written online", FAINT)),
}
DELETIONS = {
    Progress.QUEUED: line(("◷ its deletion is queued for the next courier", STRONG)),
    Progress.ARRIVED: line(("✓ deleted on the server", FAINT)),
}
GAP = "   "


def heading(entry: Entry) -> Content:
    """Return the line above a delivery or a reply."""
    day = (human_day(entry.day), NAME)
    if entry.kind is Kind.REPLY:
        return line(day, GAP, "our reply", GAP, REPLIES[entry.progress or Progress.QUEUED])
    parts = [line(day, GAP, (outside(entry.name), FAINT))]
    if entry.progress:
        parts.append(line("\n", DELETIONS[entry.progress]))
    return line(*parts)


def remark(entry: Entry) -> Content | None:
    """Return what has to be said before the text, if anything."""
    if entry.sealed:
        return line(("What the source had sealed beforehand is opened here.", FAINT))
    if entry.kind is Kind.DELIVERY and not entry.text:
        return line(("No message.", FAINT))
    return None


def files_heading(entry: Entry) -> Content:
    """Return the line above a delivery's documents."""
    total = human_size(sum(file.size for file in entry.files))
    where = ": not here yet, collect them and open that bundle" if entry.awaits_files else ""
    return line((f"{counted(len(entry.files), 'document')}, {total}{where}", FAINT))


def file_row(number: int, file: FileEntry) -> Content:
    """Return a document's row."""
    return line(
        (f"{number:>3}  ", FAINT), outside(file.name), (f"  {human_size(file.size)}", FAINT)
    )
