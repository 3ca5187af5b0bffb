"""What a case begins with, made through the house's own functions, in a process of its own."""

import secrets
import sys
from pathlib import Path

from alembic import command
from alembic.config import Config as AlembicConfig
from sqlalchemy import text

import storage
from admin.compose import build_services
from crypto.packets import split_message
from journalist_app.app import create_app
from journalist_app.session import COOKIE_NAME, ReviewerSessions, Visit
from storage import deliveries, desks, reviewers
from storage.connections import WRITING, make_engine
from storage.deliveries import NewDelivery, NewEnvelope
from storage.models import EnvelopeKind
from tests.interruptions.scenes import SECRET
from tests.journalist_app.house import Browser
from tests.viewing_station.small_server import Envelope, SmallServer, Source
from web.instance import open_instance
from web.services import Services


def deliver() -> None:
    """Have a source deliver two letters, one with a file, to the desk of a slug."""
    services = build_services(open_instance(Path(sys.argv[1])))
    slug = sys.argv[2]
    with services.db.write() as s:
        keys = [key.armored for key in desks.active_keys(s, slug, services.today)]
        key_set = desks.current_key_set(s, slug, services.today).id
    instance = services.instance
    server = SmallServer(
        instance.places.gnupg, slug, keys, instance.signer, instance.config.instance
    )
    source = Source()
    for files in ({}, {"plan.pdf": b"plan" * 9_000}):
        letter = source.write(server, files)
        sealed = [server.seal_letter(letter, "Bonjour")]
        sealed += [server.seal_files(letter.delivery, files)] if files else []
        new = NewDelivery(
            id=letter.delivery,
            desk=slug,
            nonce=letter.nonce,
            tag=letter.tag,
            reply_key=letter.reply_key,
            day=letter.day,
            envelopes=[_stored(services, envelope, key_set) for envelope in sealed],
        )
        with services.db.write() as s:
            deliveries.insert_delivery(s, new)


def _stored(services: Services, envelope: Envelope, key_set: str) -> NewEnvelope:
    head, body = split_message(envelope.content)
    name = f"00{secrets.token_hex(15)}"  # in a folder that every stage has
    (services.instance.places.blobs / "00" / name).write_bytes(body)
    return NewEnvelope(
        kind=EnvelopeKind(envelope.entry.kind.value),
        head=head,
        head_sha256=bytes.fromhex(envelope.entry.head_sha256),
        body_blob=name,
        body_size=len(body),
        body_sha256=bytes.fromhex(envelope.entry.body_sha256),
        size_class=1 << 14,
        key_set=key_set,
    )


def bundle() -> None:
    """Write a bundle of two deliveries for a desk, one of them with a file: HOME SLUG KEY FILE."""
    home, slug, key, file = sys.argv[1:]
    instance = open_instance(Path(home))
    config, signer = instance.config, instance.signer
    armored = Path(key).read_text()
    server = SmallServer(
        instance.places.gnupg, slug, [armored], signer, config.instance, config.name
    )
    instance.places.gnupg.mkdir(0o700, parents=True, exist_ok=True)
    envelopes = server.receive(Source(), SECRET)
    envelopes += server.receive(Source(), f"{SECRET} aussi", {"plan.pdf": b"plan" * 9_000})
    Path(file).write_bytes(server.bundle(envelopes))


def session() -> None:
    """Log a reviewer in; print the cookie and the token of the forms."""
    services = build_services(open_instance(Path(sys.argv[1])))
    with services.db.read() as s:
        reviewer = reviewers.by_name(s, sys.argv[2])
    assert reviewer is not None
    visit = Visit("fr")
    opened = ReviewerSessions(services).keeper.start(visit.encode(), reviewer.id)
    print(opened.cookie.to_text(), visit.csrf)


def take_courier() -> None:
    """Hand a courier over on the reviewers' pages and confirm it: HOME FILE COOKIE TOKEN."""
    home, file, cookie, token = sys.argv[1:]
    client = create_app(build_services(open_instance(Path(home)))).test_client()
    client.set_cookie(COOKIE_NAME, cookie)
    browser = Browser(client, token)
    shown = browser.hand_over(Path(file).read_bytes())
    assert shown.status_code == 200
    done = browser.confirm()
    print(done.status_code, "rien de nouveau" in shown.text)


def old_database() -> None:
    """Put a database of the first release in the place of an instance's."""
    instance = open_instance(Path(sys.argv[1]))
    for path in instance.places.home.glob("vasistas.db*"):
        path.unlink()
    instance.places.database.touch(0o600)
    engine = make_engine(instance.database_url)
    config = AlembicConfig()
    migrations = Path(storage.__file__).parent / "migrations"
    config.set_main_option("script_location", str(migrations))
    with engine.execution_options(**{WRITING: True}).begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, sys.argv[2])
        connection.execute(
            text("INSERT INTO desks (slug, name, state) VALUES ('ville', 'Ville', 'open')")
        )
    engine.dispose()
