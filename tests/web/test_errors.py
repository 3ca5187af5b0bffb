from collections.abc import Iterator

import pytest

from web import errors
from web.errors import Busy, ForeignHost, NoSession, RequestRefused


def told(base: type[Exception]) -> Iterator[type[Exception]]:
    for kind in base.__subclasses__():
        yield kind
        yield from told(kind)


REFUSALS = [kind for kind in {*told(RequestRefused), Busy} if kind.__module__ == errors.__name__]


@pytest.mark.parametrize("kind", sorted(REFUSALS, key=repr))
def test_every_refusal_says_what_was_kept_and_what_to_do(
    kind: type[RequestRefused] | type[Busy],
) -> None:
    assert 400 <= kind.status < 600
    if kind not in {ForeignHost, NoSession}:  # nothing was sent
        assert "Rien n’a été enregistré." in kind.sentence
    assert len(kind.sentence.split(". ")) >= 2
