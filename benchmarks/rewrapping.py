"""Re-wrapping 1,000 heads, the whole way round, against gpg alone opening the same heads.

gpg alone: as many processes at once as the station has workers, each with `--show-session-key` on
one head, so that it opens it and says its session key. The station does that twice for each (the
old head, then the new one for a proof), and beside it verifies, seals, keeps, signs and carries;
the server exports, believes and swaps.
"""

import hashlib
import json
import os
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from rich.table import Table

from admin.compose import build_services
from crypto.envelope import EnvelopeSeal
from formats.handles import new_handle
from storage import desks
from storage.deliveries import NewDelivery, NewEnvelope, insert_delivery
from storage.models import Envelope, EnvelopeKind
from tests.crypto.gnupg_home import GnupgHome
from tests.journey.house import House
from tests.journey.secret_part import secret_part
from viewing_station.rewrap_answer import WORKERS
from web.instance import open_instance
from web.services import Services

HEADS = 1_000
BODY_BYTES = 1_000
ZERO_BODY = b"\xd2\x2e\x01" + bytes(45)


def measure(house: House) -> Table:
    """Seal letters, change the desk's key, and move them to the new one."""
    house.add_reviewer("alex", "ville")
    services = build_services(open_instance(house.home))
    for _ in range(HEADS):
        _store(services)
    with services.db.read() as transaction:
        heads = [row.head for row in transaction.query(Envelope)]
    services.db.close()
    station = house.stations["ville"]
    (old,) = [key["fingerprint"] for key in json.loads(station("key", "list", "--json"))]
    alone = _gpg_alone(*secret_part(station, old), heads)
    file = json.loads(station("key", "new", "--json"))["openpgp_file"]
    house("desk", "key", "add", "ville", file)
    house("desk", "key", "retire", "ville", old)
    request, courier = house.root / "r.tar", house.root / "c.tar"
    steps: dict[str, float] = {}
    _time(steps, "vasistas rewrap export", lambda: house("rewrap", "export", request))
    _time(steps, "viewing-station rewrap", lambda: station("rewrap", request))
    _time(steps, "viewing-station courier", lambda: station("courier", courier))
    with house.serving():
        reviewer = house.reviewer("alex")
        _time(steps, "handing over and confirming", lambda: reviewer.courier(courier))
    (found,) = json.loads(house("rewrap", "status", "--json"))
    assert (found["outstanding"], found["old_heads"]) == (0, HEADS), found
    _time(steps, "vasistas rewrap finish", lambda: house("rewrap", "finish"))
    return _table(steps, alone)


def _store(services: Services) -> None:
    """Store a delivery whose letter is sealed to the desk's key, and too small for a real one."""
    today = services.today
    with services.db.write() as transaction:
        keys = [key.armored for key in desks.active_keys(transaction, "ville", today)]
        key_set = desks.current_key_set(transaction, "ville", today).id
    with services.blobs.create() as blob:
        with EnvelopeSeal(keys, blob.write, today, services.instance.places.gnupg) as seal:
            seal.write(os.urandom(BODY_BYTES))
            sealed = seal.finish()
        body = blob.commit()
        envelope = NewEnvelope(
            kind=EnvelopeKind.LETTER,
            head=sealed.head,
            head_sha256=hashlib.sha256(sealed.head).digest(),
            body_blob=body,
            body_size=sealed.body_size,
            body_sha256=sealed.body_sha256,
            size_class=1 << 14,
            key_set=key_set,
        )
        with services.db.write() as transaction:
            new = NewDelivery(
                id=new_handle(),
                desk="ville",
                nonce=os.urandom(16),
                tag=os.urandom(16),
                reply_key=os.urandom(32),
                day=today,
                envelopes=[envelope],
            )
            insert_delivery(transaction, new)


def _gpg_alone(key: bytes, passphrase: str, heads: list[bytes]) -> float:
    """Return the seconds that gpg takes to say all session keys."""
    home = GnupgHome(passphrase)
    try:
        home.gpg("--import", given=key)
        home.run("--show-session-key", "--decrypt", given=heads[0] + ZERO_BODY)  # starts the agent

        def say(head: bytes) -> bytes:
            given = head + ZERO_BODY
            words = ("--lock-never", "--no-auto-check-trustdb", "--status-fd", "1")
            return home.run(*words, "--show-session-key", "--decrypt", given=given).stdout

        started = time.perf_counter()
        with ThreadPoolExecutor(WORKERS) as pool:
            said = list(pool.map(say, heads))
        took = time.perf_counter() - started
    finally:
        home.close()
    assert all(b"SESSION_KEY" in each for each in said)
    return took


def _time(steps: dict[str, float], name: str, work: Callable[[], object]) -> None:
    started = time.perf_counter()
    work()
    steps[name] = time.perf_counter() - started


def _table(steps: dict[str, float], alone: float) -> Table:
    table = Table(title=f"Re-wrapping {HEADS:,} heads (one cv25519 key), {WORKERS} workers")
    for column in ("step", "seconds", "gpg alone", "ratio"):
        table.add_column(column, justify="left" if column == "step" else "right")
    for name, seconds in steps.items():
        table.add_row(name, f"{seconds:.1f}", "", "")
    whole = sum(steps.values())
    table.add_row("the whole way", f"{whole:.1f}", f"{alone:.1f}", f"{whole / alone:.2f}")
    return table
