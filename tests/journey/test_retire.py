"""An instance ends: what nobody has read goes to the stations, the rest is destroyed."""

import hashlib
import json
import signal
import subprocess
import time
from pathlib import Path

import httpx

from tests.journey.house import BIN, Files, House

NAME = "Vasistas d’essai"


def retire(house: House, *words: str | Path) -> subprocess.Popen[str]:
    command = [BIN / "vasistas", "--home", house.home, "retire", "--yes", NAME, *words]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def remains(home: Path) -> set[str]:
    """List the files that are left, but for what says that it was retired."""
    found = {path.relative_to(home).as_posix() for path in home.rglob("*") if path.is_file()}
    return found - {"retired.json", ".served"}


def await_page(house: House, seconds: float = 30) -> httpx.Response:
    """Ask for the front page until the closing page is there."""
    assert house.process is not None
    assert house.process.stdout is not None
    line = house.process.stdout.readline()  # that of the page, behind that of the apps
    assert line.startswith("ready source="), line
    assert "journalist" not in line
    return house.client("source").get("/", timeout=seconds)


def test_a_service_ends_while_it_runs_and_says_so_to_its_sources(
    house: House, root: Path, documents: Files
) -> None:
    station = house.stations["ville"]
    house.start()
    source = house.source().first_visit()
    assert source.deliver("Personne ne l’a encore lu", documents).status_code == 303
    assert house.source().first_visit().deliver("Ceci non plus").status_code == 303
    source.get("/mailbox")
    secret = (house.home / "keys" / "argon2-salt").read_bytes()

    refused = retire(house, "--closing-days", "3")
    assert "Nobody has collected 2 of ville" in refused.communicate()[1]
    assert source.http.get("/mailbox").status_code == 200

    ending = retire(house, "--export", root / "stick", "--closing-days", "3")
    out, err = ending.communicate(timeout=100)
    assert ending.returncode == 0, err
    assert "2 deliveries, for the station of ville" in out
    assert {path for path in remains(house.home) if not path.startswith("run/")} == set()
    assert not [
        path
        for path in house.home.rglob("*")
        if path.is_file() and secret.strip() in path.read_bytes()
    ]

    page = await_page(house)
    assert "Ce service est fermé" in page.text
    assert len(page.content) == 64 << 10
    late = house.client("source")
    for path, fields in (("/return", {"codename": source.codename}), ("/codename", {})):
        answer = late.post(path, data=fields)
        assert (answer.status_code, len(answer.content)) == (410, 64 << 10)
    assert late.post("/deliver", files={"message": b"x" * 3_000_000}).status_code == 410
    assert not (house.home / "run" / "journalist.sock").exists()

    # The station opens what was exported, to the byte.
    (bundle,) = (root / "stick").iterdir()
    opened = json.loads(station("open", bundle, "--json"))
    assert sorted(each["files"] for each in opened) == [0, len(documents)]
    (thread,) = {each["thread"] for each in opened if each["files"]}
    station("export", thread, root / "out")
    found = {
        hashlib.sha256(path.read_bytes()).digest()
        for path in (root / "out").rglob("*")
        if path.is_file()
    }
    assert {hashlib.sha256(content).digest() for _, content in documents} <= found

    # Run again, it ends the closing page too, and `serve` with it.
    assert house.process is not None
    again = retire(house)
    out, err = again.communicate(timeout=100)
    assert (again.returncode, "can be removed" in out) == (0, True), err
    assert house.process.wait(30) == 0
    assert remains(house.home) == set()
    house._close()
    house.process = None


def test_killed_at_any_moment_it_is_finished_by_running_it_again(house: House, root: Path) -> None:
    with house.serving():
        for number in range(3):
            assert house.source().first_visit().deliver(f"Lettre {number}").status_code == 303
    stick, pauses = root / "stick", iter([0.6, 0.8, 0.9, 0.95, 1.0, 1.1, 1.2, 1.4])
    for pause in pauses:
        ending = retire(house, "--export", stick)
        time.sleep(pause)
        ending.send_signal(signal.SIGKILL)
        ending.communicate()
    ending = retire(house, "--export", stick)
    out, err = ending.communicate(timeout=100)
    assert ending.returncode == 0, err
    assert "can be removed" in out
    assert remains(house.home) == set()
    for bundle in stick.glob("*.tar"):
        house.stations["ville"]("open", bundle)
    assert len(house.stations["ville"].threads()) == 3
    serving = subprocess.run(
        [BIN / "vasistas", "--home", house.home, "serve"],
        capture_output=True, text=True, check=False, timeout=30,
    )  # fmt: skip
    assert "was retired" in serving.stderr
