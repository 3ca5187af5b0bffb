"""Why a change to accounts or desks is not made: said on a page, or by a command.

The docstring is the sentence of the command, in English; `sentence` is the page's. Whatever the
reason, nothing was changed.
"""

from http import HTTPStatus

from web.errors import RequestRefused
from web.marking import mark


class KeepingRefused(RequestRefused):
    """This cannot be done."""

    def __str__(self) -> str:
        return super().__str__() or (self.__doc__ or "")

    status = HTTPStatus.UNPROCESSABLE_ENTITY


class BadReviewerName(KeepingRefused):
    """A reviewer's name is 1 to 40 letters, digits, dots or hyphens."""

    sentence = mark(
        "Ce nom ne convient pas : il faut de 1 à 40 lettres, chiffres, points ou traits d’union, "
        "sans espace. Rien n’a été changé."
    )
    field = "name"


class NameTaken(KeepingRefused):
    """There is one of that name already."""

    sentence = mark("Ce nom est déjà pris. Rien n’a été changé. Choisissez-en un autre.")
    status = HTTPStatus.CONFLICT
    field = "name"


class NoSuchReviewer(KeepingRefused):
    """There is no such reviewer."""

    sentence = mark("Ce compte n’existe pas, ou n’existe plus. Rien n’a été changé.")
    status = HTTPStatus.NOT_FOUND


class NoSuchDesk(KeepingRefused):
    """There is no desk of that name."""

    sentence = mark("Cette équipe n’existe pas. Rien n’a été changé.")
    status = HTTPStatus.NOT_FOUND


class OnesOwnAccount(KeepingRefused):
    """An admin's own account is changed by another admin, or by a command on the server."""

    sentence = mark(
        "C’est votre propre compte : vous ne pouvez ni le supprimer, ni lui retirer "
        "l’administration, ni le réinitialiser ici. Rien n’a été changé. Demandez-le à une autre "
        "personne qui administre."
    )
    status = HTTPStatus.CONFLICT


class NoLongerAdmin(KeepingRefused):
    """Whoever asked is no longer an admin."""

    sentence = mark("Vous n’administrez plus ce service. Rien n’a été changé.")
    status = HTTPStatus.FORBIDDEN


class BadSlug(KeepingRefused):
    """A desk's slug is 1 to 40 of a-z, 0-9 and hyphens."""

    sentence = mark(
        "Cet identifiant ne convient pas : il faut de 1 à 40 lettres minuscules sans accent, "
        "chiffres ou traits d’union. Rien n’a été changé."
    )
    field = "slug"


class BadDeskName(KeepingRefused):
    """A desk needs a name of 1 to 100 characters that sources can read."""

    sentence = mark(
        "Ce nom ne convient pas : il faut de 1 à 100 caractères, tous visibles. Rien n’a été "
        "changé."
    )
    field = "name"


class KeyTooLarge(KeepingRefused):
    """This file is too large to be a key."""

    sentence = mark("Ce fichier est trop gros pour être une clé. Rien n’a été changé.")
    field = "text"


class NoKeyGiven(KeepingRefused):
    """No key was given."""

    sentence = mark(
        "Il n’y a pas de clé. Collez-la dans le cadre, ou choisissez son fichier. Rien n’a été "
        "changé."
    )
    field = "text"


class NoSuchKey(KeepingRefused):
    """The desk has no key of that fingerprint."""

    sentence = mark("L’équipe n’a pas de clé de cette empreinte. Rien n’a été changé.")
    status = HTTPStatus.NOT_FOUND


class NotAStation(KeepingRefused):
    """This is not a station's public file."""

    sentence = mark(
        "Ce n’est pas le fichier public d’un poste de lecture. Rien n’a été changé. Prenez celui "
        "dont le nom finit par « -station.pub »."
    )
    field = "text"


class AnotherDesksStation(KeepingRefused):
    """This is the station of another desk."""

    sentence = mark("Ce poste de lecture est celui d’une autre équipe. Rien n’a été changé.")
    field = "text"


class StationThere(KeepingRefused):
    """The desk has a station already."""

    sentence = mark(
        "L’équipe a déjà un poste de lecture. Rien n’a été changé. Retirez-le d’abord si vous "
        "voulez vraiment le remplacer."
    )
    status = HTTPStatus.CONFLICT


class NoStation(KeepingRefused):
    """The desk has no station."""

    sentence = mark("L’équipe n’a pas de poste de lecture. Rien n’a été changé.")
    status = HTTPStatus.NOT_FOUND
