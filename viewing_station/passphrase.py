"""The station's passphrase: typed at a prompt, or read from the file a script names."""

from pathlib import Path

import click

from crypto.secret import Secret
from viewing_station.errors import NoPassphraseError, ShortPassphraseError

SHORTEST = 12  # characters; four short words, and Argon2id makes each guess cost 256 MiB


def present_passphrase(file: Path | None) -> Secret:
    """Return the passphrase of a station that exists. Raises NoPassphraseError, OSError."""
    text = _from_file(file) if file else click.prompt("Passphrase", hide_input=True, err=True)
    return _secret(text)


def new_passphrase(file: Path | None) -> Secret:
    """Return a new passphrase, asked for twice at a prompt.

    Raises ShortPassphraseError, NoPassphraseError, OSError.
    """
    if file:
        text = _from_file(file)
    else:
        text = click.prompt(
            "New passphrase", hide_input=True, err=True, confirmation_prompt="The same again"
        )
    if len(text) < SHORTEST:
        raise ShortPassphraseError(least=SHORTEST)
    return _secret(text)


def backup_passphrase(file: Path | None, own: Path | None, *, new: bool) -> Secret:
    """Return the passphrase of a backup: from `file`, or asked for, twice if it is `new`.

    A script that gave the station's own (`own`), and none for the backup, seals with that one.
    Raises ShortPassphraseError, NoPassphraseError, OSError.
    """
    given = file or own
    if given:
        text = _from_file(given)
    else:
        again = "The same again" if new else None
        asked = "New passphrase of the backup" if new else "Passphrase of the backup"
        text = click.prompt(asked, hide_input=True, err=True, confirmation_prompt=again or False)
    if new and len(text) < SHORTEST:
        raise ShortPassphraseError(least=SHORTEST)
    return _secret(text)


def _from_file(file: Path) -> str:
    """Whoever wrote the file with an editor left a line end that is no part of the passphrase."""
    try:
        return file.read_text("utf-8").rstrip("\r\n")
    except UnicodeDecodeError:
        raise NoPassphraseError from None


def _secret(text: str) -> Secret:
    if not text:
        raise NoPassphraseError
    return Secret(text.encode())
