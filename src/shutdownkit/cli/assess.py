"""``shutdownkit assess``."""

from __future__ import annotations

import sys
from contextlib import redirect_stdout
from datetime import datetime

import click

from ..assessing import assess
from ..errors import CallerError, NoSourceAnsweredError
from ..model.entity import Entity
from ..model.window import utc_text
from ..reading.failures import failure_of
from ..reading.gather import TIMEOUT
from ..reading.query import HISTORY
from ..report.report import Report
from .files import context_from, history_from
from .options import (
    REPORT_FORMATS,
    as_of_option,
    check_as_of,
    chosen_services,
    context_option,
    entities_option,
    entity_argument,
    format_option,
    names_option,
    services_options,
    time_option,
)
from .output import failure_line, say
from .progress import asking
from .render import write_report
from .status import NO_ANSWER

__all__ = ["assess_command"]


@click.command("assess")
@entity_argument()
@time_option("--from", "start", "Start of the window to judge.", required=True)
@time_option("--to", "end", "End of the window, itself outside.", required=True)
@names_option(
    "--source",
    "sources",
    "NAME",
    "A source to ask: a name, or name@package, or name:argument. Plugins count only where they are named; "
    "the built-in ones are asked where none is.",
)
@names_option("--kind", "kinds", "NAME", "A kind of signal to ask for; all where none is named.")
@names_option("--subject", "subjects", "domain:NAME", "What is wanted of tests besides the totals.")
@services_options()
@entities_option("--controls", "Entities to compare with, such as neighbours.")
@click.option(
    "--history-days",
    type=click.FloatRange(0, 3650),
    default=HISTORY.days,
    show_default=True,
    help="How much before the window is asked for, for the expected level.",
)
@click.option(
    "--history",
    metavar="INCIDENTS.csv",
    help="Earlier incidents; those of the entity are taken into account.",
)
@context_option()
@as_of_option()
@click.option("--offline", is_flag=True, help="Take answers from the cache and ask nobody.")
@click.option(
    "--timeout",
    type=click.FloatRange(0, 86_400, min_open=True),
    default=TIMEOUT.total_seconds(),
    show_default=True,
    metavar="S",
    help="Seconds that one source may take.",
)
@click.option("--strict", is_flag=True, help="Fail where any source fails.")
@format_option(REPORT_FORMATS)
def assess_command(
    *,
    entity: Entity,
    start: datetime,
    end: datetime,
    sources: tuple[str, ...],
    kinds: tuple[str, ...],
    subjects: tuple[str, ...],
    named: tuple[str, ...],
    files: tuple[str, ...],
    controls: tuple[Entity, ...],
    history_days: float,
    history: str | None,
    context: str | None,
    as_of: datetime | None,
    offline: bool,
    timeout: float,
    strict: bool,
    form: str,
) -> None:
    """Ask the sources about an entity, and judge what happened.

    BY is a country; AS6697, a network, and US/LA, a region, are taken as well.
    """
    if end <= start:
        raise CallerError(f"--to: {utc_text(end)} is not after --from {utc_text(start)}")
    check_as_of(as_of, start)
    earlier = history_from(history, entity)
    reported = context_from(context, entity)
    services, of_services = chosen_services(named, files)
    try:
        with redirect_stdout(sys.stderr), asking() as progress:  # what sources print is no part of the report
            report = assess(
                entity,
                start,
                end,
                sources=sources or None,
                kinds=kinds or None,
                subjects=(*subjects, *of_services),
                services=services,
                controls=controls,
                history_length=history_days * 86_400,
                history=earlier,
                context=reported,
                as_of=as_of,
                offline=offline,
                timeout=timeout,
                strict=strict,
                progress=progress,
            )
    except NoSourceAnsweredError as error:
        unjudged: Report = error.report
        write_report(unjudged, form)
        raise
    except ExceptionGroup as group:
        for one in group.exceptions:
            say(f"{one.__notes__[-1]}: {failure_line(failure_of('any', one))}")
        raise click.exceptions.Exit(NO_ANSWER) from None
    for failure in report.failures:
        say(f"note: {failure.source}: {failure_line(failure)}")
    write_report(report, form)
