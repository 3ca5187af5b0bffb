"""Why a delivery is not taken: a status, and a sentence that also says when to try again.

Whatever the reason, nothing of the delivery is kept, and every sentence says so.
"""

from http import HTTPStatus

from web.errors import RequestRefused
from web.marking import mark


class Refusal(RequestRefused):
    """The delivery was not taken."""

    status = HTTPStatus.UNPROCESSABLE_ENTITY


class NothingToDeliver(Refusal):
    """Neither a message nor a file."""

    field = "message"
    sentence = mark(
        "Il n’y a ni message ni fichier : écrivez quelques mots, ou choisissez un fichier."
    )


class CodenameInMessage(Refusal):
    """The message holds a codename."""

    field = "message"
    sentence = mark(
        "Votre message contient un nom de code. Il ne doit être écrit qu’ici, sur la page de "
        "retour, et nulle part ailleurs. Retirez-le du message. Rien n’a été enregistré."
    )


class MessageTooLong(Refusal):
    """The message is over the limit."""

    field = "message"
    status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    sentence = mark(
        "Votre message est trop long. Rien n’a été enregistré. Raccourcissez-le, ou joignez-le "
        "comme fichier."
    )


class MessageTooShort(Refusal):
    """The first message is shorter than the instance asks for."""

    field = "message"
    sentence = mark(
        "Votre premier message est trop court. Dites en quelques phrases ce que sont ces "
        "documents et pourquoi ils comptent. Rien n’a été enregistré."
    )


class DeskMissing(Refusal):
    """No desk was chosen, or one that is not there."""

    field = "desk"
    sentence = mark("Choisissez à qui remettre votre dépôt. Rien n’a été enregistré.")


class DeskPaused(Refusal):
    """The desk takes no deliveries now."""

    field = "desk"
    status = HTTPStatus.SERVICE_UNAVAILABLE
    sentence = mark(
        "Cette équipe ne reçoit pas de dépôt en ce moment. Rien n’a été enregistré. Gardez vos "
        "documents en lieu sûr et revenez dans un jour ou deux."
    )


class HatchClosed(Refusal):
    """The desk has no key to seal to."""

    status = HTTPStatus.SERVICE_UNAVAILABLE
    sentence = mark(
        "Le guichet est fermé : il n’y a pas de clé pour sceller votre dépôt, et rien ne doit "
        "être gardé en clair. Rien n’a été enregistré. Revenez dans un jour ou deux."
    )


class DiskNearlyFull(Refusal):
    """There is no room for it on the disk."""

    status = HTTPStatus.INSUFFICIENT_STORAGE
    sentence = mark(
        "Il n’y a plus assez de place ici pour votre dépôt. Rien n’a été enregistré. Revenez "
        "demain ; un message sans fichier passe peut-être dès maintenant."
    )


class DayFull(Refusal):
    """The day's quota is used up."""

    status = HTTPStatus.SERVICE_UNAVAILABLE
    sentence = mark(
        "Ce service a reçu aujourd’hui tout ce qu’il peut recevoir en un jour. Rien n’a été "
        "enregistré. Revenez demain."
    )


class DeskFull(Refusal):
    """The desk takes no more deliveries today."""

    field = "desk"
    status = HTTPStatus.SERVICE_UNAVAILABLE
    sentence = mark(
        "Cette équipe a reçu aujourd’hui tout ce qu’elle peut recevoir en un jour. Rien n’a été "
        "enregistré. Gardez vos documents en lieu sûr et revenez demain."
    )


class TooManyDeliveries(Refusal):
    """Too many deliveries are under way."""

    status = HTTPStatus.SERVICE_UNAVAILABLE
    sentence = mark(
        "Trop de dépôts sont en cours. Rien n’a été enregistré. Recommencez dans une dizaine "
        "de minutes."
    )


class NotSealed(Refusal):
    """The sealing failed."""

    status = HTTPStatus.INTERNAL_SERVER_ERROR
    sentence = mark(
        "Votre dépôt n’a pas pu être scellé, à cause d’une panne de notre côté. Rien n’a été "
        "enregistré. Recommencez dans une dizaine de minutes."
    )
