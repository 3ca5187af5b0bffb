"""The present passphrase and a present code, asked again before what gives power is done.

A session alone, left open or stolen, then changes nobody's way in and no desk's key. It is judged
as a log-in is: at the same cost, under the same throttle, and the code is used up.
"""

from flask import request

from journalist_app.account_refusals import NotProven
from journalist_app.refusals import NotSignedIn
from journalist_app.session import current_reviewer
from journalist_app.signing_in import Attempt, SigningIn


class Proof:
    """Asks the form of the request."""

    def __init__(self, signing_in: SigningIn) -> None:
        self._signing_in = signing_in

    def check(self) -> None:
        """Raise NotProven, or Busy, unless the form's two fields are the reviewer's."""
        self.check_fields(request.form.get("passphrase", ""), request.form.get("code", ""))

    def check_fields(self, passphrase: str, code: str) -> None:
        """Do the same for a form that was read elsewhere."""
        attempt = Attempt.typed(current_reviewer().name, passphrase, code)
        try:
            self._signing_in.judge(attempt)
        except NotSignedIn:
            raise NotProven from None
