"""Laws of what a rule is, and of what it may look at."""

from __future__ import annotations

from random import Random

from hypothesis import strategies as st

from ....judging.facts import Facts
from ....judging.rules.rule import Rule
from ....model.verdict import Basis
from ...scenarios.scenario import OutageScenario
from ..classifier.case import reported
from ..laws import law
from ..watching import watching
from .case import RuleCase, finding_texts
from .clock import asking
from .facts import mixed, told

__all__ = ["ConductLaws"]

_CODE = (".py", ".pyc", ".so", ".pyd")
"""What Python opens when a module is imported for the first time."""


class ConductLaws(RuleCase):
    """Laws 1 to 7."""

    @law(
        1,
        "it has a name of its own, that stays",
        look_at="Rule.id: written down once, in a namespace of yours (acme.cdn-dip), and taken by no other "
        "rule; old reports are read by it",
    )
    def test_law_01_id(self) -> None:
        first, second = self.make_rule(), self.make_rule()
        if not isinstance(first, Rule):
            raise self.broken(1, f"make_rule gives {first!r}, which is no Rule")
        if first.id != second.id:
            raise self.broken(1, "made twice, it has two names", ids=(first.id, second.id))
        if first.id in {rule.id for rule in self.rules.rules}:
            raise self.broken(1, f"the set {self.rules.version} has a rule of the name {first.id!r}")

    @law(
        2,
        "it says what it looks at, where its figures come from, and where it misleads",
        look_at="Rule.summary, Rule.source and Rule.fails: who is judged must be able to check and to object",
    )
    def test_law_02_said_of_itself(self) -> None:
        rule = self.make_rule()
        for name in ("summary", "source", "fails"):
            value = getattr(rule, name)
            if not value.strip():
                raise self.broken(2, f"its {name} is empty", rule=rule.id)
            if len(value.splitlines()) > 1:
                raise self.broken(2, f"its {name} is more than one line", rule=rule.id, value=value)

    @law(
        3,
        "the same facts, the same findings",
        look_at="state that is kept between calls, chance, and sets, whose order is another in every process",
    )
    def test_law_03_same_facts(self) -> None:
        @self.on_facts()
        def check(rule: Rule, facts: Facts, scenario: OutageScenario) -> None:
            again = Facts(facts.episode, facts.around)
            first = self.judged(3, rule, facts, scenario=scenario)
            for what, found in (
                ("asked again", self.judged(3, rule, facts, scenario=scenario)),
                ("asked of equal facts", self.judged(3, rule, again, scenario=scenario)),
                ("made again", self.judged(3, self.make_rule(), again, scenario=scenario)),
            ):
                if found != first:
                    raise self.broken(
                        3,
                        f"{what}, it finds something else",
                        scenario=scenario,
                        first=finding_texts(first),
                        then=finding_texts(found),
                    )

    @law(
        4,
        "it never raises",
        look_at="episodes without events, that last, without signals or with missing ones: what is not known "
        "is no finding, or one that says that it is missing",
    )
    def test_law_04_never_raises(self) -> None:
        @self.for_all(scenario=self.scenarios(), hours=st.none() | st.integers(1, 72))
        def check(scenario: OutageScenario, hours: int | None) -> None:
            rule = self.make_rule()
            spells = scenario.truth.windows or (scenario.window,)
            start = spells[0].start
            as_of = None if hours is None else start + (scenario.window.end - start) * hours / 72
            for facts in self.facts_of(scenario, as_of=as_of):
                self.judged(4, rule, facts, scenario=scenario, as_of=as_of)

    @law(
        5,
        "it looks at the facts and at nothing else",
        look_at="files, sockets, programs, the clock and chance in judge: a verdict must be the same for "
        "everybody, at any time; read what you need when the module is imported",
    )
    def test_law_05_nothing_else(self) -> None:
        @self.on_facts()
        def check(rule: Rule, facts: Facts, scenario: OutageScenario) -> None:
            _ = facts.zones  # these are read from tzdata once
            with watching() as watched, asking() as asked:
                self.judged(5, rule, facts, scenario=scenario)
            files = [name for name in watched.files if not str(name).endswith(_CODE)]
            for what, names in (
                ("asks the network", [*watched.names, *map(str, watched.connections)]),
                ("opens files", files),
                ("starts programs", watched.programs),
                ("asks the clock or chance", asked),
            ):
                if names:
                    raise self.broken(
                        5, f"while judging it {what}: {', '.join(names[:3])}", scenario=scenario, rule=rule.id
                    )

    @law(
        6,
        "context is for rules of context alone",
        look_at="Rule.basis: what was reported is no measurement; a rule of either basis looks at its own",
    )
    def test_law_06_context(self) -> None:
        @self.for_all(scenario=self.scenarios(), chosen=st.data())
        def check(scenario: OutageScenario, chosen: st.DataObject) -> None:
            rule = self.make_rule()
            context = chosen.draw(reported(scenario), label="context")
            kinds = [one.kind.value for one in context]
            for facts in self.facts_of(scenario):
                plain = self.judged(6, rule, told(facts, ()), scenario=scenario)
                if rule.basis is Basis.CONTEXT and plain:
                    raise self.broken(
                        6, "nothing was reported, and a rule of context says something", said=plain[0].text
                    )
                if rule.basis is Basis.MEASURED:
                    with_it = self.judged(6, rule, told(facts, context), scenario=scenario)
                    if finding_texts(with_it) != finding_texts(plain):
                        raise self.broken(
                            6,
                            "a rule of measurements finds something else with the context",
                            scenario=scenario,
                            context=kinds,
                            first=finding_texts(plain),
                            then=finding_texts(with_it),
                        )

    @law(
        7,
        "the order of what is around does not matter",
        look_at="loops over signals, networks or episodes in which the first or the last wins",
    )
    def test_law_07_order(self) -> None:
        @self.for_all(scenario=self.scenarios(), chance=st.randoms(use_true_random=False))
        def check(scenario: OutageScenario, chance: Random) -> None:
            rule = self.make_rule()
            for facts in self.facts_of(scenario):
                first = self.judged(7, rule, facts, scenario=scenario)
                found = self.judged(7, rule, mixed(facts, chance), scenario=scenario)
                if finding_texts(found) != finding_texts(first):
                    raise self.broken(
                        7,
                        "in another order it finds something else",
                        scenario=scenario,
                        first=finding_texts(first),
                        then=finding_texts(found),
                    )
