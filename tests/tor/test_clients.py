import base64
import stat
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from nacl.public import PrivateKey

from tests.tor.real_tor import judge
from tor import clients as clients_module
from tor.clients import AUTH_FILE_MAX_BYTES, SEAL, AuthorizedClients
from tor.errors import BadClientName, ClientExists, NoSuchClient, TooManyClients, WouldBeOpen
from tor.identity import OnionIdentity
from tor.service_dir import ServiceDirectory

ADDRESS = OnionIdentity.new().address
ROOT = Path(__file__).parents[2]


def new_public() -> bytes:
    return base64.b32encode(bytes(PrivateKey.generate().public_key)).rstrip(b"=")


GOOD = b"descriptor:x25519:" + new_public()


@pytest.fixture
def service(tmp_path: Path) -> ServiceDirectory:
    service = ServiceDirectory(tmp_path / "journalist")
    service.make(OnionIdentity.new(), closed=True)
    return service


@pytest.fixture
def clients(service: ServiceDirectory) -> AuthorizedClients:
    return service.clients


def seal_of(clients: AuthorizedClients) -> Path:
    return clients.folder / f"{SEAL}.auth"


def auth_of(clients: AuthorizedClients, name: str) -> bytes:
    return (clients.folder / f"{name}.auth").read_bytes()


def files(clients: AuthorizedClients) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in clients.folder.iterdir()}


def test_a_client_is_given_the_secret_of_the_key_that_is_kept(clients: AuthorizedClients) -> None:
    key = clients.add("lou", ADDRESS)
    secret = base64.b32decode(key.secret + "====")
    public = base64.b32encode(bytes(PrivateKey(secret).public_key)).rstrip(b"=")
    assert auth_of(clients, "lou") == b"descriptor:x25519:" + public + b"\n"
    assert key.auth_private == f"{ADDRESS.label}:descriptor:x25519:{key.secret}"
    assert clients.names() == ["lou"]


def test_the_secret_is_kept_nowhere_and_not_shown_by_accident(clients: AuthorizedClients) -> None:
    key = clients.add("lou", ADDRESS)
    for content in files(clients).values():
        assert key.secret.encode() not in content
    assert key.secret not in repr(key)


def test_files_are_their_owners_alone(clients: AuthorizedClients) -> None:
    clients.add("lou", ADDRESS)
    assert stat.S_IMODE(clients.folder.stat().st_mode) == 0o700
    for path in clients.folder.iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_two_clients_have_two_keys_and_are_listed_in_order(clients: AuthorizedClients) -> None:
    keys = [clients.add(name, ADDRESS) for name in ("zoé", "Lou", "a.b-c_d", "7")]
    assert len({key.secret for key in keys}) == 4
    assert clients.names() == ["7", "Lou", "a.b-c_d", "zoé"]


def test_a_second_key_under_a_name_is_refused_and_the_first_stays(
    clients: AuthorizedClients,
) -> None:
    clients.add("lou", ADDRESS)
    before = files(clients)
    with pytest.raises(ClientExists):
        clients.add("lou", ADDRESS)
    assert files(clients) == before


def test_rotating_replaces_the_key_of_one_client_alone(clients: AuthorizedClients) -> None:
    first, other = clients.add("lou", ADDRESS), clients.add("max", ADDRESS)
    before = files(clients)
    second = clients.rotate("lou", ADDRESS)
    after = files(clients)
    assert len({first.secret, second.secret, other.secret}) == 3
    assert {name for name in before if before[name] != after[name]} == {"lou.auth"}
    with pytest.raises(NoSuchClient):
        clients.rotate("sam", ADDRESS)
    assert files(clients) == after


def test_removing_takes_one_key_away_and_what_is_unknown_is_said(
    clients: AuthorizedClients,
) -> None:
    clients.add("lou", ADDRESS)
    clients.add("max", ADDRESS)
    clients.remove("lou")
    assert clients.names() == ["max"]
    for name in ("lou", "nobody"):
        with pytest.raises(NoSuchClient):
            clients.remove(name)


def test_when_all_clients_are_gone_the_seal_stands(clients: AuthorizedClients) -> None:
    for name in ("lou", "max"):
        clients.add(name, ADDRESS)
    seal = seal_of(clients).read_bytes()
    for name in ("lou", "max"):
        clients.remove(name)
    assert clients.names() == []
    assert seal_of(clients).read_bytes() == seal
    clients.check_sealed()


BAD_NAMES = [
    "", ".", "..", "../x", "../../etc/passwd", "a/b", "/a", "a\\..\\b", ".auth", ".hidden", "-x",
    "_seal", "_seal.auth", "_", "__", "_x", "x_", "x.", "x-", "a b", " a", "a ", "a\n", "\na",
    "a\x00b", "a\x7f", "a*", "a?", "[a]", "~", "a:b", "a" * 41, "é" * 41, "\u202ea", "a\u200bb",
    "e\u0301", "\uff0fetc", "a\uff0fb", "\uff0e\uff0e", "\ud800", "🗝", "a,b", "a=b", "%2e%2e",
]  # fmt: skip


@pytest.mark.parametrize("name", BAD_NAMES, ids=ascii)
def test_a_name_that_could_be_something_else_is_refused(
    clients: AuthorizedClients, name: str
) -> None:
    before = files(clients)
    for attempt in (
        lambda: clients.add(name, ADDRESS),
        lambda: clients.rotate(name, ADDRESS),
        lambda: clients.remove(name),
    ):
        with pytest.raises(BadClientName):
            attempt()
    assert files(clients) == before


@given(st.text(max_size=45))
@example("_seal")
@example("x" * 40)
@example("é" * 40)
@example("lou.auth")
def test_any_name_is_refused_or_is_a_file_of_its_own_beside_the_seal(
    tmp_path_factory: pytest.TempPathFactory, name: str
) -> None:
    clients = AuthorizedClients(tmp_path_factory.mktemp("any") / "authorized_clients")
    clients.seal()
    seal, before = seal_of(clients).read_bytes(), set(files(clients))
    try:
        clients.add(name, ADDRESS)
    except BadClientName:
        assert set(files(clients)) == before
        return
    assert clients.names() == [name]
    assert set(files(clients)) - before == {f"{name}.auth"}
    assert seal_of(clients).read_bytes() == seal
    clients.remove(name)
    assert set(files(clients)) == before


def test_what_is_no_clients_file_is_not_listed(clients: AuthorizedClients) -> None:
    for name in (".hidden.auth", "lou.auth.part", "lou", "a b.auth", ".auth", "0123abc.part"):
        (clients.folder / name).write_bytes(GOOD)
    assert clients.names() == []


def test_there_are_no_more_clients_than_tor_bears(
    clients: AuthorizedClients, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clients_module, "CLIENTS_MAX", 3)
    for number in range(3):
        clients.add(f"r{number}", ADDRESS)
    with pytest.raises(TooManyClients):
        clients.add("lou", ADDRESS)
    assert clients.names() == ["r0", "r1", "r2"]
    clients.rotate("r0", ADDRESS)  # one for another is no more
    clients.remove("r1")
    clients.add("lou", ADDRESS)


def test_the_limit_stays_below_what_hit_an_assertion_in_tor() -> None:
    assert clients_module.CLIENTS_MAX < 400


def test_a_service_that_is_just_made_is_sealed(clients: AuthorizedClients) -> None:
    clients.check_sealed()
    assert clients.names() == []


def test_the_seals_secret_half_was_thrown_away(service: ServiceDirectory) -> None:
    """Nothing in the folder but public halves, and a new one each time."""
    seen = set()
    for _ in range(5):
        service.clients.seal()
        seen.add(seal_of(service.clients).read_bytes())
    assert len(seen) == 5
    assert set(files(service.clients)) == {".lock", "_seal.auth"}


def test_while_it_is_renewed_the_seal_is_there_all_the_time(clients: AuthorizedClients) -> None:
    over = threading.Event()
    looked = {True: 0, False: 0}

    def look() -> None:
        while not over.is_set():
            looked[clients.sealed] += 1

    watcher = threading.Thread(target=look)
    watcher.start()
    try:
        for _ in range(60):
            clients.seal()
    finally:
        over.set()
        watcher.join()
    assert looked[False] == 0
    assert looked[True] > 0


def write_seal(clients: AuthorizedClients, content: bytes) -> None:
    seal_of(clients).write_bytes(content)


damages: dict[str, Callable[[AuthorizedClients], object]] = {
    "gone": lambda clients: seal_of(clients).unlink(),
    "empty": lambda clients: write_seal(clients, b""),
    "half": lambda clients: write_seal(clients, GOOD[:40]),
    "a folder": lambda clients: (seal_of(clients).unlink(), seal_of(clients).mkdir()),
    "a dangling link": lambda clients: (
        seal_of(clients).unlink(),
        seal_of(clients).symlink_to("nowhere"),
    ),
    "another name": lambda clients: seal_of(clients).rename(clients.folder / "_seal.auth.old"),
    "no clients' folder": lambda clients: clients.folder.rename(clients.folder.with_name("gone")),
    "two keys in it": lambda clients: write_seal(clients, GOOD + b"\n" + GOOD + b"\n"),
    "another kind": lambda clients: write_seal(clients, GOOD.replace(b"x25519", b"rsa1024")),
    "a key of zeros": lambda clients: write_seal(clients, b"descriptor:x25519:" + b"A" * 52),
    "too much behind it": lambda clients: write_seal(
        clients, GOOD + b" " * AUTH_FILE_MAX_BYTES + b"x"
    ),
}


@pytest.mark.parametrize("damage", damages.values(), ids=damages.keys())
def test_without_a_valid_seal_the_service_must_not_run(
    clients: AuthorizedClients, damage: Callable[[AuthorizedClients], object]
) -> None:
    clients.add("lou", ADDRESS)  # a client's valid key is no seal: it may be removed next
    damage(clients)
    assert not clients.sealed
    with pytest.raises(WouldBeOpen, match="onion publish"):
        clients.check_sealed()


def test_a_seal_made_anew_is_valid_again(clients: AuthorizedClients) -> None:
    write_seal(clients, b"x")
    clients.seal()
    clients.check_sealed()


def sealed_by(folder: Path, content: bytes) -> bool:
    clients = AuthorizedClients(folder)
    write_seal(clients, content)
    return clients.sealed


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("authorized_clients")


@given(st.integers(0, len(GOOD) - 1))
def test_a_seal_that_lost_a_byte_is_none(folder: Path, at: int) -> None:
    assert sealed_by(folder, GOOD)
    assert not sealed_by(folder, GOOD[:at] + GOOD[at + 1 :])


@given(st.integers(0, len(GOOD)), st.binary(min_size=1, max_size=3))
def test_a_seal_with_anything_more_than_the_end_of_a_line_is_none(
    folder: Path, at: int, more: bytes
) -> None:
    wanted = at == len(GOOD) and more in {b"\n", b"\r\n"}
    assert sealed_by(folder, GOOD[:at] + more + GOOD[at:]) == wanted


@given(st.integers(0, len(b"descriptor:x25519:") - 1), st.integers(1, 255))
def test_a_seal_of_another_kind_is_none(folder: Path, at: int, mask: int) -> None:
    content = bytearray(GOOD)
    content[at] ^= mask
    assert not sealed_by(folder, bytes(content))


@given(st.binary(max_size=200))
def test_any_other_file_is_no_seal(folder: Path, content: bytes) -> None:
    assert not sealed_by(folder, content)


@pytest.mark.parametrize(
    "content",
    [GOOD, GOOD + b"\n", GOOD + b"\r\n", GOOD[:-1] + b"7"],
    ids=["bare", "a line", "a line of Windows", "spare bits set"],
)
def test_what_we_call_sealed_is_a_client_to_tor(short: Path, content: bytes) -> None:
    """Else tor would find no client at all, and open the service to everybody."""
    service = ServiceDirectory(short / "service")
    service.make(OnionIdentity.new(), closed=True)
    write_seal(service.clients, content)
    service.clients.check_sealed()
    log = judge(
        short,
        service.path,
        lambda log: "authorization key file _seal.auth." in log or "Bootstrapped 0%" in log,
    )
    assert "Loaded a client authorization key file _seal.auth." in log


def test_the_files_of_clients_are_clients_to_tor(short: Path) -> None:
    service = ServiceDirectory(short / "service")
    service.make(OnionIdentity.new(), closed=True)
    names = ["lou", "zoé", "a.b-c_d"]
    for name in names:
        service.clients.add(name, ADDRESS)
    log = judge(short, service.path, lambda log: log.count("Loaded a client") == 4)
    for name in [*(name for name in names if name.isascii()), SEAL]:
        assert f"Loaded a client authorization key file {name}.auth." in log


def test_the_clients_of_another_tor_are_taken_over_but_nothing_else(
    tmp_path: Path, clients: AuthorizedClients
) -> None:
    other = tmp_path / "theirs"
    theirs = other / clients.folder.name
    theirs.mkdir(parents=True)
    for name, content in {
        "lou.auth": GOOD + b"\n",
        "max.auth": b"descriptor:x25519:" + new_public(),
        "broken.auth": GOOD[:-3],
        "zeros.auth": b"descriptor:x25519:" + b"A" * 52,
        "_seal.auth": GOOD,
        "a b.auth": GOOD,
        "notes.txt": GOOD,
    }.items():
        (theirs / name).write_bytes(content)
    before = files(clients)
    assert clients.take_over(other) == ["lou", "max"]
    after = files(clients)
    assert set(after) - set(before) == {"lou.auth", "max.auth"}
    assert after["lou.auth"] == GOOD + b"\n"
    assert after["_seal.auth"] == before["_seal.auth"]  # ours, whose secret half nobody has
    assert clients.take_over(tmp_path / "nowhere") == []


def test_a_removed_client_of_another_tor_comes_back_only_when_told(
    tmp_path: Path, clients: AuthorizedClients
) -> None:
    other = ServiceDirectory(tmp_path / "theirs")
    other.make(OnionIdentity.new(), closed=True)
    key = other.clients.add("lou", ADDRESS)
    clients.take_over(other.path)
    clients.remove("lou")
    assert clients.names() == []
    clients.take_over(other.path)
    assert auth_of(clients, "lou") == auth_of(other.clients, "lou")
    assert key.secret.encode() not in auth_of(clients, "lou")


ADMIN = """
import sys
from pathlib import Path
from tor import clients as module
from tor.clients import AuthorizedClients
from tor.errors import NoSuchClient, TooManyClients
from tor.identity import OnionAddress
folder, who, work, most = Path(sys.argv[1]), sys.argv[2], sys.argv[3], int(sys.argv[4])
module.CLIENTS_MAX = most
clients = AuthorizedClients(folder)
print("ready", flush=True)
sys.stdin.readline()
for number in range(15):
    try:
        if work == "add":
            clients.add(f"{who}-{number}", OnionAddress("x" * 56))
        elif work == "seal":
            clients.seal()
        else:
            clients.remove(f"shared-{number}")
        print(number)
    except (NoSuchClient, TooManyClients):
        pass
"""


Admin = tuple[str, str, int]  # name, work, the limit as they know it


def done_by(clients: AuthorizedClients, *admins: Admin) -> list[set[str]]:
    """Let admins work all at once; give the numbers of what each one did."""
    started = [
        subprocess.Popen(
            [sys.executable, "-c", ADMIN, str(clients.folder), *map(str, admin)],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for admin in admins
    ]
    for each in started:
        assert each.stdout is not None
        assert each.stdout.readline() == "ready\n"
    for each in started:
        assert each.stdin is not None
        each.stdin.write("go\n")
        each.stdin.flush()
    said = [each.communicate(timeout=60)[0].split() for each in started]
    assert [each.returncode for each in started] == [0] * len(started)
    return [set(numbers) for numbers in said]


def test_two_admins_at_once_lose_nothing(clients: AuthorizedClients) -> None:
    for number in range(15):
        clients.add(f"shared-{number}", ADDRESS)
    done_by(
        clients,
        ("ada", "add", 300),
        ("bob", "add", 300),
        ("eve", "remove", 300),
        ("sam", "seal", 300),
    )
    wanted = {f"{who}-{number}" for who in ("ada", "bob") for number in range(15)}
    assert set(clients.names()) == wanted
    clients.check_sealed()


def test_of_two_admins_who_remove_the_same_client_one_did_it(clients: AuthorizedClients) -> None:
    for number in range(15):
        clients.add(f"shared-{number}", ADDRESS)
    first, second = done_by(clients, ("ada", "remove", 300), ("bob", "remove", 300))
    assert first | second == {str(number) for number in range(15)}
    assert not first & second


def test_admins_together_stay_below_the_limit(clients: AuthorizedClients) -> None:
    done_by(clients, *((name, "add", 10) for name in ("ada", "bob", "eve", "sam")))
    assert len(clients.names()) == 10


def test_one_service_follows_another_and_keeps_its_own_seal(
    clients: AuthorizedClients, tmp_path: Path
) -> None:
    other = ServiceDirectory(tmp_path / "next")
    other.make(OnionIdentity.new(), closed=True)
    seal = seal_of(other.clients).read_bytes()
    clients.add("lou", ADDRESS)
    clients.add("max", ADDRESS)
    other.clients.add("max", ADDRESS)
    other.clients.add("ghost", ADDRESS)
    other.clients.follow(clients)
    assert other.clients.valid() == clients.valid()
    clients.remove("lou")
    clients.remove("max")
    other.clients.follow(clients)
    assert other.clients.names() == []
    assert seal_of(other.clients).read_bytes() == seal
    other.clients.check_sealed()


def test_following_a_folder_that_is_gone_lets_nobody_in(
    clients: AuthorizedClients, tmp_path: Path
) -> None:
    clients.add("lou", ADDRESS)
    clients.follow(AuthorizedClients(tmp_path / "nowhere"))
    assert clients.names() == []
    clients.check_sealed()


def test_following_again_writes_nothing(clients: AuthorizedClients, tmp_path: Path) -> None:
    """The keeper does it every second: each writing would wear the disk."""
    other = ServiceDirectory(tmp_path / "next")
    other.make(OnionIdentity.new(), closed=True)
    clients.add("lou", ADDRESS)
    other.clients.follow(clients)
    before = {path: path.stat().st_ino for path in other.clients.folder.glob("*.auth")}
    other.clients.follow(clients)
    assert {path: path.stat().st_ino for path in other.clients.folder.glob("*.auth")} == before
