"""`vasistas backup`: the whole instance, sealed to admins, while it goes on."""

import json
import sys
from dataclasses import asdict
from pathlib import Path

import click

from admin.backup.recipients import find_recipients, whole_fingerprint
from admin.backup.writing import Written, write_backup
from admin.context import json_option, with_services
from admin.progress import human_size
from crypto.fingerprint import spaced
from web.services import Services

STANDARD_OUTPUT = Path("-")


class FingerprintParam(click.ParamType[str]):
    """A whole OpenPGP fingerprint."""

    name = "FINGERPRINT"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Read a fingerprint; less than all of it is wrong usage."""
        try:
            return whole_fingerprint(value)
        except ValueError as error:
            self.fail(f"{error}.", param, ctx)


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path, allow_dash=True))
@click.option(
    "--to",
    "wanted",
    type=FingerprintParam(),
    multiple=True,
    required=True,
    help="The whole fingerprint of the admin's key; repeatable.",
)
@click.option(
    "--key",
    "files",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    multiple=True,
    metavar="FILE",
    help="The public key, the first time; it is kept.",
)
@json_option
@with_services
def backup(
    services: Services,
    file: Path,
    wanted: tuple[str, ...],
    files: tuple[Path, ...],
    *,
    as_json: bool,
) -> None:
    """Write the whole instance to FILE, sealed to an admin's OpenPGP key; - is standard output.

    Database, bodies, onion keys, secrets and configuration are of one moment, and deliveries go on
    meanwhile. Sessions are not in it. FILE appears whole or not at all. Who has it and the key has
    everything that this server has.
    """
    to_pipe = file == STANDARD_OUTPUT
    if to_pipe and (as_json or sys.stdout.isatty()):
        raise click.UsageError("Standard output is the backup itself: give it a file or a pipe.")
    keys = find_recipients(services.instance.places, wanted, files, services.today)
    written = write_backup(services, None if to_pipe else file, keys)
    for line in _warnings(written):
        click.echo(line, err=True)
    if as_json:
        told = {"file": str(file), "to": [key.fingerprint for key in keys], **asdict(written)}
        click.echo(json.dumps(told, ensure_ascii=False, indent=2))
        return
    held = f"{written.bodies} bodies ({human_size(written.bodies_size)}), {written.files} files"
    where = "on standard output" if to_pipe else f"in {file}, written and read back"
    click.echo(f"{held}: {human_size(written.size)} {where}.", err=to_pipe)
    click.echo(f"SHA-256: {written.sha256}", err=to_pipe)
    for key in keys:
        click.echo(f"Opens with the key {spaced(key.fingerprint)} alone.", err=to_pipe)


def _warnings(written: Written) -> list[str]:
    lines = []
    if written.gone:
        lines.append(f"{written.gone} deliveries were deleted meanwhile, and are not in it.")
    if written.lost:
        lines.append(
            f"{len(written.lost)} bodies are damaged or missing on this server: they are as they "
            "are in the backup too. Look at the disk."
        )
    if written.foreign:
        lines.append(f"Not in it, for it is none of ours: {', '.join(written.foreign)}.")
    return lines
