import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.tor.real_tor import asked
from tor.identity import OnionIdentity
from tor.service_dir import ServiceDirectory
from tor.torrc import Defence, Service, Torrc

DEFENCE = Defence(pow_rate=250, pow_burst=2500, streams=64)


def torrc(folder: Path, extra: Path | None = None) -> Torrc:
    return Torrc(folder / "data", folder / "c.sock", folder / "cookie", os.getpid(), DEFENCE, extra)


def settings(text: str) -> list[tuple[str, str]]:
    return [(name, value) for name, _, value in (line.partition(" ") for line in text.splitlines())]


def read_back(folder: Path, text: str) -> dict[str, str]:
    """Give the configuration as tor has understood it."""
    (folder / "torrc").write_text(text, encoding="utf-8")
    code, said = asked(folder / "torrc", "--verify-config")
    assert code == 0, said
    assert "Unrecognized" not in said, said
    code, said = asked(folder / "torrc", "--dump-config", "short")
    assert code == 0, said
    return dict(settings(said))


def unquoted(value: str) -> str:
    """Undo tor's own way of writing a value: a C string where it is not plain."""
    if not value.startswith('"'):
        return value
    inner = value[1:-1].encode("latin-1").decode("unicode_escape")
    return inner.encode("latin-1").decode("utf-8")


NAMES = [
    "plain", "two words", 'quo"te', "back\\slash", "ends\\", "hash#tag", "# all", "é à 日本 🗝",
    "semi;colon", "it's", "a,b=c", "%include", "star*", "[1]", "what?", "~", "$HOME", "tab-less",
    '" \\" #é', "\x7f", "0", "unix:",
]  # fmt: skip


@pytest.mark.parametrize("name", NAMES, ids=ascii)
def test_tor_reads_every_path_as_it_was_meant(short: Path, name: str) -> None:
    folder = short / name
    folder.mkdir(mode=0o700)
    service = ServiceDirectory(folder / "service")
    service.make(OnionIdentity.new(), closed=True)
    (folder / "extra").write_text("DisableNetwork 1\nNumCPUs 2\n")
    text = torrc(folder, folder / "extra").render([Service(service.path, folder / "app.sock")])
    found = {name: unquoted(value) for name, value in read_back(short, text).items()}
    assert found["DataDirectory"] == str(folder / "data")
    assert found["CookieAuthFile"] == str(folder / "cookie")
    assert found["HiddenServiceDir"] == str(service.path)
    assert found["NumCPUs"] == "2"  # the included file was found
    assert unescaped(found["ControlSocket"], "unix:") == str(folder / "c.sock")
    assert unescaped(found["HiddenServicePort"], "80 unix:") == str(folder / "app.sock")


def unescaped(value: str, before: str) -> str:
    """Read the C string that stands behind `unix:`, as tor keeps it."""
    assert value.startswith(f'{before}"'), value
    inner = value.removeprefix(before)[1:-1]
    for escaped, character in (("\\x23", "#"), ('\\"', '"'), ("\\\\", "\\")):
        inner = inner.replace(escaped, character)
    return inner


@pytest.mark.parametrize("code", [*range(32)])
def test_a_path_with_a_control_character_is_refused(code: int) -> None:
    evil = Path("/home") / f"a{chr(code)}SocksPort 9050"
    if code == 0:
        evil = Path("/home/a\x00b")
    for made in (torrc(evil), torrc(Path("/home"), evil)):
        with pytest.raises(ValueError, match="control characters"):
            made.render([])
    with pytest.raises(ValueError, match="control characters"):
        torrc(Path("/home")).render([Service(evil, Path("/s"))])
    with pytest.raises(ValueError, match="control characters"):
        torrc(Path("/home")).render([Service(Path("/d"), evil)])


@given(st.text(st.characters(min_codepoint=32, blacklist_categories=["Cs"]), max_size=40))
def test_a_path_never_becomes_a_line_a_comment_or_another_option(name: str) -> None:
    folder = Path("/srv/home") / f"x{name}"
    usual = torrc(Path("/srv/x")).render([Service(Path("/srv/x/d"), Path("/srv/x/s"))])
    text = torrc(folder).render([Service(folder / "d", folder / "s")])
    assert [line.split()[0] for line in text.split("\n") if line] == [
        line.split()[0] for line in usual.split("\n") if line
    ]
    assert "#" not in text
    for line in text.split("\n"):
        if "/srv/home" in line:
            assert line.endswith('"')


def test_the_services_options_follow_their_folder(tmp_path: Path) -> None:
    """tor counts an option to the last HiddenServiceDir before it."""
    services = [Service(tmp_path / name, tmp_path / f"{name}.sock") for name in ("a", "b")]
    found = settings(torrc(tmp_path).render(services))
    starts = [at for at, (name, _) in enumerate(found) if name == "HiddenServiceDir"]
    first, second = found[starts[0] : starts[1]], found[starts[1] :]
    assert [name for name, _ in first] == [name for name, _ in second]
    assert dict(first) == {
        "HiddenServiceDir": f'"{tmp_path / "a"}"',
        "HiddenServicePort": f'80 unix:"{tmp_path / "a.sock"}"',
        "HiddenServiceExportCircuitID": "haproxy",
        "HiddenServicePoWDefensesEnabled": "1",
        "HiddenServicePoWQueueRate": "250",
        "HiddenServicePoWQueueBurst": "2500",
        "HiddenServiceMaxStreams": "64",
        "HiddenServiceMaxStreamsCloseCircuit": "1",
    }


def test_without_a_service_there_is_none(tmp_path: Path) -> None:
    assert "HiddenServiceDir" not in torrc(tmp_path).render([])


def test_the_admins_lines_come_before_ours(tmp_path: Path) -> None:
    lines = torrc(tmp_path, tmp_path / "extra").render([]).splitlines()
    assert lines[0] == f'%include "{tmp_path / "extra"}"'
    assert not any(line.startswith("%include") for line in lines[1:])
    assert not any(line.startswith("%include") for line in torrc(tmp_path).render([]).splitlines())


@pytest.mark.parametrize(
    ("line", "ours"),
    [
        ("HiddenServiceNonAnonymousMode 1", None),
        ("SafeLogging 0", None),
        ("ClientOnly 0", "1"),
        ("CookieAuthentication 0", "1"),
        ("CookieAuthFile /tmp/elsewhere", "cookie"),
        ("DataDirectory /tmp/elsewhere", "data"),
    ],
)
def test_of_an_option_with_one_value_ours_wins(short: Path, line: str, ours: str | None) -> None:
    """The dump names what is not tor's default: SafeLogging 1 and the anonymous mode are."""
    (short / "extra").write_text(f"DisableNetwork 1\n{line}\n")
    found = read_back(short, torrc(short, short / "extra").render([]))
    given = found.get(line.split(maxsplit=1)[0])
    assert given == (str(short / ours) if ours in {"cookie", "data"} else ours)


@pytest.mark.parametrize("port", ["9050", "auto", "127.0.0.1:9050"])
def test_a_socks_port_in_the_admins_lines_keeps_tor_from_starting(short: Path, port: str) -> None:
    (short / "extra").write_text(f"DisableNetwork 1\nSocksPort {port}\n")
    (short / "torrc").write_text(torrc(short, short / "extra").render([]))
    code, said = asked(short / "torrc", "--verify-config")
    assert code != 0
    assert "SocksPort" in said


def test_lines_that_are_missing_keep_tor_from_starting(short: Path) -> None:
    (short / "torrc").write_text(torrc(short, short / "nowhere").render([]))
    assert asked(short / "torrc", "--verify-config")[0] != 0
