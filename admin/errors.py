"""What an admin's command cannot do, in one sentence."""


class AdminError(Exception):
    """The command could not be carried out; the message is the sentence shown."""
