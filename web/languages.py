"""The languages of the pages: French is the source text, the others are catalogues.

Catalogues are gettext `.po` files beside each app's templates. They are read at the start and
turned into gettext's form in memory, so that no compiled file can be older than its source.
"""

import gettext
from collections.abc import Iterable
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from babel.core import Locale, negotiate_locale
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from flask import Flask, g, request

SOURCE_LANGUAGE = "fr"
LANGUAGES = ("fr", "en")
ACCEPT_MAX = 20  # languages looked at in a browser's header


@dataclass(frozen=True)
class Catalogues:
    """The translations of one app, by language."""

    by_language: dict[str, gettext.NullTranslations]

    def of(self, language: str) -> gettext.NullTranslations:
        """Give the translations into `language`."""
        return self.by_language[language]


def load_catalogues(folders: Iterable[Path]) -> Catalogues:
    """Read `FOLDER/LANGUAGE.po` for each folder and each language but the source's own."""
    loaded: dict[str, gettext.NullTranslations] = {SOURCE_LANGUAGE: gettext.NullTranslations()}
    for language in LANGUAGES:
        if language == SOURCE_LANGUAGE:
            continue
        translations = gettext.NullTranslations()
        for folder in folders:
            current = _read(folder / f"{language}.po")
            current.add_fallback(translations)
            translations = current
        loaded[language] = translations
    return Catalogues(loaded)


def _read(path: Path) -> gettext.GNUTranslations:
    with path.open("rb") as file:
        catalogue = read_po(file, abort_invalid=True)
    compiled = BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


def set_up_languages(app: Flask, catalogues: Catalogues, default: str) -> None:
    """Give templates `_` and `ngettext`, and each request its `g.language`."""
    app.jinja_env.add_extension("jinja2.ext.i18n")
    app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]
        lambda text: catalogues.of(g.language).gettext(text),
        lambda one, many, number: catalogues.of(g.language).ngettext(one, many, number),
        newstyle=True,
    )

    app.jinja_env.globals["direction"] = lambda: direction(g.language)

    def choose() -> None:
        g.language = choose_language(default)

    app.before_request(choose)


def direction(language: str) -> str:
    """Tell which way a language is written: `ltr` or `rtl`."""
    return Locale.parse(language).text_direction


def choose_language(default: str) -> str:
    """Take the language from the link, else from the browser, else the instance's own."""
    asked = request.args.get("l", "")
    if asked in LANGUAGES:
        return asked
    # Browsers may write a language in any case (RFC 9110, section 8.5.1); Babel gives it back so.
    accepted = [value.lower() for value, _ in request.accept_languages][:ACCEPT_MAX]
    return negotiate_locale(accepted, LANGUAGES, sep="-") or default


def link(place: str) -> str:
    """Carry the language along in a link, where no session does it."""
    return place if g.get("open_session") is not None else f"{place}?l={g.language}"


def same_in(language: str) -> str:
    """Lead to this page in another language: by its own address where no session keeps the choice.

    An answer to a form has no address of its own that gives it again; nor has a page that is not.
    """
    if g.get("open_session") is not None:
        return f"/language/{language}"
    found = request.url_rule is not None and "GET" in (request.url_rule.methods or ())
    return f"{request.path if found else '/'}?l={language}"
