"""RIPEstat: how many IPv4 and IPv6 prefixes of a country RIPE's route collectors see, by the hour.

``country-resource-stats`` (https://stat.ripe.net/docs/02.data-api/country-resource-stats.html), its fields as
the Rust crate ``ripestat-common`` and the Go client ``go-ripestat`` read them, its habits as public clients
recorded them: hours of equal values are merged, and a period names the *starts* of its first and last hour; a
value is the hour's average, so not always whole; -1 is unknown; a country that it does not know has 0 of all,
registered networks (``asns_stats``) too, so that 0 prefixes are measured only where something else is not 0.

Not by 5 minutes: so a count flickers and nothing merges.  The price: a fall is dated to its hour's start.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ..errors import ProviderError, RefusedError, WrongAnswerError
from ..model.account import BlindSpot, SourceFailure
from ..model.entity import EntityKind
from ..model.kinds import KINDS, Plane
from ..model.series import TimeSeries
from ..model.signal import Provenance, Signal
from ..model.window import TimeWindow, utc_text
from ..reading.http.fields import as_object, as_text, below, items_of, member, number_or_nan, shown
from ..reading.http.request import Answer, HttpRequest
from ..reading.http.words import plain_words
from ..reading.query import Query
from ..reading.source import Answered, SourceConfig, SourceInfo, SourceResult

__all__ = ["RipestatSource"]

_Part = tuple[NDArray[np.float64], TimeWindow, Answer]  # counts (kinds, hours), and the time they are about

_HOUR: Final = timedelta(hours=1)
_HOURS: Final = 28 * 24  # in one request: more may come by the day, as others found
_FIELDS: Final = {"bgp.v4-prefixes": "v4_prefixes_ris", "bgp.v6-prefixes": "v6_prefixes_ris"}
_READ: Final = (*_FIELDS.values(), "asns_stats")
_BLIND: Final = (
    "RIPEstat counts hourly averages of prefixes, small or large, of the networks that are registered in a "
    "country, not of all that serve it, and sees no cut that leaves the routes up."
)


class RipestatSource:
    """RIPEstat's hourly counts of a country's routed prefixes."""

    info = SourceInfo(
        name="ripestat",
        title="RIPEstat (RIPE NCC): routes that the collectors of RIS see",
        kinds=tuple(KINDS[name] for name in _FIELDS),
        entity_kinds=frozenset({EntityKind.COUNTRY}),
        native_steps=dict.fromkeys(_FIELDS, _HOUR),
        licence="RIPEstat Service Terms and Conditions; ask the RIPE NCC before passing the data on",
        blind_to=(BlindSpot(Plane.ROUTING, _BLIND),),
        homepage="https://stat.ripe.net",
        longest_window=13 * _HOURS * _HOUR,  # a choice of ours: 13 requests, 14 at odd minutes
        earliest=datetime(2004, 1, 1, tzinfo=UTC),  # documented
        delay=timedelta(hours=16),  # a choice of ours: twice the eight hours between RIS's whole tables
    )

    def __init__(self, config: SourceConfig) -> None:
        config.check_no_argument()
        self._http = config.http
        self._url = f"{config.base_url or 'https://stat.ripe.net'}/data/country-resource-stats/data.json"

    def fetch(self, query: Query, /) -> SourceResult:
        """The counts over a query's span; a failure is in the result, or raised where nothing came."""
        self.info.check_serves(query)
        start = query.span.start.replace(minute=0, second=0, microsecond=0)
        counts = np.full((len(_FIELDS), -((start - query.span.end) // _HOUR)), np.nan)
        parts: list[_Part] = []
        failures: list[SourceFailure] = []
        for first in range(0, counts.shape[1], _HOURS):
            end = min(first + _HOURS, counts.shape[1])
            window = TimeWindow(start + first * _HOUR, start + end * _HOUR)
            try:
                parts.append(self._ask(query.entity.code, window, window.end))
                counts[:, first:end] = parts[-1][0]
            except ProviderError as error:
                if not parts and (error.ends_asking or end == counts.shape[1]):
                    raise
                lost = f"{error.problem} ({window}{' and all after it' if error.ends_asking else ''})"
                failures.append(SourceFailure("ripestat", lost, error.where, error.retry))
                if error.ends_asking:
                    break
        told = Provenance("ripestat", self.info.licence, parts[0][2].address, parts[-1][2].retrieved)
        rows = [one for one in zip(self.info.kinds, counts, strict=True) if query.wants(one[0])]
        signals = [Signal(k, query.entity, TimeSeries(start, _HOUR, row), None, told) for k, row in rows]
        known = tuple(signal for signal in signals if signal.series.measured.any())
        return SourceResult(
            known,
            tuple(Answered(kind, time) for kind, _ in rows for _, time, _ in parts if time.duration),
            tuple(f"RIPEstat has no {one.kind} of {query.entity}." for one in signals if one not in known),
            failures=tuple(failures),
        )

    def check(self) -> None:
        """Ask about a day of the Netherlands that is long past; raises ProviderError where it is wrong."""
        if not np.all(self._ask("NL", TimeWindow("2024-06-01", "2024-06-02"), None)[0] > 0):
            raise WrongAnswerError("counts no prefixes of the Netherlands", where=self._url)

    def _ask(self, code: str, window: TimeWindow, until: datetime | None) -> _Part:
        params = {"resource": code, "starttime": utc_text(window.start), "endtime": utc_text(window.end)}
        keep = timedelta(minutes=10 if until else 0)
        request = HttpRequest(self._url, params | {"resolution": "1h"}, until=until, keep=keep)
        return self._http.ask(request, partial(_read, code, window))


def _read(code: str, window: TimeWindow, answer: Answer) -> _Part:
    """What an answer says of whole hours; raises WrongAnswerError where it is none, or contradicts itself."""
    envelope = as_object(answer.document, "")
    if (status := as_text(member(envelope, "status", ""), "status")) != "ok":
        raise RefusedError(plain_words(f"says {status}: {envelope.get('messages')}"), retry=status != "error")
    data = as_object(member(envelope, "data", ""), "data")
    for name, asked in (("resource", code), ("resolution", "1h")):
        if (said := as_text(member(data, name, "data"), f"data.{name}")).upper() != asked.upper():
            raise WrongAnswerError(f"data.{name}: {shown(said)} is not the {asked} that was asked for")
    counts = np.full((len(_FIELDS), window.duration // _HOUR), np.nan)
    told = np.zeros(counts.shape[1], dtype=np.bool_)
    for entry, path in items_of(member(data, "stats", "data"), "data.stats"):
        row = as_object(entry, path)
        found = [number_or_nan(row.get(name), below(path, name), minimum=-1) for name in _READ]
        known = any(value > 0 for value in found)
        for item, place in items_of(member(row, "timeline", path), below(path, "timeline")):
            begin, last = (_since(window, item, name, place) for name in ("starttime", "endtime"))
            hours = slice(max(0, begin // _HOUR), max(0, last // _HOUR + 1))
            if begin % _HOUR or last % _HOUR or last < begin or told[hours].any():
                raise WrongAnswerError(f"{place}: is no period of whole hours, or tells one again")
            told[hours] = True
            counts[:, hours] = [[value if known and value >= 0 else np.nan] for value in found[:-1]]
    begin, last = (_since(window, data, f"query_{name}", "data") for name in ("starttime", "endtime"))
    over = min(last + _HOUR, _since(window, data, "latest_time", "data"), answer.retrieved - window.start)
    low, high = (min(max(0, hour), len(told)) for hour in (-(-begin // _HOUR), over // _HOUR))
    counts[:, :low] = counts[:, high:] = np.nan
    return counts, TimeWindow(window.start + low * _HOUR, window.start + max(low, high) * _HOUR), answer


def _since(window: TimeWindow, of: object, name: str, path: str) -> timedelta:
    """How long after a window's start a named time is; one that names no zone is UTC."""
    text = as_text(member(as_object(of, path), name, path), below(path, name))
    try:
        time = datetime.fromisoformat(text)
    except ValueError:
        raise WrongAnswerError(f"{below(path, name)}: {shown(text)} is no time") from None
    return (time if time.tzinfo else time.replace(tzinfo=UTC)) - window.start
