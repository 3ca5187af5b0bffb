"""The demo: a desk, its viewing station beside it, and a reviewer whose log-in is kept.

For trying only: a real station is a machine of its own that has never been online, and a real
log-in is handed over and kept nowhere.
"""

import subprocess
import sys
from pathlib import Path

from admin.compose import build_services
from admin.desks import add_desk, add_desk_key, set_station
from admin.errors import AdminError
from admin.reviewers import add_reviewer
from crypto.passphrase import new_passphrase
from web.instance import Instance, write_private

DESK, DESK_NAME = "demo", "Équipe de démonstration"
REVIEWER = "alex"
STATION_FOLDER = "station"
PASSPHRASE_FILE = "station-passphrase"  # noqa: S105  a file's name
LOGIN = "reviewer-login"


def furnish_demo(instance: Instance) -> None:
    """Add a desk with its station and a reviewer to an instance."""
    services, home = build_services(instance), instance.places.home
    station = home / STATION_FOLDER
    passphrase = home / PASSPHRASE_FILE
    write_private(passphrase, new_passphrase("fr").text.encode() + b"\n")
    _station(station, passphrase, "init", "--desk", DESK, "--instance", str(home / "instance.json"))
    add_desk(services, DESK, DESK_NAME)
    add_desk_key(services, DESK, station / f"{DESK}-openpgp.asc")
    set_station(services, DESK, station / f"{DESK}-station.pub")
    login = add_reviewer(services, REVIEWER, [DESK], admin=True)
    lines = f"{login.name}\n{login.passphrase.text}\n{login.totp_uri}\n"
    write_private(home / LOGIN, lines.encode())
    services.db.close()


def _station(home: Path, passphrase: Path, *words: str) -> None:
    # A process of its own, as it would be a machine of its own: the server imports nothing of it.
    program = Path(sys.executable).with_name("viewing-station")
    command = [str(program), "--home", str(home)]
    done = subprocess.run(
        [*command, "--passphrase-file", str(passphrase), *words],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        check=False,
    )
    if done.returncode != 0:
        raise AdminError("The demo's viewing station could not be set up; its reason stands above.")
