"""The JSON of an episode with its verdict, and of its signals.

Where it differs from the classes, the forms say how; their fields are the keys, in order.  A reader refuses
what contradicts itself: a probability that does not follow from the causes, an answer that is none and
gives no reason.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import cattrs
from attrs import frozen

from ..errors import InvalidValueError
from ..model.claims import PartyClaim
from ..model.entity import Entity
from ..model.episode import Episode
from ..model.event import Event
from ..model.kinds import SignalKind
from ..model.knowledge import Intent, Knowledge
from ..model.reach import Blocking
from ..model.verdict import (
    Attribution,
    Cause,
    CauseProbabilities,
    Condition,
    Evidence,
    Mechanism,
    Verdict,
)
from ..model.window import TimeWindow
from .content import EpisodeVerdict

__all__ = ["EpisodeForm", "SignalForm", "add_episode_hooks"]


@frozen
class SignalForm:
    """One event of an episode: what one signal did."""

    kind: SignalKind
    entity: Entity
    subject: str | None
    start: datetime
    end: datetime | None
    seen_until: datetime
    depth: float
    peak: float
    step: timedelta | None
    fall: timedelta | None
    rise: timedelta | None

    @classmethod
    def of(cls, event: Event) -> SignalForm:
        """The form of an event."""
        return cls(
            kind=event.kind,
            entity=event.entity,
            subject=event.subject,
            start=event.onset,
            end=event.end,
            seen_until=event.window.end,
            depth=event.depth,
            peak=event.peak,
            step=event.step,
            fall=event.fall,
            rise=event.rise,
        )

    def value(self) -> Event:
        """The event that this is the form of."""
        if self.peak < 0:  # Event would take -1 to mean that the peak is the depth
            raise InvalidValueError("SignalForm.peak", self.peak, "is under 0")
        return Event(
            kind=self.kind,
            entity=self.entity,
            window=_seen_window("SignalForm", self.start, self.end, self.seen_until),
            depth=self.depth,
            subject=self.subject,
            ongoing=self.end is None,
            peak=self.peak,
            step=self.step,
            fall=self.fall,
            rise=self.rise,
        )


@frozen
class EpisodeForm:
    """One episode with its verdict.

    ``id``, ``p_deliberate`` and ``p_measured`` follow from other keys; a reader refuses a report in which
    they do not.
    """

    id: str
    entity: Entity
    start: datetime
    end: datetime | None
    seen_until: datetime
    condition: Condition
    mechanism: Mechanism
    p_deliberate: float
    causes: CauseProbabilities
    evidence: tuple[Evidence, ...]
    signals: tuple[Event, ...]
    ruleset: str
    blocking: Blocking | None
    intent: Intent
    undecided: tuple[str, ...]
    knowledge: Knowledge
    p_measured: float
    causes_measured: CauseProbabilities
    claims: tuple[PartyClaim, ...]

    @classmethod
    def of(cls, judged: EpisodeVerdict) -> EpisodeForm:
        """The form of an episode and its verdict."""
        episode, verdict = judged.episode, judged.verdict
        attribution = verdict.attribution
        return cls(
            id=episode.id,
            entity=episode.entity,
            start=episode.onset,
            end=episode.end,
            seen_until=episode.window.end,
            condition=verdict.condition,
            mechanism=verdict.mechanism,
            p_deliberate=verdict.p_deliberate,
            causes=verdict.probabilities,
            evidence=verdict.evidence,
            signals=episode.events,
            ruleset=attribution.ruleset,
            blocking=judged.blocking,
            intent=verdict.intent,
            undecided=attribution.undecided,
            knowledge=attribution.knowledge,
            p_measured=verdict.p_measured,
            causes_measured=attribution.measured,
            claims=judged.claims,
        )

    def value(self) -> EpisodeVerdict:
        """The episode and the verdict that this is the form of."""
        for index, event in enumerate(self.signals):
            if event.entity != self.entity:
                raise InvalidValueError(
                    f"EpisodeForm.signals[{index}].entity", str(event.entity), f"is not {self.entity}"
                )
        episode = Episode(
            entity=self.entity,
            window=_seen_window("EpisodeForm", self.start, self.end, self.seen_until),
            events=self.signals,
            ongoing=self.end is None,
        )
        verdict = Verdict(
            condition=self.condition,
            mechanism=self.mechanism,
            attribution=Attribution(
                self.causes,
                self.evidence,
                self.ruleset,
                measured=self.causes_measured,
                knowledge=self.knowledge,
                intent=self.intent,
                undecided=self.undecided,
            ),
        )
        if self.id != episode.id:
            raise InvalidValueError("EpisodeForm.id", self.id, f"is not {episode.id!r}")
        _check_probability("p_deliberate", self.p_deliberate, "causes", verdict.probabilities)
        _check_probability("p_measured", self.p_measured, "causes_measured", self.causes_measured)
        return EpisodeVerdict(episode, verdict, self.blocking, self.claims)


def _check_probability(name: str, said: float, causes: str, probabilities: CauseProbabilities) -> None:
    follows = probabilities[Cause.DELIBERATE]
    if said != follows:
        raise InvalidValueError(
            f"EpisodeForm.{name}", said, f"is not {follows!r}, as {causes}.deliberate says"
        )


def _seen_window(form: str, start: datetime, end: datetime | None, seen_until: datetime) -> TimeWindow:
    if end is not None and end != seen_until:
        raise InvalidValueError(f"{form}.seen_until", seen_until.isoformat(), "is not the end")
    if seen_until < start:
        field = "seen_until" if end is None else "end"
        raise InvalidValueError(f"{form}.{field}", seen_until.isoformat(), "is before the start")
    return TimeWindow(start, seen_until)


def add_episode_hooks(new: cattrs.Converter) -> None:
    """Teach a converter the forms of episodes and of their signals."""
    new.register_unstructure_hook(Event, lambda event: new.unstructure(SignalForm.of(event)))
    new.register_structure_hook(Event, lambda plain, _: new.structure(plain, SignalForm).value())
    new.register_unstructure_hook(EpisodeVerdict, lambda judged: new.unstructure(EpisodeForm.of(judged)))
    new.register_structure_hook(EpisodeVerdict, lambda plain, _: new.structure(plain, EpisodeForm).value())
