"""A server in small: sources deliver to it, and it makes bundles, honest ones and others."""

import hashlib
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from pathlib import Path

from crypto.envelope import EnvelopeSeal
from crypto.packets import BODY_BEGINNING, body_prefix, split_message
from crypto.root import Root
from crypto.schedule import (
    MailboxKeys,
    expand,
    make_tag,
    new_nonce,
    reply_key,
    reply_secret,
    thread_id,
)
from crypto.signing import InstanceSigner, SigningSeed, sign_with_all
from formats.bundle import KIND, BundleManifest, EnvelopeEntry, EnvelopeKind, QuickCopy
from formats.handles import new_handle, new_item_id
from formats.identity import Identity
from formats.letter import LETTER_NAME, MESSAGE_NAME, FileEntry, Letter
from formats.manifest import MANIFEST_NAME, SIGNATURE_NAME
from formats.padding import files_class, letter_class
from formats.payload import PayloadWriter
from formats.rewrap import KIND as REWRAP
from formats.rewrap import HeadEntry, RewrapManifest
from formats.tarstream import TarPlan

Files = dict[str, bytes]
TODAY = datetime.now(UTC).date()


@dataclass(frozen=True)
class Envelope:
    """An envelope as the server keeps it, and what a bundle says of it."""

    entry: EnvelopeEntry
    content: bytes


@dataclass(frozen=True)
class Source:
    """Someone with a codename."""

    keys: MailboxKeys = field(default_factory=lambda: expand(Root(secrets.token_bytes(32))))

    def write(self, server: "SmallServer", files: Files | None = None, **facts: object) -> Letter:
        """Return a letter that tells the truth, but for `facts`."""
        nonce = new_nonce()
        letter = Letter(
            delivery=new_handle(),
            instance=server.identity.instance,
            desk=server.desk,
            language="fr",
            day=TODAY,
            thread=thread_id(self.keys, server.desk),
            nonce=nonce,
            tag=make_tag(self.keys, nonce),
            reply_key=reply_key(reply_secret(self.keys, nonce)),
            files=tuple(
                FileEntry(name, len(content), hashlib.sha256(content).hexdigest())
                for name, content in (files or {}).items()
            ),
        )
        return replace(letter, **facts)  # type: ignore[arg-type]  # a test knows a letter's fields


@dataclass
class SmallServer:
    """One desk's worth of a server."""

    gnupg_home: Path
    desk: str = "demo"
    desk_keys: Sequence[str] = ()
    signer: InstanceSigner = field(default_factory=lambda: InstanceSigner(SigningSeed.new()))
    instance: str = field(default_factory=new_item_id)
    name: str = "Vasistas démo"
    former: InstanceSigner | None = None

    @property
    def identity(self) -> Identity:
        return Identity(self.instance, self.name, self.signer.public)

    def sign(self, kind: str, manifest: bytes) -> bytes:
        """Sign as the instance does: in an overlap, with the key before too."""
        signers = [self.signer, *([self.former] if self.former else [])]
        return sign_with_all(signers, kind, manifest)

    def with_keys(self, *keys: str) -> "SmallServer":
        """Return the same server, sealing to other keys."""
        return replace(self, desk_keys=keys)

    def seal(self, kind: EnvelopeKind, delivery: str, plain: bytes) -> Envelope:
        return self.envelope(delivery, kind, *self._sealed(plain))

    def seal_bytes(self, plain: bytes) -> bytes:
        return b"".join(self._sealed(plain))

    def _sealed(self, plain: bytes) -> tuple[bytes, bytes]:
        body: list[bytes] = []
        with EnvelopeSeal(self.desk_keys, body.append, TODAY, self.gnupg_home) as envelope:
            envelope.write(plain)
            sealed = envelope.finish()
        return sealed.head, b"".join(body)

    @staticmethod
    def quick(delivery: str, sealed: bytes) -> QuickCopy:
        """Return what a bundle says of the copy of a quick reply."""
        digest = hashlib.sha256(sealed).hexdigest()
        return QuickCopy(new_item_id(), delivery, TODAY, len(sealed), digest)

    @staticmethod
    def envelope(delivery: str, kind: EnvelopeKind, head: bytes, body: bytes) -> Envelope:
        """Return an envelope of any bytes, whether they open or not."""
        head_sha256, body_sha256 = (hashlib.sha256(part).hexdigest() for part in (head, body))
        entry = EnvelopeEntry(delivery, kind, len(head), head_sha256, len(body), body_sha256)
        return Envelope(entry, head + body)

    def seal_letter(self, letter: Letter, message: str, delivery: str = "") -> Envelope:
        """Seal a letter; `delivery` passes it off as another's."""
        plain = archive(
            {LETTER_NAME: letter.encode(), MESSAGE_NAME: message.encode()}, letter_class
        )
        return self.seal(EnvelopeKind.LETTER, delivery or letter.delivery, plain)

    def seal_files(self, delivery: str, files: Files) -> Envelope:
        return self.seal(EnvelopeKind.FILES, delivery, archive(files, files_class))

    def receive(
        self, source: Source, message: str, files: Files | None = None, **facts: object
    ) -> list[Envelope]:
        """Receive a delivery: a letter, and files if any."""
        letter = source.write(self, files, **facts)
        envelopes = [self.seal_letter(letter, message)]
        if files:
            envelopes.append(self.seal_files(letter.delivery, files))
        return envelopes

    def manifest(self, envelopes: Iterable[Envelope], **facts: object) -> BundleManifest:
        """Return a manifest that tells the truth, but for `facts`."""
        entries = sorted((envelope.entry for envelope in envelopes), key=lambda entry: entry.name)
        manifest = BundleManifest(
            new_item_id(), self.instance, self.desk, TODAY, restored=False, envelopes=tuple(entries)
        )
        return replace(manifest, **facts)  # type: ignore[arg-type]  # as in Source.write

    def bundle(
        self,
        envelopes: Sequence[Envelope],
        quick: Sequence[tuple[QuickCopy, bytes]] = (),
        **facts: object,
    ) -> bytes:
        """Return a whole bundle."""
        copies = tuple(copy for copy, _ in quick)
        manifest = self.manifest(envelopes, quick=copies, **facts).encode()
        members = {
            MANIFEST_NAME: manifest,
            SIGNATURE_NAME: self.sign(KIND, manifest),
            **{
                envelope.entry.name: envelope.content
                for envelope in sorted(envelopes, key=lambda envelope: envelope.entry.name)
            },
            **{copy.name: content for copy, content in quick},
        }
        return tar(members)

    def export(
        self, envelopes: Sequence[Envelope], sealed_to: Iterable[str], **facts: object
    ) -> bytes:
        """Return a request to re-wrap that tells the truth, but for `facts`."""
        parted = {each.entry.name: (each.entry, *split_message(each.content)) for each in envelopes}
        heads = {name: head for name, (_, head, _) in sorted(parted.items())}
        manifest = RewrapManifest(
            new_item_id(),
            self.instance,
            self.desk,
            TODAY,
            tuple(sorted(sealed_to)),
            tuple(
                HeadEntry(
                    entry.delivery,
                    entry.kind,
                    len(head),
                    hashlib.sha256(head).hexdigest(),
                    body_prefix(body[:BODY_BEGINNING]),
                )
                for _, (entry, head, body) in sorted(parted.items())
            ),
        )
        manifest = replace(manifest, **facts)  # type: ignore[arg-type]  # as in Source.write
        return self.signed_export(manifest, heads.values())

    def signed_export(self, manifest: RewrapManifest, heads: Iterable[bytes]) -> bytes:
        """Return a request with these heads, whether they are what the manifest says or not."""
        encoded = manifest.encode()
        own = {MANIFEST_NAME: encoded, SIGNATURE_NAME: self.sign(REWRAP, encoded)}
        return tar(own | {e.name: head for e, head in zip(manifest.heads, heads, strict=True)})


def archive(members: Files, size_class: object) -> bytes:
    """Return a payload."""
    pieces: list[bytes] = []
    writer = PayloadWriter(pieces.append, size_class)  # type: ignore[arg-type]  # a function
    for name, content in members.items():
        writer.open_member(name).write(content)
        writer.close_member()
    writer.finish()
    return b"".join(pieces)


def tar(members: Files) -> bytes:
    """Return a tar file of members in the order given."""
    contents = list(members.values())
    plan = TarPlan([(name, len(content)) for name, content in members.items()])
    return b"".join(plan.stream(lambda index: (contents[index],)))


def day(text: str) -> date:
    return date.fromisoformat(text)
