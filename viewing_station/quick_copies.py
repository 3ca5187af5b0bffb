"""Copies of replies that reviewers wrote on the server's own pages, where an instance allows it."""

import io
from typing import NamedTuple

from formats.bundle import QuickCopy
from formats.reply import decode_reply
from viewing_station.bundle_check import CheckedBundle, MemberFile, Progress
from viewing_station.opener import Opener
from viewing_station.outbox import Reply
from viewing_station.station import Station
from viewing_station.trouble import TroubleError, told


class QuickCopies(NamedTuple):
    """How many copies were new and kept, and how many could not be."""

    kept: int
    lost: int


def open_quick_copies(
    station: Station, bundle: CheckedBundle, opener: Opener, progress: Progress
) -> QuickCopies:
    """Keep the copies that are new, each beside the delivery it answers."""
    known = {reply.id for reply in station.outbox.replies()}
    new = [copy for copy in bundle.manifest.quick if copy.id not in known]
    kept = 0
    for copy in new:
        try:
            reply = _opened(station, bundle.member(copy, progress), copy, opener)
        except TroubleError:
            continue  # counted as lost; the next opening of the bundle tries again
        with station.records.change():
            station.outbox.put_reply(reply, None)
        kept += 1
    return QuickCopies(kept, len(new) - kept)


def _opened(station: Station, member: MemberFile, copy: QuickCopy, opener: Opener) -> Reply:
    answered = station.deliveries.get(copy.delivery)
    if answered is None:
        raise TroubleError(what="it answers a delivery that was not opened here")
    with told("reply"):
        plain = io.BytesIO()
        opener.open(member, plain.write, limit=copy.size)
        member.require_proof()
        text = decode_reply(plain.getvalue()).text
    return Reply(copy.id, copy.delivery, answered.thread, copy.day, text, online=True)
