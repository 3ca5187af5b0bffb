"""New recovery codes: shown once, in effect at once, and those from before are void."""

from flask import Response

from journalist_app.account_refusals import NotProven
from journalist_app.changing import Changing
from journalist_app.proof import Proof
from web.errors import Busy
from web.pages import page


class CodesViews:
    """/account/recovery."""

    def __init__(self, changing: Changing, proof: Proof) -> None:
        self._changing, self._proof = changing, proof

    def ask(self) -> Response:
        """Ask for the present passphrase and code before drawing any."""
        return page("account_recovery.html", refusal=None)

    def draw(self) -> Response:
        """Show ten new codes, this once."""
        try:
            self._proof.check()
        except (NotProven, Busy) as refusal:
            return page("account_recovery.html", refusal.status, refusal=refusal)
        codes = [code.text for code in self._changing.account().new_codes()]
        return page("account_recovery_shown.html", codes=codes)
