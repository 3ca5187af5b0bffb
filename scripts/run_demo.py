"""What `make run` does once all is installed: a demo instance, served, and told about.

usage: run_demo.py HOME SOURCE_PORT JOURNALIST_PORT

With TOR=1 in the environment it is also published as onion services.
"""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

BIN = Path(sys.executable).parent
ONION_LOGIN = "reviewer-onion"  # the demo reviewer's onion key, kept as its log-in is
TOR_WORDS = """\
TOR=1: both apps are published as onion services too, where a Tor network can be reached; a line
that starts with `onion ` then names them. Until then, and without one, they are served locally.
The reviewer's key to the second address: {key}
"""


def main() -> None:
    """Make the demo if there is none, say what to open, and become `vasistas serve`."""
    home, source_port, journalist_port = Path(sys.argv[1]), sys.argv[2], sys.argv[3]
    make_demo(home)
    tell(home, source_port, journalist_port)
    words = serve_words(home, source_port, journalist_port)
    if os.environ.get("TOR") == "1":
        words += _tor_words(home)
    os.execv(words[0], words)  # noqa: S606  our own program


def make_demo(home: Path) -> None:
    """Make the demo instance unless it is there."""
    if (home / "reviewer-login").exists():
        return
    home.parent.mkdir(parents=True, exist_ok=True)
    made = subprocess.run([*vasistas(home), "init", "--name", "Vasistas", "--demo"], check=False)
    if made.returncode != 0:
        sys.exit(made.returncode)


def make_onion_login(home: Path) -> dict[str, str]:
    """Give the demo's reviewer a key to the onion service, once, and keep it in the demo."""
    kept = home / ONION_LOGIN
    if not kept.exists():
        name = (home / "reviewer-login").read_text("utf-8").splitlines()[0]
        _quietly(home, "publish")
        known = json.loads(_quietly(home, "client", "list", "--json"))
        verb = "rotate" if {"name": name} in known else "add"
        made = _quietly(home, "client", verb, name, "--json")
        part = kept.with_suffix(".part")
        part.touch(0o600)
        part.write_text(made, "utf-8")
        part.rename(kept)
    login: dict[str, str] = json.loads(kept.read_text("utf-8"))
    return login


def _quietly(home: Path, *words: str) -> str:
    """Run an `onion` command before anything is served; give what it prints."""
    command = [*vasistas(home), "onion", *words]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return done.stdout


def vasistas(home: Path) -> list[str]:
    """Give the beginning of a `vasistas` command."""
    return [str(BIN / "vasistas"), "--home", str(home)]


def serve_words(home: Path, source_port: str, journalist_port: str) -> list[str]:
    """Give the command that serves the demo on loopback."""
    addresses = ["--source", f"127.0.0.1:{source_port}"]
    addresses += ["--journalist", f"127.0.0.1:{journalist_port}"]
    return [*vasistas(home), "serve", *addresses]


def _tor_words(home: Path) -> list[str]:
    if shutil.which("tor", path=f"{os.environ.get('PATH', '')}:/usr/sbin") is None:
        print("TOR=1: the program tor is not installed; serving locally.\n", flush=True)
        return []
    print(TOR_WORDS.format(key=make_onion_login(home)["key"]), flush=True)
    return ["--tor"]


def tell(home: Path, source_port: str, journalist_port: str) -> None:
    """Print what to open and what to type."""
    name, passphrase, _ = (home / "reviewer-login").read_text("utf-8").splitlines()
    station = f"{BIN / 'viewing-station'} --home {home / 'station'}"
    station += f" --passphrase-file {home / 'station-passphrase'}"
    print(
        f"""
A demo of Vasistas. It holds the viewing station's private keys on this same machine,
beside the server: it is for trying, never for a real delivery.

  Sources      http://127.0.0.1:{source_port}/
  Reviewers    http://127.0.0.1:{journalist_port}/
               name        {name}
               passphrase  {passphrase}
               code        make code   (a new one every 30 seconds)
  Station      {home / "station"}
               {station} --help

  Ctrl-C ends everything. The instance stays in {home}; the next `make run` takes it up again.
""",
        flush=True,
    )


if __name__ == "__main__":
    main()
