"""Why no copy was made, told in one sentence each."""

from viewing_station.errors import StationError


class CleaningError(StationError):
    """No copy could be made."""


class NoMethodError(CleaningError):
    """No copy of {name} was made, because {method} is no way to clean {kind}: {advice}."""


class CopyTooLargeError(CleaningError):
    """No copy of {name} was made, because it is larger than {limit} MiB."""


class CopyFailedError(CleaningError):
    """No copy of {name} was made: what came out is not what was asked for."""


class Mat2Error(CleaningError):
    """No copy was made, because mat2 could not take its metadata out: try --method pages."""


class BadCopyNameError(CleaningError):
    """A copy cannot be called {name}: letters without accents, digits, dots and hyphens only."""


class NoSuchCopyError(StationError):
    """No copy here is called {name}: `viewing-station copies` lists them."""


class FileExistsHereError(StationError):
    """{file} exists already and was left as it is: choose another name."""
