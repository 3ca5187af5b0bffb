"""`make station-bundle`: one folder that installs the viewing station without a network."""

import argparse
import os
import platform
import shutil
import sys
import tempfile
from pathlib import Path

from scripts.station_bundle.debian import gather_debian
from scripts.station_bundle.errors import NoBundle
from scripts.station_bundle.sums import SUMS, sign_sums, spoken, write_sums
from scripts.station_bundle.wheels import gather_wheels

HERE = Path(__file__).parent
INSTALLER = ("install", "READ-ME-FIRST.txt")


def main() -> None:
    """Write the folder, whole or not at all, and say how to prove it."""
    asked = _asked()
    os.umask(0o022)  # a wheel keeps its files' modes, and the sums must not depend on the maker's
    try:
        digest = make_bundle(asked.out, asked.sign_with, debian=asked.debian == "yes")
    except NoBundle as error:
        sys.exit(f"station-bundle: {error}")
    print(f"The folder is in {asked.out}.")
    if asked.sign_with:
        print(f"It is signed with {asked.sign_with}.")
    else:
        print("It is NOT signed (SIGN_WITH=FINGERPRINT signs it with a key of yours).")
    print(f"Compare by voice, where it is installed, what `sha256sum {SUMS}` begins with:")
    print(f"  {spoken(digest)}")


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="station-bundle", description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("--sign-with", metavar="FINGERPRINT", default="")
    parser.add_argument("--debian", choices=("yes", "no"), default="yes")
    return parser.parse_args()


def make_bundle(out: Path, sign_with: str, *, debian: bool) -> str:
    """Write the folder `out`; return the SHA-256 of its list of hashes. Raises NoBundle."""
    if out.exists() and not (out / SUMS).is_file():
        raise NoBundle(f"{out} holds something else, and was left as it is.")
    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".station-bundle-", dir=out.parent) as scratch:
        draft = Path(scratch, "bundle")
        draft.mkdir()
        for name in INSTALLER:
            shutil.copy(HERE / name, draft / name)
        python = "".join(platform.python_version_tuple()[:2])
        (draft / "made-for").write_text(f"cp{python} {platform.machine()}\n", "utf-8")
        gather_wheels(draft)
        if debian:
            gather_debian(draft)
        digest = write_sums(draft)
        if sign_with:
            sign_sums(draft, sign_with)
        if out.exists():
            shutil.rmtree(out)
        draft.rename(out)
    return digest


if __name__ == "__main__":
    main()
