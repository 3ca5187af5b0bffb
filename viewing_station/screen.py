"""What the reviewer sees on the terminal. Nothing a source wrote reaches it unfiltered."""

import json
import sys
from collections.abc import Sequence
from datetime import date

import click
from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from formats.names import visible

KIB = 1024
UNITS = ("KiB", "MiB", "GiB", "TiB")

GOOD = "green"
WARNING = "yellow"
BAD = "bold red"
NAME = "bold"
FAINT = "dim"

Cell = tuple[str, str]  # text and style


def show_line(*cells: Cell, error: bool = False) -> None:
    """Print one line. Colours go where the terminal wants them (NO_COLOR, pipes: none)."""
    text = Text()
    for content, style in cells:
        text.append(visible(content), style)
    _console(error=error).print(text, soft_wrap=True)


def show_text(text: str, indent: str = "  ") -> None:
    """Print a text of several lines that someone else wrote."""
    for line in visible(text, multiline=True).split("\n"):
        _console().print(Text(indent + line), soft_wrap=True)


def show_table(rows: Sequence[Sequence[Cell]]) -> None:
    """Print rows in columns as wide as their widest cell; the last column is not filled up."""
    shown = [[(visible(content), style) for content, style in row] for row in rows]
    columns = list(zip(*shown, strict=True))[:-1]
    widths = [max(cell_len(content) for content, _ in column) for column in columns]
    for row in shown:
        filled = [
            (content + " " * (width - cell_len(content)), style)
            for (content, style), width in zip(row, widths, strict=False)
        ]
        gaps: list[Cell] = [("  ", "")] * len(filled)
        line = [cell for pair in zip(filled, gaps, strict=True) for cell in pair]
        show_line(*line, row[-1])


def show_json(value: object) -> None:
    """Print JSON in ASCII: what a source wrote comes escaped."""
    click.echo(json.dumps(value, indent=2))


def show_error(sentence: str) -> None:
    """Print what went wrong, on standard error."""
    show_line(("error: ", BAD), (sentence, ""), error=True)


def counted(number: int, one: str, many: str = "") -> str:
    """Say `1 file`, `2 files`, `3 deliveries`."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def human_size(size: int) -> str:
    """Say a size in bytes for people: `318 bytes`, `1.4 MiB`."""
    if size < KIB:
        return counted(size, "byte")
    amount = float(size)
    for unit in UNITS:
        amount /= KIB
        if amount < KIB - 0.05 or unit == UNITS[-1]:
            break
    return f"{amount:.1f} {unit}"


def human_day(day: date) -> str:
    """Say a day so that nobody takes its month for its day: `21 Nov 2026`."""
    return f"{day.day} {day:%b} {day.year}"


def _console(*, error: bool = False) -> Console:
    stream = sys.stderr if error else sys.stdout
    return Console(file=stream, highlight=False, markup=False, emoji=False)
