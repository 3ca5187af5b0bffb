"""Shows how many pages are done, of how many, and how far a film is; on a terminal alone."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from formats.names import visible
from viewing_station.looking.look import Watcher

Bar = Callable[[str], AbstractContextManager[Watcher]]

NAME_SHOWN = 40  # characters: the bar stands beside it
WHOLE = 100


@contextmanager
def page_bar(name: str) -> Iterator[Watcher]:
    """Yield whom to tell; the bar goes with it."""
    console = Console(stderr=True)
    bar = Progress(
        TextColumn("{task.description}", markup=False),
        BarColumn(bar_width=30),
        TextColumn("{task.fields[told]}", markup=False),
        TimeElapsedColumn(),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    )
    task = bar.add_task(visible(name[:NAME_SHOWN]), total=None, told="")
    total = done = 0

    def expect(count: int) -> None:
        nonlocal total
        total = count
        bar.update(task, total=count)

    def page(count: int) -> None:
        nonlocal done
        done += count
        of = f" of {total:,}" if total else ""
        bar.update(task, completed=done, told=f"page {done:,}{of}")

    def share(part: float) -> None:
        bar.update(task, total=WHOLE, completed=part * WHOLE, told=f"{part:.0%}")

    with bar:
        yield Watcher(expect, page, share)
