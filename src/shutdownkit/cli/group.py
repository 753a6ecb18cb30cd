"""The group of commands."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib import import_module
from importlib.metadata import version

import click

from ..errors import CallerError
from .output import PROGRAM

__all__ = ["group", "invoke"]

_COMMANDS = ("assess", "classify", "compare", "demo", "evaluate", "schema", "sources")


class _Commands(click.Group):
    """Imports the module of a command when the command is asked for: some need the HTTP client."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in _COMMANDS:
            return None
        command: click.Command = getattr(import_module(f".{cmd_name}", __package__), f"{cmd_name}_command")
        return command


@click.group(
    name=PROGRAM,
    cls=_Commands,
    no_args_is_help=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Exit status: 0 done, whatever the verdict; 2 the caller's mistake; 3 no source answered.",
)
@click.version_option(version("shutdownkit"), message="%(prog)s %(version)s")
def group() -> None:
    """Judge Internet shutdowns from public measurements.

    What happened, was it deliberate, how was it done, and what could not have been seen.
    """


def invoke(argv: Sequence[str] | None = None) -> int:
    """Run one command; the exit status.

    Does what ``group.main`` does, and leaves interrupts and closed pipes to the caller, who ends all
    runs alike.

    Raises:
        CallerError: for arguments that cannot be, in one line.
    """
    arguments = list(sys.argv[1:] if argv is None else argv)
    try:
        with group.make_context(PROGRAM, arguments) as context:
            group.invoke(context)
    except click.exceptions.Exit as end:
        return end.exit_code
    except click.UsageError as error:
        raise CallerError(_usage_line(error)) from None
    return 0


def _usage_line(error: click.UsageError) -> str:
    """The error in one line, with where to find help."""
    command = PROGRAM if error.ctx is None else error.ctx.command_path
    message = " ".join(error.format_message().split()).rstrip(".")
    return f"{message} (see {command} --help)"
