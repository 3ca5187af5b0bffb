"""What can be wrong with onion services. Each message is the sentence the admin reads."""


class TorError(Exception):
    """An onion service could not be kept."""


class KeyDamaged(TorError):
    """A key file is not what it should be, or is missing."""


class BadClientName(TorError):
    """The name cannot be one of a client."""


class NoSuchClient(TorError):
    """There is no client of that name."""


class ClientExists(TorError):
    """There is a client of that name already."""


class TooManyClients(TorError):
    """The service has as many clients as tor bears."""


class WouldBeOpen(TorError):
    """Without a valid client key tor would serve everybody: the service must not run."""


class TorMissing(TorError):
    """The tor program is not installed."""


class TorFailed(TorError):
    """The tor process did not start, or ended by itself."""
