"""RIPE Atlas: how many of the volunteers' probes in a country or a network are connected.

A probe keeps a connection to a controller of RIPE's, and RIPE records when it comes and goes.  The signal
is how many are connected at an instant and have stayed so for half an hour: one that was gone for five
minutes or more counts again half an hour after its return, so that probes which drop in turn add up to the
outage that they are.  The beginning of an outage is seen at once, its end half an hour late.
"""

from __future__ import annotations

from datetime import timedelta

from ...errors import MissingExtraError
from ...model.account import BlindSpot
from ...model.entity import EntityKind
from ...model.kinds import Plane
from ...reading.query import Query
from ...reading.source import SourceConfig, SourceInfo, SourceResult
from .asking import NAME, Asking
from .assembly import KIND, LICENCE, answer
from .series import STEP
from .transport import BASE, AtlasTransport

__all__ = ["AtlasSource"]

_BLIND_TO = (
    "RIPE Atlas does not see cuts of mobile networks: few of its probes are on one.",
    "RIPE Atlas counts a probe that reaches its controller; that does not prove that people's data flow.",
    "RIPE Atlas has few probes, where volunteers are: the cut of a province may touch none.",
    "RIPE Atlas may note a disconnection and a return up to about an hour late.",
    "RIPE Atlas's probes count only once they have been back for half an hour: an outage seems to end late.",
    "RIPE Atlas knows a probe's country as its volunteer declared it, and where it is now.",
)

_INFO = SourceInfo(
    name=NAME,
    title="RIPE Atlas",
    kinds=(KIND,),
    entity_kinds=frozenset({EntityKind.COUNTRY, EntityKind.ASN}),
    native_steps={KIND.name: timedelta(seconds=STEP)},
    licence=LICENCE,
    blind_to=tuple(BlindSpot(Plane.VANTAGE, text) for text in _BLIND_TO),
    homepage=BASE,
    delay=timedelta(minutes=90),  # an hour, measured by us at both ends on 2014-08-27, and room
)


class AtlasSource:
    """The source.

    Raises:
        MissingExtraError: where the extra ``atlas`` is not installed.
        InvalidValueError: where it is given an argument; it takes none.
    """

    def __init__(self, config: SourceConfig) -> None:
        config.check_no_argument()
        self._base = (config.base_url or BASE).rstrip("/")
        self._transport = _transport(config, self._base)

    @property
    def info(self) -> SourceInfo:
        """What it serves."""
        return _INFO

    def check(self) -> None:
        """Ask for the few probes of a small country.

        Raises:
            ProviderError: where they do not come.
        """
        self._transport.probes({"country_code": "LI", "fields": "id"}, keep=timedelta(0))

    def fetch(self, query: Query, /) -> SourceResult:
        """The number of connected probes that have stayed so for half an hour, every five minutes.

        Raises:
            NotServedError: where the query is not for this source.
            ProviderError: where the list of probes, or no event at all, came.
        """
        _INFO.check_serves(query)
        return answer(query, Asking(self._transport, self._base))


def _transport(config: SourceConfig, base: str) -> AtlasTransport:
    try:
        from .cousteau import CousteauTransport  # noqa: PLC0415 (it imports the extra atlas)
    except ModuleNotFoundError as error:
        if error.name is None or error.name.partition(".")[0] != "ripe":
            raise
        raise MissingExtraError("RIPE Atlas", "ripe.atlas.cousteau", "atlas") from None
    return CousteauTransport(config.http, base=base, key=config.key)
