"""Which of IODA's datasources measures which kind of signal, and how.

From the table of datasources of the API's own code (InetIntel/ioda-api, ``DatasourceService.php``, commit
a5fac0e77a01).  Never asked for: ``gtr-norm``, whose values depend on the range that is asked for, and
forecasts.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from types import MappingProxyType

from attrs import frozen

from ...model.entity import Entity, EntityKind
from ...model.kinds import KINDS, SignalKind
from ...reading.query import Query

__all__ = ["BY_NAME", "DATASOURCES", "Datasource", "Nested", "provider_code", "wanted"]

_ALL = frozenset(EntityKind)
_BLOCKS = 2.0**24  # all the /24s that IPv4 has
_ADDRESSES = 2.0**32
_HOUR_MS = 3.6e6  # no probe waits so long
_ANY = 1e18  # relative requests, by their millions; a bound that only nonsense exceeds


@frozen
class Nested:
    """What is read of a bin that is given as rows of measurements.

    Attributes:
        metric: the field that holds the value.
        weight: the field that says how many measurements a row stands for: the rows are averaged by it.
            None where there is none: then the median of the rows is taken.
    """

    metric: str
    weight: str | None = None


@frozen
class Datasource:
    """One of IODA's datasources.

    Attributes:
        name: IODA's name for it.
        kind: what it measures.
        most: the largest value that there can be; a larger one would raise the expected level.
        step: its native step, which divides a day.
        entity_kinds: about whom it has signals.
        subtypes: the subtypes of a series that is meant, the best first.
        nested: how a bin of rows is read; None where a bin is one number.
        lag: how long its latest values are still coming in.
    """

    name: str
    kind: SignalKind
    most: float
    step: timedelta
    entity_kinds: frozenset[EntityKind] = _ALL
    subtypes: tuple[str, ...] = ("",)
    nested: Nested | None = None
    lag: timedelta = timedelta(0)


DATASOURCES = (
    Datasource("bgp", KINDS["bgp.visible-slash24s"], _BLOCKS, timedelta(minutes=5)),
    Datasource("ping-slash24", KINDS["probing.up-slash24s"], _BLOCKS, timedelta(minutes=10)),
    Datasource(
        "ping-slash24-loss",
        KINDS["probing.loss"],
        100.0,
        timedelta(minutes=10),
        nested=Nested("loss_pct", "probe_count"),
    ),
    Datasource("merit-nt", KINDS["telescope.unique-sources"], _ADDRESSES, timedelta(minutes=5)),
    Datasource(
        "ping-slash24-latency",
        KINDS["probing.latency"],
        _HOUR_MS,
        timedelta(minutes=10),
        nested=Nested("median_latency"),
    ),
    Datasource(
        "gtr",
        KINDS["traffic.search"],
        _ANY,
        timedelta(minutes=30),
        frozenset({EntityKind.COUNTRY}),
        ("WEB_SEARCH", ""),
        lag=timedelta(hours=3),  # "lag 2-3 h": the text of the API's DatasourcesController
    ),
)
"""Those that are asked for, in the order in which they are.  Loss and latency, which come from the same
backend, are apart: two questions in a row over which the server fails end the asking."""

BY_NAME: Mapping[str, Datasource] = MappingProxyType({one.name: one for one in DATASOURCES})
"""The same by IODA's name."""


def wanted(query: Query) -> tuple[Datasource, ...]:
    """The datasources that serve a query, in order."""
    return tuple(
        one for one in DATASOURCES if query.wants(one.kind) and query.entity.kind in one.entity_kinds
    )


def provider_code(entity: Entity) -> str:
    """IODA's code of a country or a network: ``BY``, ``6697``; of a region the code as it is."""
    return entity.code.removeprefix("AS") if entity.kind is EntityKind.ASN else entity.code
