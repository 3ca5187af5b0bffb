"""A desk says to sources who it is, in words that do no harm to the page."""

import pytest

from journalist_app.desk_keeping import DeskKeeping
from journalist_app.desk_profiles import BadProfile, DeskProfiles
from journalist_app.keeping_refusals import NoSuchDesk
from source_app.desk_list import ShownDesk, desks_for_sources
from tests.journalist_app.house import House
from web.services import Services


@pytest.fixture
def services(house: House) -> Services:
    return house.services


@pytest.fixture
def profiles(services: Services) -> DeskProfiles:
    DeskKeeping(services).add("lyon", "Collectif lyonnais")
    return DeskProfiles(services)


def shown(services: Services) -> ShownDesk:
    return next(desk for desk in desks_for_sources(services) if desk.slug == "lyon")


def test_what_it_says_is_what_sources_see(services: Services, profiles: DeskProfiles) -> None:
    assert (shown(services).city, shown(services).languages) == ("", ())
    profiles.describe("lyon", " Lyon ", "Vidéo & <visages>", ["fr", "en"])
    desk = shown(services)
    assert (desk.city, desk.subject, desk.languages) == ("Lyon", "Vidéo & <visages>", ("fr", "en"))
    profiles.describe("lyon", "", "", [])
    assert (shown(services).city, shown(services).languages) == ("", ())


@pytest.mark.parametrize(
    ("city", "subject", "languages"),
    [
        ("x" * 101, "", []),
        ("", "deux\nlignes", []),
        ("", "\u202eà l’envers", []),
        ("", "", ["FR"]),
        ("", "", ["fr", "fr"]),
        ("", "", ["zz"]),
        ("", "", ["français"]),
        ("", "", ["fr", "en", "de", "it", "es", "pt", "nl", "pl", "ro"]),
    ],
)
def test_what_would_break_the_page_is_refused(
    services: Services, profiles: DeskProfiles, city: str, subject: str, languages: list[str]
) -> None:
    profiles.describe("lyon", "Lyon", "", [])
    with pytest.raises(BadProfile):
        profiles.describe("lyon", city, subject, languages)
    assert shown(services).city == "Lyon"


def test_a_desk_that_is_not_there_says_nothing(profiles: DeskProfiles) -> None:
    with pytest.raises(NoSuchDesk):
        profiles.describe("nulle-part", "", "", [])
