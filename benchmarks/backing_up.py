"""Backup and restore of 2 GiB of bodies, against `tar | gpg` and back on the same home.

The reference seals the same home to the same key with the same form (`-z0`, RFC 4880), to a file
that is synced; it takes no snapshot, hashes nothing, does not read the file back, and its way back
verifies no more than gpg does. Ours does all of that while the server serves.
"""

import os
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

from rich.table import Table

from admin.compose import build_services
from tests.admin.backup.conftest import store
from tests.crypto.gnupg_home import GnupgHome
from tests.journey.house import House
from web.instance import open_instance

GIB = 1 << 30
# Of the bodies together. BACKUP_BYTES sets another, where the disk is small.
BYTES = int(os.environ.get("BACKUP_BYTES", 2 * GIB))
BODY_BYTES = 8 << 20
ROUNDS = 3


def measure(house: House) -> Table:
    """Fill a house, back it up and bring it back ROUNDS times, tar and gpg in between."""
    services = build_services(open_instance(house.home))
    for _ in range(max(1, BYTES // BODY_BYTES)):
        store(services, os.urandom(BODY_BYTES))
    services.db.close()
    admin = GnupgHome()
    try:
        fingerprint = admin.make_key("Admin", "cv25519")
        (house.root / "admin.asc").write_text(admin.public())
        os.environ["GNUPGHOME"] = str(admin.path)
        rows: dict[str, tuple[list[float], list[float]]] = {"backup": ([], []), "restore": ([], [])}
        for number in range(ROUNDS):
            _round(house, fingerprint, number, rows)
    finally:
        admin.close()
    return _table(rows)


def _round(
    house: House, fingerprint: str, number: int, rows: dict[str, tuple[list[float], list[float]]]
) -> None:
    ours, theirs = house.root / "ours.gpg", house.root / "theirs.gpg"
    new, other = house.root / f"new-{number}", house.root / f"other-{number}"
    key = ["--key", house.root / "admin.asc"]
    with house.serving():
        ours_out = _seconds(lambda: house("backup", ours, "--to", fingerprint, *key))
    rows["backup"][0].append(ours_out)
    rows["backup"][1].append(_seconds(lambda: _tar_out(house, theirs)))
    restored = House(new, house.root)
    rows["restore"][0].append(_seconds(lambda: restored("restore", ours)))
    rows["restore"][1].append(_seconds(lambda: _tar_in(theirs, other)))
    subprocess.run(["rm", "-rf", new, other, ours, theirs], check=True)


def _tar_out(house: House, file: Path) -> None:
    seal = "gpg --batch --quiet --trust-model always -z0 --rfc4880 --hidden-recipient-file"
    line = f"tar -C {house.home} --exclude=./run -c . | {seal} {house.root}/admin.asc -e > {file}"
    subprocess.run(["bash", "-o", "pipefail", "-c", f"{line}; sync {file}"], check=True)


def _tar_in(file: Path, folder: Path) -> None:
    folder.mkdir(mode=0o700)
    line = f"gpg --batch --quiet -d {file} | tar -C {folder} -x"
    subprocess.run(["bash", "-o", "pipefail", "-c", f"{line} && sync -f {folder}"], check=True)


def _seconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def _table(rows: dict[str, tuple[list[float], list[float]]]) -> Table:
    table = Table(title=f"Backup and restore of {BYTES / GIB:.2g} GiB, medians of {ROUNDS}")
    for column in ("", "vasistas", "MB/s", "tar and gpg", "MB/s", "ratio"):
        table.add_column(column, justify="right" if column else "left")
    for name, (ours, theirs) in rows.items():
        mine, reference = median(ours), median(theirs)
        speeds = [f"{BYTES / 1e6 / each:.0f}" for each in (mine, reference)]
        table.add_row(
            name,
            f"{mine:.1f} s",
            speeds[0],
            f"{reference:.1f} s",
            speeds[1],
            f"{reference / mine:.2f}",
        )
    return table
