"""``shutdownkit sources``."""

from __future__ import annotations

import os
import sys
import textwrap
from contextlib import redirect_stdout
from datetime import timedelta

import click

from ..reading.inventory import Entry, inventory
from ..reading.source import SourceInfo
from ..report.words import duration_text, printable
from .options import format_option
from .output import write_json, write_text
from .progress import waiting
from .render import page_width

__all__ = ["sources_command"]

LIMIT = timedelta(seconds=30)


@click.command("sources")
@click.option("--check", is_flag=True, help="Ask each provider whether it answers, where a source can.")
@format_option(("text", "json"))
def sources_command(*, check: bool, form: str) -> None:
    """List the installed sources.

    For each: whether it can be used, its licence, what it sees and what it cannot see.
    """
    with redirect_stdout(sys.stderr), waiting("looking at the sources"):  # they may print
        entries = inventory(environ=os.environ, limit=LIMIT, check=check)
    if form == "json":
        write_json({"sources": [_plain(entry) for entry in entries]})
    else:
        write_text("\n\n".join(map(_text, entries)) or "no source is installed")


def _plain(entry: Entry) -> dict[str, object]:
    one, info = entry.registration, entry.info
    return {
        "name": one.name,
        "spec": entry.spec,
        "distribution": one.distribution,
        "version": one.version,
        "builtin": one.builtin,
        "argument": entry.argument,
        "on_demand": one.on_demand,
        "health": entry.health,
        "check": entry.check,
        "title": None if info is None else info.title,
        "licence": None if info is None else info.licence,
        "homepage": None if info is None else info.homepage,
        "kinds": [] if info is None else [_kind(info, name) for name in sorted(k.name for k in info.kinds)],
        "entity_kinds": [] if info is None else _entity_kinds(info),
        "needs_key": None if info is None else info.needs_key,
        "longest_window_seconds": None
        if info is None or info.longest_window is None
        else info.longest_window.total_seconds(),
        "delay_seconds": None if info is None else info.delay.total_seconds(),
        "blind_to": [] if info is None else [spot.text for spot in info.blind_to],
    }


def _kind(info: SourceInfo, name: str) -> dict[str, object]:
    kind = next(one for one in info.kinds if one.name == name)
    step = info.native_steps.get(name)
    return {
        "name": name,
        "unit": kind.unit,
        "plane": kind.plane.value,
        "step_seconds": None if step is None else step.total_seconds(),
    }


def _entity_kinds(info: SourceInfo) -> list[str]:
    return sorted(kind.value for kind in info.entity_kinds)


def _text(entry: Entry) -> str:
    one, info = entry.registration, entry.info
    title = "" if info is None else f": {info.title}"
    rows = [("from", f"{one.distribution} {one.version}".rstrip()), ("health", entry.health)]
    if one.on_demand is not None and entry.argument is None:
        rows.append(("asked", f"only where it is named: {one.on_demand}"))
    if entry.argument is not None:
        rows.append(("needs", f"{entry.argument}: name it {entry.spec}:PATH"))
    if entry.check is not None:
        rows.append(("provider", entry.check))
    if info is not None:
        rows += [
            ("licence", info.licence),
            ("sees", ", ".join(sorted(kind.name for kind in info.kinds))),
            ("of", ", ".join(_entity_kinds(info))),
            *(
                [("late", f"values may be missing, or change, for {duration_text(info.delay)}")]
                if info.delay
                else []
            ),
            *(("blind to", spot.text) for spot in info.blind_to),
            ("read", info.homepage),
        ]
    width = page_width()
    lines = [
        textwrap.fill(f"{name:<9} {printable(text)}", width, initial_indent="  ", subsequent_indent=" " * 12)
        for name, text in rows
    ]
    return "\n".join([printable(f"{entry.spec}{title}"), *lines])
