"""`viewing-station courier`: the file to carry back, or codes for a camera to read."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from viewing_station.commands.options import PATH, Place, at_station, json_option, today
from viewing_station.courier_write import Load, leaving_courier, put_courier
from viewing_station.qr_pictures import write_pictures
from viewing_station.qr_window import window_show
from viewing_station.screen import FAINT, GOOD, NAME, WARNING, counted, show_json, show_line

SECONDS = 2.0  # time enough for a telephone to focus and for a finger to press


@click.command("courier", short_help="Write the file to carry back, or show it as codes.")
@click.argument("file", type=PATH, required=False)
@click.option("--force", is_flag=True, help="Replace FILE if it exists.")
@click.option("--qr", is_flag=True, help="Show it as QR codes, one after the other.")
@click.option(
    "--qr-images", type=PATH, metavar="DIR", help="Write QR codes as pictures into an empty DIR."
)
@click.option(
    "--seconds",
    type=click.FloatRange(0.2, 60),
    default=SECONDS,
    show_default=True,
    help="How long --qr shows each code.",
)
@json_option
@at_station
def courier(place: Place, **given: Any) -> None:
    """Write to FILE all replies, deletions and new heads that have not arrived, signed.

    They are offered again with every courier until a bundle says that they arrived; the server
    takes each of them once.

    A small courier needs no stick: --qr shows it to a camera of the networked computer, where
    `vasistas courier scan` makes the file of the pictures.
    """
    asked = Asked(**given)
    if asked.file is None and not asked.qr and asked.qr_images is None:
        raise click.UsageError("Name the FILE to write, or choose --qr or --qr-images DIR.")
    if asked.qr and asked.as_json:
        raise click.UsageError("--qr shows codes, and cannot print JSON.")
    show = None
    with place.open() as station, leaving_courier(station, today()) as leaving:
        content = b"".join(leaving.pieces)
        if asked.qr:
            show = window_show(content)
        images = write_pictures(content, asked.qr_images) if asked.qr_images is not None else []
        if asked.file is not None:
            put_courier(asked.file, [content], force=asked.force)
    if show is not None:  # it counts as sent by now, and the station is closed meanwhile
        show.run(asked.seconds)
    if asked.as_json:
        show_json(_told(leaving.load, asked, images))
    else:
        _show(leaving.load, asked, len(images))


@dataclass(frozen=True)
class Asked:
    """What the command was given."""

    file: Path | None
    force: bool
    qr: bool
    qr_images: Path | None
    seconds: float
    as_json: bool


def _told(load: Load, asked: Asked, images: list[str]) -> dict[str, object]:
    told: dict[str, object] = {
        "file": None if asked.file is None else str(asked.file),
        "replies": len(load.replies),
        "deletions": len(load.deletions),
        "rewraps": len(load.heads),
        "waiting": load.waiting,
    }
    if asked.qr_images is not None:
        told["images"] = [str(asked.qr_images / name) for name in images]
    return told


def _show(load: Load, asked: Asked, images: int) -> None:
    replies, deletions = len(load.replies), len(load.deletions)
    carried = f"{counted(replies, 'reply', 'replies')} and {counted(deletions, 'deletion')}"
    if load.heads:
        carried += f", with {counted(len(load.heads), 're-wrapped head')}"
    if asked.file is not None:
        name = (str(asked.file), NAME)
        show_line((carried, GOOD), (" in ", ""), name, (": carry it to the server.", ""))
    if images:
        where = f" in {counted(images, 'picture')} in {asked.qr_images}: "
        show_line((carried, GOOD), (where, ""), ("show them to a camera.", ""))
    if load.waiting:
        more = f"{counted(load.waiting, 'item')} more: write another when it arrived."
        show_line((more, WARNING))
    if asked.qr or images:
        show_line(("`vasistas courier scan` makes the file of what the camera saw.", FAINT))
