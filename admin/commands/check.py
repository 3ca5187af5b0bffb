"""`vasistas check`: what is wrong or will soon be."""

import json
import sys

import click

from admin.checks.all_checks import all_problems
from admin.checks.history_check import end_of_history, holds
from admin.checks.problem import Problem
from admin.context import json_option, with_services
from admin.custody.codenames import CodenameState, codename_state, said_of
from web.services import Services

LEAST_DIGITS = 16  # 64 bits: nobody makes a second chain with the same


@click.command()
@click.option("--history", "noted", metavar="END", help="An end of the history noted earlier.")
@json_option
@with_services
def check(services: Services, noted: str | None, *, as_json: bool) -> None:
    """Say what is wrong or will soon be: keys, secrets, addresses, disk, permissions, history.

    Exit 1 if anything.

    It prints the end of the history. Note it on paper now and then: given back with --history, it
    shows whether all lines up to it are still there.
    """
    problems = list(all_problems(services))
    if noted is not None and not holds(services, _digits(noted)):
        problems.append(Problem("history", "The end that you noted is not in the history."))
    _show(problems, end_of_history(services), codename_state(services), as_json=as_json)
    if problems:
        sys.exit(1)


def _digits(noted: str) -> str:
    digits = noted.replace(" ", "").lower()
    if len(digits) < LEAST_DIGITS or set(digits) - set("0123456789abcdef"):
        raise click.UsageError(f"An end has {LEAST_DIGITS} hexadecimal digits or more.")
    return digits


def _show(
    problems: list[Problem], end: str | None, codenames: CodenameState, *, as_json: bool
) -> None:
    if as_json:
        found = [{"check": problem.check, "problem": problem.said} for problem in problems]
        told = {"problems": found, "history": end, "codenames": codenames.as_json()}
        click.echo(json.dumps(told, ensure_ascii=False, indent=2))
        return
    for problem in problems:
        click.echo(f"{problem.check}: {problem.said}")
    if not problems:
        click.echo("Nothing is wrong.")
    if codenames.since is not None:
        click.echo("\n".join(said_of(codenames)))
    if end is not None:
        shown = end[:LEAST_DIGITS]
        spaced = " ".join(shown[at : at + 4] for at in range(0, len(shown), 4))
        click.echo(f"End of the history: {spaced}")
