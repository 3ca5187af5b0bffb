"""The stage on which commands are killed."""

from tests.interruptions.stage import runner, stage

__all__ = ["runner", "stage"]
