"""Why something is not done: a sentence for the reviewer, and a status.

Whatever the reason, nothing was changed, and the sentence says so where there could be a doubt.
"""

from http import HTTPStatus

from web.errors import RequestRefused
from web.marking import mark


class SignInFirst(RequestRefused):
    """There is no session: pages send to the log-in, forms say why they did nothing."""

    sentence = mark(
        "Votre séance est terminée. Rien n’a été changé. Connectez-vous et recommencez."
    )
    status = HTTPStatus.FORBIDDEN


class AdminsOnly(RequestRefused):
    """The page is for those who administer."""

    sentence = mark(
        "Cette page est réservée aux personnes qui administrent le service. Rien n’a été changé."
    )
    status = HTTPStatus.FORBIDDEN


class NotSignedIn(RequestRefused):
    """Name, passphrase and code do not go together, or it is too early to try again.

    One sentence for all cases: it tells nobody which names exist.
    """

    sentence = mark(
        "Le nom, la phrase de passe et le code ne vont pas ensemble, ou ce code a déjà servi. "
        "Attendez le code suivant et recommencez. Après plusieurs codes faux, patientez quelques "
        "minutes, ou donnez un code de secours."
    )
    status = HTTPStatus.FORBIDDEN
    field, together = "username", True


class NothingChosen(RequestRefused):
    """No delivery was ticked."""

    sentence = mark("Aucun dépôt n’est coché. Revenez à la liste et cochez ceux que vous voulez.")
    status = HTTPStatus.UNPROCESSABLE_ENTITY


class SeveralDesks(RequestRefused):
    """The selection spans several desks."""

    sentence = mark(
        "Les dépôts choisis vont à plusieurs équipes, et un paquet n’en concerne qu’une. Rien n’a "
        "été emporté. Choisissez une équipe dans la liste et recommencez."
    )
    status = HTTPStatus.UNPROCESSABLE_ENTITY


class BundleTooLarge(RequestRefused):
    """More deliveries are ticked than one bundle holds."""

    sentence = mark(
        "Il y a trop de dépôts pour un seul paquet. Rien n’a été emporté. Faites-en plusieurs."
    )
    status = HTTPStatus.UNPROCESSABLE_ENTITY


class NothingNew(RequestRefused):
    """There is no new delivery."""

    sentence = mark("Il n’y a pas de nouveau dépôt. Quelqu’un vient peut-être de les emporter.")
    status = HTTPStatus.CONFLICT


class DeliveryGone(RequestRefused):
    """A delivery of the selection is not here, or is not this reviewer's to see."""

    sentence = mark(
        "Un des dépôts choisis n’est plus là : il a été retiré ou effacé entre-temps. Rien n’a "
        "été changé. Rechargez la liste et recommencez."
    )
    status = HTTPStatus.NOT_FOUND


class BundleGone(RequestRefused):
    """A part of this bundle was deleted since it was made."""

    sentence = mark(
        "Ce paquet ne peut plus être téléchargé : un dépôt qu’il contient a été effacé depuis. "
        "Faites-en un nouveau avec ceux qui restent."
    )
    status = HTTPStatus.GONE


class CourierTooLarge(RequestRefused):
    """The courier is larger than the limit."""

    sentence = mark(
        "Ce fichier est trop gros pour un courrier. Rien n’a été pris. Vérifiez que vous avez "
        "choisi le fichier écrit par le poste de lecture."
    )
    status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE


class CourierMissing(RequestRefused):
    """No courier was chosen, or the one shown before is no longer held."""

    sentence = mark(
        "Il n’y a pas de courrier à prendre. Choisissez le fichier écrit par le poste de lecture."
    )
    status = HTTPStatus.UNPROCESSABLE_ENTITY


class CourierUnsigned(RequestRefused):
    """No station of the reviewer's desks has signed this file."""

    sentence = mark(
        "Ce courrier ne porte pas la signature du poste de lecture d’une de vos équipes. Rien "
        "n’en a été pris. Copiez-le de nouveau ; si cela recommence, ne l’utilisez pas et "
        "prévenez la personne qui administre le serveur."
    )
    status = HTTPStatus.UNPROCESSABLE_ENTITY


class CourierDamaged(RequestRefused):
    """The file is not a whole courier."""

    sentence = mark(
        "Ce fichier n’est pas un courrier entier : il est abîmé, ou c’est un autre fichier. Rien "
        "n’en a été pris. Copiez-le de nouveau depuis le poste de lecture."
    )
    status = HTTPStatus.UNPROCESSABLE_ENTITY


class CourierMisaddressed(RequestRefused):
    """The courier is for another instance or another desk, or names what is not its desk's."""

    sentence = mark(
        "Ce courrier n’est pas pour ici : il nomme un autre service, une autre équipe ou un dépôt "
        "d’une autre équipe. Rien n’en a été pris. Prévenez la personne qui administre le serveur."
    )
    status = HTTPStatus.UNPROCESSABLE_ENTITY


class ReplyEmpty(RequestRefused):
    """The reply has no text."""

    sentence = mark("La réponse est vide. Rien n’a été envoyé.")
    status = HTTPStatus.UNPROCESSABLE_ENTITY


class ReplyTooLong(RequestRefused):
    """The reply is over the limit."""

    sentence = mark("La réponse est trop longue. Rien n’a été envoyé. Raccourcissez-la.")
    status = HTTPStatus.UNPROCESSABLE_ENTITY


class ReplyNotSealed(RequestRefused):
    """The reply could not be sealed."""

    sentence = mark(
        "La réponse n’a pas pu être scellée : l’équipe n’a pas de clé utilisable. Rien n’a été "
        "envoyé. Prévenez la personne qui administre le serveur."
    )
    status = HTTPStatus.SERVICE_UNAVAILABLE


class AnswerGone(RequestRefused):
    """The standard answer is not here, or is not one of this reviewer's desks."""

    sentence = mark("Cette réponse type n’existe pas, ou n’existe plus. Rien n’a été changé.")
    status = HTTPStatus.NOT_FOUND


class AnswerIncomplete(RequestRefused):
    """A standard answer lacks its title or one of its languages."""

    sentence = mark(
        "Il manque quelque chose : une réponse type a un titre, un texte en français et un texte "
        "en anglais. Rien n’a été enregistré."
    )
    status = HTTPStatus.UNPROCESSABLE_ENTITY


class AnswerTooLong(RequestRefused):
    """The title or a text of a standard answer is over the limit."""

    sentence = mark("Le titre ou un des textes est trop long. Rien n’a été enregistré.")
    status = HTTPStatus.UNPROCESSABLE_ENTITY


class AnswersFull(RequestRefused):
    """The desk has as many standard answers as it may have."""

    sentence = mark(
        "L’équipe a déjà cinquante réponses types. Rien n’a été enregistré. Supprimez-en une "
        "avant d’en ajouter."
    )
    status = HTTPStatus.CONFLICT
