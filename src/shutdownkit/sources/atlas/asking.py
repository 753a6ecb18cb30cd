"""Asks what is planned; what fails is noted and the rest goes on."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from attrs import define, field, frozen

from ...errors import ProviderError
from ...model.account import SourceFailure
from ...model.entity import Entity, EntityKind
from ...model.window import TimeWindow
from .events import ConnectionEvent, read_events
from .plan import Ask, country_asks, event_asks, network_asks, probe_lists
from .probes import Probe, read_probes
from .replay import Span
from .rows import Read
from .transport import AtlasTransport, Filters

__all__ = ["Asking", "Group", "Part"]

NAME = "atlas"


@frozen
class Part:
    """What a question for events brought.

    Attributes:
        retrieved: when it was answered; None where it was not.
    """

    ask: Ask
    events: tuple[ConnectionEvent, ...] = ()
    retrieved: datetime | None = None


@frozen
class Group:
    """Some probes, and the parts that together cover a window, in order of time."""

    ids: tuple[int, ...]
    parts: tuple[Part, ...]

    @property
    def known(self) -> tuple[Span, ...]:
        """The spans for which the provider answered: no later than when it did (epoch seconds)."""
        spans: list[Span] = []
        for part in self.parts:
            if part.retrieved is None:
                continue
            start = part.ask.start.timestamp()
            end = min(part.ask.stop, part.retrieved).timestamp()
            if end <= start:
                continue
            if spans and spans[-1][1] == start:
                spans[-1] = (spans[-1][0], end)
            else:
                spans.append((start, end))
        return tuple(spans)

    @property
    def failed(self) -> bool:
        """Whether a question was not answered."""
        return any(part.retrieved is None for part in self.parts)

    def events_by_probe(self) -> dict[int, tuple[ConnectionEvent, ...]]:
        """The events of each probe, in order, each once; of a probe without any, none."""
        found: dict[int, dict[ConnectionEvent, None]] = {number: {} for number in self.ids}
        for part in self.parts:  # their edges are in both; a dict drops the second
            for event in part.events:
                found[event.probe][event] = None
        return {number: tuple(events) for number, events in found.items()}


@define
class Asking:
    """One fetch: the transport, and what went wrong with it so far.

    Attributes:
        failures: what was asked and not answered.
        first_error: the first error of a question for events, or None.
        bad: records that were passed over.
        first_bad: what was wrong with the first of them.
        stray: records that were not asked for.
    """

    transport: AtlasTransport
    base: str
    failures: list[SourceFailure] = field(factory=list)
    first_error: ProviderError | None = None
    bad: int = 0
    first_bad: str | None = None
    stray: int = 0
    _halted: bool = False

    def probes_of(self, entity: Entity) -> tuple[Probe, ...]:
        """The entity's probes, by id.

        Raises:
            ProviderError: where the list did not come whole.
        """
        found: dict[int, Probe] = {}
        for filters in probe_lists(entity):
            for probe in self._probes(filters):
                if _is_of(probe, entity):
                    found.setdefault(probe.id, probe)
                else:
                    self.stray += 1
        return tuple(found[number] for number in sorted(found))

    def probes_on(self, networks: Iterable[int]) -> tuple[Probe, ...] | None:
        """All probes on networks, wherever they are; None, and a failure, where they did not all come."""
        return self._listed(network_asks(networks))

    def countries_of(self, ids: Iterable[int]) -> dict[int, str] | None:
        """The countries of probes, where known; None, and a failure, where they did not come."""
        probes = self._listed(country_asks(ids))
        if probes is None:
            return None
        return {probe.id: probe.country for probe in probes if probe.country is not None}

    def _listed(self, asks: Iterable[Filters]) -> tuple[Probe, ...] | None:
        found: list[Probe] = []
        for filters in asks:
            if self._halted:
                return None
            try:
                found.extend(self._probes(filters))
            except ProviderError as error:
                self._note(error)
                return None
        return tuple(found)

    def groups(self, ids: Iterable[int], window: TimeWindow) -> tuple[Group, ...]:
        """The events of probes in a window."""
        return tuple(
            Group(asks[0].ids, tuple(self._part(ask) for ask in asks)) for asks in event_asks(ids, window)
        )

    def world(self, start: datetime, stop: datetime) -> tuple[ConnectionEvent, ...] | None:
        """The events of all probes of the world; None, and a failure, where they did not come."""
        part = self._part(Ask((), start, stop))
        return None if part.retrieved is None else part.events

    def _part(self, ask: Ask) -> Part:
        if self._halted:
            return Part(ask)
        try:
            records = self.transport.connection_events(ask.start, ask.stop, ask.ids or None)
            read = read_events(records.rows, where=records.address)
        except ProviderError as error:
            self._note(error)
            if self.first_error is None:
                self.first_error = error
            return Part(ask)
        self._count(read)
        return Part(ask, self._asked_for(read.values, ask), records.retrieved)

    def _asked_for(self, events: Sequence[ConnectionEvent], ask: Ask) -> tuple[ConnectionEvent, ...]:
        """Without those of other probes or times, which a provider that ignores a filter sends."""
        ids = frozenset(ask.ids)
        start, stop = ask.start.timestamp(), ask.stop.timestamp()
        kept = tuple(
            event for event in events if start <= event.time <= stop and (not ids or event.probe in ids)
        )
        self.stray += len(events) - len(kept)
        return kept

    def _probes(self, filters: Filters) -> tuple[Probe, ...]:
        records = self.transport.probes(filters)
        read = read_probes(records.rows, where=records.address)
        self._count(read)
        return read.values

    def _count(self, read: Read[Probe] | Read[ConnectionEvent]) -> None:
        self.bad += read.bad
        if self.first_bad is None:
            self.first_bad = read.first_problem

    def _note(self, error: ProviderError) -> None:
        """Note a failure, once; after some, nothing more is asked."""
        failure = SourceFailure(NAME, error.problem, error.where or self.base, error.retry)
        if failure not in self.failures:
            self.failures.append(failure)
        self._halted = self._halted or error.ends_asking


def _is_of(probe: Probe, entity: Entity) -> bool:
    if entity.kind is EntityKind.COUNTRY:
        return probe.country == entity.code
    return int(entity.code.removeprefix("AS")) in {probe.asn_v4, probe.asn_v6}
