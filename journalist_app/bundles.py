"""Bundles: made and sent, and sent again."""

from collections import Counter
from dataclasses import replace
from http import HTTPStatus

from flask import Response, request
from werkzeug.exceptions import NotFound

from formats.bundle import KIND as BUNDLE
from formats.bundle import EnvelopeKind, decode_bundle
from formats.handles import is_item_id
from journalist_app.bundle_stream import BundleStream
from journalist_app.chosen import chosen_ids, view_of_form
from journalist_app.collecting import Collecting, MadeBundle, Wanted
from journalist_app.ranges import UNIT, Unsatisfiable, asked_part
from journalist_app.session import (
    RecentBundle,
    ReviewerSessions,
    current_reviewer,
    current_visit,
)
from journalist_app.wording import Wording
from storage import bundles
from web.marking import mark
from web.pages import page
from web.services import Services

MEDIA_TYPE = "application/x-tar"
NO_SUCH_PART = mark(
    "Cette partie du paquet n’existe pas. Reprenez le téléchargement depuis le début."
)


class BundleViews:
    """POST /bundle and GET /bundle/ID."""

    def __init__(self, services: Services, sessions: ReviewerSessions, wording: Wording) -> None:
        self._services, self._sessions, self._wording = services, sessions, wording
        self._collecting = Collecting(services)

    def collect(self) -> Response:
        """Make a bundle and send it. It is kept and marked before its first byte leaves.

        With `show=1`, say first what it would hold, and how large it would be.
        """
        wanted = _wanted()
        if request.form.get("show") == "1":
            return self._show(wanted)
        made = self._collecting.make(current_reviewer(), wanted)
        bundle = BundleStream(self._services, made)
        self._remember(made, bundle)
        return _whole(made, bundle)

    def _show(self, wanted: Wanted) -> Response:
        reviewer = current_reviewer()
        made = self._collecting.foresee(reviewer, wanted)
        kinds = Counter(entry.kind for entry in made.manifest.envelopes)
        return page(
            "bundle.html",
            wanted=wanted,
            desk=made.manifest.desk,
            name=reviewer.desks[made.manifest.desk],
            letters=kinds[EnvelopeKind.LETTER],
            files=kinds[EnvelopeKind.FILES],
            copies=len(made.manifest.quick),
            size=BundleStream(self._services, made).size,
            letters_size=self._letters_size(wanted),
            view=view_of_form(),
        )

    def _letters_size(self, wanted: Wanted) -> int:
        letters = replace(wanted, letters_only=True)
        made = self._collecting.foresee(current_reviewer(), letters)
        return BundleStream(self._services, made).size

    def _remember(self, made: MadeBundle, bundle: BundleStream) -> None:
        recent = RecentBundle(
            made.manifest.bundle, bundle.file_name, len(bundle.deliveries), bundle.size
        )
        current_visit().remember_bundle(recent)
        self._sessions.save()

    def again(self, bundle: str) -> Response:
        """Send a bundle that was made before, or the part of it that the browser still lacks."""
        made = self._find(bundle)
        stream = BundleStream(self._services, made)
        stream.check()
        wanted = request.headers.get("Range")
        if request.headers.get("If-Range", _etag(made)) != _etag(made):
            wanted = None
        try:
            part = asked_part(wanted, stream.size)
        except Unsatisfiable:
            return self._no_such_part(stream)
        return _whole(made, stream) if part is None else _part(made, stream, part)

    def _find(self, untrusted_id: str) -> MadeBundle:
        if not is_item_id(untrusted_id):
            raise NotFound
        with self._services.db.read() as transaction:
            row = bundles.get(transaction, untrusted_id)
        if row is None or row.desk not in current_reviewer().desks:
            raise NotFound
        return MadeBundle(decode_bundle(row.manifest), row.manifest, row.signature)

    def _no_such_part(self, bundle: BundleStream) -> Response:
        status = HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE
        response = page("error.html", status, sentence=self._wording.gettext(NO_SUCH_PART))
        response.headers["Content-Range"] = f"{UNIT} */{bundle.size}"
        return response


def _wanted() -> Wanted:
    letters_only = request.form.get("letters_only") == "1"
    if request.form.get("all_new") == "1":
        return Wanted(desk=request.form.get("desk") or None, letters_only=letters_only)
    return Wanted(tuple(chosen_ids()), letters_only=letters_only)


def _whole(made: MadeBundle, bundle: BundleStream) -> Response:
    return _send(made, bundle, (0, bundle.size), HTTPStatus.OK)


def _part(made: MadeBundle, bundle: BundleStream, part: tuple[int, int]) -> Response:
    response = _send(made, bundle, part, HTTPStatus.PARTIAL_CONTENT)
    start, end = part
    response.headers["Content-Range"] = f"{UNIT} {start}-{end - 1}/{bundle.size}"
    return response


def _send(
    made: MadeBundle, bundle: BundleStream, part: tuple[int, int], status: HTTPStatus
) -> Response:
    start, end = part
    response = Response(
        bundle.stream(start, end), status, mimetype=MEDIA_TYPE, direct_passthrough=True
    )
    response.headers["Content-Length"] = str(end - start)
    response.headers["Content-Disposition"] = f'attachment; filename="{bundle.file_name}"'
    response.headers["Content-Location"] = f"/{BUNDLE}/{made.manifest.bundle}"
    response.headers["Accept-Ranges"] = UNIT
    response.headers["ETag"] = _etag(made)
    return response


def _etag(made: MadeBundle) -> str:
    return f'"{made.manifest.bundle}"'
