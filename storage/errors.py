"""What can go wrong in the store; each docstring is the sentence a user reads."""


class StorageError(Exception):
    """The store could not do what was asked."""

    def __str__(self) -> str:
        return super().__str__() or (self.__doc__ or "")


class NoDatabase(StorageError):
    """There is no database here yet; `vasistas init` makes one."""


class SchemaTooOld(StorageError):
    """The database is older than this program; run `vasistas upgrade`."""


class SchemaTooNew(StorageError):
    """The database was made by a newer version of this program."""


class DatabaseBusy(StorageError):
    """The database is busy; try again in a moment."""


class DiskFull(StorageError):
    """There is no room left on the disk."""


class NoSuchBlob(StorageError):
    """This sealed file is not here (any more)."""


class DeskUnknown(StorageError):
    """There is no desk of that name."""


class DeskWithoutKey(StorageError):
    """This desk has no usable key, so nothing can be sealed to it."""


class AlreadyThere(StorageError):
    """There is one of that name already."""
