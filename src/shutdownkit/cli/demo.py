"""``shutdownkit demo``."""

from __future__ import annotations

import attrs
import click

from ..demo.belarus import belarus_2020
from ..demo.providers import ask_providers
from ..judging.classify import classify
from .options import REPORT_FORMATS, format_option
from .progress import waiting
from .render import write_report

__all__ = ["demo_command"]

STORY = "What was published, times in UTC:"


@click.command("demo")
@format_option(REPORT_FORMATS)
def demo_command(form: str) -> None:
    """Judge Belarus, 8 to 20 August 2020, offline.

    The signals are a reconstruction from the published timeline, and the report says so.  Servers on this
    machine send it in the providers' formats, and the sources that ask the real providers read it.
    """
    demonstration = belarus_2020()
    with waiting("asking the demonstration's servers, and judging"):
        gathered = ask_providers(demonstration)
        report = classify(
            gathered.signals,
            window=demonstration.window,
            controls=gathered.controls,
            entity=demonstration.scenario.entity,
            account=gathered.account,
        )
    if demonstration.notice not in report.notices:
        report = attrs.evolve(report, notices=(demonstration.notice, *report.notices))
    write_report(report, form, preface=f"{STORY}\n\n{demonstration.story.strip()}\n\n")
