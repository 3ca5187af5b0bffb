"""Encryption in the browser, where the instance offers it: its two scripts, and their permission.

It is an addition. The server seals what arrives as ever, and believes nothing that a browser says
of it. What it protects from, and what not, stands in docs/adr.
"""

import base64
import hashlib
from dataclasses import dataclass
from pathlib import Path

from flask import Response, g
from werkzeug.exceptions import NotFound

from web.config import BrowserEncryption
from web.headers import content_security_policy

FOLDER = Path(__file__).parent / "encryption"
SCRIPTS = ("openpgp.min.js", "deliver.js")
PATH = "/encryption/<name>"


@dataclass(frozen=True)
class Script:
    """A script that the page may load: its address, and the hash that the browser checks."""

    name: str
    content: bytes

    @property
    def path(self) -> str:
        """Where the app serves it."""
        return PATH.replace("<name>", self.name)

    @property
    def integrity(self) -> str:
        """Its hash, in the form of Subresource Integrity."""
        return "sha256-" + base64.b64encode(hashlib.sha256(self.content).digest()).decode()


class EncryptionOffer:
    """What the delivery page adds where encryption in the browser is offered."""

    def __init__(
        self, offered: BrowserEncryption, styles: tuple[str, ...], targets: tuple[str, ...]
    ) -> None:
        names = SCRIPTS if offered == "offer" else ()
        self.scripts = tuple(Script(name, (FOLDER / name).read_bytes()) for name in names)
        hashes = tuple(f"'{script.integrity}'" for script in self.scripts)
        self._policy = content_security_policy(
            *styles, scripts=hashes, fetching=True, framed=True, targets=targets
        )

    def allow(self) -> None:
        """Let the page of this request run the two scripts and fetch keys, and no more."""
        if self.scripts:
            g.policy = self._policy

    def script(self, name: str) -> Response:
        """Give a script."""
        for script in self.scripts:
            if script.name == name:
                return Response(script.content, mimetype="text/javascript")
        raise NotFound
