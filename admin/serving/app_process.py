"""One app under gunicorn: `python -m admin.serving.app_process`, started by the supervisor."""

import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import click
from flask import Flask
from gunicorn.app.base import BaseApplication

from admin.compose import build_services
from admin.serving.lifeline import end_with_parent
from admin.serving.shape import CONNECTIONS, THREADS, WORKERS
from admin.serving.worker import QuietLogger, StreamingWorker
from journalist_app.app import create_app as create_journalist_app
from source_app.app import create_app as create_source_app
from web.instance import open_instance
from web.pages import plain_bad_request
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
    """gunicorn with our settings, and nothing from its command line or environment."""

    def __init__(self, home: Path, name: str, listener: int, ready: int):
        self._home, self._name, self._listener, self._ready = home, name, listener, ready
        super().__init__()

    def load_config(self) -> None:
        """Set what differs from gunicorn's defaults."""
        places = open_instance(self._home).places
        settings: dict[str, Any] = {
            "bind": [f"fd://{self._listener}"],
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
        services = build_services(open_instance(self._home))
        StreamingWorker.bad_request_page = plain_bad_request()
        return APPS[self._name](services)

    def _tell_ready(self, _worker: Any) -> None:
        with suppress(BrokenPipeError):  # a worker started later: nobody waits for its word
            os.write(self._ready, b"+")


@click.command()
@click.option("--home", type=click.Path(path_type=Path), required=True)
@click.option("--app", "name", type=click.Choice(sorted(APPS)), required=True)
@click.option("--listener", type=int, required=True)
@click.option("--ready", type=int, required=True)
@click.option("--lifeline", type=int, required=True)
def main(home: Path, name: str, listener: int, ready: int, lifeline: int) -> None:
    """Serve one app on an inherited socket."""
    end_with_parent(lifeline)
    AppServer(home, name, listener, ready).run()


if __name__ == "__main__":
    main()
