"""What can be wrong with a request or with the instance's own files.

A `sentence` is what the person reads, in French, the source language of the pages. It says
what happened, what was and was not kept, and what to do.
"""

from http import HTTPStatus

from web.marking import mark


class WebError(Exception):
    """The service could not answer."""


class ConfigError(WebError):
    """The instance's configuration cannot be used."""


class RequestRefused(WebError):
    """The request was refused."""

    sentence = mark(
        "Cette demande n’a pas été comprise. Rien n’a été enregistré. Revenez en arrière et "
        "recommencez."
    )
    status = HTTPStatus.BAD_REQUEST
    field = ""  # the id of the form's field that it is about, if it is about one


class ForeignHost(RequestRefused):
    """The request names a host that is not this service."""

    sentence = mark(
        "Cette adresse n’est pas celle de ce service. Vérifiez l’adresse et recommencez."
    )


class ReadAlong(RequestRefused):
    """A proxy stands between the browser and the onion service, and reads all that passes."""

    sentence = mark(
        "Arrêtez-vous ici : un intermédiaire se trouve entre vous et ce service, et il voit tout "
        "ce que vous envoyez, ainsi que votre adresse. Rien n’a été enregistré. Fermez cette page "
        "et ouvrez l’adresse en .onion dans le navigateur Tor."
    )
    status = HTTPStatus.FORBIDDEN


class ForeignOrigin(RequestRefused):
    """The form was sent from another site."""

    sentence = mark(
        "Ce formulaire vient d’un autre site : il a été refusé. Rien n’a été enregistré. "
        "Ouvrez vous-même la page d’accueil et recommencez."
    )
    status = HTTPStatus.FORBIDDEN


class BadToken(RequestRefused):
    """The form is not from this session."""

    sentence = mark(
        "Ce formulaire n’appartient pas à votre séance, ou il a trop attendu. Rien n’a été "
        "enregistré. Rechargez la page et recommencez."
    )
    status = HTTPStatus.FORBIDDEN


class NoSession(RequestRefused):
    """There is no session, or it has ended."""

    sentence = mark(
        "Votre séance est terminée. Revenez à l’accueil, avec votre nom de code si vous en avez un."
    )
    status = HTTPStatus.FORBIDDEN


class FormWithoutSession(NoSession):
    """A form came without a session: nothing of it is taken."""

    sentence = mark(
        "Votre séance est terminée. Rien n’a été enregistré. Revenez à l’accueil pour recommencer."
    )


class BadForm(RequestRefused):
    """The form cannot be read."""

    sentence = mark(
        "Ce formulaire n’a pas pu être lu. Rien n’a été enregistré. Rechargez la page et "
        "recommencez."
    )


class LengthMissing(RequestRefused):
    """The request does not say how long it is."""

    sentence = mark(
        "Votre navigateur n’a pas annoncé la taille de son envoi. Rien n’a été enregistré. "
        "Recommencez avec le navigateur Tor."
    )
    status = HTTPStatus.LENGTH_REQUIRED


class BodyTooLarge(RequestRefused):
    """What was sent is larger than the limit."""

    field = "files"
    sentence = mark(
        "Votre envoi dépasse la taille permise. Rien n’a été enregistré. Répartissez vos "
        "fichiers en plusieurs dépôts."
    )
    status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE


class TooManyParts(RequestRefused):
    """The form has too many parts."""

    field = "files"
    sentence = mark(
        "Votre envoi contient trop de fichiers. Rien n’a été enregistré. Répartissez-les en "
        "plusieurs dépôts, ou réunissez-les dans une archive."
    )
    status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE


class Truncated(RequestRefused):
    """The connection ended before everything had arrived."""

    sentence = mark("L’envoi a été coupé avant la fin. Rien n’a été enregistré. Recommencez.")


class Stalled(RequestRefused):
    """The connection was too slow for too long."""

    sentence = mark(
        "L’envoi s’est arrêté trop longtemps. Rien n’a été enregistré. Demandez un nouveau "
        "circuit Tor, puis recommencez."
    )
    status = HTTPStatus.REQUEST_TIMEOUT


class Busy(WebError):
    """Too many people are here at this moment."""

    def __str__(self) -> str:
        return self.__doc__ or ""

    sentence = mark(
        "Il y a trop de monde en ce moment. Rien n’a été enregistré. Recommencez dans "
        "quelques minutes."
    )
    status = HTTPStatus.SERVICE_UNAVAILABLE
