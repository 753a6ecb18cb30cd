"""The scores of a set of rules on a list of incidents, as values.

Scores per event alone mislead: on the published list three countries make four fifths of the shutdowns,
in long series that look alike.  So every score comes three times: per event, per episode (a burst counts
once) and for the first of each burst, of which recurrence says nothing.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping

from attrs import frozen

from ..errors import CallerError
from ..model.knowledge import Intent, Knowledge
from ..model.verdict import Basis
from .metrics import Counted, ReliabilityBin

__all__ = ["Answers", "Evaluation", "Scope", "Scores", "Tally", "Unit"]


class Scope(enum.Enum):
    """Which incidents of a list are judged."""

    COUNTRY = "country"  # of whole countries
    ALL = "all"  # of regions and networks as well


class Unit(enum.Enum):
    """What counts once."""

    EVENT = "event"  # each incident
    EPISODE = "episode"  # each burst of incidents of one entity, at most 7 days from one to the next
    FIRST = "first in burst"  # each incident before which none of the entity began for 7 days


@frozen
class Scores:
    """Scores of what was said with one knowledge, of one unit.

    Attributes:
        basis: MEASURED for the probabilities without context, CONTEXT for those with it.
        n, shutdowns: how many there are, and how many of them the list calls shutdowns.
        at: counts, precision and recall at each threshold.
        auc, average_precision, brier, calibration_error, reliability: as in
            :mod:`~shutdownkit.evaluating.metrics`; None where it cannot be computed.
    """

    basis: Basis
    knowledge: Knowledge
    unit: Unit
    n: int
    shutdowns: int
    at: tuple[Counted, ...]
    auc: float | None
    average_precision: float | None
    brier: float | None
    calibration_error: float | None
    reliability: tuple[ReliabilityBin, ...]

    @property
    def outages(self) -> int:
        """How many the list calls outages."""
        return self.n - self.shutdowns

    @property
    def lacking(self) -> str | None:
        """Why some of the scores cannot be computed; None where the labels allow all."""
        if not self.n:
            return "there is none"
        if not self.shutdowns:
            return "none is a shutdown"
        return None if self.outages else "all are shutdowns"


@frozen
class Answers:
    """How the question whether it was deliberate was answered, by what the list says.

    Attributes:
        shutdowns, outages: how many were given each answer; every answer is there.
    """

    knowledge: Knowledge
    shutdowns: Mapping[Intent, int]
    outages: Mapping[Intent, int]


@frozen
class Tally:
    """What became of the incidents of the list.

    Attributes:
        read: all: ``out_of_scope``, ``without_label`` and ``judged`` together.
        without_label: the label is neither shutdown nor outage.  They are not scored, but known when
            others of the same entity are judged.
        judged: those that were scored; the rest is counted among these.
        shutdowns: those that the list calls shutdowns.
        without_end: their end is not known.
        without_planes: the list says of no plane whether there was a fall.
        duplicates: another one of the same entity before it begins at the very same time.
        entities: of how many entities they are.
        of_three: how many shutdowns are of the three entities that have most.
    """

    read: int
    out_of_scope: int
    without_label: int
    judged: int
    shutdowns: int
    without_end: int
    without_planes: int
    duplicates: int
    entities: int
    of_three: int


@frozen
class Evaluation:
    """How well a set of rules does on a list of incidents.

    Attributes:
        ruleset: the version of the rules.
        strict: whether the column ``label_strict`` was taken.
        context: how many reports of context there were; None where no context was given.
        context_elsewhere: how many of them concern no entity that was judged.
        scores: for each basis, knowledge and unit; those with context only where it was given.
        answers: for each knowledge, per event, with the context where it was given.
    """

    ruleset: str
    scope: Scope
    strict: bool
    context: int | None
    context_elsewhere: int
    tally: Tally
    scores: tuple[Scores, ...]
    answers: tuple[Answers, ...]

    def of(self, knowledge: Knowledge, unit: Unit, basis: Basis = Basis.MEASURED) -> Scores:
        """The scores of one unit with one knowledge.

        Raises:
            CallerError: for scores with context where none was given.
        """
        for one in self.scores:
            if (one.knowledge, one.unit, one.basis) == (knowledge, unit, basis):
                return one
        raise CallerError(f"there are no scores on the basis of {basis.value}: no context was given")
