import copy
import logging
import pickle
import traceback

import pytest

from crypto.errors import BadKey
from crypto.schedule import TagKey, ThreadKey
from crypto.secret import Key, Secret

VALUE = b"canary-in-a-secret-of-32-bytes.."


def test_a_secret_shows_in_no_text() -> None:
    secret = Key(VALUE)
    shown = [
        repr(secret),
        str(secret),
        f"{secret}",
        f"{secret!r:>50}",
        repr([secret]),
    ]
    assert all("canary" not in text for text in shown)
    assert "Key" in repr(secret)


def test_a_secret_shows_in_no_log_and_no_traceback(caplog: pytest.LogCaptureFixture) -> None:
    secret = Key(VALUE)
    logging.getLogger("test").warning("derived %s from %r", secret, {"key": secret})
    assert "canary" not in caplog.text
    with pytest.raises(BadKey) as caught:
        _fail_with(secret)
    trace = traceback.TracebackException.from_exception(caught.value, capture_locals=True)
    assert "canary" not in "".join(trace.format())


def _fail_with(secret: Secret) -> None:
    held = [secret]
    raise BadKey(held)


def test_a_secret_has_no_attributes_to_dump() -> None:
    with pytest.raises(TypeError):
        vars(Key(VALUE))


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_a_secret_refuses_to_be_pickled(protocol: int) -> None:
    with pytest.raises(TypeError, match="refuses"):
        pickle.dumps(Key(VALUE), protocol)


def test_a_secret_refuses_to_be_copied() -> None:
    with pytest.raises(TypeError, match="refuses"):
        copy.copy(Key(VALUE))
    with pytest.raises(TypeError, match="refuses"):
        copy.deepcopy({"key": Key(VALUE)})


def test_secrets_are_equal_by_value_within_one_kind_only() -> None:
    assert TagKey(VALUE) == TagKey(bytes(bytearray(VALUE)))
    assert TagKey(VALUE) != TagKey(bytes(32))
    assert TagKey(VALUE) != ThreadKey(VALUE)
    assert TagKey(VALUE) != VALUE


def test_a_secret_cannot_be_a_dictionary_key() -> None:
    with pytest.raises(TypeError, match="unhashable"):
        hash(Key(VALUE))


@pytest.mark.parametrize("size", [0, 31, 33, 64])
def test_a_key_of_another_size_is_refused(size: int) -> None:
    with pytest.raises(BadKey, match="32 bytes"):
        Key(bytes(size))


def test_a_secret_without_a_size_takes_any() -> None:
    assert Secret(b"").reveal() == b""
    assert Secret(VALUE).reveal() == VALUE
