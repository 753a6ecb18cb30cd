"""Tor Metrics: how many people of a country use Tor a day, directly and through bridges, as it estimates.

``userstats-relay-country.csv`` and ``userstats-bridge-country.csv``: lines that begin with ``#``, a header, a
row a day; columns may move and others come (https://metrics.torproject.org/stats.html).  Start and end are
inclusive.  ``frac`` is the percentage of relays behind an estimate: by Tor's own rule one of under 10 or
over 110 is none, nor is one of yesterday (metrics-web, commit 3b5a2fb6).  R writes numbers such as 1e+05.

Requests for directories are counted, not people; a day without an estimate is missing.  A fall is no outage:
Tor can be blocked while all else works.  From 1 September 2025 to about June 2026 two bugs made the counts up
to ten times too high (tor's tickets 41191 and 41192; the dates are of anoni-net/docs, pull request 564).
"""

from __future__ import annotations

import csv
import re
from datetime import datetime, timedelta
from functools import partial
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ..errors import ProviderError, WrongAnswerError
from ..model.account import BlindSpot, SourceFailure
from ..model.entity import EntityKind
from ..model.kinds import Aspect, Plane, SignalKind
from ..model.series import TimeSeries
from ..model.signal import Provenance, Signal
from ..model.window import TimeWindow
from ..reading.http.fields import as_text, shown
from ..reading.http.request import Answer, AnswerForm, HttpRequest
from ..reading.query import Query
from ..reading.source import Answered, SourceConfig, SourceInfo, SourceResult

__all__ = ["TorMetricsSource"]

_Days = tuple[
    NDArray[np.float64], NDArray[np.float64], Answer
]  # users of each day, and percentages of relays

_DAY: Final = timedelta(days=1)
_KINDS: Final = tuple(
    SignalKind(f"tor.{way}-users", "estimated users a day", Plane.TRAFFIC, aspect=Aspect.QUALITY)
    for way in ("relay", "bridge")
)
_COLUMNS: Final = ("date", "country", "users", "frac")
_NUMBER: Final = re.compile(r"\d{1,15}(\.\d+)?(e[+-]?\d\d?)?")
_TENFOLD: Final = TimeWindow("2025-09-01", "2026-07-01")
_MISCOUNT: Final = (
    "Tor Metrics counted up to ten times too many users from 1 September 2025 to about June 2026."
)
_BLIND: Final = (
    "Tor Metrics estimates users of Tor alone, by the day: it sees neither other traffic nor cuts of hours "
    "or of mobile networks alone, and cannot tell a blocked Tor from one that nobody could reach or wanted."
)


class TorMetricsSource:
    """Tor's own estimates of its users in a country."""

    info = SourceInfo(
        name="tor-metrics",
        title="Tor Metrics (The Tor Project): estimated users of Tor",
        kinds=_KINDS,
        entity_kinds=frozenset({EntityKind.COUNTRY}),
        native_steps={kind.name: _DAY for kind in _KINDS},
        licence="CC0 1.0",
        blind_to=(BlindSpot(Plane.TRAFFIC, _BLIND),),
        homepage="https://metrics.torproject.org",
        delay=timedelta(days=3),  # published two days late, and the last day may be revised
    )

    def __init__(self, config: SourceConfig) -> None:
        config.check_no_argument()
        self._http = config.http
        self._base = config.base_url or "https://metrics.torproject.org"

    def fetch(self, query: Query, /) -> SourceResult:
        """The estimates over a query's span; a failure is in the result, or raised where nothing came."""
        self.info.check_serves(query)
        start = query.span.start.replace(hour=0, minute=0, second=0, microsecond=0)
        window = TimeWindow(start, start - (start - query.span.end) // _DAY * _DAY)
        parts: list[tuple[SignalKind, _Days]] = []
        errors: list[ProviderError] = []
        for kind in filter(query.wants, _KINDS):
            try:
                parts.append((kind, self._ask(kind, query.entity.code, window, window.end)))
            except ProviderError as error:
                errors.append(error)
                if error.ends_asking:
                    break  # where it was the first, nothing came; where it was the last, nothing is left
        if not parts:
            raise errors[0]
        signals, coverage, notices = [], [], [_MISCOUNT] if window.overlaps(_TENFOLD) else []
        for kind, (users, shares, answer) in parts:
            told = Provenance("tor-metrics", self.info.licence, answer.address, answer.retrieved)
            if not np.isnan(users).all():
                signals.append(Signal(kind, query.entity, TimeSeries(start, _DAY, users), None, told))
            if start < answer.retrieved:
                coverage.append(Answered(kind, TimeWindow(start, min(window.end, answer.retrieved))))
            if poor := np.count_nonzero((shares < 50) | (shares > 110)):  # half: a choice of ours
                few = f"{kind}: on {poor} days under half of Tor's relays reported, or more than all"
                notices.append(f"{few}: poor estimates, and none under 10 % or over 110 %.")
        failures = (SourceFailure("tor-metrics", one.problem, one.where, one.retry) for one in errors)
        return SourceResult(tuple(signals), tuple(coverage), tuple(notices), failures=tuple(failures))

    def check(self) -> None:
        """Ask for a day of the United States long past; raises ProviderError where it is not there."""
        if np.isnan(self._ask(_KINDS[0], "US", TimeWindow("2024-06-01", "2024-06-02"), None)[0]).any():
            raise WrongAnswerError("has no users of the United States", where=self._base)

    def _ask(self, kind: SignalKind, code: str, window: TimeWindow, until: datetime | None) -> _Days:
        url = f"{self._base}/userstats-{kind.name[4:-6]}-country.csv"
        first, last = window.start.date(), (window.end - _DAY).date()
        params = {"start": first, "end": last, "country": code.lower(), "events": "off"}
        keep = timedelta(minutes=10 if until else 0)
        request = HttpRequest(url, params, until, 2 * self.info.delay, keep, form=AnswerForm.TEXT)
        return self._http.ask(request, partial(_read, code.lower(), window))


def _read(code: str, window: TimeWindow, answer: Answer) -> _Days:
    """What a file says of whole days; raises WrongAnswerError where it is none, or about something else."""
    lines = [line for line in as_text(answer.document, "").split("\n") if not line.startswith("#")]
    try:
        header, *rows = csv.reader(lines, strict=True)
    except (csv.Error, ValueError):
        raise WrongAnswerError("no CSV") from None
    if any(header.count(name) != 1 for name in _COLUMNS):
        raise WrongAnswerError(f"no columns {', '.join(_COLUMNS)}: {shown(lines[0])}")
    if lines[-1]:
        raise WrongAnswerError(f"cut off after {shown(lines[-1])}")
    days = {(window.start + k * _DAY).date().isoformat(): k for k in range(window.duration // _DAY)}
    users, shares = np.full((2, len(days)), np.nan)
    for row in rows[:-1]:
        told = dict(zip(header, row, strict=False))
        numbers = [told.get("users", "-"), told.get("frac", "-")]
        if len(row) != len(header) or any(one and not _NUMBER.fullmatch(one) for one in numbers):
            raise WrongAnswerError(f"{shown(','.join(row))}: is no row of {', '.join(header)}")
        if told["country"] != code or told["date"] not in days:
            raise WrongAnswerError(f"{shown(','.join(row))}: was not asked for, or is there twice")
        index = days.pop(told["date"])
        users[index], shares[index] = float(numbers[0] or "nan"), float(numbers[1] or 0)
    users[~((shares >= 10) & (shares <= 110))] = np.nan
    users[max(0, (answer.retrieved - window.start) // _DAY) :] = np.nan
    return users, shares, answer
