"""The Python side: the station's own wheel, and what it needs at the locked hashes."""

import hashlib
import json
import shutil
import sys
import tempfile
import tomllib
from pathlib import Path

from scripts.station_bundle.running import run

ROOT = Path(__file__).parents[2]
PACKAGES = ("viewing_station", "crypto", "formats")  # what it may import, by our own rules
LOCK = "requirements-station.txt"
NAME = "vasistas-station"
PIP = (sys.executable, "-m", "pip", "--disable-pip-version-check", "--no-input")


def gather_wheels(folder: Path) -> None:
    """Write `wheels/` and `requirements.txt` into `folder`. Raises NoBundle."""
    wheels = folder / "wheels"
    wheels.mkdir()
    download = (*PIP, "download", "--quiet", "--require-hashes", "--only-binary", ":all:")
    run(*download, "--requirement", ROOT / LOCK, "--dest", wheels, what="The wheels did not come")
    own, version = _own_wheel(wheels)
    digest = hashlib.sha256(own.read_bytes()).hexdigest()
    line = f"{NAME}=={version} --hash=sha256:{digest}\n"
    (folder / "requirements.txt").write_text((ROOT / LOCK).read_text("utf-8") + line, "utf-8")


def _own_wheel(wheels: Path) -> tuple[Path, str]:
    """Build a wheel of the station alone: no server's code on a machine that serves nothing."""
    with tempfile.TemporaryDirectory(prefix="station-wheel-") as stage:
        version = _stage(Path(stage))
        build = (*PIP, "wheel", "--quiet", "--no-deps", "--no-index", "--no-build-isolation")
        run(*build, "--wheel-dir", wheels, stage, what="The station's wheel was not built")
    [own] = wheels.glob(f"{NAME.replace('-', '_')}-*.whl")
    return own, version


def _stage(stage: Path) -> str:
    """Copy the packages with fixed modes (a wheel keeps them), and describe them."""
    for name in PACKAGES:
        shutil.copytree(ROOT / name, stage / name, ignore=shutil.ignore_patterns("__pycache__"))
    for path in stage.rglob("*"):
        path.chmod(0o755 if path.is_dir() else 0o644)
    whole = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    project, setuptools = whole["project"], whole["tool"]["setuptools"]
    lines = [
        "[build-system]",
        f"requires = {json.dumps(whole['build-system']['requires'])}",
        f"build-backend = {json.dumps(whole['build-system']['build-backend'])}",
        "[project]",
        f"name = {json.dumps(NAME)}",
        *(f"{key} = {json.dumps(project[key])}" for key in ("version", "license")),
        f"requires-python = {json.dumps(project['requires-python'])}",
        "[project.scripts]",
        f"viewing-station = {json.dumps(project['scripts']['viewing-station'])}",
        "[tool.setuptools.packages.find]",
        f"include = {json.dumps([f'{name}*' for name in PACKAGES])}",
        "[tool.setuptools.package-data]",
        *(f'"{key}" = {json.dumps(value)}' for key, value in setuptools["package-data"].items()),
    ]
    (stage / "pyproject.toml").write_text("\n".join(lines) + "\n", "utf-8")
    return str(project["version"])
