from pathlib import Path

import pytest

from journalist_app import erasing
from journalist_app.erasing import erase
from storage.errors import NoSuchBlob
from tests.journalist_app.house import House


def stored(house: House) -> str:
    with house.services.blobs.create() as blob:
        blob.write(b"sealed")
        return blob.commit()


def test_blobs_are_removed(house: House) -> None:
    blobs = [stored(house), stored(house)]

    erase(house.services, blobs)

    for blob in blobs:
        with pytest.raises(NoSuchBlob):
            house.services.blobs.open(blob)


def test_one_that_fails_is_told_and_the_others_go(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = stored(house), stored(house)
    reported: list[BaseException] = []
    monkeypatch.setattr(erasing, "report_fault", reported.append)
    unlink = Path.unlink

    def fail(path: Path, *, missing_ok: bool = False) -> None:
        if path.name == first:
            raise PermissionError
        unlink(path, missing_ok=missing_ok)

    monkeypatch.setattr(Path, "unlink", fail)

    erase(house.services, [first, second])

    assert [type(error) for error in reported] == [PermissionError]
    with pytest.raises(NoSuchBlob):
        house.services.blobs.open(second)
