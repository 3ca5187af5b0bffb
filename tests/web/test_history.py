"""The seal on the end of the history: the instance's own, and no other's."""

from dataclasses import replace

from crypto.signing import SigningSeed
from storage import history
from storage.history import Deed, Head
from web.history import is_sealed, note
from web.key_files import KeptKey, KeptKeys, read_keys
from web.services import Services


def key() -> KeptKey:
    return KeptKey(SigningSeed.new().reveal())


def sealed(services: Services) -> Head:
    with services.db.write() as transaction:
        note(services, transaction, Deed.DELETED, who="ada", desk="nord", number=3)
        found = history.head(transaction)
    assert found is not None
    return found


def test_a_line_bears_the_day_and_the_end_is_sealed(services: Services) -> None:
    head = sealed(services)
    with services.db.read() as transaction:
        (line,) = [placed.line for placed in history.back(transaction, head.hash, 5)][:1]
    assert (line.day, line.deed, line.who, line.number) == (services.today, "deleted", "ada", 3)
    assert is_sealed(services, head)


def test_no_other_end_and_no_other_key_passes(services: Services) -> None:
    head = sealed(services)
    assert not is_sealed(services, replace(head, hash=bytes(32)))
    for seal in (b"", bytes(64), head.seal[:-1]):
        assert not is_sealed(services, replace(head, seal=seal))
    services.instance.places.signing.write_bytes(KeptKeys(key()).encode())
    assert not is_sealed(services, head)


def test_in_an_overlap_the_seal_of_the_key_before_stands(services: Services) -> None:
    head, path = sealed(services), services.instance.places.signing
    old, new = read_keys(path).present, key()
    path.write_bytes(KeptKeys(new, old).encode())
    assert is_sealed(services, head)
    after = sealed(services)
    path.write_bytes(KeptKeys(new).encode())
    assert is_sealed(services, after)
    assert not is_sealed(services, head)


def test_a_bundles_signature_is_no_seal(services: Services) -> None:
    head = sealed(services)
    for kind in ("bundle", "courier"):
        signature = services.instance.signer.sign(kind, head.hash)
        assert not is_sealed(services, replace(head, seal=signature))
