"""One app under gunicorn: `python -m admin.serving.app_process`, started by the supervisor."""

import os
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import click
from flask import Flask
from gunicorn.app.base import BaseApplication

from admin.compose import build_services
from admin.retiring.notice import read_notice
from admin.serving.answer import BadRequest
from admin.serving.circuit_wire import CircuitLink
from admin.serving.doorway import Doorway
from admin.serving.lifeline import end_with_parent
from admin.serving.onion_names import announcements_of, names_of
from admin.serving.shape import CONNECTIONS, THREADS, WORKERS
from admin.serving.worker import QuietLogger, StreamingWorker
from journalist_app.app import create_app as create_journalist_app
from source_app.app import create_app as create_source_app
from source_app.closing import Closing, create_closing_app
from web.circuits import Circuits, NoCircuits
from web.errors import ConfigError
from web.instance import Places, open_instance
from web.onion import Onion
from web.progress import ProgressBoard
from web.services import Services

KEEPALIVE_SECONDS = 15
GRACE_SECONDS = 5  # a Ctrl-C does not wait for a two-gigabyte upload
HEADER_FIELDS = 60
HEADER_FIELD_BYTES = 4096
REQUEST_LINE_BYTES = 2048

APPS: dict[str, Callable[[Services], Flask]] = {
    "source": create_source_app,
    "journalist": create_journalist_app,
}


class AppServer(BaseApplication):
    """gunicorn with our settings, and nothing from its command line or environment.

    `listeners` are inherited sockets: the local one, then that by which Tor comes, if it does.
    """

    def __init__(self, home: Path, name: str, listeners: tuple[int, ...], ready: int):
        self._home, self._name, self._listeners, self._ready = home, name, listeners, ready
        self._onion = len(listeners) > 1
        self._progress = ProgressBoard()  # before the fork, so that all workers share it
        super().__init__()

    def load_config(self) -> None:
        """Set what differs from gunicorn's defaults."""
        places = Places(self._home.resolve())
        settings: dict[str, Any] = {
            "bind": [f"fd://{listener}" for listener in self._listeners],
            "workers": WORKERS,
            "threads": THREADS,
            "worker_class": StreamingWorker,
            "worker_connections": CONNECTIONS,
            "worker_tmp_dir": str(places.run),
            "keepalive": KEEPALIVE_SECONDS,
            "graceful_timeout": GRACE_SECONDS,
            "limit_request_line": REQUEST_LINE_BYTES,
            "limit_request_fields": HEADER_FIELDS,
            "limit_request_field_size": HEADER_FIELD_BYTES,
            "control_socket_disable": True,
            "forwarded_allow_ips": "",
            "logger_class": QuietLogger,
            "post_worker_init": self._tell_ready,
            "umask": 0o077,
        }
        for name, value in settings.items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        """Build the app in the worker's own process: no connection outlives a fork."""
        places = Places(self._home.resolve())
        circuits: Circuits = NoCircuits()
        onion: Onion | None = None
        if self._onion:
            circuits = CircuitLink(places.circuits_socket)
            StreamingWorker.doorway = Doorway(str(places.tor_socket(self._name)), circuits)
            onion = names_of(places, self._name)
            onion()  # or KeyDamaged, now and not at the first request
        app = self.build(circuits, onion)
        StreamingWorker.bad_request = BadRequest.like(app).encode()
        return app

    def build(self, circuits: Circuits, onion: Onion | None) -> Flask:
        """Build the app itself."""
        instance = open_instance(self._home)
        services = replace(
            build_services(instance),
            progress=self._progress,
            announcements=announcements_of(instance.places),
            circuits=circuits,
            onion=onion,
        )
        return APPS[self._name](services)

    def _tell_ready(self, _worker: Any) -> None:
        with suppress(BrokenPipeError):  # a worker started later: nobody waits for its word
            os.write(self._ready, b"+")


class ClosingServer(AppServer):
    """The same for a retired instance, of which nothing is left but its notice."""

    def build(self, circuits: Circuits, onion: Onion | None) -> Flask:
        """Build the closing page. It counts nothing by circuit."""
        del circuits
        notice = read_notice(self._home)
        if notice is None or notice.until is None:
            raise ConfigError("This instance has no closing page.")
        return create_closing_app(
            Closing(notice.name, notice.language, notice.since, notice.until), onion
        )


@click.command()
@click.option("--home", type=click.Path(path_type=Path), required=True)
@click.option("--app", "name", type=click.Choice(sorted(APPS)), required=True)
@click.option("--listener", "listeners", type=int, multiple=True, required=True)
@click.option("--ready", type=int, required=True)
@click.option("--closing", is_flag=True)
@click.option("--lifeline", type=int, required=True)
def main(  # noqa: PLR0913  one for each option
    home: Path, name: str, listeners: tuple[int, ...], ready: int, lifeline: int, *, closing: bool
) -> None:
    """Serve one app on inherited sockets, or in its place the page that says that it is closed."""
    end_with_parent(lifeline)
    server = ClosingServer if closing else AppServer
    server(home, name, listeners, ready).run()


if __name__ == "__main__":
    main()
