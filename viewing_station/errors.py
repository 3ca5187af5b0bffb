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
    """The station is in use: its full screen is open, or another command is at work.

    Try again when that has ended.
    """


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


class BadAnnouncementError(StationError):
    """{file} is neither an instance's identity (instance.json) nor its keys' succession."""


class UnrelatedSuccessionError(StationError):
    """{file} does not lead on from the key that is trusted here, which was kept.

    Have the admin tell you the new one's fingerprint, and give it with instance.json.
    """


class ForgedSuccessionError(StationError):
    """A signature in {file} was not made by the key before it, so the one trusted here was kept.

    Fetch the file again, and if it stays so, tell the admin.
    """


class OlderKeyError(StationError):
    """The key in {file} is one that was replaced before, so the newer one trusted here was kept."""


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


class BadMarkError(StationError):
    """That {what} is empty or is not UTF-8 text, so nothing was changed."""


class LongMarkError(StationError):
    """That {what} is longer than {limit} characters, so nothing was changed."""


class ManyLabelsError(StationError):
    """A thread takes {limit} labels at most, so nothing was changed: take some off first."""


class EmptySearchError(StationError):
    """There is nothing to search for: give a word or more."""


class LongSearchError(StationError):
    """That is longer than {limit} characters: a few words find more."""


class EditorError(StationError):
    """{editor} could not be used ({why}), so nothing was sealed: set EDITOR to another one."""


class NoMemoryFolderError(StationError):
    """There is no folder in memory to write in (such as /dev/shm): use --text-file or a pipe."""


class NothingToCarryError(StationError):
    """There is nothing to carry back: every reply and deletion has arrived."""


class FileThereError(StationError):
    """{file} exists already and was left as it is; --force replaces it."""


class NotFreshError(StationError):
    """{count} could not be written, because something else stands in the same place.

    What stands there was left as it is: choose another folder.
    """


class BadFieldError(StationError):
    """The {field} cannot stand like that: {why}."""


class BadTomlError(StationError):
    """{file} is not TOML that can be read here: {why}."""


class MissingFieldError(StationError):
    """A publication needs a {field}."""


class NoSuchPublicationError(StationError):
    """No publication here is called {name}; `viewing-station publish list` lists them."""


class NoSuchCopyError(StationError):
    """No clean copy here is called {name}: `viewing-station clean` makes one of a document."""


class SeveralMeantError(StationError):
    """{name} could mean {count} of them; give more of the identifier."""


class NotCleanError(StationError):
    """The copy {name} still says something of its author, so it cannot be published.

    `viewing-station clean --method pages` makes a thorough one.
    """


class CopyChangedError(StationError):
    """The copy {name} is not the one that was checked, so nothing was written.

    `viewing-station clean` makes a new one.
    """


class CopyGoneError(StationError):
    """The copy {name} is not here any more, so nothing was written.

    `viewing-station clean` makes a new one; `publish edit` puts it in the place of this one.
    """


class RunningKindError(StationError):
    """The copy {name} is of a kind that can run in a reader's browser ({kind}).

    `viewing-station clean --method pages` makes a PDF of it.
    """


class NotPdfError(StationError):
    """The copy {name} is not a PDF, and a publication's first document has to be one.

    `viewing-station clean --method pages` makes a PDF of it.
    """


class TellingFieldError(StationError):
    """The {field} names the thread, the delivery or the file of a copy, so nothing was kept."""


class NotReadyError(StationError):
    """The publication {name} is a draft: `viewing-station publish ready` marks it publishable."""


class NothingToPublishError(StationError):
    """Nothing publishable waits to be exported like this.

    `viewing-station publish ready` marks what may go out; `--only` exports something once more.
    """


class NotEmptyError(StationError):
    """{folder} has to be a new folder or an empty one, and not a drive's own: it was left alone."""


class BadMappingError(StationError):
    """The mapping in {file} cannot be used: {why}."""


class AmbiguousValueError(StationError):
    """{field} of "{title}" has several values, and the mapping has room for one."""


class NoContainerError(StationError):
    """This machine has no {tool} to make an encrypted container with."""


class ContainerError(StationError):
    """The container was not made ({why}), and nothing of it stays."""


class BadRecipientError(StationError):
    """{name} is not a recipient that age knows: they begin with age1 and have 62 characters."""


class LargeContainerError(StationError):
    """The documents are larger than the {limit} that fit into memory: use age instead."""


class PassphraseOnlyError(StationError):
    """A LUKS container is opened by a passphrase: leave out --to, or use age."""


class FileExistsHereError(StationError):
    """{file} exists already and was left as it is: choose another name."""


class NoSuchKeyError(StationError):
    """No key here has the fingerprint {fingerprint}: `viewing-station key list` lists them."""


class LastKeyError(StationError):
    """{fingerprint} is the last usable key made here, so it was left: make another one first."""


class AlreadyDestroyedError(StationError):
    """The secret part of {fingerprint} is gone already."""


class UnfitKeyError(StationError):
    """{file} cannot be confirmed: {why}."""


class OtherKeyError(StationError):
    """The key in {file} is not the one whose fingerprint you typed, so it was not confirmed.

    Its fingerprint is {found}.
    """


class OwnKeyError(StationError):
    """The key in {file} was made here: it needs no confirmation."""


class NoUsableKeyError(StationError):
    """No key made here can be sealed to any more: make one with `key new`."""


class ClockBehindError(StationError):
    """This machine's clock says {day}, and a bundle of {known} was opened here: set it first."""


class TooManyWindowsError(StationError):
    """A calendar reaches {days} days ahead at most: name an earlier day."""


class NotCarriedError(StationError):
    """A reply to {delivery} has not arrived on the server yet, so nothing was forgotten.

    Hand the courier over, and open the next bundle first.
    """


class NotConfirmedError(StationError):
    """The word was not typed, so nothing was destroyed."""


class BadDraftError(StationError):
    """{file} is not the draft of an announcement, which `vasistas onion rotate source` writes."""


class OtherInstanceDraftError(StationError):
    """{file} is about another instance than the one this station belongs to: nothing was signed."""


class StaleDraftError(StationError):
    """{file} speaks of an old address that ended on {until}: nothing was signed."""


class NoAnnouncementKeyError(StationError):
    """There is no announcement key here: `viewing-station announcement-key` makes it."""


class NotSignedError(StationError):
    """The word was not typed, so nothing was signed."""


class RewrapRefusedError(StationError):
    """The request to re-wrap was refused whole, and nothing was done: {reason}."""


class BackupRefusedError(StationError):
    """The backup was refused, and nothing was restored: {reason}."""


class BackupFailedError(StationError):
    """The backup did not read back as it was written, so none was left: try another drive."""


class KeyBackupRefusedError(StationError):
    """No key was taken from this backup: {reason}."""


class PaperSuffixError(StationError):
    """{file} must end in .pdf or .txt: what is printed is a picture or a text."""


class NoQrError(StationError):
    """There is more to carry than codes can show: carry it on a stick, or make them larger.

    At most 60 codes are shown; a larger window makes larger ones, and --qr-images the largest.
    """


class SmallWindowError(StationError):
    """The window is too small for a code: enlarge it, use smaller letters, or --qr-images."""


class NoTerminalError(StationError):
    """Codes are shown in a terminal, and this is none: --qr-images writes them as pictures."""


class OldPicturesError(StationError):
    """{folder} holds other things; pictures of codes need an empty folder or a new one."""
