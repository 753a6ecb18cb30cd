"""One measurement of an archive, as small as what is made of it needs."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from hashlib import blake2b

from attrs import frozen

from ....model.entity import Entity
from ....model.service_tests import ServiceTest
from ..whole.fingerprints import NONE
from ..whole.record import Whole
from ..whole.times import times_of
from ..whole.verdict import tests_and_keys_of
from .speed import Speed, speeds_of

__all__ = ["EARLY", "OLD", "Measured", "is_misdated", "measured_of", "uploaded_at"]

EARLY = timedelta(hours=1)
"""How much later than its upload a measurement may call itself: OONI's server takes more for a wrong clock
(``ooni/backend: fastpath/fastpath/core.py``)."""

OLD = timedelta(days=365)
"""How much earlier: more is taken for a wrong clock as well (as above)."""

_UID = re.compile(r"(\d{14})\.\d{6}_[A-Z]{2}_[a-z0-9]+_[0-9a-f]+", re.ASCII)


@frozen
class Measured:
    """One measurement.

    Attributes:
        line: where it stands in its file, counted from 1.
        time: when it was made, by the probe's clock (aware UTC).
        test: the name of the test, such as ``web_connectivity``.
        country: where the probe was; None where it did not know.
        network: the network it was in; None where it did not know.
        uploaded: when it was uploaded, as far as its name says so; None where it does not.
        marks: hashes that a copy shares: of its name (``measurement_uid``), and of its run, what was tested
            and when.  64 bits each: among a million measurements two share one by chance once in 4 * 10**7
            archives.
        tests: what it says of a service: a test or none.
        speeds: what it says of speed.
    """

    line: int
    time: datetime
    test: str
    country: Entity | None
    network: Entity | None
    uploaded: datetime | None
    marks: tuple[int, ...]
    tests: tuple[ServiceTest, ...] = ()
    speeds: tuple[Speed, ...] = ()


def measured_of(
    line: int, whole: Whole, time: datetime, uploaded: datetime | None, *, details: bool
) -> Measured:
    """What is kept of a measurement.

    Args:
        time, uploaded: of the measurement, which the caller knows already.
        details: whether its results are decoded, for ``tests`` and ``speeds``.

    Raises:
        WrongAnswerError: where results cannot be decoded that matter.
    """
    tests: tuple[ServiceTest, ...] = ()
    speeds: tuple[Speed, ...] = ()
    if details:
        tests, keys = tests_and_keys_of(whole, NONE)
        speeds = speeds_of(times_of(whole, keys))
    return Measured(
        line=line,
        time=time,
        test=whole.test_name,
        country=whole.country,
        network=whole.network,
        uploaded=uploaded,
        marks=_marks(whole),
        tests=tests,
        speeds=speeds,
    )


def uploaded_at(whole: Whole) -> datetime | None:
    """When a measurement was uploaded, by the name that the server gave it; older names do not say."""
    name = _UID.fullmatch(whole.measurement_uid or "")
    if name is None:
        return None
    digits = name[1]
    try:
        return datetime.fromisoformat(f"{digits[:8]}T{digits[8:]}").replace(
            tzinfo=UTC
        )  # faster than strptime
    except ValueError:  # not in the calendar
        return None


def is_misdated(time: datetime, first: datetime, last: datetime) -> bool:
    """Whether a measurement calls itself later than its upload, which came between two times, by more than
    :data:`EARLY`, or earlier by more than :data:`OLD`.
    """
    return time - last > EARLY or first - time > OLD


def _marks(whole: Whole) -> tuple[int, ...]:
    """The run alone does not tell measurements apart that have no other name: they have no mark."""
    marks = []
    if whole.measurement_uid:
        marks.append(_mark("uid", whole.measurement_uid))
    if whole.report_id:
        marks.append(
            _mark("run", whole.report_id, whole.test_name, repr(whole.input), whole.measurement_start_time)
        )
    return tuple(marks)


def _mark(*parts: str) -> int:
    text = "\0".join(parts).encode("utf-8", "surrogatepass")
    return int.from_bytes(blake2b(text, digest_size=8).digest(), "big")
