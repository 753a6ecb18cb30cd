"""``shutdownkit evaluate``."""

from __future__ import annotations

import click

from ..evaluating.evaluation import Scope
from ..evaluating.plain import plain_evaluation
from ..evaluating.scores import THRESHOLDS, evaluate
from ..evaluating.text import evaluation_text
from ..files.context import read_context
from ..files.incidents import read_labelled_incidents
from .options import context_option, format_option
from .output import write_json, write_text
from .progress import waiting
from .render import page_width

__all__ = ["evaluate_command"]


@click.command("evaluate")
@click.argument("path", metavar="INCIDENTS.csv")
@click.option(
    "--scope",
    type=click.Choice([scope.value for scope in Scope]),
    default=Scope.COUNTRY.value,
    show_default=True,
    help="Which incidents to judge: those of whole countries, or those of regions and networks as well.",
)
@click.option(
    "--strict",
    is_flag=True,
    help="Take the column label_strict, whose labels are confirmed, in place of label.",
)
@click.option(
    "--threshold",
    "thresholds",
    metavar="P",
    type=click.FloatRange(0.0, 1.0),
    multiple=True,
    default=THRESHOLDS,
    show_default=True,
    help="Probability from which on it counts as called deliberate. May be given again.",
)
@context_option()
@format_option(("text", "json"))
def evaluate_command(
    *, path: str, scope: str, strict: bool, thresholds: tuple[float, ...], context: str | None, form: str
) -> None:
    """Score the rules on a list of incidents whose causes are known.

    INCIDENTS.csv holds one row an incident, with the columns start_utc, end_utc, cc, bgp, probing,
    telescope and label, as IODA's curated list has them.  Each incident is judged without its label, at its
    onset, at its end and in hindsight.
    """
    incidents = read_labelled_incidents(path)
    reported = None if context is None else read_context(context)
    with waiting(f"judging {len(incidents)} incidents"):
        found = evaluate(
            incidents, scope=Scope(scope), strict=strict, thresholds=thresholds, context=reported
        )
    if form == "json":
        write_json({"file": path, **plain_evaluation(found)})
    else:
        write_text(evaluation_text(found, width=page_width()))
