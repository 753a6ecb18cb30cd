"""A report as a table: one row an episode."""

from __future__ import annotations

import csv
import io
from datetime import datetime

from ..model.kinds import Plane
from ..model.verdict import Cause
from ..model.window import utc_text
from .claim_words import claim_short
from .content import EpisodeVerdict, ReportContent
from .words import printable

__all__ = ["COLUMNS", "episode_rows", "report_csv"]

COLUMNS = (
    "id",
    "entity",
    "start",
    "end",
    "condition",
    "mechanism",
    *(f"p_{cause.value}" for cause in Cause),
    "planes",
    "peak",
    "ruleset",
    "licences",
    "services",
    "networks_blocking",
    "intent",
    "p_measured",
    "knowledge",
    "undecided",
    "claims",
)
"""The columns of a table of episodes.

``p_deliberate`` and the seven ``p_…`` after it are the probabilities of all causes.  ``end`` is empty
while an episode lasts; ``planes`` are those on which something fell, joined by semicolons; ``peak`` is
the largest lost share (0..1) that two bins of any signal reached, empty where no event is known.
``services`` are the names of those that were blocked or slowed and ``networks_blocking`` the networks that
did so, joined by semicolons; both empty where single tests say nothing.  ``intent`` is the answer and
``undecided`` why there is none, joined by semicolons; ``p_measured`` is ``p_deliberate`` from the
measurements alone, ``knowledge`` what was known; ``claims`` are what parties say of the cause, each with
whether it fits (``Operator: attack inconsistent``), joined by semicolons.
"""

_FORMULA_STARTS = ("=", "+", "-", "@")


def report_csv(content: ReportContent) -> str:
    """The episodes as CSV: a header line, then a line an episode; columns as in :data:`COLUMNS`.

    Lines end in a line feed, and no cell holds one.  Text that a spreadsheet would take for a formula
    (it starts with ``=``, ``+``, ``-`` or ``@``) gets an apostrophe before it.  Source: OWASP, CSV
    Injection.
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    for row in episode_rows(content):
        writer.writerow([_cell(row[name]) for name in COLUMNS])
    return out.getvalue()


def episode_rows(content: ReportContent) -> list[dict[str, str | float | datetime | None]]:
    """A row an episode, by the names of :data:`COLUMNS`; times as aware UTC datetimes."""
    return [_row(judged, content) for judged in content.episodes]


def _row(judged: EpisodeVerdict, content: ReportContent) -> dict[str, str | float | datetime | None]:
    episode, verdict, blocking = judged.episode, judged.verdict, judged.blocking
    return {
        "id": episode.id,
        "entity": str(episode.entity),
        "start": episode.onset,
        "end": episode.end,
        "condition": verdict.condition.value,
        "mechanism": verdict.mechanism.value,
        **{f"p_{cause.value}": value for cause, value in verdict.probabilities.items()},
        "planes": ";".join(plane.value for plane in Plane if plane in episode.planes),
        "peak": max((event.peak for event in episode.events), default=None),
        "ruleset": verdict.attribution.ruleset,
        "licences": "; ".join(content.licences),
        "services": ""
        if blocking is None
        else ";".join(dict.fromkeys(one.service for one in blocking.blocks)),
        "networks_blocking": "" if blocking is None else ";".join(map(str, blocking.networks)),
        "intent": verdict.intent.value,
        "p_measured": verdict.p_measured,
        "knowledge": verdict.attribution.knowledge.value,
        "undecided": "; ".join(verdict.attribution.undecided),
        "claims": "; ".join(map(claim_short, judged.claims)),
    }


def _cell(value: str | float | datetime | None) -> str | float | None:
    if isinstance(value, datetime):
        return utc_text(value)
    if isinstance(value, str):
        line = printable(value)
        return "'" + line if line.startswith(_FORMULA_STARTS) else line
    return value
