"""What nobody has collected goes into bundles like any other, once, desk by desk."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from admin.compose import build_services
from admin.retiring import exporting
from admin.retiring.exporting import count_uncollected, export_uncollected
from crypto.signing import InstanceVerifier
from formats.bundle import KIND, decode_bundle
from formats.tarstream import TarLimits, TarReader
from tests.admin.backup.conftest import store
from tests.admin.conftest import Command, KeyFiles
from web.instance import open_instance
from web.services import Services


@pytest.fixture
def opened(home: Path, vasistas: Command, keys: KeyFiles) -> Iterator[Services]:
    for slug in ("nord", "sud"):
        assert vasistas("desk", "add", slug, "--name", slug).code == 0
        assert vasistas("desk", "key", "add", slug, keys.public).code == 0
    services = build_services(open_instance(home))
    yield services
    services.db.close()


def carried(services: Services, file: Path) -> tuple[str, set[str]]:
    """Verify a bundle as a station does; give its desk and deliveries."""
    with file.open("rb") as source:
        reader = TarReader(source, TarLimits(99, 1 << 20, 1 << 22))
        encoded, signature = reader.read_manifest()
        InstanceVerifier(services.instance.signer.public).verify(KIND, encoded, signature)
        manifest = decode_bundle(encoded)
        assert all(stream.read() for _, stream in reader.exactly(manifest.members()))
    return manifest.desk, {entry.delivery for entry in manifest.envelopes}


def test_each_desk_gets_bundles_until_nothing_is_left(
    opened: Services, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exporting, "DELIVERIES_LIMIT", 2)
    north = {store(opened, desk="nord").id for _ in range(3)}
    south = {store(opened, desk="sud").id}
    assert count_uncollected(opened) == {"nord": 3, "sud": 1}
    done = list(export_uncollected(opened, tmp_path / "out"))
    assert [(each.desk, each.deliveries) for each in done] == [("nord", 2), ("nord", 1), ("sud", 1)]
    found = [carried(opened, each.file) for each in done]
    assert {desk for desk, _ in found} == {"nord", "sud"}
    assert set().union(*(ids for _, ids in found)) == north | south
    assert count_uncollected(opened) == {}
    assert list(export_uncollected(opened, tmp_path / "out")) == []


def test_what_was_cut_off_is_exported_once_more_and_nothing_is_overwritten(
    opened: Services, tmp_path: Path
) -> None:
    wanted = {store(opened, desk="nord").id for _ in range(2)}
    first = next(export_uncollected(opened, tmp_path / "out"))  # on the disk, and not yet marked
    (again,) = export_uncollected(opened, tmp_path / "out")
    assert first.file != again.file
    assert carried(opened, first.file) == carried(opened, again.file) == ("nord", wanted)


def test_a_body_that_is_missing_does_not_keep_the_others_here(
    opened: Services, tmp_path: Path
) -> None:
    lost, whole = store(opened, desk="nord"), store(opened, desk="nord")
    (opened.instance.places.blobs / lost.blob[:2] / lost.blob).unlink()
    (done,) = export_uncollected(opened, tmp_path / "out")
    assert carried(opened, done.file) == ("nord", {whole.id})
