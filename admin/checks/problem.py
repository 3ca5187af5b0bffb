"""What a check finds."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from web.services import Services


@dataclass(frozen=True)
class Problem:
    """Something that is wrong, or will soon be. `said` is one sentence, with what to do."""

    check: str
    said: str


Check = Callable[[Services], Iterator[Problem]]
