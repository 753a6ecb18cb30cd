"""Why an episode happened."""

from __future__ import annotations

from collections.abc import Iterable

from ..model.checks import all_of, instance
from ..model.context import ContextEvent
from ..model.episode import Episode
from ..model.kinds import Aspect
from ..model.signal import Signal
from ..model.verdict import Attribution
from .facts import Facts, Surroundings, sorted_episodes
from .faults import find_faults, without_faults
from .intent import intent_of
from .rules.builtin import RULES
from .rules.rule import RuleSet

__all__ = ["attribute", "attribution_of", "is_of_services"]


def attribute(
    episode: Episode,
    *,
    history: Iterable[Episode] = (),
    context: Iterable[ContextEvent] = (),
    signals: Iterable[Signal] = (),
    rules: RuleSet | None = None,
) -> Attribution:
    """Weigh the evidence for every cause.

    Args:
        episode: the episode.
        history: other episodes of the same entity, known or found; those of other entities are ignored.
        context: what was reported around the time.
        signals: of the same entity, to know what was measured and did not fall.  Signals of other
            entities serve to recognise faults of the instruments.
        rules: the rules to ask; the built-in ones by default.

    Returns:
        A probability for every cause, never 0 or 1, and the evidence, the weightiest first.

    Raises:
        InvalidValueError: where an argument is of another class.
    """
    instance("episode", Episode, episode)
    given = all_of("signals", Signal, signals)
    known = [e for e in all_of("history", Episode, history) if e.entity == episode.entity]
    faults = find_faults(given)
    around = Surroundings(
        signals=tuple(without_faults(s, faults) for s in given if s.entity == episode.entity),
        others=sorted_episodes(e for e in known if e != episode and not is_of_services(e)),
        blocking=sorted_episodes(e for e in known if e != episode and is_of_services(e)),
        context=all_of("context", ContextEvent, context),
        faults=faults,
    )
    return attribution_of(Facts(episode, around), RULES if rules is None else rules)


def attribution_of(facts: Facts, rules: RuleSet) -> Attribution:
    """Weigh the evidence that the rules find in the facts."""
    evidence = rules.evidence(facts)
    probabilities = rules.posterior(evidence)
    measured = rules.posterior(evidence, measured_only=True)
    intent, undecided = intent_of(facts, evidence, probabilities, measured)
    return Attribution(
        probabilities,
        evidence,
        rules.version,
        measured=measured,
        knowledge=facts.knowledge,
        intent=intent,
        undecided=undecided,
    )


def is_of_services(episode: Episode) -> bool:
    """Whether in an episode services failed while connectivity did not."""
    return bool(episode.events) and all(event.kind.aspect is Aspect.FAILURE for event in episode.events)
