"""The sentences that are put together in Python, in the language of the request."""

from flask import g

from web.languages import Catalogues


class Wording:
    """Speaks the request's language. Its methods bear gettext's names, which extractors know."""

    def __init__(self, catalogues: Catalogues) -> None:
        self._catalogues = catalogues

    def gettext(self, text: str) -> str:
        """Give a text in the request's language."""
        return self._catalogues.of(g.language).gettext(text)

    def ngettext(self, one: str, many: str, number: int) -> str:
        """Give the form that goes with `number`, which stands in it as `%(num)s`."""
        chosen = self._catalogues.of(g.language).ngettext(one, many, number)
        return chosen % {"num": number}
