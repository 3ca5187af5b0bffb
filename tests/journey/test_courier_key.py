"""A station signs with a new key: once the admin has it, everything goes on and nothing is lost."""

import json
from pathlib import Path

from tests.journey.house import House


def test_a_reply_in_a_courier_that_is_void_comes_with_the_next(house: House, root: Path) -> None:
    station = house.stations["ville"]
    with house.serving():
        source = house.source().first_visit()
        assert source.deliver("Voici.").status_code == 303
        reviewer = house.reviewer("alex")
        station("open", reviewer.bundle(root / "b.tar", all_new="1"))
        (thread,) = station.threads()
        station("reply", thread["id"], stdin="Merci.")
        station("courier", root / "old.tar")
        made = json.loads(station("key", "courier", "--new", "--json"))
        station("courier", root / "new.tar")

        # Until the admin has the new key, the old courier would do and the new one does not.
        assert reviewer.courier(root / "new.tar")[0].status_code == 422
        house("desk", "station", "remove", "ville")
        said = house("desk", "station", "add", "ville", made["station_file"])
        assert made["fingerprint"] in said.replace(" ", "")
        assert reviewer.courier(root / "old.tar")[0].status_code == 422
        assert [each.status_code for each in reviewer.courier(root / "new.tar")] == [200, 200]

        back = house.source()
        assert back.return_with(source.codename).status_code == 303
        assert len(back.get("/mailbox").ids["reply"]) == 1
