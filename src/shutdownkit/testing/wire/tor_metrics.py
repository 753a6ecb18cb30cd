"""Estimates of Tor's users as Tor Metrics would serve them: two CSV files, their habits included.

Imitated from the documentation of the files (https://metrics.torproject.org/stats.html) and the program that
writes them (metrics-web, ``graphs.R``): lines that begin with ``#``, a header, one row a day, ``start`` and
``end`` inclusive; a country in lower case, ``all`` for the world, whose cell is empty, and every country with
``??`` for those that are not known where none is named; large numbers as R writes them; days without an
estimate have no row or an empty cell.  Not imitated: events.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta

from ...errors import InvalidValueError
from ...model.entity import EntityKind
from ...model.signal import Signal
from ..server import Received, Reply

__all__ = ["tor_metrics_answer"]

_DAY = timedelta(days=1)
_COLUMNS = {
    "/userstats-relay-country.csv": ("date", "country", "users", "lower", "upper", "frac"),
    "/userstats-bridge-country.csv": ("date", "country", "users", "frac"),
}
_FILES = {
    "tor.relay-users": "/userstats-relay-country.csv",
    "tor.bridge-users": "/userstats-bridge-country.csv",
}
_USUAL = 92
"""The percentage of relays that report."""

_TYPE = {"Content-Type": "text/csv;charset=utf-8"}

Known = Mapping[tuple[str, str], Mapping[date, float]]
"""Users of each day by file and country."""

Asked = tuple[date, date, str | None]
"""The first day, the last and the country, None for each."""


def tor_metrics_answer(
    signals: Sequence[Signal], fractions: Mapping[date, int | None] | None = None
) -> Callable[[Received], Reply]:
    """The answers of a server that knows these signals, for a :class:`LoopbackServer`.

    Args:
        signals: of ``tor.relay-users`` and ``tor.bridge-users`` of countries, on whole days.
        fractions: the percentage of relays that reported on a day, None for an empty cell; 92 where it is not
            said.

    Raises:
        InvalidValueError: for a signal that Tor Metrics could not have.
    """
    known: dict[tuple[str, str], dict[date, float]] = {}
    for index, signal in enumerate(signals):
        _check_native(f"signals[{index}]", signal)
        days = known.setdefault((_FILES[signal.kind.name], signal.entity.code.lower()), {})
        for place, value in enumerate(signal.series.values.tolist()):
            days[(signal.series.start + place * _DAY).date()] = value

    def answer(received: Received) -> Reply:
        if received.path not in _COLUMNS:
            return Reply(b"<html>404 Not Found</html>", 404, {"Content-Type": "text/html"})
        asked = _asked(received)
        if asked is None:
            return Reply(b"<html>400 Bad Request</html>", 400, {"Content-Type": "text/html"})
        lines = ["#", "# The Tor Project", "#", f"# URL: https://metrics.torproject.org{received.path}", "#"]
        lines.append(",".join(_COLUMNS[received.path]))
        lines += _rows(received.path, asked, known, fractions or {})
        return Reply("".join(f"{line}\n" for line in lines).encode(), 200, _TYPE)

    return answer


def _check_native(field: str, signal: Signal) -> None:
    if signal.kind.name not in _FILES:
        raise InvalidValueError(f"{field}.kind", signal.kind.name, "is no kind that Tor Metrics has")
    if signal.entity.kind is not EntityKind.COUNTRY:
        raise InvalidValueError(f"{field}.entity", str(signal.entity), "is no country")
    if signal.series.step != _DAY or (signal.series.start - datetime(1970, 1, 1, tzinfo=UTC)) % _DAY:
        raise InvalidValueError(f"{field}.series", str(signal.series.window), "is not on whole days")


def _asked(received: Received) -> Asked | None:
    """What is asked for; None where the server refuses it."""
    country = received.one("country", "")
    try:
        first, last = (date.fromisoformat(received.one(name)) for name in ("start", "end"))
    except (KeyError, ValueError):
        return None
    if last < first or not re.fullmatch(r"([a-z]{2}|\?\?|all)?", country):
        return None
    return first, last, country or None


def _rows(path: str, asked: Asked, known: Known, fractions: Mapping[date, int | None]) -> Iterator[str]:
    first, last, country = asked
    codes = sorted(code for file, code in known if file == path)
    for index in range((last - first).days + 1):
        day = first + index * _DAY
        reported = [known[path, code].get(day, math.nan) for code in codes]
        world = math.fsum(value for value in reported if not math.isnan(value))
        told = {"": world, "??": 17.0, **dict(zip(codes, reported, strict=True))}
        wanted = told if country is None else ["" if country == "all" else country]
        for code in wanted:
            users = told.get(code, math.nan)
            if math.isnan(users) and (code not in codes or day not in known[path, code] or day.day % 2):
                continue
            cells = {
                "date": day.isoformat(),
                "country": code,
                "users": "" if math.isnan(users) else _number(users),
                "lower": "" if index < 7 or math.isnan(users) else _number(users // 2),
                "upper": "" if index < 7 or math.isnan(users) else _number(users * 2 + 1),
                "frac": str(share) if (share := fractions.get(day, _USUAL)) is not None else "",
            }
            yield ",".join(cells[name] for name in _COLUMNS[path])


def _number(value: float) -> str:
    """As R writes it: 99999, but 1e+05."""
    if not value.is_integer():
        return repr(value)
    digits = str(int(value))
    whole = digits.rstrip("0")
    short = f"{whole}e+{len(digits) - 1:02d}" if len(whole) == 1 else digits
    return min(digits, short, key=len)
