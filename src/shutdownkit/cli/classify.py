"""``shutdownkit classify``."""

from __future__ import annotations

from datetime import datetime

import click

from ..judging.classify import classify
from ..model.entity import Entity
from .files import context_from, history_from, signals_from
from .options import (
    REPORT_FORMATS,
    as_of_option,
    check_as_of,
    context_option,
    entity_option,
    format_option,
    signals_argument,
    time_option,
)
from .progress import waiting
from .render import write_report
from .selection import choose_entity, choose_window, data_window

__all__ = ["classify_command"]


@click.command("classify")
@signals_argument()
@time_option("--from", "start", "Start of the window to judge; the start of the data where not given.")
@time_option("--to", "end", "End of the window, itself outside; the end of the data where not given.")
@entity_option()
@click.option(
    "--history",
    metavar="INCIDENTS.csv",
    help="Earlier incidents; those of the entity are taken into account.",
)
@context_option()
@as_of_option()
@format_option(REPORT_FORMATS)
def classify_command(
    *,
    path: str,
    start: datetime | None,
    end: datetime | None,
    entity: Entity | None,
    history: str | None,
    context: str | None,
    as_of: datetime | None,
    form: str,
) -> None:
    """Judge the signals of one entity in a file.

    SIGNALS.csv holds one row a bin: time,entity,kind,value and, where there are any, subject,weight.
    An empty value is missing.  .csv.gz and .parquet are read as well.
    """
    signals, controls = choose_entity(signals_from(path), entity, path)
    window = choose_window(signals, start, end)
    check_as_of(as_of, (window or data_window(signals)).start)
    earlier = history_from(history, signals[0].entity)
    reported = context_from(context, signals[0].entity)
    with waiting(f"judging {len(signals)} signals of {signals[0].entity}"):
        report = classify(
            signals, window=window, history=earlier, context=reported, controls=controls, as_of=as_of
        )
    write_report(report, form)
