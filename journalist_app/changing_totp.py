"""A new TOTP secret: shown as a picture and in letters, and in effect with its first code."""

from http import HTTPStatus

from flask import Response, request

from crypto.totp import totp_uri
from journalist_app.account_refusals import NewCodeWrong, NotProven
from journalist_app.changing import Changing
from journalist_app.proof import Proof
from journalist_app.qr import qr_picture
from journalist_app.session import current_reviewer
from journalist_app.signing_in import CODE_MAX_CHARACTERS
from web.errors import Busy, RequestRefused
from web.marking import mark
from web.pages import page

CHANGED = mark(
    "Votre application de codes est changée : l’ancienne ligne ne sert plus à rien ici. Toutes "
    "vos autres séances ont été fermées."
)


class TotpViews:
    """/account/totp and /account/totp/confirm; `instance_name` is shown in the authenticator."""

    def __init__(self, changing: Changing, proof: Proof, instance_name: str) -> None:
        self._changing, self._proof, self._instance_name = changing, proof, instance_name

    def ask(self) -> Response:
        """Ask for the present ones before drawing a new secret."""
        return page("account_totp.html", refusal=None)

    def draw(self) -> Response:
        """Show a new secret."""
        try:
            self._proof.check()
        except (NotProven, Busy) as refusal:
            return page("account_totp.html", refusal.status, refusal=refusal)
        box = self._changing.account().draw_totp()
        self._changing.put_down("totp", box.hex())
        return self._show(box)

    def take(self) -> Response:
        """Put the new secret into effect if a code of it is given."""
        box = bytes.fromhex(self._changing.take_up("totp"))
        code = request.form.get("code", "")[:CODE_MAX_CHARACTERS]
        try:
            self._changing.account().take_totp(box, code)
        except NewCodeWrong as refusal:
            return self._show(box, refusal)
        return self._changing.begin_anew(CHANGED)

    def _show(self, box: bytes, refusal: RequestRefused | None = None) -> Response:
        secret = self._changing.account().open_totp(box)
        uri = totp_uri(secret, current_reviewer().name, self._instance_name)
        return page(
            "account_totp_shown.html",
            refusal.status if refusal else HTTPStatus.OK,
            refusal=refusal,
            picture=qr_picture(uri),
            secret=secret.base32,
        )
