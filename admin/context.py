"""What the commands share: the instance they act on, and how they print."""

import json
from collections.abc import Callable
from functools import update_wrapper
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, TypeVar

import click

from admin.compose import build_services
from web.instance import open_instance
from web.services import Services

P = ParamSpec("P")
R = TypeVar("R")

json_option = click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
hard_option = click.option(
    "--hard", is_flag=True, help="Cut all reviewers for some seconds, to be sure."
)
removal_option = click.option(
    "--hard/--gentle",
    default=True,
    show_default=True,
    help="Cut all reviewers for some seconds, to be sure; or cut nobody else.",
)


def with_home(function: Callable[Concatenate[Path, P], R]) -> Callable[P, R]:
    """Pass the instance's folder as the first argument; missing is wrong usage (exit 2)."""

    @click.pass_context
    def wrapper(context: click.Context, /, *args: P.args, **kwargs: P.kwargs) -> R:
        home: Path | None = context.find_root().obj
        if home is None:
            raise click.UsageError("Name the instance: --home DIR, before the command.")
        return function(home, *args, **kwargs)

    return update_wrapper(wrapper, function)


def with_services(function: Callable[Concatenate[Services, P], R]) -> Callable[P, R]:
    """Pass the opened instance as the first argument."""

    @with_home
    def wrapper(home: Path, /, *args: P.args, **kwargs: P.kwargs) -> R:
        return function(build_services(open_instance(home)), *args, **kwargs)

    return update_wrapper(wrapper, function)


def print_rows(rows: list[dict[str, Any]], *, as_json: bool, empty: str) -> None:
    """Print rows as JSON, or one line each with their values."""
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False, indent=2))
    elif not rows:
        click.echo(empty)
    else:
        for row in rows:
            click.echo("  ".join(_word(value) for value in row.values()))


def _word(value: object) -> str:
    if isinstance(value, list):
        return ",".join(map(str, value)) or "-"
    return "-" if value is None else str(value)
