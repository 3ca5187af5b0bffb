"""`viewing-station forget`: keep nothing of what was read."""

import click

from viewing_station.commands.options import Place, at_station
from viewing_station.errors import NotConfirmedError
from viewing_station.forgetting import LetGo, let_go, look_up
from viewing_station.screen import FAINT, GOOD, NAME, WARNING, counted, show_line

CONFIRMATION = "forget"  # what is typed before anything goes


@click.command("forget", short_help="Keep nothing of deliveries that were read.")
@click.argument("which", nargs=-1, required=True, metavar="DELIVERY|THREAD...")
@click.option("--yes", is_flag=True, help="Forget without asking.")
@at_station
def forget(place: Place, which: tuple[str, ...], *, yes: bool) -> None:
    """Delete what deliveries said, their documents and our replies, here and on the server.

    The server deletes them with the next courier. Here they are overwritten at once, and no bundle
    brings them back. Clean copies that were made of them stay, and so do backups and what was
    exported.
    """
    with place.open() as station:
        chosen = look_up(station, which)
        if chosen.deliveries and not yes:
            _ask(chosen)
        let_go(station, chosen)
    if not chosen.deliveries:
        show_line(("Forgotten before; nothing of it is left here.", GOOD))
        return
    show_line(
        (counted(len(chosen.deliveries), "delivery", "deliveries"), NAME),
        (" forgotten. The next courier has the server delete them.", GOOD),
    )
    if chosen.copies:
        show_line(
            (f"{counted(chosen.copies, 'clean copy', 'clean copies')} made of them stay.", "")
        )
    show_line(("Backups of this station that were made before still have them.", FAINT))


def _ask(chosen: LetGo) -> None:
    show_line(
        (counted(len(chosen.deliveries), "delivery", "deliveries"), NAME),
        (f", {counted(chosen.documents, 'document')}", ""),
        (f" and {counted(len(chosen.replies), 'reply', 'replies')} will be gone:", ""),
    )
    for delivery in chosen.deliveries:
        waits = ": its documents never came here" if delivery.awaits_files else ""
        show_line((f"  {delivery.name}{waits}", WARNING if waits else ""))
    typed = click.prompt(f"Type {CONFIRMATION} to go on", default="", show_default=False, err=True)
    if typed.strip() != CONFIRMATION:
        raise NotConfirmedError
