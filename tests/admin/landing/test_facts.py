"""What the public page says is what the service's own pages say."""

import pytest

from admin.desks import add_desk, add_desk_key
from admin.landing.facts import NothingToAnnounce, facts_of
from admin.onions import make_services, service_of
from crypto.fingerprint import fingerprint, spaced
from journalist_app.desk_keeping import DeskKeeping
from storage.models import DeskState
from tests.admin.conftest import KeyFiles
from web.services import Services


@pytest.fixture
def desks(services: Services, keys: KeyFiles) -> Services:
    add_desk(services, "ville", "Ville d’Exemple")
    add_desk_key(services, "ville", keys.public)
    add_desk(services, "sans-cle", "Sans clé")
    return services


def test_it_has_address_desks_and_fingerprints(desks: Services, keys: KeyFiles) -> None:
    places = desks.instance.places
    make_services(places)
    facts = facts_of(desks)
    assert facts.address == f"http://{service_of(places, 'source').address().host}/"
    assert facts.instance_fingerprint == spaced(fingerprint(desks.instance.signer.public))
    assert [(desk.slug, desk.fingerprints) for desk in facts.desks] == [
        ("ville", (keys.fingerprint,))
    ]


def test_nothing_is_said_of_the_journalist_address(desks: Services) -> None:
    make_services(desks.instance.places)
    host = service_of(desks.instance.places, "journalist").address().host
    assert host not in repr(facts_of(desks))


def test_without_an_address_it_says_which_command_makes_one(desks: Services) -> None:
    with pytest.raises(NothingToAnnounce, match="onion publish"):
        facts_of(desks)


def test_without_a_desk_that_takes_deliveries_nothing_is_announced(desks: Services) -> None:
    make_services(desks.instance.places)
    DeskKeeping(desks).set_state("ville", DeskState.CLOSED)
    with pytest.raises(NothingToAnnounce, match="hatch closed"):
        facts_of(desks)
