import json
import stat
import sys
from pathlib import Path

import pytest

from tests.admin.conftest import Command


def test_a_demo_has_all_that_is_needed_to_try_it(bare: Command, tmp_path: Path) -> None:
    home = tmp_path / "demo"
    assert bare("--home", home, "init", "--name", "Essai", "--demo").code == 0
    (desk,) = json.loads(bare("--home", home, "desk", "list", "--json").out)
    assert (desk["slug"], desk["state"], desk["keys"], desk["station"]) == ("demo", "open", 1, True)
    (reviewer,) = json.loads(bare("--home", home, "reviewer", "list", "--json").out)
    assert reviewer == {"name": "alex", "desks": ["demo"], "role": "admin"}
    name, passphrase, uri = (home / "reviewer-login").read_text().splitlines()
    assert name == "alex"
    assert len(passphrase.split()) == 7
    assert uri.startswith("otpauth://totp/")
    for secret in ("reviewer-login", "station-passphrase"):
        assert stat.S_IMODE((home / secret).stat().st_mode) == 0o600
    assert stat.S_IMODE((home / "station").stat().st_mode) == 0o700


def test_a_demo_that_cannot_be_furnished_is_no_instance(
    bare: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Half a demo would be taken up by the next `make run`."""
    with monkeypatch.context() as patch:
        patch.setattr(sys, "executable", "/nonexistent/python")
        said = bare("--home", tmp_path / "demo", "init", "--name", "Essai", "--demo")
    assert said.code == 1
    assert said.err.startswith("vasistas: ")
    assert list((tmp_path / "demo").iterdir()) == []
    assert bare("--home", tmp_path / "demo", "init", "--name", "Essai").code == 0
