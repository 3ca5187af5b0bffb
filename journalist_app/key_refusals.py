"""Why a desk's key is not taken, as its admin reads it; the command says the same in English."""

from http import HTTPStatus

from crypto.errors import BadDeskKey, KeyFault
from web.errors import RequestRefused
from web.marking import mark

_SENTENCES: dict[KeyFault, str] = {
    "secret": mark(
        "Ce fichier contient une clé SECRÈTE. Elle n’a pas été enregistrée, mais elle est sortie "
        "du poste de lecture : considérez-la comme perdue. Faites-en une nouvelle au poste, "
        "et n’apportez que son fichier public."
    ),
    "none": mark("Il n’y a pas de clé publique OpenPGP dans ce fichier. Rien n’a été changé."),
    "several": mark(
        "Ce fichier contient plusieurs clés. Rien n’a été changé. Donnez-en une à la fois."
    ),
    "no-encryption": mark("Cette clé n’a pas de sous-clé qui chiffre. Rien n’a été changé."),
    "expired": mark("Cette clé a expiré. Rien n’a été changé."),
    "revoked": mark("Cette clé a été révoquée. Rien n’a été changé."),
    "weak": mark(
        "Cette clé est trop faible : il faut Curve25519, NIST P-256 ou RSA 3072, ou mieux. Rien "
        "n’a été changé."
    ),
    "sha1": mark(
        "Cette clé est signée avec SHA-1, que l’on sait imiter. Rien n’a été changé. Faites-en une "
        "nouvelle."
    ),
    "too-many": mark("Cette clé a trop de sous-clés qui chiffrent. Rien n’a été changé."),
    "unreadable": mark("Ce fichier ne se lit pas comme une clé OpenPGP. Rien n’a été changé."),
}


class KeyRefused(RequestRefused):
    """The desk's key was not taken."""

    status = HTTPStatus.UNPROCESSABLE_ENTITY
    field = "text"

    def __init__(self, error: BadDeskKey) -> None:
        """Take why."""
        super().__init__(error.reason)
        self.sentence = _SENTENCES[error.reason]
        self.is_secret = error.reason == "secret"
