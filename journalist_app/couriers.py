"""Couriers: handed over, shown, and only then carried out."""

from http import HTTPStatus

from flask import Response, g, request
from sqlalchemy.orm import Session

from crypto.errors import BadBox
from crypto.sessionbox import SessionKind, open_session, seal_session
from journalist_app.courier_effect import Effect, carry_out, foresee
from journalist_app.courier_file import COURIER_MAX_BYTES, TrustedCourier, verify_courier
from journalist_app.courier_form import receive_courier
from journalist_app.erasing import erase
from journalist_app.refusals import CourierMissing
from journalist_app.session import current_reviewer, current_visit
from storage import desks, sessions
from storage.errors import StorageError
from storage.history import Deed
from web.body import Body
from web.csrf import check_token
from web.errors import BadForm, RequestRefused
from web.faults import report_fault
from web.history import note
from web.pages import page
from web.services import Services


class CourierViews:
    """GET /courier, and the two forms that go to POST /courier."""

    def __init__(self, services: Services) -> None:
        self._services = services

    def ask(self) -> Response:
        """Show the form."""
        return self._form()

    def _form(self, refusal: RequestRefused | None = None) -> Response:
        status = refusal.status if refusal else HTTPStatus.OK
        return page("courier.html", status, refusal=refusal, limit=COURIER_MAX_BYTES)

    def take(self) -> Response:
        """Take the file, or carry out the one that was shown."""
        is_file = request.mimetype == "multipart/form-data"
        return self._hand_over() if is_file else self._confirm()

    def _hand_over(self) -> Response:
        """Read a courier, keep it sealed in the session, and say what it would do."""
        body = Body(request.environ)
        try:
            received = receive_courier(body, request.content_type or "", current_visit().csrf)
            courier = self._believe(received)
            with self._services.db.read() as transaction:
                effect = foresee(transaction, courier.manifest)
        except RequestRefused as refusal:
            body.drain()
            response = self._form(refusal)
            response.headers["Connection"] = "close"
            return response
        self._put_down(None if effect.known else received)
        return self._tell("courier_shown.html", courier, effect)

    def _confirm(self) -> Response:
        """Check everything again, carry it out in one transaction, and say what was done."""
        check_token(current_visit().csrf, request.form.get("csrf_token", ""))
        if request.form.get("confirm") != "1":
            raise BadForm
        try:
            courier = self._believe(self._take_up())
            with self._services.db.write() as transaction:
                day = self._services.today
                effect, blobs = carry_out(transaction, courier, day)
                self._note(transaction, courier.manifest.desk, effect)
        except RequestRefused as refusal:
            self._put_down(None)
            return self._form(refusal)
        erase(self._services, blobs)
        try:
            self._put_down(None)
        except StorageError as error:
            report_fault(error)  # what was asked is done; the parcel goes with the session
        return self._tell("courier_done.html", courier, effect)

    def _note(self, transaction: Session, desk: str, effect: Effect) -> None:
        """Write into the history what a courier did, in numbers."""
        if effect.known:
            return
        done = {
            Deed.COURIER_REPLIED: len(effect.replies),
            Deed.COURIER_DELETED: len(effect.deliveries),
            Deed.COURIER_REWRAPPED: len(effect.rewraps),
        }
        changed = {deed: number for deed, number in done.items() if number}
        who = current_reviewer().name
        if effect.answers:
            note(self._services, transaction, Deed.RESTORATION_ANSWERED, who=who, desk=desk)
        for deed, number in (changed or {Deed.COURIER_TAKEN: 0}).items():
            note(self._services, transaction, deed, who=who, desk=desk, number=number)

    def _believe(self, untrusted_file: bytes) -> TrustedCourier:
        with self._services.db.read() as transaction:
            pinned = {
                desk: desks.station_key(transaction, desk) for desk in current_reviewer().desks
            }
        stations = {desk: public for desk, public in pinned.items() if public is not None}
        instance = self._services.instance.config.instance
        return verify_courier(untrusted_file, instance, stations)

    def _put_down(self, courier: bytes | None) -> None:
        """Keep a courier, which only this session's cookie opens, or drop the one kept."""
        session = g.open_session
        box = seal_session(session.cookie, SessionKind.REVIEWER, courier) if courier else None
        with self._services.db.write() as transaction:
            sessions.set_parcel(transaction, session.id, box)

    def _take_up(self) -> bytes:
        session = g.open_session
        with self._services.db.read() as transaction:
            box = sessions.parcel(transaction, session.id)
        if box is None:
            raise CourierMissing
        try:
            return open_session(session.cookie, SessionKind.REVIEWER, box)
        except BadBox:
            raise CourierMissing from None

    def _tell(self, template: str, courier: TrustedCourier, effect: Effect) -> Response:
        desk = current_reviewer().desks[courier.manifest.desk]
        return page(template, desk=desk, day=courier.manifest.day, effect=effect)
