"""OONI's aggregation: from JSON to counts.

The provider says no in four spellings (``msg``, ``detail`` as text, ``detail`` as a list, ``error``), and
sometimes with status 200, when the answer merely has no ``result``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime

from attrs import field, frozen

from ...errors import QuotaError, RefusedError, WrongAnswerError
from ...reading.http.fields import as_int, as_object, as_text, below, items_of, member, shown

__all__ = [
    "Aggregation",
    "Counts",
    "Row",
    "read_aggregation",
    "read_asn",
    "refuse_errors",
]

_TEXT_AXES = ("blocking_type", "category_code", "domain", "input", "probe_cc", "test_name")
_ASN = re.compile(r"(?:AS)?(\d{1,10})", re.ASCII)
_LARGEST_ASN = 2**32 - 1
_MOST = (
    10**12
)  # of one row; OONI had taken some 10**9 measurements in all its years, and sums must not overflow
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_HOUR = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", re.ASCII)
_COUNTS = ("anomaly_count", "confirmed_count", "failure_count", "ok_count")


@frozen
class Counts:
    """Measurements by outcome; each is counted once.

    Attributes:
        anomaly: signs of interference, not confirmed.
        confirmed: a known block page or address.
        failure: the measurement itself failed.
        ok: the rest.
    """

    anomaly: int
    confirmed: int
    failure: int
    ok: int

    @property
    def measurements(self) -> int:
        """All."""
        return self.anomaly + self.confirmed + self.failure + self.ok


@frozen
class Row:
    """Counts of one bucket.

    Attributes:
        start: when the bucket begins, in UTC; None where the answer has no time axis.
        hourly: whether it is named by an hour, not by a day (weeks and months are named by their first).
        axes: the values of the other axes by name; an AS number is a whole number.
    """

    counts: Counts
    start: datetime | None = None
    hourly: bool = False
    axes: Mapping[str, str | int] = field(factory=dict, hash=False)


@frozen
class Aggregation:
    """An answer.

    Attributes:
        dimensions: 0 for the counts of all, then exactly one row; else the number of axes.
        rows: in the provider's order.  A bucket in which nothing was counted has no row.
    """

    dimensions: int
    rows: tuple[Row, ...]


def read_aggregation(document: object) -> Aggregation:
    """The rows of ``/api/v1/aggregation``, of any axes and grain.

    Raises:
        QuotaError: the provider says that the quota is exceeded.
        RefusedError: the provider says no, in its words.
        WrongAnswerError: anything else than the provider documents, named by its path.
    """
    answer = as_object(document, "")
    if "result" not in answer:
        refuse_errors(answer)
    result = member(answer, "result", "")
    if isinstance(result, dict):
        return Aggregation(0, (_row(result, "result"),))
    stated = answer.get("dimension_count")
    dimensions = 1 if stated is None else as_int(stated, "dimension_count", minimum=1, maximum=2)
    return Aggregation(dimensions, tuple(_row(item, path) for item, path in items_of(result, "result")))


def refuse_errors(answer: Mapping[str, object]) -> None:
    """Raise what the provider says went wrong, where it says so.

    Raises:
        QuotaError, RefusedError: with the provider's words.
    """
    for key in ("msg", "detail", "error"):
        said = answer.get(key)
        if said is None:
            continue
        words = _words(said)
        if key == "error" and "quota" in words:
            raise QuotaError(f"OONI says: {words}")
        raise RefusedError(f"OONI says: {words}")


def _words(said: object) -> str:
    """A refusal on one line: text, or a list of objects that each name a parameter."""
    if isinstance(said, list):
        return "; ".join(_one_of(item) for item in said) or "no, without a reason"
    return " ".join(said.split()) if isinstance(said, str) else shown(said)


def _one_of(item: object) -> str:
    if not isinstance(item, dict):
        return _words(item)
    places = item.get("loc")
    place = str(places[-1]) if isinstance(places, list) and places else "a parameter"
    words = f"{place}: {_words(item.get('msg'))}"
    return f"{words} ({shown(item['input'])})" if "input" in item else words


def _row(value: object, path: str) -> Row:
    row = as_object(value, path)
    counts = Counts(
        *(as_int(member(row, key, path), below(path, key), minimum=0, maximum=_MOST) for key in _COUNTS)
    )
    total = as_int(member(row, "measurement_count", path), below(path, "measurement_count"))
    if counts.measurements != total:
        raise WrongAnswerError(
            f"{path}: the four counts make {counts.measurements}, not the measurement_count {total}"
        )
    axes: dict[str, str | int] = {
        key: as_text(row[key], below(path, key), empty=True) for key in _TEXT_AXES if key in row
    }
    if "probe_asn" in row:
        axes["probe_asn"] = read_asn(row["probe_asn"], below(path, "probe_asn"))
    if "measurement_start_day" not in row:
        return Row(counts, axes=axes)
    start, hourly = _start(row["measurement_start_day"], below(path, "measurement_start_day"))
    return Row(counts, start, hourly, axes)


def read_asn(value: object, path: str) -> int:
    """An AS number, which OONI spells ``6697``, ``"6697"`` or ``"AS6697"``; 0 where the probe did not know.

    Raises:
        WrongAnswerError: for anything else.
    """
    if isinstance(value, str):
        match = _ASN.fullmatch(value)
        if match is None:
            raise WrongAnswerError(f"{path}: {shown(value)} is not an AS number")
        value = int(match[1])
    return as_int(value, path, minimum=0, maximum=_LARGEST_ASN)


def _start(value: object, path: str) -> tuple[datetime, bool]:
    """A day ``YYYY-MM-DD`` or an hour ``YYYY-MM-DDTHH:MM:SSZ``."""
    text = as_text(value, path)
    hourly = _HOUR.fullmatch(text) is not None
    if not hourly and _DAY.fullmatch(text) is None:
        raise WrongAnswerError(f"{path}: {shown(text)} is neither a day nor an hour in UTC")
    try:
        return datetime.fromisoformat(text.removesuffix("Z")).replace(tzinfo=UTC), hourly
    except ValueError:
        raise WrongAnswerError(f"{path}: {shown(text)} is not in the calendar") from None
