"""The words for an episode, shared by the renderings for people."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ..model.event import Event
from ..model.kinds import Direction
from ..model.verdict import Mechanism
from .content import EpisodeVerdict
from .intent_words import KNOWLEDGE_WORDS, answer_text, is_weighed, others_text
from .service_words import blocking_facts, layers_text
from .words import (
    CONDITION_WORDS,
    MECHANISM_WORDS,
    duration_text,
    local_zone,
    share_text,
    signal_name,
    time_text,
)

__all__ = ["episode_facts"]


def episode_facts(judged: EpisodeVerdict, titles: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """What there is to say of an episode, as names and texts, without its evidence and what parties claim.

    The answer stands first: whether it was deliberate, as far as that can be said, and how probable it is.

    Args:
        titles: of services, by name; a service that is not there goes by its name.
    """
    episode, verdict = judged.episode, judged.verdict
    zone = local_zone(episode.entity)
    yield "Intent", answer_text(verdict)
    if is_weighed(verdict):
        yield "Or else", others_text(verdict)
    else:
        yield "Cause", "not weighed, because nothing is known to have happened to the network"
    yield "Judged", KNOWLEDGE_WORDS[verdict.attribution.knowledge]
    yield "What", CONDITION_WORDS[verdict.condition]
    yield "Onset", time_text(episode.onset, zone) + _precision(episode.events)
    if episode.end is None:
        yield "End", f"not yet; the data end {time_text(episode.window.end, zone)}"
    else:
        yield "End", time_text(episode.end, zone)
    yield "Duration", duration_text(episode.duration) + (" so far" if episode.ongoing else "")
    if is_weighed(verdict):
        yield "How", _mechanism_text(judged)
    if judged.blocking is not None:
        yield from blocking_facts(judged.blocking, titles)
    for event in episode.events:
        name = signal_name(event.kind, event.subject, event.entity, within=episode.entity)
        end = "on" if event.end is None else f"to {time_text(event.end)}"
        yield "Signal", f"{name}: {_loss_text(event)}, from {time_text(event.onset)} {end}"


def _mechanism_text(judged: EpisodeVerdict) -> str:
    mechanism = judged.verdict.mechanism
    text = MECHANISM_WORDS[mechanism]
    if mechanism is not Mechanism.UNKNOWN:
        text += " (if it was done on purpose)"
    if judged.blocking is not None and judged.blocking.how:
        text += f"; tests failed at {layers_text(judged.blocking.how)}"
    return text


def _loss_text(event: Event) -> str:
    """How much was lost, in words that fit the kind: levels fall, shares of failures rise."""
    depth, peak = share_text(event.depth), share_text(event.peak)
    if event.kind.bad is Direction.DOWN:
        lost = f"{depth} lost"
    elif event.kind.maximum is not None:
        lost = f"{depth} of what worked failed"
    else:
        lost = f"{depth} worse"
    return f"{lost} (at worst {peak})"


def _precision(events: tuple[Event, ...]) -> str:
    steps = [event.step for event in events if event.step is not None]
    return f", seen in bins of {duration_text(min(steps))}" if steps else ""
