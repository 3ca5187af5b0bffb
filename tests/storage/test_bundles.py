"""A bundle already made can be had again for a while, to the byte."""

from datetime import timedelta

from storage import bundles
from storage.bundles import NewBundle
from storage.engine import Database
from tests.storage.rows import DAY, add_desk


def test_a_bundle_comes_back_as_it_was_made(db: Database) -> None:
    manifest = bytes(range(256)) * 1000
    new = NewBundle(id="b" * 32, desk="nord", day=DAY, manifest=manifest, signature=bytes(64))
    with db.write() as s:
        add_desk(s)
        bundles.insert_bundle(s, new)
    with db.read() as s:
        found = bundles.get(s, new.id)
        assert bundles.get(s, "none") is None
    assert found is not None
    assert (found.desk, found.day, found.manifest, found.signature) == (
        "nord",
        DAY,
        manifest,
        bytes(64),
    )


def test_old_bundles_are_forgotten(db: Database) -> None:
    with db.write() as s:
        add_desk(s)
        for name, day in (("old", DAY - timedelta(1)), ("new", DAY)):
            bundles.insert_bundle(
                s, NewBundle(id=name, desk="nord", day=day, manifest=b"", signature=b"")
            )
        assert bundles.delete_before(s, DAY) == 1
        assert bundles.get(s, "old") is None
        assert bundles.get(s, "new") is not None


def test_bundles_that_name_a_delivery_go_with_it_however_they_name_it(db: Database) -> None:
    manifests = {
        "carries": b'{"delivery": "k7qm-3vtx-9fwd"}',
        "tells": b'{"names": ["k7qm-3vtx-9fwd.letter"]}',
        "other": b'{"names": ["k7qm-3vtx-9fwe.letter", "x.k7qm-3vtx-9fwd"]}',
    }
    with db.write() as s:
        add_desk(s)
        for name, manifest in manifests.items():
            new = NewBundle(id=name, desk="nord", day=DAY, manifest=manifest, signature=b"")
            bundles.insert_bundle(s, new)
        assert bundles.delete_naming(s, ["k7qm-3vtx-9fwd"]) == 2
        assert bundles.get(s, "other") is not None
