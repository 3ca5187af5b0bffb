"""A fresh instance with one desk for each test, and the desk's private keys for all."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import settings

from crypto import root
from tests.crypto.gnupg_home import GnupgHome
from tests.source_app.house import KEY_DAY, CalendarKeys, DeskKeys, House, furnished
from tests.web.instances import START, found_template

# Machines that run the tests are shared: an example is judged by what it shows, not its time.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")

Furnish = Callable[..., House]


@pytest.fixture(scope="session", autouse=True)
def cheap_roots() -> Iterator[None]:
    """The derivation's cost is crypto's matter; here it would be paid some hundred times."""
    real = root.argon2id.kdf

    def kdf(size: int, password: bytes, salt: bytes, opslimit: int, memlimit: int) -> bytes:
        return real(size, password, salt, opslimit=opslimit - 2, memlimit=memlimit // 1024)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(root, "argon2id", SimpleNamespace(kdf=kdf))
        yield


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return found_template(tmp_path_factory.mktemp("founded"))


@pytest.fixture(scope="session")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DeskKeys]:
    home = GnupgHome()
    fingerprint = home.make_key("Desk", "cv25519", clock=KEY_DAY)
    file = tmp_path_factory.mktemp("desk") / "desk.asc"
    file.write_text(home.public(fingerprint))
    yield DeskKeys(home, file, fingerprint)
    home.close()


@pytest.fixture(scope="session")
def calendar(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CalendarKeys]:
    """A key with three windows of a week, the second of which begins on the test clock's morrow."""
    home = GnupgHome()
    first = START.date() + timedelta(days=1 - 7)
    fingerprint, *subkeys = home.make_calendar("Desk", first, 3)
    file = tmp_path_factory.mktemp("calendar") / "desk.asc"
    file.write_text(home.public(fingerprint))
    yield CalendarKeys(home, file, fingerprint, tuple(subkeys))
    home.close()


@pytest.fixture
def weekly(template: Path, tmp_path: Path, calendar: CalendarKeys) -> Iterator[House]:
    """An instance whose desk has that key."""
    with furnished(template, tmp_path / "weekly", calendar) as house:
        yield house


@pytest.fixture
def furnish(template: Path, tmp_path: Path, desk: DeskKeys) -> Iterator[Furnish]:
    """Make instances with other settings than the usual ones."""
    with ExitStack() as houses:

        def make(**changed: object) -> House:
            home = tmp_path / f"home{len(list(tmp_path.iterdir()))}"
            return houses.enter_context(furnished(template, home, desk, **changed))

        yield make


@pytest.fixture
def house(furnish: Furnish) -> House:
    return furnish()
