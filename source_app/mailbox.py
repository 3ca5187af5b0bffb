"""The mailbox: replies to read and delete, deliveries still here to withdraw."""

from dataclasses import dataclass
from datetime import date, timedelta

from flask import Response, request
from markupsafe import escape

from crypto.errors import BadBox
from crypto.kinds import Nonce
from crypto.replybox import open_reply
from crypto.schedule import MailboxKeys, reply_secret
from formats.errors import FormatError
from formats.reply import Origin, decode_reply
from source_app.paging import fit_pages
from source_app.recognition import Recogniser
from source_app.session import SourceSession, SourceSessions, current_source
from storage import deletions, deliveries, replies, restorations
from storage.errors import StorageError
from storage.models import Delivery, Reply, RowKind
from web.errors import BadForm, Busy
from web.faults import report_fault
from web.marking import mark
from web.pages import page
from web.responses import see_other
from web.services import Services

RESTORED_TOLD = timedelta(days=180)  # a source may be away for a season
ITEM_BYTES = 800  # a reply or a delivery in the page, without its text
PAGE_NUMBER_DIGITS = 3
REPLY_DELETED = mark("La réponse a été effacée.")
REPLIES_DELETED = mark("Toutes les réponses disparaissent d’ici quelques minutes.")
WITHDRAWN = mark("Le dépôt a été retiré de ce serveur.")
ALL_WITHDRAWN = mark("Tous vos dépôts encore ici disparaissent d’ici quelques minutes.")


@dataclass(frozen=True)
class ShownReply:
    """A reply, opened. `text` is None where it could not be."""

    id: str
    day: date
    text: str | None
    online: bool

    def __repr__(self) -> str:
        return "ShownReply(…)"


class MailboxViews:
    """GET /mailbox and its two forms."""

    def __init__(self, services: Services, sessions: SourceSessions, recogniser: Recogniser):
        self._services, self._sessions, self._recogniser = services, sessions, recogniser

    def show(self) -> Response:
        """Show what the codename opens, newest first, replies before deliveries."""
        source = current_source()
        searched = self._search(source)
        with self._services.db.read() as transaction:
            waiting = deliveries.get(transaction, source.deliveries)
            backed_up = restorations.lately(transaction, self._services.today - RESTORED_TOLD)
        waiting.sort(key=lambda delivery: (delivery.day, delivery.id), reverse=True)
        items: list[ShownReply | Delivery] = [*self._open_replies(source), *waiting]
        pages = fit_pages(items, _cost)
        number = min(_page_number(), len(pages) - 1)
        shown = pages[number]
        response = page(
            "mailbox.html",
            source=source,
            searched=searched,
            backed_up=backed_up,
            replies=[item for item in shown if isinstance(item, ShownReply)],
            deliveries=[item for item in shown if not isinstance(item, ShownReply)],
            any_reply=isinstance(pages[0][0], ShownReply) if pages[0] else False,
            any_delivery=bool(waiting),
            pages=len(pages),
            number=number,
        )
        source.notice = (
            None  # told once; the form's unseen frame shows this page, so the receipt stays
        )
        try:
            self._sessions.save()
        except StorageError as error:
            report_fault(error)  # then it is told twice
        return response

    def _search(self, source: SourceSession) -> bool:
        """Look for what is new; tell whether that was possible."""
        try:
            self._recogniser.refresh(source)
        except Busy:
            return False
        return True

    def _open_replies(self, source: SourceSession) -> list[ShownReply]:
        keys = source.mailbox_keys
        if keys is None:
            return []
        with self._services.db.read() as transaction:
            rows = replies.get(transaction, source.replies)
        opened = [_open(keys, row) for row in rows]
        return sorted(opened, key=lambda reply: (reply.day, reply.id), reverse=True)

    def delete_reply(self) -> Response:
        """Delete one reply at once, or queue all of them."""
        source = current_source()
        if request.form.get("all") == "1":
            self._queue(RowKind.REPLY, source.replies)
            source.replies, source.notice, source.receipt = [], REPLIES_DELETED, None
        else:
            wanted = _own(source.replies)
            with self._services.db.write() as transaction:
                deletions.delete_replies(transaction, [wanted])
            source.replies.remove(wanted)
            source.notice, source.receipt = REPLY_DELETED, None
        self._sessions.save()
        return see_other("/mailbox")

    def withdraw_delivery(self) -> Response:
        """Withdraw one delivery at once, or queue all of them."""
        source = current_source()
        if request.form.get("all") == "1":
            self._queue(RowKind.DELIVERY, source.deliveries)
            source.deliveries, source.notice, source.receipt = [], ALL_WITHDRAWN, None
        else:
            wanted = _own(source.deliveries)
            self._withdraw(wanted)
            source.deliveries.remove(wanted)
            source.notice, source.receipt = WITHDRAWN, None
        self._sessions.save()
        return see_other("/mailbox")

    def _withdraw(self, delivery: str) -> None:
        with self._services.db.write() as transaction:
            blobs = deletions.delete_deliveries(transaction, [delivery])
        for blob in blobs:
            self._services.blobs.delete(blob)

    def _queue(self, kind: RowKind, ids: list[str]) -> None:
        # One transaction would tie them together on the disk; the sweeper takes them one by
        # one, among others'.
        with self._services.db.write() as transaction:
            deletions.queue(transaction, kind, ids)


def _open(keys: MailboxKeys, row: Reply) -> ShownReply:
    try:
        reply = decode_reply(open_reply(reply_secret(keys, Nonce(row.nonce)), row.box))
    except (BadBox, FormatError):
        # Shown as unreadable, not hidden: it stays on the server until it is deleted.
        return ShownReply(row.id, row.day, None, online=False)
    return ShownReply(row.id, row.day, reply.text, online=reply.origin is Origin.ONLINE)


def _cost(item: ShownReply | Delivery) -> int:
    text = item.text or "" if isinstance(item, ShownReply) else ""
    return ITEM_BYTES + len(escape(text).encode())


def _own(ids: list[str]) -> str:
    wanted = request.form.get("id", "")
    if wanted not in ids:
        raise BadForm
    return wanted


def _page_number() -> int:
    text = request.args.get("p", "0")
    return int(text) if text.isascii() and text.isdigit() and len(text) <= PAGE_NUMBER_DIGITS else 0
