"""The copy of the database is gone when a backup ends, however it ends."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from admin.backup.workbench import clear_abandoned, workbench
from admin.errors import AdminError
from web.instance import Places


def test_it_is_empty_private_and_gone_afterwards(home: Path) -> None:
    places = Places(home)
    with workbench(places) as bench:
        assert list(bench.iterdir()) == []
        assert bench.stat().st_mode & 0o777 == 0o700
        (bench / "database").write_bytes(b"rows")
        with pytest.raises(AdminError, match="Another backup"), workbench(places):
            raise AssertionError
        clear_abandoned(places)
        assert (bench / "database").exists()  # it is in use
    assert not bench.exists()
    with pytest.raises(ValueError, match="rows"), workbench(places) as bench:
        int((bench / "database").write_text("rows") and "rows")
    assert not bench.exists()


def test_what_a_killed_one_left_is_cleared_away(home: Path) -> None:
    code = (
        "import os, signal, sys\n"
        "from pathlib import Path\n"
        "from admin.backup.workbench import workbench\n"
        "from web.instance import Places\n"
        "with workbench(Places(Path(sys.argv[1]))) as bench:\n"
        "    (bench / 'database').write_bytes(b'rows')\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    done = subprocess.run([sys.executable, "-c", code, home], check=False)
    assert done.returncode == -signal.SIGKILL
    assert (home / "run" / "backup" / "database").exists()
    clear_abandoned(Places(home))
    assert not (home / "run" / "backup").exists()
