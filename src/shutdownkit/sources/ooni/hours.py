"""Tests of services from the hours that came: so many of an hour and a network that came out alike."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from attrs import frozen

from ...model.entity import Entity, EntityKind
from ...model.service_tests import Outcome, ServiceTest, ServiceTests, Strength
from ...model.window import TimeWindow
from .layers import Scored
from .loni import Finding, Loni
from .plan import HOUR, Plan, Purpose
from .signals import provenance_of
from .single import FAILED, anomaly_strength, network_of
from .week import Hour, Week

__all__ = ["tests_of"]

_OF_ONE = frozenset({Purpose.APP, Purpose.DOMAIN})


def tests_of(
    entity: Entity, plan: Plan, came: Sequence[Week], scored: Sequence[Scored]
) -> tuple[ServiceTests, ...]:
    """The tests of each subject that was asked for by name, within the plan's grid, ordered.

    Recent hours are as they are: what else will be uploaded does not change what was.  How tests failed is
    told only where the scores of that hour came; else a site's are weak and of no layer.
    """
    scores = {(one.ask.subject, one.ask.chunk): one for one in scored}
    made = []
    for subject in plan.subjects:
        weeks = sorted(
            (week for week in came if week.ask.purpose in _OF_ONE and week.ask.subject == subject),
            key=lambda week: week.ask.chunk,
        )
        tests = [
            test
            for week in weeks
            for test in _Maker(entity, subject.lower(), scores.get((subject, week.ask.chunk))).of(
                week, plan.grid
            )
        ]
        if tests:
            made.append(ServiceTests(tuple(tests), provenance_of(weeks)))
    return tuple(made)


@frozen
class _Maker:
    """Makes the tests of one subject and week."""

    entity: Entity
    subject: str
    scores: Scored | None

    def of(self, week: Week, grid: TimeWindow) -> Iterator[ServiceTest]:
        for row in sorted(week.rows, key=lambda row: (row.hour, str(row.axis))):
            if week.ask.chunk.start + row.hour * HOUR in grid:
                yield from self._of_hour(week, row)

    def _of_hour(self, week: Week, row: Hour) -> Iterator[ServiceTest]:
        counts = row.counts
        for count, found in (
            (counts.confirmed, self._confirmed(row)),
            (counts.anomaly, self._anomaly(row)),
            (counts.failure, Finding(Outcome.UNKNOWN, reason=FAILED)),
            (counts.ok, Finding(Outcome.OK)),
        ):
            if count:
                yield ServiceTest(
                    time=week.ask.chunk.start + row.hour * HOUR,
                    subject=self.subject,
                    outcome=found.outcome,
                    country=self.entity if self.entity.kind is EntityKind.COUNTRY else None,
                    network=self._network(row),
                    layer=found.layer,
                    strength=found.strength,
                    reason=found.reason,
                    count=count,
                )

    def _network(self, row: Hour) -> Entity | None:
        if self.entity.kind is EntityKind.ASN:
            return self.entity
        return network_of(row.axis if isinstance(row.axis, int) else None)

    def _confirmed(self, row: Hour) -> Finding:
        """At which layer is known only where no other failed in that hour: scores are of all together."""
        loni = self._loni(row)
        layer = None if loni is None or row.counts.anomaly else loni.plain
        return Finding(Outcome.BLOCKED, layer, Strength.CONFIRMED)

    def _anomaly(self, row: Hour) -> Finding:
        loni = self._loni(row)
        told = None if loni is None or row.counts.confirmed else loni.of_hour
        return told or Finding(Outcome.BLOCKED, None, anomaly_strength(self.subject))

    def _loni(self, row: Hour) -> Loni | None:
        if self.scores is None:
            return None
        return self.scores.hours.get((row.hour, row.axis if isinstance(row.axis, int) else None))
