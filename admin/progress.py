"""How far a long command is, in bytes: a bar on a terminal, and nothing elsewhere."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import click

_UNITS = ("bytes", "KiB", "MiB", "GiB", "TiB")
_STEP = 1 << 20  # bytes between two drawings: each costs more than copying so many

Advance = Callable[[int], None]


@dataclass
class _Count:
    done: int = 0
    drawn: int = field(default=0)


@contextmanager
def meter(label: str, total: int) -> Iterator[Advance]:
    """Lend a function that takes how many bytes more are done."""
    count = _Count()

    def shown(_item: object) -> str:
        return f"{human_size(count.done)} of {human_size(total)}"

    hidden = not sys.stderr.isatty()
    with click.progressbar(
        length=max(1, total), label=label, file=sys.stderr, hidden=hidden, item_show_func=shown
    ) as bar:

        def advance(size: int) -> None:
            count.done += size
            if count.done - count.drawn >= _STEP or count.done >= total:
                bar.update(count.done - count.drawn)
                count.drawn = count.done

        yield advance


def human_size(size: int) -> str:
    """Say a number of bytes as people do: `2.0 GiB`."""
    amount, unit = float(size), _UNITS[0]
    for larger in _UNITS[1:]:
        if amount < 1024:  # noqa: PLR2004  what the next unit has of this one
            break
        amount, unit = amount / 1024, larger
    return f"{size} bytes" if unit == _UNITS[0] else f"{amount:.1f} {unit}"
