"""The routes of one's own account."""

from journalist_app.account import AccountViews
from journalist_app.changing import Changing
from journalist_app.changing_codes import CodesViews
from journalist_app.changing_passphrase import PassphraseViews
from journalist_app.changing_totp import TotpViews
from journalist_app.permissions import REVIEWER
from journalist_app.proof import Proof
from journalist_app.session import ReviewerSessions
from journalist_app.wording import Wording
from web.gate import Gate
from web.services import Services


def add_account_routes(
    gate: Gate,
    services: Services,
    sessions: ReviewerSessions,
    proof: Proof,
    wording: Wording,
) -> None:
    """Add /account and what is below it."""
    account = AccountViews(services, sessions, wording)
    changing = Changing(services, sessions, wording)
    words = PassphraseViews(changing, proof)
    totp = TotpViews(changing, proof, services.instance.config.name)
    codes = CodesViews(changing, proof)
    gate.get("/account", account.show, REVIEWER)
    gate.post("/account/sessions/end", account.end_sessions, REVIEWER)
    gate.get("/account/passphrase", words.ask, REVIEWER)
    gate.post("/account/passphrase", words.draw, REVIEWER)
    gate.get("/account/passphrase/confirm", words.ask_typed, REVIEWER)
    gate.post("/account/passphrase/confirm", words.take, REVIEWER)
    gate.get("/account/totp", totp.ask, REVIEWER)
    gate.post("/account/totp", totp.draw, REVIEWER)
    gate.post("/account/totp/confirm", totp.take, REVIEWER)
    gate.get("/account/recovery", codes.ask, REVIEWER)
    gate.post("/account/recovery", codes.draw, REVIEWER)
