"""A reviewer at a station: runs commands in this process, and reads what they print."""

import io
import json
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from click.testing import CliRunner, Result

from formats.courier import decode_courier
from formats.tarstream import TarLimits, TarReader
from viewing_station.cli import station

PASSPHRASE = "correct horse battery staple"


@dataclass(frozen=True)
class Reviewer:
    """Works at the station in `home`."""

    home: Path
    passphrase_file: Path

    def run(self, *words: str, text: str | bytes | None = None, code: int = 0) -> Result:
        """Run a command that is to exit with `code`."""
        given = ["--home", str(self.home), "--passphrase-file", str(self.passphrase_file), *words]
        result = CliRunner().invoke(station, given, input=text)
        assert result.exit_code == code, result.output + str(result.exception)
        return result

    def json(self, *words: str, code: int = 0) -> Any:
        return json.loads(self.run(*words, "--json", code=code).stdout)

    def refusal(self, *words: str, text: str | bytes | None = None) -> str:
        """Run a command that is to fail; return its one sentence."""
        result = self.run(*words, text=text, code=1)
        assert result.stdout == ""
        lines = result.stderr.splitlines()
        assert len(lines) == 1, lines
        return lines[0].removeprefix("error: ")

    def open(self, bundle: bytes, *words: str, code: int = 0) -> Result:
        return self.run("open", str(self.keep(bundle)), *words, code=code)

    def open_json(self, bundle: bytes, code: int = 0) -> Any:
        return json.loads(self.open(bundle, "--json", code=code).stdout)

    def refuse(self, bundle: bytes) -> str:
        return self.refusal("open", str(self.keep(bundle)))

    def keep(self, bundle: bytes) -> Path:
        file = self.home.parent / "bundle.tar"
        file.write_bytes(bundle)
        return file

    def courier_id(self) -> str:
        """Write a courier; return its id."""
        file = self.home.parent / "courier.tar"
        self.run("courier", str(file), "--force")
        reader = TarReader(io.BytesIO(file.read_bytes()), TarLimits(100, 1 << 20, 1 << 20))
        return decode_courier(reader.read_manifest()[0]).courier

    def thread(self) -> str:
        """Return the id of the only thread."""
        [only] = self.json("threads")
        return str(only["id"])


def agents_of(home: Path) -> list[str]:
    """Return the command lines of processes that name this home, or work in it."""
    listing = subprocess.run(
        ["ps", "-eww", "-o", "args="], capture_output=True, text=True, check=True
    ).stdout
    return [line for line in listing.splitlines() if str(home) in line and "gpg" in line]
