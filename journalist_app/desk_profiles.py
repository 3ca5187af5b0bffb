"""What a desk says of itself to sources, so that they know whom they write to."""

from collections.abc import Sequence

from babel import Locale, UnknownLocaleError

from formats.handles import is_language
from formats.names import visible
from journalist_app.keeping_refusals import KeepingRefused, NoSuchDesk
from storage import desks
from storage.errors import DeskUnknown
from web.marking import mark
from web.services import Services

TEXT_MAX_CHARACTERS = 100  # a line on a telephone or two; the page has one size
LANGUAGES_MAX = 8  # more than any desk reads


class BadProfile(KeepingRefused):
    """City and subject are one line of at most 100 characters; languages are codes as `fr,en`."""

    sentence = mark(
        "La ville et le sujet tiennent en une ligne de 100 caractères ; les langues s’écrivent "
        "« fr,en ». Rien n’a été changé."
    )
    field = "city"


class DeskProfiles:
    """Sets what desks say of themselves."""

    def __init__(self, services: Services) -> None:
        self._services = services

    def describe(self, slug: str, city: str, subject: str, languages: Sequence[str]) -> None:
        """Set city, subject and languages (ISO 639-1); empty ones are not shown.

        Raises BadProfile, NoSuchDesk.
        """
        if not all(_is_line(text) for text in (city, subject)) or not _are_languages(languages):
            raise BadProfile
        try:
            with self._services.db.write() as transaction:
                desks.set_profile(transaction, slug, city.strip(), subject.strip(), languages)
        except DeskUnknown:
            raise NoSuchDesk from None


def _is_line(text: str) -> bool:
    return len(text) <= TEXT_MAX_CHARACTERS and visible(text) == text


def _are_languages(codes: Sequence[str]) -> bool:
    few = len(codes) <= LANGUAGES_MAX and len(set(codes)) == len(codes)
    return few and all(is_language(code) and _is_known(code) for code in codes)


def _is_known(code: str) -> bool:
    try:
        return Locale.parse(code) is not None
    except UnknownLocaleError:
        return False
