"""The hard cases: what is said of each, and what each rule is worth: ``python bench/hard_cases.py [FOLDER]``.

Faults that must not be called deliberate, and shutdowns that must be (``tests/hard_cases.py``: worlds of
signals written from published figures), then those of which measurements are recorded, where the folder of
recorded data is there.  For each: the probability of "deliberate" an hour after the onset, three hours
after the end and in hindsight (of a series, that of the first two and the last loss, and in hindsight that
of the loss that comes out worst), and the three strongest pieces of evidence.

``p`` is that probability; ``measured`` leaves the context out; ``else`` is the likeliest of the other causes.

Then the ablation: each built-in rule is removed in turn, and what changes is told.  A rule reads facts and
no other rule's findings, so that the evidence without it is the evidence less its own.  Nothing here is
random but the noise, which has a seed.
"""

from __future__ import annotations

import sys
import textwrap
from collections.abc import Iterator, Sequence
from pathlib import Path

from attrs import frozen

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tests.hard_case import judged, looks_at  # noqa: E402 (found by the above)
from tests.hard_cases import HARD_CASES  # noqa: E402
from tests.hard_worlds import World  # noqa: E402
from tests.recorded.hard_recorded import RECORDED  # noqa: E402

import shutdownkit as sk  # noqa: E402

DATA = ROOT.parent / "shared" / "data"
WIDTH = 150
MOVES = 0.05
MARKS = (0.5, 0.8)
SHOWN = 3
STAGES = ("onset", "end", "hindsight")


@frozen
class Said:
    """What was said of one loss at one stage; None where nothing was found."""

    stage: str
    verdict: sk.Verdict | None

    @property
    def p(self) -> float:
        """The probability of "deliberate"; 0 where nothing was found."""
        return 0.0 if self.verdict is None else self.verdict.p_deliberate

    def without(self, rule: str, rules: sk.RuleSet) -> float:
        """The same, had there been no such rule."""
        if self.verdict is None:
            return 0.0
        evidence = [one for one in self.verdict.evidence if one.rule != rule]
        return rules.posterior(evidence)[sk.Cause.DELIBERATE]


@frozen
class Case:
    """A case and all that was said of it."""

    name: str
    is_deliberate: bool
    said: tuple[Said, ...]

    def at(self, stage: str) -> list[Said]:
        """What was said at a stage, in the order of the losses."""
        return [one for one in self.said if one.stage == stage]

    @property
    def worst(self) -> Said:
        """In hindsight the loss that comes out worst."""
        order = min if self.is_deliberate else max
        return order(self.at("hindsight"), key=lambda one: one.p)

    @property
    def weighed(self) -> tuple[object, ...]:
        """All that weighed; alike for a case that is told with context that counts nothing."""
        return tuple(
            (one.rule, one.text, one.weight)
            for said in self.said
            if said.verdict is not None
            for one in said.verdict.evidence
            if one.weight
        )

    def is_wrong(self, p: float) -> bool:
        """Whether a probability lies on the wrong side of one half."""
        return (p >= 0.5) is not self.is_deliberate


def case_of(name: str, is_deliberate: bool, spells: Sequence[sk.TimeWindow], world: World) -> Case:
    """Judge a case at every stage."""
    reports: dict[object, sk.Report] = {}
    said = []
    for look in looks_at(spells):
        if look.as_of not in reports:
            reports[look.as_of] = world.report(as_of=look.as_of)
        one = judged(reports[look.as_of], look.spell)
        said.append(Said(look.stage, None if one is None else one.verdict))
    return Case(name, is_deliberate, tuple(said))


def cases(data: Path) -> Iterator[Case]:
    """All of them, the recorded ones last."""
    for one in HARD_CASES:
        yield case_of(one.name, one.is_deliberate, one.spells, one.world())
    if not data.is_dir():
        print(f"no recorded data at {data}: the recorded cases are left out")
        return
    for recorded in RECORDED:
        yield case_of(recorded.name, recorded.is_deliberate, (recorded.spell,), recorded.read(data))


def cut(text: str, indent: str = "") -> str:
    """A line of 150 characters at most."""
    return textwrap.shorten(text, WIDTH - len(indent), placeholder=" ...")


def show(case: Case) -> None:
    """Print one case."""
    verdict = case.worst.verdict
    figures = [
        f"{stage} " + ">".join("none" if one.verdict is None else f"{one.p:.2f}" for one in case.at(stage))
        for stage in STAGES[:2]
    ]
    truth = "SHUTDOWN" if case.is_deliberate else "fault"
    print(f"{case.name}: {truth}{', CALLED WRONGLY' if case.is_wrong(case.worst.p) else ''}")
    if verdict is None:
        print(f"  {', '.join(figures)}, hindsight none: nothing was found\n")
        return
    print(
        f"  p {', '.join(figures)}, hindsight {case.worst.p:.2f} (measured {verdict.p_measured:.2f}) = "
        f"{verdict.intent.value}; {verdict.condition.value}, {technical(verdict)}, "
        f"{verdict.mechanism.value}"
    )
    told = [one for one in verdict.evidence if one.weight]
    for one in told[:SHOWN]:
        print(f"    {one.weight:+.2f} {cut(f'{one.rule}: {one.text}', ' ' * 10)}")
    print()


def technical(verdict: sk.Verdict) -> str:
    """The most probable cause that is no intent, and its probability."""
    others = [cause for cause in sk.Cause if cause is not sk.Cause.DELIBERATE]
    best = max(others, key=lambda cause: verdict.probabilities[cause])
    return f"else {best.value} {verdict.probabilities[best]:.2f}"


@frozen
class Change:
    """What becomes of a case without a rule: of all stages the one that changes most."""

    case: Case
    stage: str
    before: float
    after: float

    @property
    def size(self) -> float:
        """How far the probability moves."""
        return abs(self.after - self.before)

    @property
    def flips(self) -> list[float]:
        """The marks that it passes."""
        return [mark for mark in MARKS if (self.before >= mark) is not (self.after >= mark)]

    def __str__(self) -> str:
        passes = f" past {' and '.join(f'{mark:g}' for mark in self.flips)}" if self.flips else ""
        return f"{self.case.name} ({self.stage}) {self.before:.2f} to {self.after:.2f}{passes}"


def change_of(case: Case, rule: str, rules: sk.RuleSet) -> Change:
    """The greatest change, those that pass a mark first."""
    changes = [Change(case, one.stage, one.p, one.without(rule, rules)) for one in case.said]
    return max(changes, key=lambda change: (bool(change.flips), change.size))


def ablation(found: Sequence[Case], rules: sk.RuleSet = sk.RULES) -> None:
    """Print what each rule is worth."""
    print(f"ABLATION of {len(rules.rules)} rules: changes over {MOVES} or past 0.5 or 0.8, at any stage")
    print(f"wrong sides of 0.5 in hindsight with all rules: {wrong(found, [one.worst.p for one in found])}\n")
    spoke = {
        one.rule for case in found for said in case.said if said.verdict for one in said.verdict.evidence
    }
    rows = []
    for rule in rules.rules:
        less = rules.without(rule.id)
        changes = [change_of(case, rule.id, less) for case in found]
        kept = [change for change in changes if change.size > MOVES or change.flips]
        after = wrong(found, [hindsight(case, rule.id, less) for case in found])
        rows.append((max(change.size for change in changes), rule.id, after, kept))
    for most, rule_id, after, kept in sorted(rows, key=lambda row: (-row[0], row[1])):
        if kept:
            print(f"{rule_id}: {most:.2f} at most; wrong in hindsight without it: {after}")
            kept.sort(key=lambda change: (-change.size, change.case.name))
            text = "; ".join(str(change) for change in kept)
            print(textwrap.fill(text, WIDTH, initial_indent="    ", subsequent_indent="    "))
    silent = sorted(rule_id for _, rule_id, _, kept in rows if not kept and rule_id not in spoke)
    little = sorted(rule_id for _, rule_id, _, kept in rows if not kept and rule_id in spoke)
    for what, names in (("speak here and change nothing", little), ("never speak here", silent)):
        print()
        print(textwrap.fill(f"Rules that {what}: {', '.join(names) or 'none'}.", WIDTH))


def hindsight(case: Case, rule: str, rules: sk.RuleSet) -> float:
    """The worst probability in hindsight, without a rule."""
    order = min if case.is_deliberate else max
    return order(one.without(rule, rules) for one in case.at("hindsight"))


def wrong(found: Sequence[Case], probabilities: Sequence[float]) -> str:
    """How many faults are called likelier deliberate than not, and how many shutdowns are not."""
    pairs = [(case.is_deliberate, case.is_wrong(p)) for case, p in zip(found, probabilities, strict=True)]
    faults, cuts = (sum(bad for truth, bad in pairs if truth is kind) for kind in (False, True))
    shutdowns = sum(truth for truth, _ in pairs)
    return f"{faults} of {len(pairs) - shutdowns} faults, {cuts} of {shutdowns} shutdowns"


def main() -> None:
    """Judge and print."""
    data = Path(sys.argv[1]) if len(sys.argv) > 1 else DATA
    found = list(cases(data))
    print(f"HARD CASES by ruleset {sk.RULES.version}\n")
    for case in found:
        show(case)
    ablation(list({case.weighed: case for case in reversed(found)}.values())[::-1])


if __name__ == "__main__":
    main()
