import shutil
import stat
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.tor.real_tor import judge
from tor import service_dir as service_dir_module
from tor.errors import KeyDamaged
from tor.files import write_whole
from tor.identity import OnionIdentity
from tor.service_dir import (
    CLIENTS_FOLDER,
    HOSTNAME_FILE,
    PUBLIC_FILE,
    SECRET_FILE,
    ServiceDirectory,
    read_identity,
)


@pytest.fixture
def service(tmp_path: Path) -> ServiceDirectory:
    return ServiceDirectory(tmp_path / "onions" / "source")


def made(service: ServiceDirectory, *, closed: bool = False) -> OnionIdentity:
    identity = OnionIdentity.new()
    service.make(identity, closed=closed)
    return identity


def modes(folder: Path) -> dict[str, int]:
    found = [folder, *folder.rglob("*")]
    return {str(path.relative_to(folder)): stat.S_IMODE(path.stat().st_mode) for path in found}


def test_a_service_has_its_key_its_address_and_nobody_else_reads_them(
    service: ServiceDirectory,
) -> None:
    assert not service.exists
    identity = made(service, closed=True)
    assert service.exists
    assert service.address() == identity.address
    assert read_identity(service.path).secret_file() == identity.secret_file()
    assert (service.path / PUBLIC_FILE).read_bytes() == identity.public_file()
    found = modes(service.path)
    folders = {".", CLIENTS_FOLDER}
    assert {name for name, mode in found.items() if mode == 0o700} == folders
    assert {mode for name, mode in found.items() if name not in folders} == {0o600}
    assert stat.S_IMODE(service.path.parent.stat().st_mode) == 0o700


def test_a_second_make_is_refused_and_changes_nothing(service: ServiceDirectory) -> None:
    identity = made(service)
    before = {path: path.read_bytes() for path in service.path.iterdir()}
    with pytest.raises(FileExistsError):
        made(service, closed=True)
    assert {path: path.read_bytes() for path in service.path.iterdir()} == before
    assert service.address() == identity.address


def test_only_a_closed_service_has_clients(service: ServiceDirectory) -> None:
    made(service)
    assert not (service.path / CLIENTS_FOLDER).exists()
    assert service.clients.names() == []


@pytest.mark.parametrize("writes", range(5))
def test_a_crash_between_two_steps_leaves_no_service_and_is_healed(
    service: ServiceDirectory, monkeypatch: pytest.MonkeyPatch, writes: int
) -> None:
    """A closed service has four files; with all written, what fails is the rename."""
    left = writes

    def until_the_power_went(*given: object) -> None:
        nonlocal left
        if left == 0:
            raise KeyboardInterrupt
        left -= 1
        write_whole(*given)  # type: ignore[arg-type]

    def no_more(*_given: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(service_dir_module, "write_whole", until_the_power_went)
        patch.setattr("tor.clients.write_whole", until_the_power_went)
        patch.setattr(Path, "rename", no_more)
        with pytest.raises(KeyboardInterrupt):
            made(service, closed=True)
    assert not service.exists
    identity = made(service, closed=True)
    assert service.address() == identity.address
    service.clients.check_sealed()
    assert [path.name for path in service.path.parent.iterdir()] == ["source"]


def test_a_service_that_is_there_has_its_seal_already(
    service: ServiceDirectory, monkeypatch: pytest.MonkeyPatch
) -> None:
    sealed_at_the_rename = []
    rename = Path.rename

    def note(path: Path, target: Path) -> Path:
        if target == service.path:
            sealed_at_the_rename.append(ServiceDirectory(path).clients.sealed)
        return rename(path, target)

    monkeypatch.setattr(Path, "rename", note)
    made(service, closed=True)
    assert sealed_at_the_rename == [True]


damages: dict[str, Callable[[Path], object]] = {
    "no key": lambda folder: (folder / SECRET_FILE).unlink(),
    "an empty key": lambda folder: (folder / SECRET_FILE).write_bytes(b""),
    "half a key": lambda folder: (folder / SECRET_FILE).write_bytes(
        (folder / SECRET_FILE).read_bytes()[:64]
    ),
    "an endless key": lambda folder: (folder / SECRET_FILE).write_bytes(
        (folder / SECRET_FILE).read_bytes() * 1000
    ),
    "the public key": lambda folder: shutil.copy(folder / PUBLIC_FILE, folder / SECRET_FILE),
    "another's key": lambda folder: (folder / SECRET_FILE).write_bytes(
        OnionIdentity.new().secret_file()
    ),
    "no name": lambda folder: (folder / HOSTNAME_FILE).unlink(),
    "an empty name": lambda folder: (folder / HOSTNAME_FILE).write_bytes(b""),
    "another's name": lambda folder: (folder / HOSTNAME_FILE).write_text(
        OnionIdentity.new().address.host
    ),
    "no text": lambda folder: (folder / HOSTNAME_FILE).write_bytes(b"\xff\xfe"),
    "two names": lambda folder: (folder / HOSTNAME_FILE).write_bytes(
        (folder / HOSTNAME_FILE).read_bytes() * 2
    ),
    "nothing": lambda folder: [path.unlink() for path in folder.iterdir()],
}


@pytest.mark.parametrize("damage", damages.values(), ids=damages.keys())
def test_a_damaged_service_has_no_address_and_gets_no_new_one(
    service: ServiceDirectory, damage: Callable[[Path], object]
) -> None:
    made(service)
    damage(service.path)
    with pytest.raises(KeyDamaged, match="restore"):
        service.address()
    assert service.exists
    with pytest.raises(FileExistsError):
        made(service)


@given(st.binary(max_size=300))
def test_a_name_that_is_not_that_of_the_key_is_never_taken_for_it(
    tmp_path_factory: pytest.TempPathFactory, name: bytes
) -> None:
    service = ServiceDirectory(tmp_path_factory.mktemp("any") / "source")
    identity = made(service)
    (service.path / HOSTNAME_FILE).write_bytes(name)
    with pytest.raises(KeyDamaged):
        service.address()
    (service.path / HOSTNAME_FILE).write_text(identity.address.host)
    assert service.address() == identity.address


@pytest.mark.parametrize("closed", [False, True])
def test_tor_itself_takes_the_key_and_finds_the_same_address(short: Path, *, closed: bool) -> None:
    service = ServiceDirectory(short / "service")
    identity = made(service, closed=closed)
    (service.path / HOSTNAME_FILE).unlink()  # tor writes it from the key
    (service.path / PUBLIC_FILE).unlink()
    log = judge(short, service.path, lambda _log: (service.path / HOSTNAME_FILE).exists())
    assert "[err]" not in log
    assert service.address() == identity.address
    assert (service.path / SECRET_FILE).read_bytes() == identity.secret_file()


def test_tor_leaves_every_file_of_ours_as_it_is(short: Path) -> None:
    service = ServiceDirectory(short / "service")
    made(service, closed=True)
    before = {path: path.read_bytes() for path in service.path.rglob("*") if path.is_file()}
    log = judge(short, service.path, lambda log: "Loaded a client authorization key file" in log)
    assert "_seal.auth" in log
    after = {path: path.read_bytes() for path in service.path.rglob("*") if path.is_file()}
    assert {path: after[path] for path in before} == before


def test_a_folder_that_tor_made_is_read_to_the_address_that_tor_wrote(short: Path) -> None:
    folder = short / "theirs"
    judge(short, folder, lambda _log: (folder / HOSTNAME_FILE).exists())
    written = (folder / HOSTNAME_FILE).read_text().strip()
    assert read_identity(folder).address.host == written
    assert ServiceDirectory(folder).address().host == written
    taken = ServiceDirectory(short / "ours")
    taken.make(read_identity(folder), closed=False)
    for name in (SECRET_FILE, PUBLIC_FILE, HOSTNAME_FILE):
        assert (taken.path / name).read_bytes() == (folder / name).read_bytes()


@pytest.mark.parametrize("lost", [(), (SECRET_FILE,), (SECRET_FILE, HOSTNAME_FILE)])
def test_a_service_is_destroyed_whatever_a_power_cut_left(
    service: ServiceDirectory, lost: tuple[str, ...]
) -> None:
    secret = made(service, closed=True).secret_file()
    with (service.path / SECRET_FILE).open("rb") as held:
        for name in lost:
            (service.path / name).unlink()
        service.destroy()
        assert lost or held.read() != secret
    assert not service.path.exists()
    service.destroy()
