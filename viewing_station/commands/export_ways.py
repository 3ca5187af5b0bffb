"""`export` is a command of its own, and a group of other ways to write things out.

A thread's two words stand with a hyphen between them and its identifier is in hexadecimal, so no
thread can be called `uwazi`, `folder`, `post` or `drive`: whatever else comes first is a thread.
"""

from typing import Any

import click


class ExportGroup(click.Group):
    """Takes the first word for one of its commands, or else leaves all to `otherwise`."""

    def __init__(self, name: str, otherwise: click.Command, **facts: Any) -> None:
        super().__init__(name, **facts)
        self.otherwise = otherwise

    def make_context(
        self,
        info_name: str | None,
        args: list[str],
        parent: click.Context | None = None,
        **extra: Any,
    ) -> click.Context:
        """Parse what was typed, as the command that it means."""
        first = args[0] if args else ""
        if first in self.commands or first == "--help":
            return super().make_context(info_name, args, parent, **extra)
        return self.otherwise.make_context(info_name, args, parent, **extra)

    def format_usage(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Show both ways to call it."""
        pieces = " ".join(self.otherwise.collect_usage_pieces(ctx))
        formatter.write_usage(ctx.command_path, pieces)
        formatter.write_usage(ctx.command_path, "COMMAND [OPTIONS] …", prefix="       ")

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Say what it does with a thread, and then what it does besides."""
        self.otherwise.format_help_text(ctx, formatter)
        formatter.write_paragraph()
        with formatter.indentation():
            formatter.write_text(self.help or "")

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the options of the thread's export, and then the commands."""
        click.Command.format_options(self.otherwise, ctx, formatter)
        self.format_commands(ctx, formatter)
