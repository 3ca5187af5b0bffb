import os
import socket
import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from admin.errors import AdminError
from admin.serving.addresses import (
    UNIX_PATH_MAX_BYTES,
    Address,
    bound,
    listen,
    parse_address,
)


@given(st.integers(0, 65_535))
def test_every_port_on_loopback_is_an_address(port: int) -> None:
    address = parse_address(f"127.0.0.1:{port}")
    assert address == Address(port=port)
    assert parse_address(str(address)) == address


@given(st.text(st.characters(codec="utf-8", exclude_characters="\0/"), min_size=1, max_size=20))
def test_every_short_path_is_an_address_and_is_made_absolute(name: str) -> None:
    address = parse_address(f"unix:/run/{name}")
    assert address.port is None
    assert address.path is not None
    assert address.path.is_absolute()
    assert parse_address(str(address)) == address
    assert parse_address(f"unix:{name}").path == Path.cwd() / name


@given(st.text(max_size=30))
def test_any_text_is_an_address_or_a_reason(text: str) -> None:
    try:
        address = parse_address(text)
    except ValueError as error:
        reason = str(error)
    else:
        reason = f"an address: {address}"
    assert reason.startswith(("an address", "the socket's path"))


@pytest.mark.parametrize(
    "text",
    ["", "unix:", "8080", ":8080", "localhost:8080", "0.0.0.0:8080", "127.0.0.1", "127.0.0.1:",
     "127.0.0.1:65536", "127.0.0.1:99999", "127.0.0.1:-1", "127.0.0.1:+1", "127.0.0.1: 1",
     "127.0.0.1:1\n", "127.0.0.1:\u0661", "[::1]:8080", "UNIX:/run/x", "/run/x", "http://127.0.0.1:1"],
)  # fmt: skip
def test_anything_that_would_listen_elsewhere_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"unix:PATH or 127\.0\.0\.1:PORT"):
        parse_address(text)


def test_a_path_that_a_socket_cannot_have_is_refused() -> None:
    longest = "/" + "é" * ((UNIX_PATH_MAX_BYTES - 1) // 2)
    assert parse_address(f"unix:{longest}").path == Path(longest)
    with pytest.raises(ValueError, match="longer than 103 bytes"):
        parse_address(f"unix:{longest}é")


def test_a_port_of_zero_is_told_as_the_one_that_was_chosen() -> None:
    with listen(Address(port=0)) as listener:
        address = bound(Address(port=0), listener)
        assert address.port == listener.getsockname()[1] != 0
        with socket.create_connection(("127.0.0.1", address.port)):
            pass
        with pytest.raises(AdminError, match=f"Cannot listen on 127.0.0.1:{address.port}"):
            listen(address)


def test_it_listens_on_loopback_only() -> None:
    with listen(Address(port=0)) as listener:
        assert listener.getsockname()[0] == "127.0.0.1"


def test_a_unix_socket_is_its_owners_alone(short: Path) -> None:
    before = os.umask(0o022)
    try:
        with listen(Address(path=short / "s")):
            assert stat.S_IMODE((short / "s").stat().st_mode) == 0o600
            assert os.umask(0o022) == 0o022  # put back
    finally:
        os.umask(before)


def test_a_living_socket_is_refused_and_left_alone(short: Path) -> None:
    address = Address(path=short / "s")
    with listen(address) as listener:
        with pytest.raises(AdminError, match="another process does"):
            listen(address)
        with socket.socket(socket.AF_UNIX) as client:
            client.connect(str(address.path))
            connection, _ = listener.accept()
            connection.close()


def test_a_socket_that_a_dead_process_left_is_replaced(short: Path) -> None:
    address = Address(path=short / "s")
    listen(address).close()
    assert (short / "s").is_socket()
    with listen(address), socket.socket(socket.AF_UNIX) as client:
        client.connect(str(address.path))


def test_what_is_no_socket_is_never_removed(short: Path) -> None:
    (short / "s").write_text("somebody's")
    with pytest.raises(AdminError, match="Cannot listen"):
        listen(Address(path=short / "s"))
    assert (short / "s").read_text() == "somebody's"
    with pytest.raises(AdminError, match="Cannot listen"):
        listen(Address(path=short / "nowhere" / "s"))
    with pytest.raises(AdminError, match="Cannot listen"):
        listen(Address(path=short))
