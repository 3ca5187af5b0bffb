"""`viewing-station members`: what lies inside an archive or an e-mail."""

import click

from viewing_station.commands.options import Place, at_station, json_option
from viewing_station.documents import find_document
from viewing_station.looking.members import Listing, Member, MemberKind, list_members
from viewing_station.looking.within import found_within
from viewing_station.screen import (
    FAINT,
    NAME,
    WARNING,
    Cell,
    counted,
    human_size,
    show_json,
    show_line,
    show_table,
)

NAME_SHOWN = 200  # characters of a path: more would hide the rest of the list


@click.command("members", short_help="List what lies inside an archive or e-mail.")
@click.argument("delivery")
@click.argument("file")
@click.option(
    "--member",
    "within",
    multiple=True,
    metavar="PATH",
    help="List this member's own members, by its number or path; again for one within.",
)
@json_option
@at_station
def members(
    place: Place, delivery: str, file: str, within: tuple[str, ...], *, as_json: bool
) -> None:
    """List what lies inside FILE, its number or its name in DELIVERY: an archive, or an e-mail.

    Nothing is unpacked. `view --member` shows one member, by its number.
    """
    with place.open() as station:
        document = find_document(station, delivery, file)
        with found_within(station, document, within) as found:
            listing = list_members(found.source, found.name)
    if as_json:
        show_json({"remarks": listing.remarks, "members": list(map(_json, listing.members))})
    else:
        _show(listing)


def _show(listing: Listing) -> None:
    show_line((f"{listing.kind}: ", ""), (counted(len(listing.members), "member"), NAME))
    if listing.members:
        show_table(list(map(_row, listing.members)))
    for remark in listing.remarks:
        show_line((remark, WARNING))


def _row(member: Member) -> list[Cell]:
    shown = member.name
    if len(shown) > NAME_SHOWN:
        shown = shown[: NAME_SHOWN // 2] + "…" + shown[-NAME_SHOWN // 2 :]
    size = "" if member.size is None else human_size(member.size)
    if member.kind is not MemberKind.FILE:
        size = member.kind.value
    return [
        (f"{member.number:>6}", FAINT),
        (shown, NAME),
        (size, ""),
        ("; ".join(member.remarks)[:NAME_SHOWN], WARNING),
    ]


def _json(member: Member) -> dict[str, object]:
    return {
        "number": member.number,
        "name": member.name,
        "kind": member.kind.value,
        "size": member.size,
        "target": member.target or None,
        "remarks": list(member.remarks),
    }
