"""The exercise: a source types its copy of the codename back, and is told which words differ.

Nothing is looked up and nothing is kept: what is typed is held against the session's codename.
"""

from http import HTTPStatus
from itertools import zip_longest

from flask import Response, request

from crypto.codename import WORDS, normalise
from source_app.session import SourceSession, SourceSessions, current_source
from web.pages import page
from web.responses import see_other

TYPED_MAX_CHARACTERS = 400  # eight words, generously spaced


class CopyingViews:
    """/copy: during the first visit only."""

    def __init__(self, sessions: SourceSessions) -> None:
        self._sessions = sessions

    def ask(self) -> Response:
        """Ask for the copy, the codename out of sight."""
        if current_source().shown_codename is None:
            return see_other("/mailbox")
        return page("copy.html")

    def judge(self) -> Response:
        """Say that the copy is right, or which of its words are not."""
        source = current_source()
        if source.shown_codename is None:
            return see_other("/mailbox")
        typed = request.form.get("copy", "")[:TYPED_MAX_CHARACTERS]
        wrong = differing(source, typed)
        if wrong:
            told = {"wrong": wrong, "count": len(normalise(typed).split()), "typed": typed}
            return page("copy.html", HTTPStatus.UNPROCESSABLE_ENTITY, **told)
        source.copied = True
        self._sessions.save()
        return see_other("/deliver")


def differing(source: SourceSession, typed: str) -> list[int]:
    """Return the numbers of the words that are not the codename's, from 1 to eight."""
    codename = source.shown_codename
    words = () if codename is None else codename.words
    pairs = zip_longest(words, normalise(typed).split(), fillvalue="")
    return [number for number, (own, given) in enumerate(pairs, 1) if own != given][:WORDS]
