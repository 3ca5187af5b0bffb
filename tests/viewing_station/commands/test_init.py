"""What `init` tells an admin to take along and compare."""

from pathlib import Path

from crypto.fingerprint import fingerprint, spaced
from formats.station import decode_station
from tests.viewing_station.conftest import new_reviewer
from tests.viewing_station.small_server import SmallServer


def test_it_names_files_and_fingerprints(tmp_path: Path, server: SmallServer) -> None:
    newcomer = new_reviewer(tmp_path)
    (tmp_path / "instance.json").write_bytes(server.identity.encode())
    words = ["init", "--desk", "demo", "--instance", str(tmp_path / "instance.json")]
    told = newcomer.run(*words).stdout
    [key] = newcomer.json("key", "list")
    station_key = decode_station((newcomer.home / "demo-station.pub").read_bytes()).public_key
    for said in (
        str(newcomer.home / "demo-openpgp.asc"),
        str(newcomer.home / "demo-station.pub"),
        spaced(key["fingerprint"]),
        spaced(fingerprint(station_key)),
        spaced(fingerprint(server.signer.public)),
        server.name,
    ):
        assert said in told


def test_it_tells_programs_the_same(tmp_path: Path, server: SmallServer) -> None:
    newcomer = new_reviewer(tmp_path)
    (tmp_path / "instance.json").write_bytes(server.identity.encode())
    told = newcomer.json("init", "--desk", "demo", "--instance", str(tmp_path / "instance.json"))
    [key] = newcomer.json("key", "list")
    assert told["openpgp_fingerprint"] == key["fingerprint"]
    assert told["instance_fingerprint"] == fingerprint(server.signer.public)
    assert told["station_file"] == str(newcomer.home / "demo-station.pub")
