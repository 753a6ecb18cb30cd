"""One source written in three ways, each checked as a source where it is given a name."""

from __future__ import annotations

from datetime import timedelta

from attrs import field, frozen

import shutdownkit as sk
from shutdownkit.reading.source import SourceFactory

STEP = timedelta(hours=1)
PINGS = sk.SignalKind("acme.pings", "hosts that answer", sk.Plane.PROBING)


def described(name: str) -> sk.SourceInfo:
    return sk.SourceInfo(
        name=name,
        title="Acme",
        kinds=(PINGS,),
        entity_kinds=frozenset({sk.EntityKind.COUNTRY}),
        native_steps={PINGS.name: STEP},
        licence="CC BY 4.0",
        blind_to=(sk.BlindSpot(None, "Acme does not see mobile networks."),),
        homepage="https://acme.example",
    )


def pinged(query: sk.Query, info: sk.SourceInfo) -> sk.SourceResult:
    values = [7.0] * (query.span.duration // STEP)
    told = sk.Provenance(info.name, info.licence)
    series = sk.TimeSeries(query.span.start, STEP, values)
    return sk.SourceResult((sk.Signal(PINGS, query.entity, series, provenance=told),))


class PlainSource:
    """A class like any other; ``info`` is an attribute of the class."""

    info = described("acme-plain")

    def __init__(self, config: sk.SourceConfig) -> None:
        config.check_no_argument()

    def fetch(self, query: sk.Query, /) -> sk.SourceResult:
        return pinged(query, self.info)


@frozen
class AttrsSource:
    """A frozen attrs class, made of its configuration; ``info`` is an attribute of each source."""

    config: sk.SourceConfig
    info: sk.SourceInfo = field(init=False, factory=lambda: described("acme-attrs"))

    def fetch(self, query: sk.Query, /) -> sk.SourceResult:
        return pinged(query, self.info)


class NamedSource:
    """A class that knows nothing of configurations; ``info`` is a property."""

    def __init__(self, name: str) -> None:
        self._name = name

    @property
    def info(self) -> sk.SourceInfo:
        return described(self._name)

    def fetch(self, query: sk.Query, /) -> sk.SourceResult:
        return pinged(query, self.info)


def make_source(config: sk.SourceConfig) -> sk.Source:
    """A function that makes one."""
    return NamedSource(config.name)


FACTORIES: dict[str, SourceFactory] = {
    "acme-plain": PlainSource,
    "acme-attrs": AttrsSource,
    "acme-function": make_source,
}
"""What an entry point names: each form by the slug of its source."""


def each_form(config: sk.SourceConfig) -> tuple[sk.Source, sk.Source, sk.Source]:
    return PlainSource(config), AttrsSource(config), NamedSource("acme-function")
