"""A download that breaks off, over a real socket, and is taken up where it was."""

import hashlib
import http.client
import os
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from tests.journey.house import House, Reviewer
from tests.journey.measuring import connect

MIB = 1 << 20


@contextmanager
def got(
    house: House, reviewer: Reviewer, path: str, **headers: str
) -> Iterator[http.client.HTTPResponse]:
    connection = connect(house.addresses["journalist"])
    cookie = f"vasistas_reviewer={reviewer.http.cookies['vasistas_reviewer']}"
    connection.request("GET", path, headers={"Cookie": cookie, **headers})
    with closing(connection), connection.getresponse() as answer:
        yield answer


def test_a_broken_download_is_taken_up_where_it_was(house: House, root: Path) -> None:
    with house.serving():
        house.source().first_visit().deliver("Voyez.", [("a.bin", os.urandom(20 * MIB))])
        reviewer = house.reviewer("alex")
        whole = reviewer.bundle(root / "whole.tar", all_new="1").read_bytes()
        path = "/bundle/" + reviewer.http.get("/").text.partition('href="/bundle/')[2][:32]

        with got(house, reviewer, path) as broken:
            etag, size = broken.headers["ETag"], int(broken.headers["Content-Length"])
            start = broken.read(3 * MIB + 123)
        assert size == len(whole)
        resumed = {"Range": f"bytes={len(start)}-", "If-Range": etag}
        with got(house, reviewer, path, **resumed) as rest:
            mended = start + rest.read()
            found = (rest.status, rest.headers["Content-Range"])
            assert found == (206, f"bytes {len(start)}-{size - 1}/{size}")
        assert hashlib.sha256(mended).digest() == hashlib.sha256(whole).digest()

        foreign = {"Range": "bytes=5-9", "If-Range": '"another"'}
        with got(house, reviewer, path, **foreign) as other:
            assert (other.status, other.read()) == (200, whole)
        with got(house, reviewer, path, Range=f"bytes={size}-") as past:
            assert (past.status, past.headers["Content-Range"]) == (416, f"bytes */{size}")
        (root / "mended.tar").write_bytes(mended)
        house.stations["ville"]("open", root / "mended.tar")
