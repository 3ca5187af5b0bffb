import re

import pytest

from source_app.refusals import Refusal

REFUSALS = Refusal.__subclasses__()


@pytest.mark.parametrize("kind", REFUSALS, ids=lambda kind: kind.__name__)
def test_a_refusal_says_that_nothing_was_kept_and_when_to_try_again(kind: type[Refusal]) -> None:
    if kind.__name__ != "NothingToDeliver":  # nothing was sent
        assert "Rien n’a été enregistré." in kind.sentence
    if kind.status >= 500:
        assert re.search(r"(?i)revenez|recommencez", kind.sentence)


def test_every_cause_has_a_sentence_of_its_own() -> None:
    sentences = {kind.sentence for kind in REFUSALS}
    assert len(sentences) == len(REFUSALS) >= 11
