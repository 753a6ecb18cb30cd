"""The facts that a rule is given of a scenario, and changes to them of which the effect is known."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from random import Random
from typing import Any

from attrs import evolve

from ....judging.facts import Facts, Surroundings
from ....judging.rules.rule import INSTRUMENT_GROUP, Finding, Rule, RuleSet
from ....model.context import ContextEvent
from ....model.episode import Episode
from ...scenarios.scenario import OutageScenario
from ..classifier.changes import unmeasured

__all__ = ["blind", "listed_only", "mixed", "recorded", "told", "unheard"]


def recorded(
    scenario: OutageScenario, rules: RuleSet, *, as_of: datetime | None = None, **more: Any
) -> tuple[Facts, ...]:
    """The facts of each episode that is judged, as every rule of a set is given them.

    A rule that records them stands beside the others; it is of the instruments' group, so that it is asked
    of artefacts too.
    """
    seen: list[Facts] = []

    def record(facts: Facts) -> Finding | None:
        seen.append(facts)
        return None

    spy = Rule("contract.spy", "Records what it is given.", "None.", INSTRUMENT_GROUP, record)
    scenario.report(rules=rules.extended(spy), as_of=as_of, **more)
    return tuple(_fresh(facts) for facts in seen)


def listed_only(scenario: OutageScenario) -> tuple[Facts, ...]:
    """Facts of episodes that are known from a list of incidents: no events, no signals, and nothing else."""
    spells = scenario.truth.windows or (scenario.window,)
    known = [Episode(scenario.entity, spell) for spell in spells]
    lasting = Episode(scenario.entity, spells[0], ongoing=True)
    return tuple(Facts(one, Surroundings()) for one in (*known, lasting))


def blind(facts: Facts) -> tuple[Facts, Facts]:
    """The facts with no signal at all beside the episode, and with signals that nobody measured."""
    around = facts.around
    silent = evolve(around, signals=unmeasured(around.signals))
    return Facts(facts.episode, evolve(around, signals=())), Facts(facts.episode, silent)


def told(facts: Facts, context: Sequence[ContextEvent]) -> Facts:
    """The facts with other context."""
    return Facts(facts.episode, evolve(facts.around, context=tuple(context)))


def unheard(facts: Facts) -> Facts:
    """The episode of the facts, of which nobody measured anything and nobody said anything."""
    episode = Episode(facts.entity, facts.episode.window, ongoing=facts.episode.ongoing)
    return Facts(episode, Surroundings(signals=unmeasured(facts.around.signals)))


def mixed(facts: Facts, chance: Random) -> Facts:
    """The facts with all that is around the episode in another order."""

    def shuffled(values: tuple[Any, ...]) -> tuple[Any, ...]:
        return tuple(chance.sample(values, len(values)))

    around = facts.around
    names = ("signals", "others", "blocking", "networks", "neighbours", "context", "faults", "observations")
    changed: dict[str, Any] = {name: shuffled(getattr(around, name)) for name in names}
    return Facts(facts.episode, evolve(around, **changed))


def _fresh(facts: Facts) -> Facts:
    """The same facts, with nothing worked out yet."""
    return Facts(facts.episode, facts.around)
