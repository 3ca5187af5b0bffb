"""What clients see of an onion service: its pages, or why they see none."""

import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.tor_network.client import OnionClient
from tests.tor_network.network import TorNetwork
from tests.tor_network.service import MIB, REPUBLISH_SECONDS, Host, http_server, key_pair
from tests.tor_network.socks import NoKey, Unreachable, WrongKey, client, fetch

pytestmark = [
    pytest.mark.xdist_group("tor"),  # one network for all
]
pytest_plugins = ["tests.tor_network.fixture"]

NOWHERE = "2gzyxa5ihm7nsggfxnu52rck2vv4rvmdlkiu3zzui5du4xyclen53wid.onion"  # a valid address


@pytest.fixture(scope="module")
def host(tor_network: TorNetwork) -> Iterator[Host]:
    """Give a host whose service everybody may visit."""
    folder = Path(tempfile.mkdtemp(prefix="vt-", dir="/tmp"))
    with ExitStack() as stack:
        stack.callback(shutil.rmtree, folder)
        port = stack.enter_context(http_server())
        host = Host(folder / "host", tor_network.torrc, port)
        host.start()
        stack.callback(host.stop)
        host.wait_until_open()
        yield host


@pytest.fixture
def reviewer(tor_network: TorNetwork) -> Iterator[OnionClient]:
    client = tor_network.client()
    yield client
    client.stop()


def test_a_service_is_reached(tor_network: TorNetwork, host: Host) -> None:
    answer = fetch(tor_network.visitor.socks_port, host.onion, "/12")
    assert answer.status_code == 200
    assert answer.content == bytes(12)


def test_a_service_that_is_not_there(tor_network: TorNetwork) -> None:
    with pytest.raises(Unreachable) as error:
        fetch(tor_network.visitor.socks_port, NOWHERE)
    assert error.value.code == 0xF0
    assert type(error.value) is Unreachable


@pytest.mark.slow
def test_a_hundred_mebibytes_go_both_ways(tor_network: TorNetwork, host: Host) -> None:
    with client(tor_network.visitor.socks_port, host.onion) as http:
        chunks = (bytes(MIB) for _ in range(100))
        answer = http.post("/", content=chunks, headers={"Content-Length": str(100 * MIB)})
        assert answer.text == str(100 * MIB)
        with http.stream("GET", f"/{100 * MIB}") as stream:
            assert sum(len(chunk) for chunk in stream.iter_bytes()) == 100 * MIB


def test_visitors_share_no_circuit(tor_network: TorNetwork, host: Host) -> None:
    port = tor_network.visitor.socks_port
    with (
        client(port, host.onion, visitor="lou") as lou,
        client(port, host.onion, visitor="max") as max_,
        tor_network.visitor.control() as control,
    ):
        for http in (lou, max_):
            assert http.get("/1").status_code == 200  # and the connection stays
        circuits = [stream.circ_id for stream in control.get_streams()]
    assert len(circuits) == len(set(circuits)) == 2


def test_who_has_no_key_and_whose_key_is_wrong(host: Host, reviewer: OnionClient) -> None:
    auth, private = key_pair(host.onion)
    host.admit("alex", auth)
    with pytest.raises(NoKey):
        fetch(reviewer.socks_port, host.onion)
    reviewer.add_key(key_pair(host.onion)[1])
    with pytest.raises(WrongKey):
        fetch(reviewer.socks_port, host.onion)
    reviewer.add_key(private)
    assert fetch(reviewer.socks_port, host.onion).status_code == 200
    time.sleep(REPUBLISH_SECONDS)
    host.admit("nobody", key_pair(host.onion)[0])  # without any, all would be admitted
    time.sleep(REPUBLISH_SECONDS)
    host.dismiss("alex")
    assert fetch(reviewer.socks_port, host.onion).status_code == 200, "it knows the way"
    reviewer.forget()
    with pytest.raises(WrongKey):
        fetch(reviewer.socks_port, host.onion)
    reviewer.drop_keys()
    with pytest.raises(NoKey):
        fetch(reviewer.socks_port, host.onion)
