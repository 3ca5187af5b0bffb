"""The station beside plain tools on the same bytes in the same run: opening, search, lists."""

import shutil
import subprocess
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from statistics import median

from rich.table import Table

from benchmarks.station_data import PASSPHRASE, Made, fill, found, large_bundle
from tests.journey.house import House
from tests.viewing_station.small_server import Source
from viewing_station.search import Searcher
from viewing_station.station import open_station

LETTERS = 1_000  # in one bundle
LARGE_BYTES = 2 << 30
STORED = 100_000  # letters
ROUNDS = 3
RARE = "introuvable"  # in no letter, so that every one is looked through
COMMON = "caméra élu"


def measure(house: House) -> Table:
    """Open bundles, then search a store of many letters."""
    table = Table(title=f"The viewing station, medians of {ROUNDS}, passphrases included")
    for column in ("what", "viewing-station", "reference", "ratio"):
        table.add_column(column, justify="left" if column == "what" else "right")
    made = found(house.root / "reviewer")
    table.add_row(*letters(made))
    table.add_row(*large(made))
    shutil.rmtree(house.root / "reviewer")
    for row in searches(found(house.root / "archive")):
        table.add_row(*row)
    return table


def letters(made: Made) -> list[str]:
    """Open a thousand letters; then give each to a gpg of its own, as anyone without us would."""
    folder = made.station.home.parent
    envelopes = [made.server.receive(Source(), "mot " * 250)[0] for _ in range(LETTERS)]
    bundle = made.bundle(folder / "letters.tar", envelopes)
    files = [folder / envelope.entry.name for envelope in envelopes]
    for file, envelope in zip(files, envelopes, strict=True):
        file.write_bytes(envelope.content)
    plain = folder / "plain"
    ours, alone = side_by_side(
        made, bundle, lambda gpg: [decrypt(gpg, file, plain) for file in files]
    )
    for file in files:
        file.unlink()
    return row(f"open {LETTERS:,} letters; gpg --decrypt, one each", ours, alone)


def large(made: Made) -> list[str]:
    """Open one large delivery; then give its envelope to gpg, to a file."""
    folder = made.station.home.parent
    envelope = large_bundle(made, folder / "large.tar", LARGE_BYTES)
    ours, alone = side_by_side(
        made, folder / "large.tar", lambda gpg: decrypt(gpg, envelope, folder / "plain")
    )
    return row("open a delivery of 2 GiB; gpg --decrypt to a file", ours, alone)


def searches(made: Made) -> list[list[str]]:
    """Search, and list; `grep` over the same letters in one plain file, and `cat`."""
    plain = fill(made, STORED)
    grep = timed(lambda: subprocess.run(["grep", "-ci", RARE, str(plain)], check=False, stdout=-3))
    command = timed(lambda: made.station("search", RARE))
    with open_station(made.station.home, PASSPHRASE) as station:
        searcher = Searcher(station)
        first = timed(searcher.refresh, rounds=1)
        second = timed(lambda: searcher.search(RARE))
        common = timed(lambda: searcher.search(COMMON))
    threads = timed(lambda: made.station("threads", "--json"))
    thread = made.station.threads()[0]["id"]
    show = timed(lambda: made.station("show", thread))
    what = f"{STORED:,} letters"
    return [
        row(f"search command, {what}; grep -ci of them in the clear", command, grep),
        row("… a searcher's first reading of all; same", first, grep),
        row("… its next search, a word in no letter; same", second, grep),
        row("… its next search, two words in nearly all; same", common, grep),
        row(f"threads --json, {what}", threads, None),
        row(f"show THREAD, {what}", show, None),
    ]


def side_by_side(
    made: Made, bundle: Path, alone: Callable[[list[str]], object]
) -> tuple[float, float]:
    """Open a bundle at a station that does not know it, and have gpg alone do it, in turns."""
    home, kept = made.station.home, made.station.home.with_name("kept")
    shutil.copytree(home, kept)
    ours, reference = [], []
    for _ in range(ROUNDS):
        ours.append(timed(lambda: made.station("open", bundle), rounds=1))
        with made.gpg() as gpg:
            reference.append(timed(partial(alone, gpg), rounds=1))
        shutil.rmtree(home)
        shutil.copytree(kept, home)
    shutil.rmtree(kept)
    return median(ours), median(reference)


def decrypt(gpg: list[str], file: Path, plain: Path) -> None:
    """Have gpg alone decrypt an envelope to a file."""
    subprocess.run([*gpg[:-1], "--output", str(plain), gpg[-1], str(file)], check=True, stderr=-3)


def timed(work: Callable[[], object], rounds: int = ROUNDS) -> float:
    """Give the median of the seconds that some work takes."""
    took = []
    for _ in range(rounds):
        begun = time.perf_counter()
        work()
        took.append(time.perf_counter() - begun)
    return median(took)


def row(what: str, ours: float, reference: float | None) -> list[str]:
    """Give a row of the table."""
    if reference is None:
        return [what, f"{ours:.2f} s", "", ""]
    return [what, f"{ours:.2f} s", f"{reference:.2f} s", f"{ours / reference:.2f}"]
