"""Whether two episodes are the same thing: their technical signatures, feature by feature."""

from __future__ import annotations

from collections.abc import Iterable

from ..model.checks import instance
from ..model.episode import Episode
from ..model.signal import Signal
from ..model.similarity import Similarity
from .likeness.signature import signature_within
from .likeness.survey import Survey
from .likeness.weighing import compare_signatures

__all__ = ["compare"]


def compare(episode_a: Episode, episode_b: Episode, *, signals: Iterable[Signal] = ()) -> Similarity:
    """Compare two episodes' technical signatures.

    Looked at, where both have them: the planes that fell, how deep each fell, which fell first, how sharply
    it fell and came back, how long it lasted, the local time of day at which it began, which networks
    survived, and how far apart the networks' onsets lay.  How far apart the two are in each is turned into
    a log-likelihood ratio: of the time of day, the duration and the planes measured on labelled incidents
    (``likeness/measured.toml``), of the rest a proposal (``likeness/proposed.toml``).

    Args:
        episode_a: the one.
        episode_b: the other.  The answer is the same the other way round.
        signals: of the entity, from which it is known which planes were measured and held, and of its
            networks (autonomous systems).  Signals of others only show faults of the instruments.
            The order does not matter.

    Returns:
        ``consistent`` says whether one way of doing it explains both, not who did it: two episodes of two
        countries may be consistent.  It is None where the planes of one are unknown, fewer than three groups
        of features can be compared, or the weight lies between the two limits; and instead of True where
        routes fell in one alone, or the one fell or returned at a stroke and the other far more slowly.

    Raises:
        InvalidValueError: where something else than an episode or a signal is given.
    """
    instance("episode_a", Episode, episode_a)
    instance("episode_b", Episode, episode_b)
    survey = Survey.of(signals, (episode_a.entity, episode_b.entity))
    return compare_signatures(signature_within(episode_a, survey), signature_within(episode_b, survey))
