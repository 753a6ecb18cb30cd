"""``shutdownkit schema``."""

from __future__ import annotations

import click

from ..report.schema import report_schema
from .output import write_json

__all__ = ["schema_command"]


@click.command("schema")
def schema_command() -> None:
    """Print the JSON Schema of a report."""
    write_json(report_schema())
