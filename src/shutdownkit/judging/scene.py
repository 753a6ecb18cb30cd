"""Everything at hand for judging the episodes of one entity."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import timedelta

from attrs import evolve, frozen

from ..model.account import InstrumentFault
from ..model.entity import Entity, EntityKind
from ..model.episode import Episode
from ..model.kinds import Aspect
from ..model.reach import Blocking
from ..model.signal import Signal
from ..model.verdict import Condition, Verdict
from ..report.content import EpisodeVerdict
from .attribute import attribution_of
from .blocking.silences import Silence
from .claims import party_claims
from .condition import condition_of
from .detect import detect
from .episodes import episodes
from .facts import Facts, Surroundings, is_network
from .faults import without_faults
from .mechanism import mechanism_of
from .rules.context import statements_near
from .rules.rule import RuleSet
from .settings import DetectionSettings

__all__ = ["Controls", "Scene"]

_NEIGHBOURS = timedelta(minutes=30)


@frozen
class Controls:
    """What happened to the other entities at hand."""

    networks: tuple[Facts, ...]
    networks_watched: int
    countries: tuple[Facts, ...]
    countries_watched: int

    @classmethod
    def of(
        cls,
        signals: Sequence[Signal],
        faults: tuple[InstrumentFault, ...],
        settings: DetectionSettings,
    ) -> Controls:
        """From their signals."""
        clean = [without_faults(signal, faults) for signal in signals]
        by_entity: dict[Entity, list[Signal]] = defaultdict(list)
        for signal in clean:
            if signal.kind.aspect is Aspect.REACH and signal.series.measured.any():
                by_entity[signal.entity].append(signal)
        facts = [
            Facts(episode, Surroundings(signals=tuple(by_entity.get(episode.entity, ()))))
            for episode in episodes(detect(clean, settings=settings))
        ]
        real = [one for one in facts if condition_of(one) is Condition.OUTAGE]
        return cls(
            networks=tuple(one for one in real if is_network(one.entity)),
            networks_watched=sum(is_network(entity) for entity in by_entity),
            countries=tuple(one for one in real if one.entity.kind is EntityKind.COUNTRY),
            countries_watched=sum(entity.kind is EntityKind.COUNTRY for entity in by_entity),
        )


@frozen
class Scene:
    """Everything at hand for judging the episodes of one entity."""

    entity: Entity
    around: Surroundings
    controls: Controls
    rules: RuleSet

    def knowing_artefacts(self, episodes: Sequence[Episode]) -> Scene:
        """The scene in which it is known which of the episodes are artefacts: they recur for no reason."""
        artefacts = frozenset(
            episode
            for episode in episodes
            if condition_of(Facts(episode, self._around(episode))) is Condition.ARTEFACT
        )
        return evolve(self, around=evolve(self.around, artefacts=artefacts))

    def judge(
        self,
        episode: Episode,
        *,
        faulty: bool = False,
        silence: Silence | None = None,
        blocking: Blocking | None = None,
    ) -> EpisodeVerdict:
        """One episode and what it was."""
        around = evolve(self._around(episode), only_faulty=faulty, silence=silence, services=blocking)
        facts = Facts(episode, around)
        condition = condition_of(facts)
        attribution = attribution_of(facts, self.rules)
        mechanism = mechanism_of(facts, condition, attribution.p_measured)
        return EpisodeVerdict(
            episode,
            Verdict(condition, mechanism, attribution),
            blocking,
            party_claims(attribution, statements_near(facts)),
        )

    def _around(self, episode: Episode) -> Surroundings:
        onset = episode.onset
        is_country = self.entity.kind is EntityKind.COUNTRY
        fell = [
            country.episode
            for country in self.controls.countries
            if is_country
            and abs(country.episode.onset - onset) <= _NEIGHBOURS
            and len(country.episode.planes) > 1
        ]
        return evolve(
            self.around,
            others=tuple(other for other in self.around.others if other != episode),
            blocking=tuple(other for other in self.around.blocking if other != episode),
            networks=self.controls.networks if is_country else (),
            networks_watched=self.controls.networks_watched if is_country else 0,
            neighbours=tuple(fell),
            neighbours_watched=self.controls.countries_watched if is_country else 0,
        )
