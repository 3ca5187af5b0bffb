"""`viewing-station publish …`: what goes out, and what readers are told of it."""

from dataclasses import replace
from typing import Any

import click

from formats.handles import new_item_id
from viewing_station.commands.options import Place, at_station, json_option
from viewing_station.commands.publication_options import Given, fields_options, given_fields
from viewing_station.commands.publication_shown import as_plain, row, show_whole, tell
from viewing_station.errors import BadFieldError, MissingFieldError
from viewing_station.progress import meter
from viewing_station.publication_fields import checked_fields
from viewing_station.publications import Publication
from viewing_station.publishing.chosen import find_publication
from viewing_station.publishing.release import check_copies, find_copy
from viewing_station.publishing.telling import check_telling
from viewing_station.screen import FAINT, GOOD, counted, show_json, show_line, show_table
from viewing_station.station import Station


@click.group("publish", short_help="Choose what is published, and what is said of it.")
def publish() -> None:
    """Choose clean copies to publish, and say what readers are told of them.

    A publication is one PDF and what is attached to it. It is a draft until `publish ready`;
    the commands of `export` write what is publishable.
    """


@publish.command("new", short_help="Begin a publication.")
@fields_options
@json_option
@at_station
def new(place: Place, *, as_json: bool, ready: bool, **given: Any) -> None:
    """Begin a publication from clean copies.

    Fields come as options or from a TOML file, or both; --primary and --title are needed. In
    TOML, title and summary may be tables by language: title = { fr = "…", en = "…" }.
    """
    fields = given_fields(**given)
    for name in ("primary", "title"):
        if not fields.get(name):
            raise MissingFieldError(field=name)
    with place.open() as station:
        checked = checked_fields(fields)
        made = Publication(id=new_item_id(), ready=ready, **_with_copies(station, checked))
        _keep(station, made)
    tell(made, as_json=as_json)


@publish.command("edit", short_help="Change fields of a publication.")
@click.argument("publication")
@fields_options
@json_option
@at_station
def edit(place: Place, publication: str, *, as_json: bool, ready: bool, **given: Any) -> None:
    """Change the fields given of PUBLICATION; it is a draft again unless --ready is given.

    A field given empty is emptied. Lists are replaced as a whole.
    """
    with place.open() as station:
        found = find_publication(station, publication)
        fields = given_fields(**given)
        for name in ("title", "summary"):
            if name in fields:
                fields[name] = (getattr(found, name) or {}) | fields[name]
        checked = _with_copies(station, checked_fields(fields))
        changed = replace(found, ready=ready, outings=(), **checked)
        _keep(station, changed)
    tell(changed, as_json=as_json)


@publish.command("list", short_help="List the publications.")
@json_option
@at_station
def list_(place: Place, *, as_json: bool) -> None:
    """List all publications with their state."""
    with place.open() as station:
        found = sorted(station.publications.all(), key=lambda one: (one.title["fr"], one.id))
    if as_json:
        show_json([as_plain(one) for one in found])
    elif found:
        show_table([row(one) for one in found])
    else:
        show_line(("There is no publication yet.", FAINT))


@publish.command("show", short_help="Show all of a publication.")
@click.argument("publication")
@json_option
@at_station
def show(place: Place, publication: str, *, as_json: bool) -> None:
    """Show every field of PUBLICATION."""
    with place.open() as station:
        found = find_publication(station, publication)
    if as_json:
        show_json(as_plain(found))
        return
    show_whole(found)


@publish.command("ready", short_help="Mark publications as publishable.")
@click.argument("publications", nargs=-1, required=True, metavar="PUBLICATION…")
@at_station
def ready_(place: Place, publications: tuple[str, ...]) -> None:
    """Mark each PUBLICATION as publishable; its copies are checked again."""
    _mark(place, publications, ready=True)


@publish.command("draft", short_help="Take publications back.")
@click.argument("publications", nargs=-1, required=True, metavar="PUBLICATION…")
@at_station
def draft(place: Place, publications: tuple[str, ...]) -> None:
    """Make each PUBLICATION a draft again. What was exported already stays where it is."""
    _mark(place, publications, ready=False)


@publish.command("drop", short_help="Forget publications.")
@click.argument("publications", nargs=-1, required=True, metavar="PUBLICATION…")
@at_station
def drop(place: Place, publications: tuple[str, ...]) -> None:
    """Forget each PUBLICATION. Its copies stay, and so does what was exported already."""
    with place.open() as station:
        found = [find_publication(station, wanted) for wanted in publications]
        with station.records.change():
            for one in found:
                station.publications.drop(one.id)
    show_line((f"{counted(len(found), 'publication')} forgotten.", GOOD))


def _mark(place: Place, wanted: tuple[str, ...], *, ready: bool) -> None:
    with place.open() as station:
        found = [find_publication(station, one) for one in wanted]
        marked = [replace(one, ready=ready) for one in found]
        for one in marked if ready else ():
            _check(station, one)
        with station.records.change():
            for one in marked:
                station.publications.put(one)
    for one in marked:
        tell(one, as_json=False)


def _keep(station: Station, publication: Publication) -> None:
    _check(station, publication)
    with station.records.change():
        station.publications.put(publication)


def _check(station: Station, publication: Publication) -> None:
    check_telling(station, publication)
    found = map(station.copies.get, publication.copies)
    total = sum(copy.size for copy in found if copy is not None)
    with meter("Checking", total) as checking:
        check_copies(station, publication, checking.advance)


def _with_copies(station: Station, fields: Given) -> Given:
    """Put whole ids in the place of those that were shortened."""
    if "primary" in fields:
        fields["primary"] = find_copy(station, fields["primary"]).id
    if "attachments" in fields:
        found = [find_copy(station, wanted).id for wanted in fields["attachments"]]
        fields["attachments"] = tuple(dict.fromkeys(found))
    if fields.get("primary") in fields.get("attachments", ()):
        raise BadFieldError(field="attachments", why="the primary document is among them")
    return fields
