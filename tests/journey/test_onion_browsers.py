"""The source's whole way at the onion address, in Chromium and in Firefox ESR at "Safest".

Firefox with Tor Browser's preferences is not Tor Browser; `browsers/safest.py` says what is
missing.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path

import pytest

from source_app.level_picture import level_picture
from tests.journey.browsers.browser import HEIGHT, WIDTH, Browser, Seen
from tests.journey.browsers.chromium import chromium
from tests.journey.browsers.firefox import Firefox, firefox
from tests.journey.browsers.safest import Preferences
from tests.journey.browsers.source_way import SourceWay
from tests.journey.house import House
from tests.tor_network.network import TorNetwork

pytestmark = [
    pytest.mark.xdist_group("tor"),  # one network for all
]
pytest_plugins = ["tests.tor_network.fixture"]

NO_PORT = 9  # nothing listens on it
Opened = Callable[[int, str], AbstractContextManager[Browser]]


@pytest.fixture
def published(house: House, tor_network: TorNetwork) -> Iterator[House]:
    """Serve the house as onion services of the private network."""
    house.start(torrc=tor_network.torrc)
    yield house
    house.stop()


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    """Close what was opened, browsers above all, however the test ends."""
    with ExitStack() as opened:
        yield opened


@pytest.mark.slow
@pytest.mark.parametrize(("opened", "site"), [(chromium, None), (firefox, "same-origin")])
def test_the_whole_way_at_the_onion_address(  # noqa: PLR0913  each is a part of the way
    *,
    opened: Opened,
    site: str | None,
    published: House,
    tor_network: TorNetwork,
    stack: ExitStack,
    root: Path,
    tmp_path: Path,
) -> None:
    documents = [root / "Compte rendu — « lot 2 ».txt", root / "annexe.csv"]
    documents[0].write_text("Le lot 2 est attribué.\n")
    documents[1].write_text("lot;prix\n2;48000\n")
    onion = published.onions["source"]
    browser = stack.enter_context(opened(tor_network.visitor.socks_port, onion))
    way = SourceWay(browser, tmp_path)

    way.arrive()
    way.read_before()
    way.begin()
    way.check_copy()
    way.betray(f"mon code est {way.codename}")
    way.deliver("Voyez la page 3.", documents)
    way.leave()
    way.look_back()

    answer(published, root, documents)

    way.mistype(f"{way.codename.rpartition(' ')[0]} zzzz")
    way.come_back()
    way.read_reply("Merci <i>beaucoup</i>.")
    way.withdraw()
    way.be_forgotten()
    way.look_back()

    assert all(path.stat().st_size for path in way.taken)
    assert [
        each for each in browser.requests() if not each.url.startswith(f"http://{onion}/")
    ] == []
    assert {(each.origin, each.site) for each in forms(browser)} == {(f"http://{onion}", site)}


def forms(browser: Browser) -> list[Seen]:
    """List the forms that the browser sent."""
    return [each for each in browser.requests() if each.method == "POST"]


def answer(house: House, root: Path, documents: list[Path]) -> None:
    """Do the reviewer's and the station's part, over the local socket."""
    reviewer = house.reviewer("alex")
    station = house.stations["ville"]
    station("open", reviewer.bundle(root / "b", all_new="1"))
    (thread,) = station.threads()
    station("export", thread["id"], root / "out")
    for document in documents:
        (exported,) = (root / "out").rglob(document.name)
        assert exported.read_bytes() == document.read_bytes()
    station("reply", thread["id"], stdin="Merci <i>beaucoup</i>.")
    station("courier", root / "c")
    reviewer.courier(root / "c")


@pytest.mark.slow
def test_forms_pass_where_an_onion_is_no_secure_context(
    published: House, tor_network: TorNetwork, stack: ExitStack, root: Path, tmp_path: Path
) -> None:
    """Tor Browser takes an onion for one, and so tells `Sec-Fetch-Site`. Where Firefox does not,
    the `Origin` alone says where a form comes from; `hideOnionSource` leaves it in place."""
    onion = published.onions["source"]
    changed: Preferences = {"dom.securecontext.allowlist_onions": False}
    browser = stack.enter_context(firefox(tor_network.visitor.socks_port, onion, changed))
    way = SourceWay(browser, tmp_path)
    document = root / "annexe.csv"
    document.write_text("lot;prix")
    way.arrive()
    way.begin()
    way.deliver("Voyez la page 3.", [document])
    way.leave()
    way.look_back()
    assert {(each.origin, each.site) for each in forms(browser)} == {(f"http://{onion}", None)}


@pytest.mark.parametrize(("svg_off", "drawn"), [(True, False), (False, True)])
def test_a_lower_level_than_safest_is_told_by_a_picture(
    stack: ExitStack, *, svg_off: bool, drawn: bool
) -> None:
    """The pages have no script to ask with: a lower level draws SVG, the highest does not."""
    changed: Preferences = {"svg.disabled": svg_off}
    browser = stack.enter_context(firefox(NO_PORT, "nowhere.onion", changed))
    picture = level_picture("Votre niveau est plus bas.")
    browser.open(f"data:text/html,<img class=level alt='Choisissez' src='{picture}'>")
    assert browser.drawn("img.level") is drawn


def test_firefox_is_as_safe_as_it_says(stack: ExitStack) -> None:
    browser = stack.enter_context(firefox(NO_PORT, "nowhere.onion"))
    browser.open(
        "data:text/html,<p id=said>nothing</p>"
        "<script>document.getElementById('said').textContent = 'run'</script>"
        "<noscript><p id=no>no scripts</p></noscript>"
        "<svg width=9000 height=80></svg>"
    )
    assert browser.text("#said") == "nothing"
    assert browser.text("#no") == "no scripts"
    assert browser.overflow() == 0, "an SVG picture takes no room"
    assert browser.size() == (WIDTH, HEIGHT), "the letterbox rounds the window"
    assert browser.requests() == []


def test_an_error_within_leaves_nothing_of_firefox() -> None:
    started: list[Firefox] = []

    def use_and_fail() -> None:
        with firefox(NO_PORT, "nowhere.onion") as browser:
            started.append(browser)
            raise KeyError

    with pytest.raises(KeyError):
        use_and_fail()
    with pytest.raises(ProcessLookupError):
        os.killpg(started[0].pid, 0)
    assert not started[0].profile.exists()
