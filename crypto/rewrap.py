"""Moving an envelope to other keys: a new head, for a body that is not touched, or even here.

Only the viewing station imports this. The keys to seal to are the caller's, and never come from
the file that asks.
"""

import hmac
from collections.abc import Collection, Sequence
from pathlib import Path

from crypto.errors import OpenFailed, RewrapFailed, WrongSessionKey
from crypto.head import write_head
from crypto.recipient import Recipient
from crypto.secret import Secret
from crypto.session_key import SessionKey, open_head


class Rewrapping:
    """Re-wraps heads with the private keys of one gpg home, for one set of recipients.

    `held` are the fingerprints of the recipients whose private key is here too: what is sealed to
    them is opened again for a proof. Its agent must run. Safe to use from several threads.
    """

    def __init__(
        self,
        gnupg_home: Path,
        passphrase: Secret,
        recipients: Sequence[Recipient],
        held: Collection[str],
    ) -> None:
        self._home, self._passphrase = gnupg_home, passphrase
        self._recipients, self._held = tuple(recipients), frozenset(held)
        self._likely: str | None = None  # by which the last head opened: mostly the next as well

    def rewrap(self, head: bytes, prefix: bytes) -> bytes:
        """Return a new head for the body with this encrypted prefix (18 bytes).

        Raises `BadPackets`, `NotForUs`, `OpenFailed`, `WrongSessionKey`; `RewrapFailed` where the
        new head does not open here as it should.
        """
        key, self._likely = open_head(head, self._home, self._passphrase, self._likely)
        if not key.fits(prefix):
            raise WrongSessionKey
        packets = [write_head(key, [recipient]) for recipient in self._recipients]
        for recipient, packet in zip(self._recipients, packets, strict=True):
            if recipient.fingerprint in self._held:
                self._reopen(packet, recipient, key)
        return b"".join(packets)

    def _reopen(self, packet: bytes, recipient: Recipient, key: SessionKey) -> None:
        fingerprint = recipient.fingerprint
        try:
            found, by = open_head(packet, self._home, self._passphrase, try_first=fingerprint)
        except OpenFailed as error:
            raise RewrapFailed from error
        if by != fingerprint or not hmac.compare_digest(found.reveal(), key.reveal()):
            raise RewrapFailed
