"""`vasistas backup`, `restore` and `retire`, killed at each write."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.crypto.gnupg_home import GnupgHome
from tests.interruptions import scenes
from tests.interruptions.scenes import SLUG
from tests.interruptions.stage import Case, Command, Stage, exhaust, instance, names_in

NAME = "Vasistas d’essai"


@pytest.fixture
def admin() -> Iterator[GnupgHome]:
    home = GnupgHome()
    yield home
    home.close()


def _backup(stage: Stage, admin: GnupgHome) -> Command:
    scenes.add_reviewer(stage)
    stage.prepared("deliver", stage.home, SLUG)
    key = admin.make_key("Admin", "cv25519")
    public = stage.root / "admin.asc"
    public.write_text(admin.public(key))
    stage.environment["GNUPGHOME"] = str(admin.path)
    return stage.vasistas("backup", stage.root / "b.gpg", "--to", key, "--key", public)


def test_backup(stage: Stage, admin: GnupgHome) -> None:
    command = _backup(stage, admin)

    def look(root: Any) -> Any:
        return instance(stage)(root) | {"file": (stage.root / "b.gpg").exists()}

    case = Case(command, look, already="exists already", half=_noted)
    exhaust(stage, case)
    read = admin.run("--decrypt", str(stage.root / "b.gpg"))
    assert read.returncode == 0


def _noted(before: Any, after: Any, found: Any) -> bool:
    return bool(found == after | {"file": before["file"]})


def test_restore(stage: Stage, admin: GnupgHome) -> None:
    stage.did(_backup(stage, admin))
    stage.home.rename(stage.root / "former")
    command = stage.vasistas("restore", stage.root / "b.gpg")
    exhaust(stage, Case(command, instance(stage), already="is not empty"))


@pytest.mark.parametrize("closing", [[], ["--closing-days", "30"]], ids=["at once", "with a page"])
def test_retire(stage: Stage, closing: list[str]) -> None:
    """Nothing is destroyed before all that nobody has collected lies in the export.

    Cut off just then it is exported twice, which the station does not mind.
    """
    scenes.add_reviewer(stage)
    stage.prepared("deliver", stage.home, SLUG)
    stage.did(stage.vasistas("onion", "publish"))
    words = ["retire", "--export", stage.root / "out", "--yes", NAME, *closing]
    bodies = {name for name in names_in(stage.home) if name.startswith("blobs/00/")}
    assert bodies

    def look(_root: Any) -> Any:
        exported = [path for path in (stage.root / "out").glob("*") if path.name[0] != "."]
        there = names_in(stage.home)
        return {
            "exported": sorted({path.stat().st_size for path in exported}),
            "there": sorted(there - {"run", "run/gnupg"}),
            "whole": bodies <= there and "vasistas.db" in there,
        }

    exhaust(stage, Case(stage.vasistas(*words), look, half=_kept, twice=r"out/.*-2\.tar$"))


def _kept(_before: Any, after: Any, found: Any) -> bool:
    return bool(found["whole"] or found["exported"] == after["exported"])
