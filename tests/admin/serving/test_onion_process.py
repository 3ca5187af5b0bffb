from admin import onion_rotation
from admin.onion_state import state_file
from admin.onions import make_services
from admin.serving.onion_process import ChangedLineup
from tests.admin.moving import begun
from web.services import Services


def test_a_lineup_is_told_when_it_changed_and_only_then(services: Services) -> None:
    places = services.instance.places
    make_services(places)
    changed = ChangedLineup(places)
    assert changed() is None
    begun(services)
    found = changed()
    assert found is not None
    assert set(found) == {"source", "source-next", "journalist"}
    assert found["source-next"].beside == found["source"].folder
    assert found["source-next"].socket == found["source"].socket
    assert changed() is None
    onion_rotation.end(places, "source")
    ended = changed()
    assert ended is not None
    assert ended["source"].address == found["source-next"].address
    onion_rotation.destroy_retired(places)
    again = changed()  # the file says now that nothing is to be destroyed
    assert again == ended
    assert changed() is None
    assert state_file(places, "source").exists()
