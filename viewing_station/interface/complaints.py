"""What goes wrong in an action is said on the screen, and the screen stays."""

from collections.abc import Callable, Coroutine
from functools import update_wrapper
from typing import Any, Concatenate, ParamSpec, Protocol, TypeVar

from viewing_station.sentences import TOLD

Given = ParamSpec("Given")


class Complaining(Protocol):
    """Something with a place to say what went wrong."""

    def complain(self, error: Exception) -> None:
        """Say it."""


Doer = TypeVar("Doer", bound=Complaining)
Action = Callable[Concatenate[Doer, Given], Coroutine[Any, Any, None]]


def complaining(action: Action[Doer, Given]) -> Action[Doer, Given]:
    """Have an action say what went wrong, if it is one of the errors that are TOLD."""

    async def told(self: Doer, /, *args: Given.args, **kwargs: Given.kwargs) -> None:
        try:
            await action(self, *args, **kwargs)
        except TOLD as error:
            self.complain(error)

    return update_wrapper(told, action)
