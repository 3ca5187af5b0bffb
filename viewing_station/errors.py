"""What can go wrong at the station, told to its reviewer in one sentence each.

The docstring of a class is that sentence; words in braces are the facts it is raised with.
"""

from formats.names import visible


class StationError(Exception):
    """The viewing station could not do that."""

    def __init__(self, **facts: object) -> None:
        """Fill the sentence; facts may be untrusted, so what is unseen in them is made visible."""
        shown = {name: visible(str(fact)) for name, fact in facts.items()}
        sentence = " ".join((type(self).__doc__ or "").split())
        super().__init__(sentence.format(**shown))


class NoPassphraseError(StationError):
    """No passphrase was given: type it at the prompt, or name a file with --passphrase-file."""


class ShortPassphraseError(StationError):
    """The passphrase is too short: {least} characters at least, several random words for choice."""


class WrongPassphraseError(StationError):
    """That is not this station's passphrase."""


class NoStationError(StationError):
    """There is no viewing station in {home}: `viewing-station init` makes one."""


class StationExistsError(StationError):
    """There is already a viewing station in {home}; it was left as it is."""


class HomeNotEmptyError(StationError):
    """{home} holds other things; a new station needs an empty folder or a new one."""


class BusyError(StationError):
    """Another command is at work in this station's home: try again when it has ended."""


class DamagedError(StationError):
    """The station's own records are damaged or were altered: {what} does not open."""


class RecordsError(StationError):
    """The station's records could not be read or written: {why}."""


class BadSlugError(StationError):
    """{slug} is not the short name of a desk: lower-case letters, digits and hyphens only."""


class BadIdentityError(StationError):
    """{file} is not the public identity of an instance (instance.json)."""


class OtherInstanceError(StationError):
    """{file} is the identity of another instance than the one this station belongs to."""


class UnconfirmedKeyError(StationError):
    """The key in {file} is not the one you confirmed, so the one trusted so far was kept.

    Its fingerprint is {found}.
    """


class KeyringError(StationError):
    """GnuPG could not {what} ({why}): see that it is installed, and that the disk has room."""


class BundleRefusedError(StationError):
    """The bundle was refused whole, and nothing of it was kept: {reason}."""


class NoSuchThreadError(StationError):
    """No thread here is called {name}; `viewing-station threads` lists them."""


class SeveralThreadsError(StationError):
    """{name} could mean {count} threads; give more of the identifier."""


class NoSuchDeliveryError(StationError):
    """No delivery called {name} was opened here, so nothing was queued."""


class NoSuchFileError(StationError):
    """The delivery {delivery} has no file {name}: `show` lists its files and their numbers."""


class FilesAwaitedError(StationError):
    """The files of {name} are not here yet: collect them, and open that bundle first."""


class EmptyReplyError(StationError):
    """The reply is empty, so nothing was sealed."""


class LongReplyError(StationError):
    """The reply is longer than {limit} characters, so nothing was sealed: write two."""


class NoReplyKeyError(StationError):
    """The letter of {name} holds no key that a reply can be sealed to."""


class NotTextError(StationError):
    """The reply is not UTF-8 text, so nothing was sealed."""


class NothingToCarryError(StationError):
    """There is nothing to carry back: every reply and deletion has arrived."""


class CourierExistsError(StationError):
    """{file} exists already and was left as it is; --force replaces it."""


class NotFreshError(StationError):
    """{count} could not be written, because something else stands in the same place.

    What stands there was left as it is: choose another folder.
    """
