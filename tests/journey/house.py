"""A whole house for the journeys: a real instance, its station, its server, as processes.

Nothing here reaches into the program: commands are run, pages are fetched and read as text.
"""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import httpx
import pyotp

BIN = Path(sys.executable).parent
READY_SECONDS = 40
STATION_PASSPHRASE = "une phrase de passe pour la station"


def run(*words: str | Path, stdin: str | None = None, check: bool = True) -> str:
    """Run a command to its end; give its standard output."""
    done = subprocess.run(
        [str(word) for word in words],
        input=stdin,
        capture_output=True,
        text=True,
        check=False,
    )
    if check and done.returncode != 0:
        raise AssertionError(f"{words[0]} {words[1:]}: {done.returncode}\n{done.stderr}")
    return done.stdout


@dataclass
class Station:
    """The viewing station of one desk."""

    home: Path
    passphrase: Path

    def __call__(self, *words: str | Path, stdin: str | None = None, check: bool = True) -> str:
        """Run a `viewing-station` command."""
        program = [BIN / "viewing-station", "--home", self.home]
        return run(*program, "--passphrase-file", self.passphrase, *words, stdin=stdin, check=check)

    def threads(self) -> list[dict[str, Any]]:
        """List the threads."""
        found: list[dict[str, Any]] = json.loads(self("threads", "--json"))
        return found


@dataclass
class House:
    """An instance in `home` with its desks' stations and reviewers' log-ins."""

    home: Path
    root: Path
    stations: dict[str, Station] = field(default_factory=dict)
    logins: dict[str, dict[str, str]] = field(default_factory=dict)
    process: subprocess.Popen[str] | None = None
    addresses: dict[str, str] = field(default_factory=dict)
    clients: list[httpx.Client] = field(default_factory=list)
    onions: dict[str, str] = field(default_factory=dict)

    def __call__(self, *words: str | Path, stdin: str | None = None, check: bool = True) -> str:
        """Run a `vasistas` command."""
        return run(BIN / "vasistas", "--home", self.home, *words, stdin=stdin, check=check)

    @classmethod
    def found(cls, root: Path) -> "House":
        """Make an instance without a desk."""
        house = cls(root / "server", root)
        house("init", "--name", "Vasistas d’essai")
        return house

    def copy(self, root: Path) -> "House":
        """Give the same house once more, below another folder."""
        shutil.copytree(self.root, root, dirs_exist_ok=True)
        stations = {
            slug: Station(root / station.home.name, root / station.passphrase.name)
            for slug, station in self.stations.items()
        }
        return House(root / "server", root, stations, dict(self.logins))

    def add_desk(self, slug: str, name: str) -> Station:
        """Make a station for a new desk and carry its public files over."""
        passphrase = self.root / f"{slug}-passphrase"
        passphrase.write_text(STATION_PASSPHRASE + "\n")
        station = Station(self.root / f"st-{slug}", passphrase)
        station("init", "--desk", slug, "--instance", self.home / "instance.json")
        self("desk", "add", slug, "--name", name)
        self("desk", "key", "add", slug, station.home / f"{slug}-openpgp.asc")
        self("desk", "station", "add", slug, station.home / f"{slug}-station.pub")
        self.stations[slug] = station
        return station

    def add_reviewer(self, name: str, *desks: str, admin: bool = False) -> None:
        """Make a reviewer and keep the log-in."""
        words = [word for desk in desks for word in ("--desk", desk)]
        words += ["--admin"] if admin else []
        self.logins[name] = json.loads(self("reviewer", "add", name, *words, "--json"))

    def configure(self, **settings: object) -> None:
        """Change settings in the configuration; they hold from the next `serve` on."""
        path = self.home / "config.toml"
        merged = tomllib.loads(path.read_text("utf-8")) | settings
        lines = [f"{name} = {json.dumps(value)}\n" for name, value in merged.items()]
        path.write_text("".join(lines), "utf-8")

    @contextmanager
    def serving(self, *, tcp: bool = False, torrc: Path | None = None) -> Iterator[None]:
        """Serve meanwhile, on unix sockets or on TCP with ports that the system chooses.

        With a `torrc` of a private network, also as onion services.
        """
        self.start(tcp=tcp, torrc=torrc)
        try:
            yield
        finally:
            self.stop()

    def start(self, *, tcp: bool = False, torrc: Path | None = None) -> None:
        """Start `vasistas serve` and wait for its word that it accepts, and is published."""
        words: list[str | Path] = []
        if tcp:
            words += ["--source", "127.0.0.1:0", "--journalist", "127.0.0.1:0"]
        if torrc is not None:
            words += ["--tor", "--torrc", torrc]
        self.process = subprocess.Popen(
            [BIN / "vasistas", "--home", self.home, "serve", *words],
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        assert line.startswith("ready "), line
        self.addresses = dict(word.split("=", 1) for word in line.split()[1:])
        if torrc is not None:
            self.await_onions()

    def await_onions(self) -> None:
        """Wait for the line that names both onion services, and note their hosts."""
        assert self.process is not None
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        assert line.startswith("onion "), line
        named = dict(word.split("=", 1) for word in line.split()[1:])
        self.onions = {app: url.removeprefix("http://") for app, url in named.items()}

    def stop(self) -> None:
        """Stop the server as Ctrl-C does, and see that it ends well."""
        assert self.process is not None
        for client in self.clients:  # the server would wait for their next request
            client.close()
        self.process.send_signal(signal.SIGINT)
        assert self.process.wait(30) == 0
        self._close()

    def kill(self) -> None:
        """Kill the server and all that it started, as a power cut would."""
        assert self.process is not None
        for pid in [*tree(self.process.pid), self.process.pid]:
            os.kill(pid, signal.SIGKILL)
        self.process.wait()
        self._close()

    def _close(self) -> None:
        assert self.process is not None
        assert self.process.stdout is not None
        self.process.stdout.close()
        self.process = None
        for client in self.clients:
            client.close()

    def client(self, app: str) -> httpx.Client:
        """Give an HTTP client for an app, without cookies yet."""
        address = self.addresses[app]
        if address.startswith("unix:"):
            transport = httpx.HTTPTransport(uds=address.removeprefix("unix:"))
            client = httpx.Client(transport=transport, base_url="http://localhost", timeout=120)
        else:
            client = httpx.Client(base_url=f"http://{address}", timeout=120)
        self.clients.append(client)
        return client

    def source(self) -> "Source":
        """Give a source who has just opened the browser."""
        return Source(self.client("source"))

    def reviewer(self, name: str) -> "Reviewer":
        """Give a reviewer who has just logged in."""
        return Reviewer.log_in(self.client("journalist"), self.logins[name])


class Page(HTMLParser):
    """A page's visible text, form fields and the articles on it."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.fields: dict[str, str] = {}
        self.ids: dict[str, list[str]] = {"reply": [], "delivery": []}
        self.texts: dict[str, str] = {}
        self._inside: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "input" and "name" in given:
            self.fields.setdefault(given["name"], given.get("value", ""))
        for kind, found in self.ids.items():
            if f"data-{kind}" in given:
                found.append(given[f"data-{kind}"])
        if tag == "output" or given.get("class") == "text":
            self._inside.append(tag)
            self.texts.setdefault(tag, "")

    def handle_endtag(self, tag: str) -> None:
        if self._inside and self._inside[-1] == tag:
            self._inside.pop()

    def handle_data(self, data: str) -> None:
        if self._inside:
            self.texts[self._inside[-1]] += data


Files = list[tuple[str, bytes]]


@dataclass
class Source:
    """A source with a browser and no scripts."""

    http: httpx.Client
    token: str = ""
    codename: str = ""

    def first_visit(self, desk: str | None = None) -> "Source":
        """Ask for a codename and note it."""
        answer = self.http.post("/codename", data={"desk": desk} if desk else {})
        assert answer.status_code == 303, answer.text
        page = self.get("/deliver")
        self.codename = " ".join(page.texts["output"].split())
        assert len(self.codename.split()) == 8
        return self

    def return_with(self, codename: str) -> httpx.Response:
        """Type a codename."""
        answer = self.http.post("/return", data={"codename": codename})
        if answer.status_code == 303:
            self.get("/mailbox")
        return answer

    def get(self, path: str) -> Page:
        """Open a page and note its token."""
        answer = self.http.get(path)
        assert answer.status_code == 200, answer.status_code
        page = Page(answer.text)
        self.token = page.fields.get("csrf_token", self.token)
        return page

    def form(self, message: str, files: Files, desk: str | None = None) -> list[tuple[str, Any]]:
        """Build the delivery form's parts in their order."""
        parts: list[tuple[str, Any]] = [("csrf_token", (None, self.token))]
        if desk is not None:
            parts.append(("desk", (None, desk)))
        parts.append(("message", (None, message.encode())))
        parts += [("files", (name, content, "application/octet-stream")) for name, content in files]
        return parts

    def deliver(
        self, message: str, files: Files | None = None, desk: str | None = None
    ) -> httpx.Response:
        """Deliver a message and files."""
        return self.http.post("/deliver", files=self.form(message, files or [], desk))

    def post(self, path: str, **fields: str) -> httpx.Response:
        """Send one of the small forms."""
        return self.http.post(path, data={"csrf_token": self.token, **fields})


@dataclass
class Reviewer:
    """A reviewer with a session."""

    http: httpx.Client
    token: str

    @classmethod
    def log_in(cls, http: httpx.Client, login: dict[str, str]) -> "Reviewer":
        """Log in with passphrase and code; wait for a fresh code if this one was used."""
        totp = pyotp.parse_uri(login["totp_uri"])
        assert isinstance(totp, pyotp.TOTP)
        for _ in range(2):
            answer = http.post(
                "/login",
                data={
                    "username": login["name"],
                    "passphrase": login["passphrase"],
                    "code": totp.now(),
                },
            )
            if answer.status_code == 303:
                token = Page(http.get("/").text).fields["csrf_token"]
                return cls(http, token)
            time.sleep(31)
        raise AssertionError(re.sub(r"\s+", " ", answer.text)[:2000])

    def deliveries(self) -> list[str]:
        """List the handles on the first page."""
        return Page(self.http.get("/").text).ids["delivery"]

    def bundle(self, path: Path, **fields: str | list[str]) -> Path:
        """Download a bundle."""
        with self.http.stream(
            "POST", "/bundle", data={"csrf_token": self.token, **fields}
        ) as answer:
            assert answer.status_code == 200, answer.status_code
            with path.open("wb") as file:
                for chunk in answer.iter_bytes():
                    file.write(chunk)
        return path

    def courier(self, path: Path) -> tuple[httpx.Response, httpx.Response]:
        """Hand over a courier and confirm it; give both answers."""
        shown = self.http.post(
            "/courier",
            files=[
                ("csrf_token", (None, self.token)),
                ("courier", (path.name, path.read_bytes(), "application/x-tar")),
            ],
        )
        done = self.http.post("/courier", data={"csrf_token": self.token, "confirm": "1"})
        return shown, done


def tree(pid: int) -> list[int]:
    """List the processes below `pid`, children before grandchildren."""
    found: list[int] = []
    for task in Path(f"/proc/{pid}/task").glob("*"):
        try:
            children = [int(word) for word in (task / "children").read_text().split()]
        except FileNotFoundError:
            continue
        for child in children:
            found += [child, *tree(child)]
    return found
