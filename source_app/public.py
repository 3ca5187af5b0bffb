"""What anyone may read: the desks' keys, the instance's identity, its move, guidance."""

from flask import Response, request
from werkzeug.exceptions import NotFound

from source_app.desk_list import desks_for_sources
from source_app.visitor import seems
from storage import desks
from web.pages import page
from web.services import Services


class PublicViews:
    """/keys, /keys/SLUG.asc, /instance.json, /succession.json, what announces a move, /safety."""

    def __init__(self, services: Services):
        self._services = services

    def keys(self) -> Response:
        """Show each desk's key fingerprints, and what announces a move of the address."""
        announced = self._services.announcements()
        return page("keys.html", desks=desks_for_sources(self._services), announced=announced)

    def desk_keys(self, slug: str) -> Response:
        """Give a desk's usable public keys, armoured, one block after another."""
        if slug not in {desk.slug for desk in desks_for_sources(self._services)}:
            raise NotFound
        with self._services.db.read() as transaction:
            keys = desks.active_keys(transaction, slug, self._services.today)
            blocks = "".join(key.armored.rstrip() + "\n" for key in keys)
        if not blocks:
            raise NotFound
        return Response(blocks, mimetype="application/pgp-keys")

    def identity(self) -> Response:
        """Give the public identity that a viewing station pins."""
        content = self._services.instance.places.identity.read_bytes()
        return Response(content, mimetype="application/json")

    def announcement_key(self) -> Response:
        """Give the public key of announcements, to be kept until one comes."""
        return _json(self._services.announcements().key)

    def announcement(self) -> Response:
        """Give the announcement of the last move."""
        return _json(self._services.announcements().announcement)

    def succession(self) -> Response:
        """Give the succession of signing keys, by which a station follows from one to the next."""
        try:
            content = self._services.instance.places.succession.read_bytes()
        except FileNotFoundError:
            raise NotFound from None  # the first key is still in force
        return Response(content, mimetype="application/json")

    def safety(self) -> Response:
        """Show the guidance."""
        return page("safety.html", seems=seems(request.headers.get("User-Agent", "")))


def _json(content: bytes) -> Response:
    if not content:
        raise NotFound
    return Response(content, mimetype="application/json")
