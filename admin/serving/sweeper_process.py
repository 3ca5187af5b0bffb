"""The sweeper: `python -m admin.serving.sweeper_process`, started by the supervisor."""

from pathlib import Path

import click

from admin.announcing import end_moves
from admin.compose import build_services, sweep_once
from admin.serving.lifeline import end_with_parent
from admin.serving.stopping import Stop
from web.faults import report_fault
from web.instance import open_instance

INTERVAL_SECONDS = 60


@click.command()
@click.option("--home", type=click.Path(path_type=Path), required=True)
@click.option("--lifeline", type=int, required=True)
def main(home: Path, lifeline: int) -> None:
    """Sweep once a minute until told to stop."""
    stop = Stop()
    end_with_parent(lifeline)
    services = build_services(open_instance(home))
    services.blobs.sweep_parts(services.now())  # left by uploads that the last stop cut off
    while not stop.asked:
        try:
            sweep_once(services)
            end_moves(services)
        except Exception as error:  # noqa: BLE001  the next round tries again; the admin is told
            report_fault(error)
        stop.wait(INTERVAL_SECONDS)


if __name__ == "__main__":
    main()
