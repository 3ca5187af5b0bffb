from admin.desks import add_desk
from source_app.desk_list import ShownDesk, desks_for_sources
from storage import desks
from storage.models import DeskState
from tests.source_app.house import DESK, House


def test_desks_are_listed_by_name_without_the_closed_ones(house: House) -> None:
    add_desk(house.services, "zzz", "Aaa")
    house.add_desk("nord")
    with house.services.db.write() as transaction:
        desks.set_state(transaction, "nord", DeskState.CLOSED)
        desks.set_state(transaction, "zzz", DeskState.PAUSED)
    assert desks_for_sources(house.services) == [
        ShownDesk("zzz", "Aaa", paused=True, fingerprints=()),
        ShownDesk(DESK, f"Équipe {DESK}", paused=False, fingerprints=(house.desk.fingerprint,)),
    ]
