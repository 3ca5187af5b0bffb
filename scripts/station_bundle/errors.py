"""Why the folder could not be made, in one sentence."""


class NoBundle(Exception):
    """The folder could not be made."""
