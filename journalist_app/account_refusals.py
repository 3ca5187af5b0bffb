"""Why a change to one's own account is not made. Until it is, what was before still opens.

`field` is the id of the form's field that the sentence is about, `together` with those after it.
"""

from http import HTTPStatus

from web.errors import RequestRefused
from web.marking import mark


class NotProven(RequestRefused):
    """Passphrase and code do not go together, or it is too early to try again."""

    sentence = mark(
        "La phrase de passe et le code ne vont pas ensemble, ou ce code a déjà servi. Rien n’a "
        "été changé. Attendez le code suivant et recommencez."
    )
    status = HTTPStatus.FORBIDDEN
    field, together = "passphrase", True


class NothingPending(RequestRefused):
    """No change waits for its proof in this session, or not any more."""

    sentence = mark(
        "Il n’y a pas de changement en cours, ou il a trop attendu. Rien n’a été changé : ce qui "
        "vous servait à vous connecter sert toujours. Recommencez depuis votre compte."
    )
    status = HTTPStatus.CONFLICT


class NotAsShown(RequestRefused):
    """What was typed back is not the new passphrase."""

    sentence = mark(
        "Ce ne sont pas les sept mots qui vous ont été montrés. Rien n’a été changé. Relisez ce "
        "que vous avez noté et recommencez ; si les mots sont perdus, demandez-en d’autres."
    )
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    field = "typed"


class NewCodeWrong(RequestRefused):
    """The code is not one of the new secret's."""

    sentence = mark(
        "Ce code n’est pas celui que votre application devrait montrer. Rien n’a été changé. "
        "Vérifiez que vous lisez la nouvelle ligne et que l’horloge du téléphone est à l’heure."
    )
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    field = "new-code"


class NoSuchSession(RequestRefused):
    """The session has ended by itself meanwhile."""

    sentence = mark("Cette séance est déjà fermée. Rechargez la page de votre compte.")
    status = HTTPStatus.NOT_FOUND
