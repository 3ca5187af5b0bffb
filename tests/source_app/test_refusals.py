import re

import pytest

from source_app.refusals import Refusal
from storage import desks
from storage.models import DeskState
from tests.source_app.house import DESK, House

REFUSALS = Refusal.__subclasses__()


@pytest.mark.parametrize("kind", REFUSALS, ids=lambda kind: kind.__name__)
def test_a_refusal_says_that_nothing_was_kept_and_when_to_try_again(kind: type[Refusal]) -> None:
    if kind.__name__ != "NothingToDeliver":  # nothing was sent
        assert "Rien n’a été enregistré." in kind.sentence
    if kind.status >= 500:
        assert re.search(r"(?i)revenez|recommencez", kind.sentence)


def test_what_is_wrong_is_tied_to_the_field_that_it_is_about(house: House) -> None:
    browser = house.browser()
    browser.first_visit()
    asked = browser.deliver("").text.partition("</style>")[2]
    assert '<a href="#message">' in asked
    assert 'aria-describedby="message-help message-problem" aria-invalid="true"' in asked
    assert asked.count('aria-invalid="true"') == 1
    with house.services.db.write() as transaction:
        desks.set_state(transaction, DESK, DeskState.PAUSED)
    paused = browser.deliver("Un message.").text.partition("</style>")[2]
    assert "aria-invalid" not in paused, "there is no choice to correct"


def test_every_cause_has_a_sentence_of_its_own() -> None:
    sentences = {kind.sentence for kind in REFUSALS}
    assert len(sentences) == len(REFUSALS) >= 11
