"""A new passphrase: shown once, and in effect when it was typed back."""

from flask import Response, request

from crypto.passphrase import Passphrase
from journalist_app.account_refusals import NotAsShown, NotProven
from journalist_app.changing import Changing
from journalist_app.proof import Proof
from journalist_app.signing_in import PASSPHRASE_MAX_CHARACTERS
from web.errors import Busy
from web.marking import mark
from web.pages import page

CHANGED = mark("Votre phrase de passe est changée. Toutes vos autres séances ont été fermées.")


class PassphraseViews:
    """/account/passphrase and /account/passphrase/confirm."""

    def __init__(self, changing: Changing, proof: Proof) -> None:
        self._changing, self._proof = changing, proof

    def ask(self) -> Response:
        """Ask for the present ones before drawing new words."""
        return page("account_passphrase.html", refusal=None)

    def draw(self) -> Response:
        """Show new words, this once."""
        try:
            self._proof.check()
            drawn, new_hash = self._changing.account().draw_passphrase()
        except (NotProven, Busy) as refusal:
            return page("account_passphrase.html", refusal.status, refusal=refusal)
        self._changing.put_down("passphrase", new_hash)
        return page("account_passphrase_shown.html", words=drawn.text.split())

    def ask_typed(self) -> Response:
        """Ask for the new words, on a page that does not show them."""
        self._changing.take_up("passphrase")
        return page("account_passphrase_typed.html", refusal=None)

    def take(self) -> Response:
        """Put the new words into effect if they were typed back."""
        new_hash = self._changing.take_up("passphrase")
        typed = Passphrase.from_text(request.form.get("typed", "")[:PASSPHRASE_MAX_CHARACTERS])
        try:
            self._changing.account().take_passphrase(new_hash, typed)
        except (NotAsShown, Busy) as refusal:
            return page("account_passphrase_typed.html", refusal.status, refusal=refusal)
        return self._changing.begin_anew(CHANGED)
