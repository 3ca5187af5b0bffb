"""Bundles against `cat` of the same blobs through the same kind of socket, in the same run."""

import hashlib
import os
import re
import socket
import subprocess
import time
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from urllib.parse import urlencode

from rich.table import Table

from admin.compose import build_services
from formats.handles import new_handle
from storage import desks
from storage.deliveries import NewDelivery, NewEnvelope, insert_delivery
from storage.models import EnvelopeKind
from tests.journey.house import House, Reviewer
from tests.journey.measuring import MIB, connect, highest_pss, pss
from web.instance import open_instance
from web.services import Services

LETTERS, LETTER_BYTES = 1_000, 16_500
LARGE_BYTES = 2 << 30
ROUNDS = 3
CHUNK = 1 << 20


def measure(house: House) -> Table:
    """Store deliveries of random bytes, download them, and send the same blobs with `cat`."""
    house.add_reviewer("alex", "ville")
    services = build_services(open_instance(house.home))
    letters = [store(services, LETTER_BYTES) for _ in range(LETTERS)]
    large = [store(services, LETTER_BYTES, LARGE_BYTES)]
    services.db.close()
    table = Table(title=f"Bundles, medians of {ROUNDS} (client and server share the cores)")
    columns = ("bundle", "first byte", "download", "cat to a socket", "ratio", "peak PSS over rest")
    for column in columns:
        table.add_column(column, justify="right")
    with house.serving():
        reviewer = house.reviewer("alex")
        table.add_row(f"{LETTERS:,} letters", *row(house, reviewer, letters))
        table.add_row("2 GiB in one delivery", *row(house, reviewer, large))
    return table


def row(house: House, reviewer: Reviewer, made: list[tuple[str, list[str]]]) -> list[str]:
    """Make one bundle and fetch it; then fetch it again, `cat` in between."""
    assert house.process is not None
    paths = [str(house.home / "blobs" / blob[:2] / blob) for _, blobs in made for blob in blobs]
    form = urlencode([("csrf_token", reviewer.token), *(("id", handle) for handle, _ in made)])
    ours, alone, peaks = [], [], []
    first, _, size, where = download(house, reviewer, "POST", "/bundle", form)
    for _ in range(ROUNDS):
        rest = pss(house.process.pid)
        with highest_pss(house.process.pid) as peak:
            ours.append(download(house, reviewer, "GET", where)[1])
        peaks.append(peak[0] - rest)
        alone.append(cat(paths))
    blobs = sum(Path(path).stat().st_size for path in paths)
    speed, reference = size / median(ours), blobs / median(alone)
    return [
        f"{1000 * first:.0f} ms",
        f"{speed / 1e6:.0f} MB/s",
        f"{reference / 1e6:.0f} MB/s",
        f"{speed / reference:.2f}",
        f"{max(peaks) / MIB:.1f} MiB",
    ]


def download(
    house: House, reviewer: Reviewer, method: str, path: str, form: str | None = None
) -> tuple[float, float, int, str]:
    """Give the seconds to the first byte and to the last, the size, and the bundle's address."""
    connection = connect(house.addresses["journalist"])
    headers = {"Cookie": f"vasistas_reviewer={reviewer.http.cookies['vasistas_reviewer']}"}
    if form is not None:
        headers["Content-Type"] = "application/x-www-form-urlencoded"
    started = time.perf_counter()
    connection.request(method, path, body=form, headers=headers)
    answer = connection.getresponse()
    assert answer.status == 200, answer.status
    buffer, size = bytearray(CHUNK), 0
    first = 0.0
    while read := answer.readinto(buffer):
        first = first or time.perf_counter() - started
        size += read
    took = time.perf_counter() - started
    connection.close()
    assert size == int(answer.headers["Content-Length"])
    where = answer.headers["Content-Location"]
    assert re.fullmatch("/bundle/[0-9a-f]{32}", where)
    return first, took, size, where


def cat(paths: list[str]) -> float:
    """Have `cat` write the files into a unix socket; give the seconds until all are read."""
    reader, writer = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
    buffer = bytearray(CHUNK)
    started = time.perf_counter()
    with subprocess.Popen(["cat", *paths], stdout=writer) as process:
        writer.close()
        while reader.recv_into(buffer):
            pass
        took = time.perf_counter() - started
        assert process.wait() == 0
    reader.close()
    return took


def store(services: Services, *sizes: int) -> tuple[str, list[str]]:
    """Store a delivery of random bytes, a letter and perhaps files; give handle and blobs."""
    today = datetime.now(UTC).date()
    with services.db.write() as transaction:
        key_set = desks.current_key_set(transaction, "ville", today).id
    kinds = (EnvelopeKind.LETTER, EnvelopeKind.FILES)
    envelopes = [
        envelope(services, key_set, kind, size) for kind, size in zip(kinds, sizes, strict=False)
    ]
    handle = new_handle()
    with services.db.write() as transaction:
        insert_delivery(
            transaction,
            NewDelivery(
                id=handle,
                desk="ville",
                nonce=os.urandom(16),
                tag=os.urandom(16),
                reply_key=os.urandom(32),
                day=today,
                envelopes=envelopes,
            ),
        )
    return handle, [each.body_blob for each in envelopes]


def envelope(services: Services, key_set: str, kind: EnvelopeKind, size: int) -> NewEnvelope:
    """Store a body of random bytes."""
    digest, head = hashlib.sha256(), os.urandom(96)
    piece = os.urandom(min(size, CHUNK))
    with services.blobs.create() as blob:
        for start in range(0, size, CHUNK):
            part = piece[: size - start]
            blob.write(part)
            digest.update(part)
        name = blob.commit()
    return NewEnvelope(
        kind=kind,
        head=head,
        head_sha256=hashlib.sha256(head).digest(),
        body_blob=name,
        body_size=size,
        body_sha256=digest.digest(),
        size_class=1 << 14,
        key_set=key_set,
    )
