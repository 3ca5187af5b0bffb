import shutil
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from admin.errors import AdminError
from admin.onions import CLOSED, make_services, published_services, seal_closed, service_of
from admin.serving.shape import APP_NAMES
from tor.errors import KeyDamaged
from tor.identity import OnionIdentity
from tor.service_dir import HOSTNAME_FILE, SECRET_FILE, ServiceDirectory
from web.instance import Places

ROOT = Path(__file__).parents[2]


@pytest.fixture
def places(home: Path) -> Places:
    return Places(home)


def addresses(places: Places) -> dict[str, str]:
    return {app: service_of(places, app).address().host for app in APP_NAMES}


def foreign(folder: Path, *clients: str, closed: bool = False) -> ServiceDirectory:
    """Make a service folder as another tor has it."""
    service = ServiceDirectory(folder)
    identity = OnionIdentity.new()
    service.make(identity, closed=closed)
    for name in clients:
        service.clients.add(name, identity.address)
    return service


def test_both_services_are_made_each_with_an_address_of_its_own(places: Places) -> None:
    make_services(places)
    assert len(set(addresses(places).values())) == 2
    for folder in (places.onions, places.tor_data):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_only_the_reviewers_service_is_closed_and_it_is_sealed(places: Places) -> None:
    make_services(places)
    assert {"journalist"} == CLOSED
    service_of(places, "journalist").clients.check_sealed()
    assert not service_of(places, "source").clients.folder.exists()
    published = published_services(places)
    assert {app: found.closed for app, found in published.items()} == {
        "source": False,
        "journalist": True,
    }
    assert published["source"].socket == places.tor_socket("source")
    assert {app: found.address.host for app, found in published.items()} == addresses(places)


def test_making_them_again_changes_nothing(places: Places) -> None:
    make_services(places)
    before = {path: path.read_bytes() for path in places.onions.rglob("*") if path.is_file()}
    for _ in range(3):
        make_services(places)
    after = {path: path.read_bytes() for path in places.onions.rglob("*") if path.is_file()}
    assert after == before


def test_one_that_is_missing_is_made_and_the_other_keeps_its_address(places: Places) -> None:
    """As after a crash between the two."""
    service = ServiceDirectory(places.onion("source"))
    service.make(OnionIdentity.new(), closed=False)
    address = service.address().host
    make_services(places)
    assert addresses(places)["source"] == address
    service_of(places, "journalist").clients.check_sealed()


damages: dict[str, Callable[[Path], object]] = {
    "no key": lambda folder: (folder / SECRET_FILE).unlink(),
    "a damaged key": lambda folder: (folder / SECRET_FILE).write_bytes(b"x" * 96),
    "another's name": lambda folder: (folder / HOSTNAME_FILE).write_text("x.onion"),
    "an empty folder": lambda folder: [
        path.unlink() for path in folder.iterdir() if path.is_file()
    ],
}


@pytest.mark.parametrize("damage", damages.values(), ids=damages.keys())
@pytest.mark.parametrize("app", APP_NAMES)
def test_a_damaged_service_is_told_and_gets_no_other_address(
    places: Places, app: str, damage: Callable[[Path], object]
) -> None:
    make_services(places)
    folder = places.onion(app)
    damage(folder)
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    for attempt in (make_services, published_services):
        with pytest.raises(KeyDamaged, match="restore"):
            attempt(places)
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before


@pytest.mark.parametrize("app", APP_NAMES)
def test_a_folder_that_is_lost_or_exchanged_is_told_and_not_replaced(
    places: Places, app: str, tmp_path: Path
) -> None:
    make_services(places)
    before = addresses(places)
    kept = places.onion(app).rename(tmp_path / "kept")
    with pytest.raises(AdminError, match="restore it from a backup"):
        make_services(places)
    assert not places.onion(app).exists()
    ServiceDirectory(places.onion(app)).make(OnionIdentity.new(), closed=True)
    with pytest.raises(AdminError, match="another address"):
        make_services(places)
    shutil.rmtree(places.onion(app))
    kept.rename(places.onion(app))
    make_services(places)
    assert addresses(places) == before


def test_a_note_of_the_address_that_is_damaged_is_told(places: Places) -> None:
    make_services(places)
    for content in (b"\xff\xfe", b"x.onion\n"):
        (places.keys / "onion-source-address").write_bytes(content)
        with pytest.raises(AdminError, match="remove that file if"):
            make_services(places)
    (places.keys / "onion-source-address").unlink()
    make_services(places)


def test_a_note_that_was_cut_off_is_written_again(places: Places) -> None:
    make_services(places)
    note = places.keys / "onion-source-address"
    note.write_bytes(b"")
    make_services(places)
    assert note.read_text() == f"{addresses(places)['source']}\n"


def test_the_notes_are_private_and_name_the_addresses(places: Places) -> None:
    make_services(places)
    for app, address in addresses(places).items():
        note = places.keys / f"onion-{app}-address"
        assert note.read_text() == f"{address}\n"
        assert stat.S_IMODE(note.stat().st_mode) == 0o600


def test_a_service_of_another_tor_is_taken_over_with_its_address_and_clients(
    places: Places, tmp_path: Path
) -> None:
    source = foreign(tmp_path / "s", "nobody", closed=True)
    journalist = foreign(tmp_path / "j", "lou", "max")  # closed by its clients alone
    make_services(places, {"source": source.path, "journalist": journalist.path})
    assert addresses(places) == {
        "source": source.address().host,
        "journalist": journalist.address().host,
    }
    assert service_of(places, "journalist").clients.names() == ["lou", "max"]
    service_of(places, "journalist").clients.check_sealed()
    assert service_of(places, "source").clients.names() == []  # it is for everybody


def test_an_open_service_is_closed_when_it_is_imported_for_reviewers(
    places: Places, tmp_path: Path
) -> None:
    make_services(places, {"journalist": foreign(tmp_path / "j").path})
    service_of(places, "journalist").clients.check_sealed()
    assert service_of(places, "journalist").clients.names() == []


@pytest.mark.parametrize("app", APP_NAMES)
def test_an_import_over_a_service_is_refused(places: Places, app: str, tmp_path: Path) -> None:
    make_services(places)
    before = addresses(places)
    with pytest.raises(AdminError, match="already: its address stays"):
        make_services(places, {app: foreign(tmp_path / "x").path})
    assert addresses(places) == before


def test_an_import_that_cannot_be_read_makes_nothing(places: Places, tmp_path: Path) -> None:
    good, empty = foreign(tmp_path / "good"), tmp_path / "empty"
    empty.mkdir()
    with pytest.raises(KeyDamaged):
        make_services(places, {"source": good.path, "journalist": empty})
    assert not any(service_of(places, app).exists for app in APP_NAMES)


def test_one_key_is_not_imported_for_both_apps(places: Places, tmp_path: Path) -> None:
    """Reviewers would be served at the address that sources are given, or the other way round."""
    same = foreign(tmp_path / "x").path
    with pytest.raises(AdminError, match="One key cannot serve both"):
        make_services(places, {"source": same, "journalist": same})
    assert not any(service_of(places, app).exists for app in APP_NAMES)
    ServiceDirectory(places.onion("source")).make(
        OnionIdentity.from_file((same / SECRET_FILE).read_bytes()), closed=False
    )
    with pytest.raises(AdminError, match="One key cannot serve both"):
        make_services(places, {"journalist": same})
    assert not service_of(places, "journalist").exists


def test_a_lost_seal_is_made_again_and_a_good_one_stays(places: Places) -> None:
    make_services(places)
    clients = service_of(places, "journalist").clients
    seal = clients.folder / "_seal.auth"
    before = seal.read_bytes()
    seal_closed(places)
    assert seal.read_bytes() == before
    seal.unlink()
    seal_closed(places)
    clients.check_sealed()
    assert seal.read_bytes() != before
    assert not service_of(places, "source").clients.folder.exists()


MAKE = """
import sys
from pathlib import Path
from admin.onions import make_services, service_of
from web.instance import Places
places = Places(Path(sys.argv[1]))
print("ready", flush=True)
sys.stdin.readline()
make_services(places)
print(*(service_of(places, app).address().host for app in ("source", "journalist")))
"""


def test_two_admins_at_once_make_one_pair_of_services(places: Places) -> None:
    admins = [
        subprocess.Popen(
            [sys.executable, "-c", MAKE, str(places.home)],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(4)
    ]
    for admin in admins:
        assert admin.stdout is not None
        assert admin.stdout.readline() == "ready\n"
    for admin in admins:
        assert admin.stdin is not None
        admin.stdin.write("go\n")
        admin.stdin.flush()
    said = {admin.communicate(timeout=60)[0] for admin in admins}
    assert [admin.returncode for admin in admins] == [0] * 4
    assert said == {f"{addresses(places)['source']} {addresses(places)['journalist']}\n"}
