"""A small instance with sources in front of it and a desk behind: nothing in it is pretended."""

import io
import json
import re
import secrets
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, insert, select
from werkzeug.test import TestResponse

from admin.desks import add_desk, add_desk_key
from crypto.replybox import seal_reply
from crypto.root import Root
from crypto.schedule import MailboxKeys, expand, make_tag, new_nonce, reply_key, reply_secret
from formats.handles import new_handle, new_item_id
from formats.reply import Origin, ReplyText, encode_reply
from source_app.app import create_app
from source_app.session import COOKIE_NAME, SourceSession, SourceSessions
from storage import deliveries, desks, intake, replies
from storage.models import Base, Delivery, EnvelopeKind, Reply
from storage.replies import NewReply
from tests.crypto.gnupg_home import GnupgHome, processes_naming
from tests.web.forms import BOUNDARY, KIND, Field, encode
from tests.web.instances import Clock, settled
from web.services import Services

DESK = "ville"
PAGE = 65_536
Files = Sequence[tuple[str, bytes]]

# The keys of tests are made on this day, whatever the machine's clock says.
KEY_DAY = "20260101T000000"


@dataclass(frozen=True)
class DeskKeys:
    """A desk's private keys, and the file that its admin is given."""

    home: GnupgHome
    file: Path
    fingerprint: str

    def open(self, ciphertext: bytes) -> dict[str, bytes]:
        """Open an envelope as anyone would: gpg, then unzip."""
        plain = self.home.gpg("--decrypt", given=ciphertext)
        with zipfile.ZipFile(io.BytesIO(plain)) as archive:
            return {name: archive.read(name) for name in archive.namelist() if name != "padding"}


@dataclass(frozen=True)
class CalendarKeys(DeskKeys):
    """A desk's keys with a calendar: the fingerprints of its subkeys, in order."""

    subkeys: tuple[str, ...]

    def opens(self, ciphertext: bytes) -> str:
        """Return the fingerprint of the subkey that opens an envelope."""
        said = self.home.run("--status-fd", "2", "--decrypt", given=ciphertext).stderr.decode()
        return re.findall(r"DECRYPTION_KEY ([0-9A-F]{40})", said)[0]


@dataclass
class House:
    """An instance with desks."""

    services: Services
    clock: Clock
    desk: DeskKeys

    @cached_property
    def app(self) -> Flask:
        return create_app(self.services)

    def browser(self, language: str = "fr") -> "Browser":
        return Browser(self.app.test_client(), language)

    def add_desk(self, slug: str, *, key: bool = True) -> None:
        add_desk(self.services, slug, f"Équipe {slug}")
        if key:
            add_desk_key(self.services, slug, self.desk.file)

    def visit(self, keys: MailboxKeys | None = None, **state: Any) -> "Browser":
        """Give a browser with a session, without the cost of a derivation."""
        source = SourceSession(**{"language": "fr"} | state)
        if keys is not None:
            source.remember_keys(keys)
        opened = SourceSessions(self.services).keeper.start(source.encode())
        browser = self.browser(source.language)
        browser.client.set_cookie(COOKIE_NAME, opened.cookie.to_text())
        browser.token = source.csrf
        return browser

    def session(self, browser: "Browser") -> SourceSession:
        """Open a browser's session as the app would."""
        cookie = browser.client.get_cookie(COOKIE_NAME)
        assert cookie is not None
        found = SourceSessions(self.services).keeper.find(cookie.value)
        assert found is not None
        return SourceSession(**json.loads(found.data))

    def reply(
        self, keys: MailboxKeys, text: str | bytes, day: date | None = None, **state: Any
    ) -> str:
        """Store a reply to a delivery of a codename; bytes stand for one that is damaged."""
        nonce = new_nonce()
        if isinstance(text, bytes):
            box = text
        else:
            padded = encode_reply(ReplyText(state.get("origin", Origin.STATION), text))
            box = seal_reply(reply_key(reply_secret(keys, nonce)), padded)
        new = NewReply(
            id=new_item_id(),
            desk=DESK,
            nonce=nonce,
            tag=make_tag(keys, nonce),
            box=box,
            day=day or self.services.today,
        )
        with self.services.db.write() as transaction:
            assert replies.insert_reply(transaction, new)
        return new.id

    def add_rows(self, keys: MailboxKeys, number: int, day: date | None = None) -> set[str]:
        """Store rows of deliveries without their envelopes: all that a search reads."""
        ids = {new_handle() for _ in range(number)}
        rows = []
        for name in ids:
            nonce = new_nonce()
            rows.append(
                {
                    "id": name,
                    "desk": DESK,
                    "nonce": nonce,
                    "tag": make_tag(keys, nonce),
                    "reply_key": bytes(32),
                    "day": day or self.services.today,
                }
            )
        with self.services.db.write() as transaction:
            transaction.execute(insert(Delivery), rows)
        return ids

    def stored(self, model: type[Base] = Delivery) -> int:
        with self.services.db.read() as transaction:
            return transaction.scalar(select(func.count()).select_from(model)) or 0

    def delivery_ids(self) -> list[str]:
        with self.services.db.read() as transaction:
            return list(transaction.scalars(select(Delivery.id)))

    def row(self, delivery: str) -> Delivery:
        with self.services.db.read() as transaction:
            return transaction.get_one(Delivery, delivery)

    def has_reply(self, reply: str) -> bool:
        with self.services.db.read() as transaction:
            return transaction.get(Reply, reply) is not None

    def opened(self, delivery: str) -> dict[EnvelopeKind, dict[str, bytes]]:
        """Open a delivery's envelopes as the desk would."""
        with self.services.db.read() as transaction:
            rows = deliveries.envelopes(transaction, [delivery])
        bodies = {row.kind: b"".join(self.services.blobs.read(row.body_blob)) for row in rows}
        return {row.kind: self.desk.open(row.head + bodies[row.kind]) for row in rows}

    def opened_by(self, delivery: str) -> dict[EnvelopeKind, str]:
        """Tell by which subkey of its calendar each envelope of a delivery opens."""
        assert isinstance(self.desk, CalendarKeys)
        with self.services.db.read() as transaction:
            rows = deliveries.envelopes(transaction, [delivery])
        bodies = {row.kind: b"".join(self.services.blobs.read(row.body_blob)) for row in rows}
        return {row.kind: self.desk.opens(row.head + bodies[row.kind]) for row in rows}

    def sealed_to(self, delivery: str) -> dict[EnvelopeKind, list[str]]:
        """Tell to which keys the rows say that each envelope of a delivery is sealed."""
        with self.services.db.read() as transaction:
            return {
                row.kind: list(desks.key_set_members(transaction, row.key_set))
                for row in deliveries.envelopes(transaction, [delivery])
            }

    def letter(self, delivery: str) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(
            self.opened(delivery)[EnvelopeKind.LETTER]["letter.json"]
        )
        return found

    def blob_files(self) -> list[Path]:
        """List all that lies in the blob folders, half-written files included."""
        blobs = self.services.instance.places.blobs
        return [path for path in blobs.rglob("*") if not path.is_dir()]

    def assert_nothing_kept(self) -> None:
        """See that a delivery left no row, no blob, no byte counted, no process."""
        assert self.delivery_ids() == []
        assert self.blob_files() == []
        with self.services.db.read() as transaction:
            assert intake.bytes_of(transaction, self.services.today) == 0
        gnupg = self.services.instance.places.gnupg
        assert list(gnupg.iterdir()) == []
        assert processes_naming(gnupg) == []
        assert self.services.uploads.held() == []


@contextmanager
def furnished(template: Path, home: Path, desk: DeskKeys, **settings: object) -> Iterator[House]:
    """Give an instance with one desk that can be sealed to."""
    clock = Clock()
    with settled(template, home, clock, **settings) as services:
        house = House(services, clock, desk)
        house.add_desk(DESK)
        yield house


def new_keys() -> MailboxKeys:
    """Give the keys of a codename that nobody typed."""
    return expand(Root(secrets.token_bytes(32)))


class Page(HTMLParser):
    """What a source sees of a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.ids: dict[str, list[str]] = {"reply": [], "delivery": []}
        self.texts: list[str] = []
        self.codename = ""
        self.message = ""
        self._inside = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        for kind, found in self.ids.items():
            if value := given.get(f"data-{kind}"):
                found.append(value)
        if tag in {"output", "textarea"}:
            self._inside = tag
        elif given.get("class") == "text":
            self._inside = "text"
            self.texts.append("")

    def handle_endtag(self, tag: str) -> None:
        if self._inside in {tag, "text"} and tag in {"output", "textarea", "p"}:
            self._inside = ""

    def handle_data(self, data: str) -> None:
        if self._inside == "output":
            self.codename += data
        elif self._inside == "textarea":
            self.message += data
        elif self._inside == "text":
            self.texts[-1] += data


_TOKEN = re.compile(r'name="csrf_token" value="([0-9a-f]+)"')


@dataclass
class Browser:
    """A source's browser without scripts. Redirects are followed by hand."""

    client: FlaskClient
    language: str = "fr"
    token: str = ""

    def get(self, path: str, **options: Any) -> TestResponse:
        return self._noted(self.client.get(path, headers=self._headers, **options))

    def page(self, path: str) -> Page:
        answer = self.get(path)
        assert answer.status_code == 200, answer.status_code
        return Page(answer.text)

    def post(self, path: str, **fields: str) -> TestResponse:
        form = {"csrf_token": self.token, **fields}
        return self._noted(self.client.post(path, data=form, headers=self._headers))

    def first_visit(self, desk: str | None = None) -> str:
        """Take a codename; give it as it is shown."""
        answer = self.post("/codename", **({"desk": desk} if desk else {}))
        assert answer.status_code == 303
        return " ".join(self.page("/deliver").codename.split())

    def deliver(
        self, message: str = "Bonjour.", files: Files = (), desk: str | None = None
    ) -> TestResponse:
        return self.send(self.form(message, files, desk))

    def form(self, message: str, files: Files = (), desk: str | None = None) -> list[Field]:
        fields = [Field("csrf_token", self.token.encode())]
        if desk is not None:
            fields.append(Field("desk", desk.encode()))
        fields.append(Field("message", message.encode()))
        return fields + [Field("files", content, name) for name, content in files]

    def send(self, fields: list[Field] | bytes, kind: str = KIND) -> TestResponse:
        data = fields if isinstance(fields, bytes) else encode(fields, BOUNDARY)
        answer = self.client.post("/deliver", data=data, content_type=kind, headers=self._headers)
        return self._noted(answer)

    @property
    def _headers(self) -> dict[str, str]:
        return {"Accept-Language": self.language}

    def _noted(self, answer: TestResponse) -> TestResponse:
        found = _TOKEN.search(answer.text)
        self.token = found[1] if found else self.token
        return answer
