"""What is known of an incident of a list when it is judged.

A list says when an incident began and ended and on which planes there was a fall; of its surroundings it
says what else happened to the same entity.  That is all a case is judged from: the label, the cause, the
name of the country (but for its clock) and the list's own id are kept out.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import groupby

from attrs import frozen

from ..files.incidents import Incident
from ..judging.facts import Facts, Surroundings
from ..model.checks import all_of
from ..model.context import ContextEvent
from ..model.episode import Episode
from ..model.knowledge import Knowledge
from ..model.window import TimeWindow

__all__ = ["AROUND", "BURST_GAP", "Case", "cases_of", "label_of"]

BURST_GAP = timedelta(days=7)
"""Incidents of one entity of which each begins so long or less after the one before are one burst.

The week in which Bischof et al. (SIGCOMM 2023) saw shutdowns return; "first in burst" is scored apart
because recurrence, the strongest feature, says nothing of it.
"""

AROUND = timedelta(days=60)
"""How far from an incident's onset another may begin and be known when it is judged; a proposal.

Four times what the built-in rules look at: those within 7 days, and what recurs within 7 days of them.
Without a limit the time taken grows with the square of an entity's incidents.
"""

_LABELS = {"shutdown": True, "outage": False}


@frozen(eq=False)
class Case:
    """A labelled incident and what was known of it.

    Attributes:
        incident: the incident as the list has it.
        facts: what it is judged from, by what was known.
        is_shutdown: what the list's label says.
        is_first: whether no other incident of the entity began in the 7 days before.
        burst: which of the list's bursts it is of: the id of the burst's first episode.
    """

    incident: Incident
    facts: Mapping[Knowledge, Facts]
    is_shutdown: bool
    is_first: bool
    burst: str


def label_of(incident: Incident, *, strict: bool = False) -> bool | None:
    """Whether the list calls an incident a shutdown; None where it says neither that nor outage.

    Args:
        strict: take the column ``label_strict`` in place of ``label``.
    """
    label = incident.strict_label if strict else incident.label
    return None if label is None else _LABELS.get(label.casefold())


def cases_of(
    incidents: Iterable[Incident], *, strict: bool = False, context: Iterable[ContextEvent] = ()
) -> tuple[Case, ...]:
    """The labelled incidents of a list as cases, in the list's order.

    Incidents without a label are no cases, but known when the others of the same entity are judged.  Of an
    incident those are known that began at most 60 days from it.

    Args:
        incidents: all that the list knows, of any entities.
        strict: label by the column ``label_strict``.
        context: what was reported around the times; of it a case knows what had begun by then.
    """
    given = all_of("incidents", Incident, incidents)
    reported = all_of("context", ContextEvent, context)
    cases: dict[int, Case] = {}
    by_entity = sorted(range(len(given)), key=lambda index: given[index].episode.entity)
    for _, group in groupby(by_entity, key=lambda index: given[index].episode.entity):
        own = list(group)
        episodes = _in_order(given[index].episode for index in own)
        bursts = _burst_starts(episodes)
        for index in own:
            is_shutdown = label_of(given[index], strict=strict)
            if is_shutdown is not None:
                episode = given[index].episode
                first = bursts[episode.onset]
                cases[index] = Case(
                    given[index],
                    {stage: _facts(given[index], episodes, stage, reported) for stage in Knowledge},
                    is_shutdown,
                    first.onset == episode.onset,
                    first.id,
                )
    return tuple(cases[index] for index in sorted(cases))


def _burst_starts(episodes: Sequence[Episode]) -> dict[datetime, Episode]:
    """By each onset of one entity, in order of time, the first episode of its burst."""
    first = before = episodes[0]
    starts: dict[datetime, Episode] = {}
    for episode in episodes:
        if episode.onset - before.onset > BURST_GAP:
            first = episode
        starts[episode.onset] = first
        before = episode
    return starts


def _facts(
    incident: Incident, episodes: Sequence[Episode], stage: Knowledge, context: Sequence[ContextEvent]
) -> Facts:
    """What was known of an incident at a stage.

    Another that begins at the very same time is this one, listed twice: it is no surrounding.
    """
    own = incident.episode
    if stage is Knowledge.ONSET:
        own = Episode(own.entity, TimeWindow(own.onset, own.onset), ongoing=True)
    first = bisect_left(episodes, own.onset - AROUND, key=_onset)
    last = bisect_right(episodes, own.onset + AROUND, key=_onset)
    others: Iterable[Episode] = (one for one in episodes[first:last] if one.onset != own.onset)
    if stage is not Knowledge.HINDSIGHT:
        now = own.window.end
        others = (_until(one, now) for one in others if one.onset < own.onset)
        context = [one for one in context if one.window.start <= now]
    around = Surroundings(
        others=_in_order(others), context=tuple(context), listed=incident.planes, knowledge=stage
    )
    return Facts(own, around)


def _onset(episode: Episode) -> datetime:
    return episode.onset


def _in_order(episodes: Iterable[Episode]) -> tuple[Episode, ...]:
    """Episodes of one entity, none of which has events, each once, in their one order."""
    return tuple(sorted(set(episodes), key=lambda episode: (episode.window, episode.ongoing)))


def _until(episode: Episode, now: datetime) -> Episode:
    """An episode as it was known at a time: one that was not over by then lasts."""
    if episode.window.end <= now:
        return episode
    return Episode(episode.entity, TimeWindow(episode.onset, now), ongoing=True)
