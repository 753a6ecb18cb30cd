"""What was concluded, and from what."""

from __future__ import annotations

import enum
import math
from collections.abc import Iterator, Mapping

from attrs import field, frozen

from ..errors import InvalidValueError
from .checks import all_of, flag, instance, member, number, store, text
from .entity import Entity
from .window import TimeWindow

__all__ = [
    "Attribution",
    "Cause",
    "CauseProbabilities",
    "CauseWeights",
    "ClaimCheck",
    "ClaimStatus",
    "Condition",
    "ContextEvent",
    "ContextKind",
    "Evidence",
    "Mechanism",
    "Similarity",
    "Stance",
    "Verdict",
]


class Condition(enum.Enum):
    """What happened."""

    NORMAL = "normal"
    OUTAGE = "outage"  # half or more lost on at least one signal of connectivity
    DEGRADED = "degraded"  # less than half lost, or works worse
    BLOCKING = "blocking"  # services fail while the network works
    ARTEFACT = "artefact"  # the instrument failed, not the network
    INSUFFICIENT_DATA = "insufficient_data"


class Cause(enum.Enum):
    """Why it happened."""

    DELIBERATE = "deliberate"
    POWER = "power"
    CABLE = "cable"
    ROUTING = "routing"
    ATTACK = "attack"
    DISASTER = "disaster"
    EQUIPMENT = "equipment"
    UNKNOWN_TECHNICAL = "unknown_technical"


class Mechanism(enum.Enum):
    """How it was done, if it was done."""

    ROUTING_WITHDRAWAL = "routing_withdrawal"
    FILTERING = "filtering"
    DNS = "dns"
    TLS = "tls"
    THROTTLING = "throttling"
    MOBILE_ONLY = "mobile_only"
    UNKNOWN = "unknown"


class Stance(enum.Enum):
    """What a piece of evidence does to "it was deliberate"."""

    FOR = "for"
    AGAINST = "against"
    MISSING = "missing"  # should be there, and is not
    DISCARDED = "discarded"  # is there, and may not be used


class _ByCause(Mapping[Cause, float]):
    """An immutable, hashable mapping from every cause to a finite number, in the causes' order."""

    __slots__ = ("_values",)
    _values: tuple[float, ...]

    def __init__(self, values: Mapping[Cause, float]) -> None:
        for cause in values:
            member(f"{type(self).__name__} key", Cause, cause)
        self._values = tuple(
            number(f"{type(self).__name__}.{cause.value}", values.get(cause, 0.0)) for cause in Cause
        )

    def __getitem__(self, cause: Cause) -> float:
        try:
            return self._values[_INDEX[cause]]
        except TypeError:
            raise KeyError(cause) from None

    def __iter__(self) -> Iterator[Cause]:
        return iter(Cause)

    def __len__(self) -> int:
        return len(self._values)

    def __hash__(self) -> int:
        return hash(self._values)

    def __eq__(self, other: object) -> bool:
        if isinstance(other, _ByCause):
            return type(self) is type(other) and self._values == other._values
        return super().__eq__(other)

    def __repr__(self) -> str:
        inside = ", ".join(f"{cause.value}: {value:.4g}" for cause, value in self.items())
        return f"{type(self).__name__}({inside})"


_INDEX = {cause: index for index, cause in enumerate(Cause)}


class CauseWeights(_ByCause):
    """Log-likelihood of what was seen under each cause, up to a constant (nats); 0 where not given."""

    __slots__ = ()


class CauseProbabilities(_ByCause):
    """A probability for every cause: each strictly between 0 and 1, all together 1.

    Raises:
        InvalidValueError: where one is missing, is 0 or 1, or the sum is off by more than 1e-6.
    """

    __slots__ = ()

    def __init__(self, values: Mapping[Cause, float]) -> None:
        super().__init__(values)
        for cause, value in self.items():
            if not 0.0 < value < 1.0:
                raise InvalidValueError(f"CauseProbabilities.{cause.value}", value, "is not between 0 and 1")
        total = math.fsum(self._values)
        if abs(total - 1.0) > 1e-6:
            raise InvalidValueError("CauseProbabilities", total, "is their sum, which is not 1")


@frozen
class Evidence:
    """What one rule concluded.

    Attributes:
        rule: the rule's stable id, such as ``timing.local-hour``.
        weight: log-likelihood ratio of "deliberate" against the other causes together (nats): positive
            speaks for, negative against; 0 for missing and discarded evidence.
        text: what was seen, in a sentence.
        source: where the rule's figures come from.
        causes: log-likelihood under each cause, up to a constant (nats).

    Raises:
        InvalidValueError: where the weight's sign and the stance disagree.
    """

    rule: str
    stance: Stance
    weight: float
    text: str
    source: str
    causes: CauseWeights = field(factory=lambda: CauseWeights({}))

    def __attrs_post_init__(self) -> None:
        text("Evidence.rule", self.rule)
        member("Evidence.stance", Stance, self.stance)
        store(self, "weight", number("Evidence.weight", self.weight))
        text("Evidence.text", self.text)
        text("Evidence.source", self.source)
        instance("Evidence.causes", CauseWeights, self.causes)
        agrees = {
            Stance.FOR: self.weight >= 0,
            Stance.AGAINST: self.weight <= 0,
            Stance.MISSING: self.weight == 0,
            Stance.DISCARDED: self.weight == 0,
        }[self.stance]
        if not agrees:
            raise InvalidValueError(
                "Evidence.weight", self.weight, f"does not go with the stance {self.stance.value}"
            )


@frozen
class Attribution:
    """Why an episode happened: a probability for every cause, and the evidence.

    Attributes:
        ruleset: version of the rules that judged.
    """

    probabilities: CauseProbabilities
    evidence: tuple[Evidence, ...]
    ruleset: str

    def __attrs_post_init__(self) -> None:
        instance("Attribution.probabilities", CauseProbabilities, self.probabilities)
        store(self, "evidence", all_of("Attribution.evidence", Evidence, self.evidence))
        text("Attribution.ruleset", self.ruleset)

    @property
    def p_deliberate(self) -> float:
        """Probability that it was deliberate."""
        return self.probabilities[Cause.DELIBERATE]

    @property
    def most_probable(self) -> Cause:
        """The most probable cause; of equals, the first in the order of :class:`Cause`."""
        return max(Cause, key=lambda cause: self.probabilities[cause])


@frozen
class Verdict:
    """What an episode was: condition, cause probabilities, mechanism, with the evidence.

    ``mechanism`` says how it was done if it was done on purpose; it is UNKNOWN where the planes do not
    tell or where "deliberate" is improbable.
    """

    condition: Condition
    mechanism: Mechanism
    attribution: Attribution

    def __attrs_post_init__(self) -> None:
        member("Verdict.condition", Condition, self.condition)
        member("Verdict.mechanism", Mechanism, self.mechanism)
        instance("Verdict.attribution", Attribution, self.attribution)

    @property
    def probabilities(self) -> CauseProbabilities:
        """Probability of every cause."""
        return self.attribution.probabilities

    @property
    def p_deliberate(self) -> float:
        """Probability that it was deliberate."""
        return self.attribution.p_deliberate

    @property
    def evidence(self) -> tuple[Evidence, ...]:
        """For, against, missing and discarded."""
        return self.attribution.evidence


class ContextKind(enum.Enum):
    """What kind of thing happened around an episode.

    The political kinds are context, never evidence.  The physical kinds and ORDER are reports of a
    cause and weigh as such.
    """

    ELECTION = "election"
    PROTEST = "protest"
    COUP = "coup"
    EXAM = "exam"
    ORDER = "order"  # a published order to cut or throttle
    POWER_FAULT = "power_fault"
    CABLE_FAULT = "cable_fault"
    ROUTING_FAULT = "routing_fault"
    ATTACK = "attack"
    DISASTER = "disaster"
    EQUIPMENT_FAULT = "equipment_fault"


@frozen
class ContextEvent:
    """Something that happened around the time, reported by someone outside the measurements.

    Attributes:
        source: who reported it, so that it can be checked.
        independent: True where the report does not come from those who are suspected.  A government's
            own explanation is a claim to be tested (see ``check_claim``), not evidence.
    """

    kind: ContextKind
    entity: Entity
    window: TimeWindow
    text: str
    source: str
    independent: bool = True

    def __attrs_post_init__(self) -> None:
        member("ContextEvent.kind", ContextKind, self.kind)
        instance("ContextEvent.entity", Entity, self.entity)
        instance("ContextEvent.window", TimeWindow, self.window)
        text("ContextEvent.text", self.text)
        text("ContextEvent.source", self.source)


@frozen
class Similarity:
    """How alike two episodes' technical signatures are.

    Attributes:
        score: 0..1, the weighted share of the comparable features that agree.
        agreements, differences: a sentence for each feature compared.
        consistent: whether one way of doing it explains both; None where too little can be compared.
    """

    score: float
    agreements: tuple[str, ...]
    differences: tuple[str, ...]
    consistent: bool | None

    def __attrs_post_init__(self) -> None:
        store(self, "score", number("Similarity.score", self.score, minimum=0.0, maximum=1.0))
        store(self, "agreements", all_of("Similarity.agreements", str, self.agreements))
        store(self, "differences", all_of("Similarity.differences", str, self.differences))
        if self.consistent is not None:
            flag("Similarity.consistent", self.consistent)


class ClaimStatus(enum.Enum):
    """Whether a claimed cause fits."""

    CONSISTENT = "consistent"
    INCONSISTENT = "inconsistent"
    UNTESTABLE = "untestable"


@frozen
class ClaimCheck:
    """Whether a claimed cause fits the evidence, and why.

    Attributes:
        weight: log-likelihood of the evidence under the claimed cause less that under the best other
            cause (nats).
        reasons: a sentence for each piece of evidence that bears on the claim, or why none does.
    """

    claim: Cause
    status: ClaimStatus
    weight: float
    reasons: tuple[str, ...]

    def __attrs_post_init__(self) -> None:
        member("ClaimCheck.claim", Cause, self.claim)
        member("ClaimCheck.status", ClaimStatus, self.status)
        store(self, "weight", number("ClaimCheck.weight", self.weight))
        store(self, "reasons", all_of("ClaimCheck.reasons", str, self.reasons))
