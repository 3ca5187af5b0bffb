"""What `make run` does once all is installed: a demo instance, served, and told about.

usage: run_demo.py HOME SOURCE_PORT JOURNALIST_PORT
"""

import os
import subprocess
import sys
from pathlib import Path

BIN = Path(sys.executable).parent


def main() -> None:
    """Make the demo if there is none, say what to open, and become `vasistas serve`."""
    home, source_port, journalist_port = Path(sys.argv[1]), sys.argv[2], sys.argv[3]
    vasistas = [str(BIN / "vasistas"), "--home", str(home)]
    if not (home / "reviewer-login").exists():
        home.parent.mkdir(parents=True, exist_ok=True)
        made = subprocess.run([*vasistas, "init", "--name", "Vasistas", "--demo"], check=False)
        if made.returncode != 0:
            sys.exit(made.returncode)
    tell(home, source_port, journalist_port)
    if os.environ.get("TOR") == "1":
        print("TOR=1: this version publishes no onion service; serving locally.\n", flush=True)
    addresses = ["--source", f"127.0.0.1:{source_port}"]
    addresses += ["--journalist", f"127.0.0.1:{journalist_port}"]
    os.execv(vasistas[0], [*vasistas, "serve", *addresses])  # noqa: S606  our own program


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
