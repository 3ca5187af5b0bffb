"""The warning that only browsers below "Safest" draw: whole, quiet, and fetching nothing."""

from base64 import b64decode
from xml.etree import ElementTree as ET

from source_app.level_picture import COLUMNS, WIDTH, level_picture
from tests.source_app.house import House

TEXT = "Cette image ne s’affiche pas au niveau « Le plus sûr » : <b>&amp;</b> et la suite du texte."


def drawn(text: str) -> ET.Element:
    scheme, _, encoded = level_picture(text).partition(",")
    assert scheme == "data:image/svg+xml;base64"
    return ET.fromstring(b64decode(encoded))  # noqa: S314  our own, made a line above


def test_all_of_the_text_is_in_it_line_by_line() -> None:
    lines = [line.text or "" for line in drawn(TEXT).iter("{http://www.w3.org/2000/svg}text")]
    assert " ".join(lines) == TEXT
    assert max(map(len, lines)) <= COLUMNS


def test_it_is_as_wide_as_a_telephone_shows_and_asks_for_nothing() -> None:
    picture = drawn(TEXT)
    assert picture.get("width") == str(WIDTH)
    for element in picture.iter():
        assert not [name for name in element.attrib if "href" in name or name.startswith("on")]


def test_where_it_does_not_show_its_own_text_does(house: House) -> None:
    page = house.browser().get("/").text
    assert 'alt="Niveau de sécurité du navigateur Tor' in page
    assert 'class="level" src="data:image/svg+xml;base64,' in page
