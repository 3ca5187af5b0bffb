"""Real instances for tests: founded once a process, copied for each test, under a set clock."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from admin.compose import build_services
from admin.founding import found
from web.instance import open_instance
from web.services import Services

START = datetime(2026, 11, 21, 12, 0, 10, tzinfo=UTC)
NAME = "Vasistas d’essai"


class Clock:
    """A time that the tests move."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **span: float) -> None:
        self.now += timedelta(**span)


def found_template(folder: Path) -> Path:
    home = folder / "template"
    found(home, NAME, database="", blobs="")
    return home


@contextmanager
def settled(
    template: Path, home: Path, clock: Callable[[], datetime], **settings: object
) -> Iterator[Services]:
    """Copy the template to `home` and open it with other settings than the usual ones."""
    shutil.copytree(template, home)
    instance = open_instance(home)
    config = replace(instance.config, **settings)  # type: ignore[arg-type]  # a test knows them
    services = build_services(replace(instance, config=config))
    try:
        yield replace(services, now=clock)
    finally:
        services.db.close()
