"""M-Lab's speed tests of a network, day by day: from how many addresses, how fast, and after what delay.

Format and meaning: ``docs/format-schema.md`` and ``docs/api-structure.md`` in M-Lab's ``stats-pipeline``
(https://github.com/m-lab/stats-pipeline).  The address names the network without ``AS``, and each row
says it as ``asn``: so three public clients read it, and one recorded it (AS14593 in 2024: 86 days, eight
rows a day for as many classes of speed, which repeat the numbers of the day).  Not verified: that days
are UTC's, and what is answered for a year without tests (404 is taken as refused, and told).  A day
without rows is missing: nobody tested, or nothing was published.
"""

from __future__ import annotations

import math
from datetime import UTC, date, datetime, timedelta
from functools import partial

import shutdownkit as sk
from shutdownkit.reading.http.fields import as_object, as_text, items_of, number_or_nan

__all__ = ["MlabSource"]

_DAY = timedelta(days=1)
_APP, _QUALITY = sk.Plane.APPLICATION, sk.Aspect.QUALITY
_KINDS = {  # by M-Lab's field
    "dl_samples_day": sk.SignalKind(
        "mlab.addresses", "addresses", sk.Plane.VOLUME, statistic=sk.Statistic.ARRIVALS
    ),
    "download_MED": sk.SignalKind("mlab.download", "Mbit/s, median", _APP, aspect=_QUALITY),
    "download_minRTT_MED": sk.SignalKind("mlab.rtt", "ms, median", _APP, sk.Direction.UP, aspect=_QUALITY),
}
_BLIND = (
    "M-Lab sees who chooses to test; who is offline cannot, and a day hides what lasts hours.",
    "M-Lab had published no statistics of days after 26 March 2024 when others looked in August 2026.",
)


class MlabSource:
    """M-Lab's statistics of a network: a file a year."""

    info = sk.SourceInfo(
        name="mlab",
        title="M-Lab: daily statistics of NDT speed tests",
        kinds=tuple(_KINDS.values()),
        entity_kinds=frozenset({sk.EntityKind.ASN}),
        native_steps={kind.name: _DAY for kind in _KINDS.values()},
        licence="CC0 1.0",
        blind_to=tuple(sk.BlindSpot(None, text) for text in _BLIND),
        homepage="https://www.measurementlab.net/tests/ndt/",
        longest_window=timedelta(days=730),  # a choice of ours: three files at most
        delay=2 * _DAY,  # between the last day published and the time at which it was
    )

    def __init__(self, config: sk.SourceConfig) -> None:
        config.check_no_argument()
        self._http = config.http
        self._url = f"{config.base_url or 'https://statistics.measurementlab.net'}/v0/asn"

    def fetch(self, query: sk.Query, /) -> sk.SourceResult:
        """The days that the query's span touches; a year that fails is missing, and its failure told."""
        self.info.check_serves(query)
        first = query.span.start.replace(hour=0, minute=0, second=0, microsecond=0)
        days = [(first + k * _DAY).date() for k in range(-((first - query.span.end) // _DAY))]
        asn = int(query.entity.code.removeprefix("AS"))
        told: dict[date, tuple[float, ...]] = {}
        errors: list[sk.ProviderError] = []
        provenance: sk.Provenance | None = None
        for year in range(days[0].year, days[-1].year + 1):
            url = f"{self._url}/{asn}/{year}/histogram_daily_stats.json"
            until = min(query.span.end, datetime(year + 1, 1, 1, tzinfo=UTC))
            try:
                answer, rows = self._http.ask(sk.HttpRequest(url, until=until), partial(_read, asn, year))
            except sk.ProviderError as error:
                errors.append(error)
            else:
                told |= rows
                provenance = sk.Provenance("mlab", self.info.licence, answer.address, answer.retrieved)
        if provenance is None:
            raise errors[0]
        missing = (math.nan,) * len(_KINDS)
        columns = zip(*(told.get(day, missing) for day in days), strict=True)
        return sk.SourceResult(
            tuple(
                sk.Signal(kind, query.entity, sk.TimeSeries(first, _DAY, values), provenance=provenance)
                for kind, values in zip(self.info.kinds, columns, strict=True)
                if query.wants(kind)
            ),
            failures=tuple(sk.SourceFailure("mlab", one.problem, one.where, one.retry) for one in errors),
        )


def _read(asn: int, year: int, answer: sk.Answer) -> tuple[sk.Answer, dict[date, tuple[float, ...]]]:
    """The numbers of each day of a file."""
    days: dict[date, tuple[float, ...]] = {}
    for item, path in items_of(answer.document, ""):
        row = as_object(item, path)
        day = _date(as_text(row.get("date"), f"{path}.date"), path)
        numbers = tuple(number_or_nan(row.get(name), f"{path}.{name}", minimum=0) for name in _KINDS)
        if row.get("asn") != asn or day.year != year:
            raise sk.WrongAnswerError(f"{path}: is not about AS{asn} in {year}")
        if days.setdefault(day, numbers) != numbers:  # what is missing is one NaN, which equals itself here
            raise sk.WrongAnswerError(f"{path}: tells of {day} otherwise than a row before")
    return answer, days


def _date(text: str, path: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise sk.WrongAnswerError(f"{path}.date: {text!r} is no date") from None
