"""What was concluded, and from what."""

from __future__ import annotations

import enum
import math
from collections.abc import Iterator, Mapping

from attrs import Factory, field, frozen

from ..errors import InvalidValueError
from .checks import all_of, instance, member, number, store, text
from .knowledge import Intent, Knowledge

__all__ = [
    "Attribution",
    "Basis",
    "Cause",
    "CauseProbabilities",
    "CauseWeights",
    "Condition",
    "Evidence",
    "Mechanism",
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


class Basis(enum.Enum):
    """What a piece of evidence rests on."""

    MEASURED = "measured"
    CONTEXT = "context"  # what was reported around the time, by the caller


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
        basis: whether it was measured, or is context that the caller gave.

    Raises:
        InvalidValueError: where the weight's sign and the stance disagree.
    """

    rule: str
    stance: Stance
    weight: float
    text: str
    source: str
    causes: CauseWeights = field(factory=lambda: CauseWeights({}))
    basis: Basis = Basis.MEASURED

    def __attrs_post_init__(self) -> None:
        text("Evidence.rule", self.rule)
        member("Evidence.stance", Stance, self.stance)
        store(self, "weight", number("Evidence.weight", self.weight))
        text("Evidence.text", self.text)
        text("Evidence.source", self.source)
        instance("Evidence.causes", CauseWeights, self.causes)
        member("Evidence.basis", Basis, self.basis)
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
        probabilities: with everything known, the context included.
        ruleset: version of the rules that judged.
        measured: the same from the measurements alone, without any context; the same as
            ``probabilities`` where there was no context.
        knowledge: what was known of the episode.
        intent: whether it was deliberate, as far as that can be said.
        undecided: why it cannot be said, a sentence each; empty unless ``intent`` is UNDETERMINED.

    Raises:
        InvalidValueError: where an undetermined intent has no reason, or another one has.
    """

    probabilities: CauseProbabilities
    evidence: tuple[Evidence, ...]
    ruleset: str
    measured: CauseProbabilities = field(
        default=Factory(lambda self: self.probabilities, takes_self=True), kw_only=True
    )
    knowledge: Knowledge = field(default=Knowledge.HINDSIGHT, kw_only=True)
    intent: Intent = field(default=Intent.UNDETERMINED, kw_only=True)
    undecided: tuple[str, ...] = field(default=("It was not asked.",), kw_only=True)

    def __attrs_post_init__(self) -> None:
        instance("Attribution.probabilities", CauseProbabilities, self.probabilities)
        store(self, "evidence", all_of("Attribution.evidence", Evidence, self.evidence))
        text("Attribution.ruleset", self.ruleset)
        instance("Attribution.measured", CauseProbabilities, self.measured)
        member("Attribution.knowledge", Knowledge, self.knowledge)
        member("Attribution.intent", Intent, self.intent)
        store(self, "undecided", all_of("Attribution.undecided", str, self.undecided))
        if bool(self.undecided) is not (self.intent is Intent.UNDETERMINED):
            raise InvalidValueError(
                "Attribution.undecided", self.undecided, f"does not go with the intent {self.intent.value}"
            )

    @property
    def p_deliberate(self) -> float:
        """Probability that it was deliberate."""
        return self.probabilities[Cause.DELIBERATE]

    @property
    def p_measured(self) -> float:
        """Probability that it was deliberate, from the measurements alone."""
        return self.measured[Cause.DELIBERATE]

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
    def p_measured(self) -> float:
        """Probability that it was deliberate, from the measurements alone."""
        return self.attribution.p_measured

    @property
    def intent(self) -> Intent:
        """Whether it was deliberate, as far as that can be said."""
        return self.attribution.intent

    @property
    def evidence(self) -> tuple[Evidence, ...]:
        """For, against, missing and discarded."""
        return self.attribution.evidence
