"""A reply comes back without a stick: codes at the station, a camera, the journalist app."""

import json
from pathlib import Path

from PIL import Image

from tests.admin.camera import as_jpeg, blurred, noisy, on_desk, turned
from tests.journey.house import BIN, House, run

REPLY = "Merci. Pouvez-vous dater la page 3 ?"


def photograph(picture: Path, to: Path, number: int) -> None:
    """Photograph the station's screen by hand, in an ordinary room."""
    screen = on_desk(Image.open(picture).convert("L"))
    to.write_bytes(as_jpeg(blurred(noisy(turned(screen, number % 7 - 3), 40), 1), 60))


def test_a_reply_comes_back_by_camera(house: House, root: Path) -> None:
    with house.serving():
        source = house.source().first_visit()
        assert source.deliver("?").status_code == 303
        reviewer = house.reviewer("alex")
        station = house.stations["ville"]
        station("open", reviewer.bundle(root / "b.tar", all_new="1"))
        (thread,) = station.threads()
        station("reply", thread["id"], stdin=REPLY)
        station("courier", "--qr-images", root / "screen")

        camera = root / "camera"
        camera.mkdir()
        screens = sorted((root / "screen").iterdir())
        for number, screen in enumerate(screens):
            photograph(screen, camera / f"IMG_{number}.jpg", number)
        (camera / "IMG_3.jpg").rename(root / "forgotten.jpg")

        words = ("courier", "scan", camera, "--to", root / "c.tar", "--json")
        told = json.loads(run(BIN / "vasistas", *words, check=False))
        assert told["missing"] == [4]
        assert not (root / "c.tar").exists()
        (root / "forgotten.jpg").rename(camera / "IMG_3.jpg")
        told = json.loads(run(BIN / "vasistas", *words))
        assert (told["missing"], told["frames"]) == ([], len(screens))

        shown, done = reviewer.courier(root / "c.tar")
        assert (shown.status_code, done.status_code) in {(200, 200), (200, 303)}
        back = house.source()
        assert back.return_with(source.codename).status_code == 303
        assert back.get("/mailbox").texts["p"] == REPLY
