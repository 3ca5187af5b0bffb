from datetime import timedelta
from random import SystemRandom

from crypto.envelope import EnvelopeSeal
from formats.padding import files_class
from source_app.admission import Admission
from source_app.envelope import EnvelopeInProgress
from storage.models import EnvelopeKind
from storage.sweeper import Kept, sweep
from tests.crypto.gnupg_home import processes_naming
from tests.source_app.house import House


def envelope(house: House) -> EnvelopeInProgress:
    return EnvelopeInProgress(
        house.services,
        Admission(house.services).desk(None),
        EnvelopeKind.FILES,
        files_class,
    )


def write(making: EnvelopeInProgress, content: bytes) -> None:
    making.payload.open_member("a").write(content)
    making.payload.close_member()


def test_what_is_kept_stays_and_opens(house: House) -> None:
    with envelope(house) as making:
        write(making, b"content")
        sealed = making.finish()
        making.keep()
    body = b"".join(house.services.blobs.read(sealed.body_blob))
    assert len(body) == sealed.body_size
    assert house.desk.open(sealed.head + body) == {"a": b"content"}


def test_what_is_finished_and_not_kept_goes(house: House) -> None:
    with envelope(house) as making:
        write(making, b"content")
        making.finish()
        assert len(house.blob_files()) == 1
    assert house.blob_files() == []


def test_what_is_left_half_way_goes_with_its_gpg(house: House) -> None:
    gnupg = house.services.instance.places.gnupg
    with envelope(house) as making:
        write(making, b"x" * 1_000_000)
        assert len(processes_naming(gnupg)) == 1
    assert processes_naming(gnupg) == []
    assert house.blob_files() == []


def test_no_sweeper_takes_what_is_in_the_making(house: House) -> None:
    def sweep_hard() -> None:
        at_once = Kept(orphans=timedelta(days=-4_000))
        sweep(house.services.db, house.services.blobs, house.services.now(), dice, at_once)

    dice = SystemRandom()
    with envelope(house) as making:
        write(making, b"content")
        sweep_hard()
        sealed = making.finish()
        sweep_hard()
        making.keep()
        assert len(house.blob_files()) == 1
        assert b"".join(house.services.blobs.read(sealed.body_blob))
    sweep_hard()  # no row came to name it
    assert house.blob_files() == []


def test_the_seal_ends_before_the_blob_is_thrown_away(house: House) -> None:
    """gpg's last bytes would else be written to a file that is closed, or to another's."""
    making = envelope(house)
    with making:
        write(making, b"x" * 3_000_000)
        seal: EnvelopeSeal = making._seal
    assert seal._process.returncode is not None
    assert house.blob_files() == []
