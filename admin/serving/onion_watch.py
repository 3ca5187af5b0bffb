"""What the admin is told while onion services are kept: each trouble once, and its end."""

import re
from collections.abc import Callable, Mapping
from pathlib import Path

from tor.daemon import TorDaemon
from tor.health import clock_sentence, network_sentence

PATIENCE_SECONDS = 30.0  # a first start on a slow connection takes about so long
REACHED = "Tor has reached its network."
LOST = (
    "Tor has lost its network: nobody reaches the onion services. Check this machine's "
    "connection; Tor goes on trying."
)
_NETWORK = "network"
_FIGURE = re.compile(r"\d+ (?:%|days|hours|minutes|seconds)")


class Watch:
    """Turns what is seen into sentences. `say` takes a line for standard error."""

    def __init__(self, say: Callable[[str], None]) -> None:
        self.say = say
        self._told: dict[str, str] = {}
        self._started = 0.0
        self.reached = False

    def say_once(self, subject: str, sentence: str) -> None:
        """Tell of a trouble, unless that was the last word about it but for its figures."""
        gist = _FIGURE.sub("", sentence)
        if self._told.get(subject) != gist:
            self._told[subject] = gist
            self.say(sentence)

    def over(self, subject: str, sentence: str | None = None) -> None:
        """End a trouble: if it was told, its end may be told too."""
        if self._told.pop(subject, None) is not None and sentence is not None:
            self.say(sentence)

    def started(self, now: float) -> None:
        """Begin to watch a new tor."""
        self._started, self.reached = now, False

    def status(self, action: str, arguments: Mapping[str, str]) -> None:
        """Take one of tor's status events."""
        if action == "CLOCK_SKEW":
            sentence = clock_sentence(arguments)
            if sentence is not None:
                self.say_once("clock", sentence)
        elif action == "BOOTSTRAP" and "WARNING" in arguments and not self.reached:
            self.say_once(_NETWORK, network_sentence(arguments))

    def liveness(self, status: str) -> None:
        """Take tor's word that its network went away, or came back."""
        if status == "DOWN":
            self.say_once(_NETWORK, LOST)
        elif self.reached:
            self.over(_NETWORK, REACHED)

    def network(self, now: float, daemon: TorDaemon) -> bool:
        """Look whether tor has reached its network; tell whether it has just done so."""
        if self.reached:
            return False
        self.reached = daemon.bootstrapped()
        if self.reached:
            self.over(_NETWORK, REACHED)
        elif now - self._started > PATIENCE_SECONDS and _NETWORK not in self._told:
            self.say_once(_NETWORK, network_sentence({}))
        return self.reached

    def socket(self, name: str, path: Path) -> None:
        """Look whether an app's socket is still there for Tor."""
        if path.is_socket():
            self.over(path.name)
        else:
            self.say_once(
                path.name,
                f"The {name} app's socket for Tor, {path}, is gone: nobody reaches the app. "
                "Start serve again.",
            )
