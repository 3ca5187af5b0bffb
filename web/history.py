"""Writing down what was done: the day, and the seal that only the instance's key makes."""

from functools import partial

from sqlalchemy.orm import Session

from crypto.errors import BadSignature
from crypto.signing import InstanceVerifier
from storage import history
from storage.history import Deed, Line
from web.services import Services

_KIND = "history"  # of what is signed: see crypto.signing


def note(  # noqa: PLR0913  the columns of a line
    services: Services,
    transaction: Session,
    deed: Deed,
    *,
    who: str | None = None,
    desk: str | None = None,
    about: str | None = None,
    number: int | None = None,
) -> None:
    """Add a line in the transaction that does the deed; see `storage.history.Line`.

    `who` is the reviewer's name, None for a command. Never name a delivery or a source.
    """
    line = Line(day=services.today, deed=deed, who=who, desk=desk, about=about, number=number)
    history.record(transaction, line, partial(services.instance.signer.sign, _KIND))


def is_sealed(services: Services, head: history.Head) -> bool:
    """Tell whether the instance's key sealed this end of the chain, or the one before it did.

    The deed after a rotation is sealed by the new key; until then, in the overlap, the old one's
    seal stands.
    """
    return any(_sealed_by(signer.public, head) for signer in services.instance.signers)


def _sealed_by(public: bytes, head: history.Head) -> bool:
    try:
        InstanceVerifier(public).verify(_KIND, head.hash, head.seal)
    except BadSignature:
        return False
    return True
