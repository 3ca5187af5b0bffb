"""What can go wrong with the private network itself."""


class TorNetworkError(Exception):
    """The private Tor network did not come up."""


class NotStarted(TorNetworkError):
    """A tor ended, or did not become ready in time."""


class PortTaken(NotStarted):
    """Another program took a port between our choosing it and tor's binding it."""


class ForeignThread(TorNetworkError):
    """A tor may be started from the main thread only, or it would die with the other one."""
