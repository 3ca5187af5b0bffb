"""`viewing-station clean`: a copy without what a document says of its author."""

import click

from viewing_station.cleaning.clean import Cleaned, Wish, clean, possible_in
from viewing_station.cleaning.originals import original_of
from viewing_station.commands.copies import as_plain, show_remaining
from viewing_station.commands.inspect import BEYOND, show_findings
from viewing_station.commands.options import Place, at_station, json_option, today
from viewing_station.copies import Method
from viewing_station.documents import find_document
from viewing_station.inspecting.kinds import Kind
from viewing_station.screen import FAINT, GOOD, NAME, human_size, show_json, show_line

METHODS = click.Choice([method.value for method in Method])
HOW = {
    Method.METADATA: "without its metadata",
    Method.PAGES: "as pictures of its pages",
    Method.MEDIA: "transcoded",
}


@click.command("clean", short_help="Make a copy without what a document tells of its author.")
@click.argument("delivery")
@click.argument("file")
@click.option(
    "--method",
    type=METHODS,
    help="metadata: the same format, without its metadata. pages: pictures of its pages, the "
    "thorough way for documents. media: transcoded, the thorough way for film and sound. Without "
    "it, the thorough way.",
)
@click.option(
    "--member",
    "members",
    multiple=True,
    metavar="PATH",
    help="Only this file within FILE, by its path as `inspect` shows it, or by its number; again "
    "for one within.",
)
@click.option(
    "--text",
    "text_layer",
    is_flag=True,
    help="Put a layer of text under the pages, and look in it for the names found before.",
)
@click.option("--name", default="", metavar="NAME", help="What to call the copy.")
@json_option
@at_station
def clean_(  # noqa: PLR0913, PLR0917  # as many as there are to choose
    place: Place,
    delivery: str,
    file: str,
    method: str | None,
    members: tuple[str, ...],
    name: str,
    *,
    text_layer: bool,
    as_json: bool,
) -> None:
    """Make a copy of FILE, its number or its name in DELIVERY, and inspect the copy.

    The original is not touched. The copy stays in the station; `copies` lists it, and what it
    still tells.
    """
    with place.open() as station:
        document = find_document(station, delivery, file)
        wish = Wish(Method(method) if method else None, name, text_layer)
        with original_of(station, document, members) as original:
            cleaned = clean(station, original, wish, today())
    if as_json:
        possible = [finding.sentence for finding in possible_in(cleaned)]
        show_json(as_plain(cleaned.copy) | {"possible": possible})
    else:
        _show(cleaned)


def _show(cleaned: Cleaned) -> None:
    copy = cleaned.copy
    show_line(
        (copy.name, NAME),
        (f" is a copy of {copy.member or copy.document} {HOW[copy.method]}", ""),
        (f", {human_size(copy.size)}, {copy.id[:8]}", FAINT),
    )
    show_remaining(copy)
    if not copy.clean and copy.method is Method.METADATA:
        thorough = Method.MEDIA if cleaned.before.kind is Kind.MEDIA else Method.PAGES
        show_line((f"  The thorough way is --method {thorough.value}.", GOOD))
    if possible := possible_in(cleaned):
        show_findings(possible)
    show_line((f"  {BEYOND}", FAINT))
