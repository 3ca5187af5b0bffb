"""The list's rows: a thread in two or three lines, its states in words and in shapes."""

from textual.content import Content

from viewing_station.interface.palette import FAINT, GOOD, MARK, NAME, STRONG
from viewing_station.interface.words import Part, joined, line, outside
from viewing_station.marks import Marks
from viewing_station.screen import counted, human_day
from viewing_station.threads import Thread


def thread_row(thread: Thread, marks: Marks, *, begun: bool) -> Content:
    """Return a thread's row."""
    sign: Part = ("● ", MARK) if thread.unread else "  "
    first = line(sign, (thread.name, NAME), ("  ★", STRONG) if marks.starred else "")
    rows = [first, line("  ", joined(" · ", _facts(thread)))]
    noted = [line(("reply begun", STRONG))] if begun else []
    if noted := [*noted, *_marks(marks)]:
        rows.append(line("  ", joined(" · ", noted)))
    return joined("\n", rows)


def fold_row(muted: list[Thread], *, unfolded: bool) -> Content:
    """Return the row below which muted threads are folded away."""
    new = sum(thread.unread for thread in muted)
    sign = "▾" if unfolded else "▸"
    told = f"  {sign} {counted(len(muted), 'muted thread')}"
    return line((told, FAINT), (f", {new:,} new" if new else "", FAINT))


def older_row(count: int) -> Content:
    """Return the row below which older threads are left out."""
    return line((f"  ▸ {counted(count, 'older thread')}", FAINT))


def _facts(thread: Thread) -> list[Content]:
    facts = [line((human_day(thread.last_day), FAINT))]
    total = len(thread.deliveries)
    if thread.unread == total:
        facts.append(line((f"{total:,} new", STRONG)))
    elif thread.unread:
        facts.append(line((f"{thread.unread:,} new", STRONG), (f" of {total:,}", FAINT)))
    else:
        facts.append(line((counted(total, "delivery", "deliveries"), FAINT)))
    return facts


def _marks(marks: Marks) -> list[Content]:
    noted = [line(f"for {outside(marks.assignee)}")] if marks.assignee else []
    noted += [line(("noted", FAINT))] if marks.note else []
    return noted + [line((f"# {outside(label)}", GOOD)) for label in marks.labels]
