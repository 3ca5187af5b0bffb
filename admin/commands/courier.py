"""`vasistas courier`: couriers that come without a stick."""

import json
import sys
from pathlib import Path

import click

from admin.camera_pictures import pictures_of, texts_in
from admin.context import json_option
from admin.courier_scan import Scan, courier_of, gather, write_fresh
from admin.errors import AdminError

PATH = click.Path(path_type=Path)
EXISTING = click.Path(path_type=Path, exists=True)


@click.group()
def courier() -> None:
    """Couriers that come without a stick. They need no instance here."""


@courier.command()
@click.argument("images", type=EXISTING, nargs=-1, required=True)
@click.option(
    "--to", "file", type=PATH, metavar="FILE", required=True, help="The courier to write."
)
@click.option("--force", is_flag=True, help="Replace FILE if it exists.")
@json_option
def scan(images: tuple[Path, ...], file: Path, *, force: bool, as_json: bool) -> None:
    """Make the courier that the viewing station showed as QR codes, of photographs of them.

    IMAGES are JPEG or PNG, or folders of them, in any order; a picture may show several codes.
    If frames are missing, nothing is written: photograph those too, and give all pictures again.
    """
    read = _read(pictures_of(images))
    found = gather(sorted(set().union(*read.values())))
    blank = [str(path) for path, texts in read.items() if not texts]
    if not found.missing:
        write_fresh(file, courier_of(found), force=force)
    _show(found, file, blank, as_json=as_json)
    if found.missing:
        raise AdminError(_missing(found))


def _read(paths: list[Path]) -> dict[Path, set[str]]:
    """Read all pictures, with a bar on a terminal: a large one takes a second."""
    hidden = not sys.stderr.isatty()
    with click.progressbar(paths, label="Reading", file=sys.stderr, hidden=hidden) as bar:
        return {path: texts_in(path) for path in bar}


def _show(found: Scan, file: Path, blank: list[str], *, as_json: bool) -> None:
    written = None if found.missing else str(file)
    if as_json:
        told = {
            "file": written,
            "frames": found.series.total,
            "missing": list(found.missing),
            "without_code": blank,
            "other_codes": found.others,
        }
        click.echo(json.dumps(told, ensure_ascii=False, indent=2))
        return
    for name in blank:
        click.echo(f"{name}: no code could be read.", err=True)
    if written is not None:
        click.echo(f"{file}: {found.series.total} of {found.series.total} frames, whole.")
        click.echo("Upload it in the journalist app, under Courier.")


def _missing(found: Scan) -> str:
    numbers = [str(number) for number in found.missing]
    listed = " and ".join([", ".join(numbers[:-1]), numbers[-1]] if numbers[1:] else numbers)
    which = f"Frame {listed} is" if len(numbers) == 1 else f"Frames {listed} are"
    return f"{which} missing, of {found.series.total}: photograph them too."
