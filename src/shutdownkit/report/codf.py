"""A report in the rows in which IODA gives its outage events (CODF)."""

from __future__ import annotations

import json
from datetime import timedelta

from ..model.entity import Entity, EntityKind
from ..model.verdict import Condition
from .content import EpisodeVerdict, ReportContent

__all__ = ["report_codf"]

_LOST_CONNECTIVITY = frozenset({Condition.OUTAGE, Condition.DEGRADED})
_SECOND = timedelta(seconds=1)


def report_codf(content: ReportContent, *, indent: int | None = None) -> str:
    """The outages of a report as a JSON list, in rows like those of IODA's ``/outages/events``.

    A row for each episode whose condition is outage or degraded.  Keys, in IODA's order:

    - ``location``: ``country/BY``, ``region/<code>`` (the part after the slash) or ``asn/6697``.
    - ``start``: the onset, epoch seconds.
    - ``duration``: seconds; while the episode lasts, up to the end of the data.
    - ``uncertainty``: seconds by which start and end may be off: the longest bin of the signals that
      fell; null where unknown (IODA: always null).
    - ``method``: ``shutdownkit/<ruleset>``.
    - ``datasource``: the kind of the signals that fell, ``multiple`` where there are several, null where
      none is known.
    - ``status``: 0, as in IODA's rows.
    - ``fraction``: the lost share over the episode (0..1) of the signal that lost most, null where none
      is known (IODA: always null).
    - ``score``: percent lost times minutes, for the signal in which that is most; the unit of IODA's
      scores, not their formula.  Null where no signal is known.
    - ``location_name``: the country's name, or the entity's text.
    - ``overlaps_window``: true where the episode began before the report's window, or lasts.
    """
    rows = [
        _row(judged, content) for judged in content.episodes if judged.verdict.condition in _LOST_CONNECTIVITY
    ]
    return json.dumps(rows, indent=indent, allow_nan=False)


def _row(judged: EpisodeVerdict, content: ReportContent) -> dict[str, object]:
    episode = judged.episode
    events = episode.events
    kinds = {event.kind.name for event in events}
    steps = [event.step for event in events if event.step is not None]
    return {
        "location": _location(episode.entity),
        "start": int(episode.onset.timestamp()),
        "duration": episode.duration // _SECOND,
        "uncertainty": max(steps) // _SECOND if steps else None,
        "method": f"shutdownkit/{judged.verdict.attribution.ruleset}",
        "datasource": "multiple" if len(kinds) > 1 else next(iter(kinds), None),
        "status": 0,
        "fraction": max((event.depth for event in events), default=None),
        "score": max(
            (100 * event.depth * (event.duration / timedelta(minutes=1)) for event in events),
            default=None,
        ),
        "location_name": episode.entity.name,
        "overlaps_window": episode.onset < content.window.start or episode.ongoing,
    }


def _location(entity: Entity) -> str:
    if entity.kind is EntityKind.ASN:
        return f"asn/{entity.code.removeprefix('AS')}"
    return f"{entity.kind.value}/{entity.code}"
