import pytest
from flask import Flask, g

from journalist_app.app import FOLDER
from journalist_app.wording import Wording
from web.languages import load_catalogues


@pytest.mark.parametrize(
    ("language", "number", "said"),
    [
        ("fr", 1, "1 dépôt a été effacé de ce serveur."),
        ("fr", 2, "2 dépôts ont été effacés de ce serveur."),
        ("en", 1, "1 delivery has been deleted from this server."),
        ("en", 2, "2 deliveries have been deleted from this server."),
    ],
)
def test_numbers_are_said_in_the_requests_language(language: str, number: int, said: str) -> None:
    wording = Wording(load_catalogues([FOLDER / "translations"]))
    with Flask("words").app_context():
        g.language = language

        assert (
            wording.ngettext(
                "%(num)s dépôt a été effacé de ce serveur.",
                "%(num)s dépôts ont été effacés de ce serveur.",
                number,
            )
            == said
        )
