"""What judges: settings, facts, findings, rules, and sets of rules."""

from __future__ import annotations

from attrs import frozen
from hypothesis import strategies as st

from ...judging.facts import Facts, Surroundings
from ...judging.rules.builtin import RULES
from ...judging.rules.rule import Finding, Rule, RuleSet
from ...judging.settings import DetectionSettings
from ...model.episode import Episode
from ...model.verdict import Basis, Stance
from .account import instrument_faults, observations
from .claiming import context_events
from .happening import episodes
from .judged import cause_weights
from .measuring import signals
from .primitives import lines, several
from .times import steps

__all__ = ["detection_settings", "facts", "findings", "rule_sets", "rules"]


@st.composite
def detection_settings(draw: st.DrawFn) -> DetectionSettings:
    """What counts as a disruption.  Shrinks to the settings that hold where none are given."""
    if not draw(st.booleans()):
        return DetectionSettings()
    loss = draw(st.floats(0.01, 0.8))
    return DetectionSettings(loss=loss, back=draw(st.floats(0.0, loss)), pause=draw(steps()))


@st.composite
def facts(draw: st.DrawFn, *, episode: Episode | None = None) -> Facts:
    """Episodes with something known around them.

    Shrinks to an episode as :func:`~.happening.episodes` does, around which nothing is known.

    Args:
        episode: which.
    """
    it = draw(episodes()) if episode is None else episode
    around = Surroundings(
        signals=draw(several(signals(entity=it.entity), most=2)),
        others=draw(several(episodes(entity=it.entity), most=2)),
        context=draw(several(context_events(), most=2)),
        faults=draw(several(instrument_faults(), most=1)),
        observations=draw(several(observations(entity=it.entity), most=1)),
    )
    return Facts(it, around)


@st.composite
def findings(draw: st.DrawFn) -> Finding:
    """What rules find: what weighs, and what is missing or discarded.  Shrinks to what weighs nothing."""
    if draw(st.sampled_from((True, False))):
        return Finding(draw(lines()), draw(cause_weights()))
    return Finding(draw(lines()), None, draw(st.sampled_from((Stance.MISSING, Stance.DISCARDED))))


@frozen
class _Always:
    """A rule's judgement that is the same whatever the facts are."""

    found: tuple[Finding, ...]

    def __call__(self, facts: Facts) -> tuple[Finding, ...]:  # noqa: ARG002 (so a rule is called)
        return self.found


def rules() -> st.SearchStrategy[Rule]:
    """Rules of a third party, each of which finds the same in all facts.

    Shrinks to a measured one, ``acme.0``, that finds nothing.
    """
    return st.builds(
        Rule,
        id=st.from_regex(r"acme\.[a-z0-9]{1,6}", fullmatch=True),
        summary=lines(),
        source=lines(),
        group=lines(),
        judge=several(findings(), most=2).map(_Always),
        fails=lines(empty=True),
        basis=st.sampled_from(Basis),
    )


@st.composite
def rule_sets(draw: st.DrawFn) -> RuleSet:
    """The built-in rules, without some of them and with some of a third party's.

    Shrinks to the built-in rules as they are.
    """
    dropped = draw(st.lists(st.sampled_from([rule.id for rule in RULES.rules]), max_size=3, unique=True))
    added = draw(st.lists(rules(), max_size=2, unique_by=lambda rule: rule.id))
    return RULES.without(*dropped).extended(*added)
