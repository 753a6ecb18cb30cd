"""How OONI's public bucket lays its archive files out, and which files a question needs.

Since 20 October 2020 ``raw/YYYYMMDD/HH/CC/testname/YYYYMMDDHH_CC_testname.<host>.<n>.jsonl.gz``, before that
``jsonl/<testname>/<CC>/<YYYYMMDD>/00/<name>.jsonl.gz`` (``ooni/data: Readme.md``).  The date is that of the
UPLOAD: a measurement can be uploaded at any time after it was made, and never (but for a wrong clock)
before.  So files uploaded before a time can be left out, files uploaded after it never.

Pure: it looks at paths, never at files.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from attrs import field, frozen

from ....errors import InvalidValueError
from ....model.checks import instance
from ....model.entity import Entity, EntityKind
from ....model.window import TimeWindow

__all__ = ["ANYWHERE", "ENDINGS", "POST_CAN", "Choice", "Place", "place_of", "slug"]

ENDINGS = (".jsonl.gz", ".jsonl")
"""What files of one measurement a line are called."""

POST_CAN = ".tar.gz"
"""What the bucket calls its archives of single uploads, which hold the same measurements once more."""

_HOURLY = re.compile(r"(?:.*/)?(\d{8})(\d\d)_([A-Z]{2})_([a-z0-9]+)\.[^/]*", re.ASCII | re.DOTALL)
_HOURLY_FOLDERS = re.compile(r"(?:.*/)?(\d{8})/(\d\d)/([A-Z]{2})/([a-z0-9]+)/[^/]*", re.ASCII | re.DOTALL)
_DAILY = re.compile(r"(?:.*/)?jsonl/([a-z0-9_]+)/([A-Z]{2})/(\d{8})/(\d\d)/[^/]*", re.ASCII | re.DOTALL)
_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)


@frozen
class Place:
    """What the path of a file says of what is in it; None where it says nothing.

    Attributes:
        country: two capital letters; ``ZZ`` where the probes did not know.
        test: the name of the test without underscores, such as ``webconnectivity``.
        uploaded: the hour, or in the older layout the day, of the upload.
    """

    country: str | None = None
    test: str | None = None
    uploaded: TimeWindow | None = None


ANYWHERE = Place()
"""Of a path that says nothing."""


def place_of(path: str) -> Place:
    """What a path says; :data:`ANYWHERE` for a path of neither layout, or one that contradicts itself.

    A file of the newer layout says it all in its name, so that its folders may be missing.

    Args:
        path: with ``/`` between folders; whatever is above the layout's own folders does not matter.
    """
    name = _HOURLY.fullmatch(path)
    folders = _HOURLY_FOLDERS.fullmatch(path)
    if name is not None:
        if folders is not None and folders.groups() != name.groups():
            return ANYWHERE
        return _place(name[3], name[4], name[1] + name[2], _HOUR)
    daily = _DAILY.fullmatch(path)
    if daily is not None:
        return _place(daily[2], daily[1], daily[3] + "00", _DAY)
    return ANYWHERE


def _place(country: str, test: str, hour: str, length: timedelta) -> Place:
    try:
        start = datetime.strptime(hour, "%Y%m%d%H").replace(tzinfo=UTC)
        return Place(country, slug(test), TimeWindow(start, start + length))
    except (ValueError, OverflowError):  # not in the calendar
        return ANYWHERE


def slug(test: str) -> str:
    """The name of a test as paths have it: ``webconnectivity`` of ``web_connectivity``."""
    return test.replace("_", "").lower()


def _countries(value: Iterable[Entity | str] | None) -> frozenset[str] | None:
    if value is None:
        return None
    if isinstance(value, str):
        raise InvalidValueError("countries", value, "is one text, not several countries")
    found = [Entity.parse(one) if isinstance(one, str) else one for one in value]
    for one in found:
        if instance("countries", Entity, one).kind is not EntityKind.COUNTRY:
            raise InvalidValueError("countries", str(one), "is no country")
    return frozenset(one.code for one in found)


def _tests(value: Iterable[str] | None) -> frozenset[str] | None:
    if value is None:
        return None
    if isinstance(value, str):
        raise InvalidValueError("tests", value, "is one text, not several tests")
    return frozenset(slug(one) for one in value)


@frozen
class Choice:
    """Which measurements are wanted; None for all.

    Attributes:
        countries: codes, as :class:`Place` has them.
        tests: names without underscores.
        uploaded: a file is left out where all its uploads came outside of it.
        started: when the measurement was made, by the probe's clock.

    Raises:
        InvalidValueError: for what is no country, or one text in place of several.
    """

    countries: frozenset[str] | None = field(default=None, converter=_countries)
    tests: frozenset[str] | None = field(default=None, converter=_tests)
    uploaded: TimeWindow | None = None
    started: TimeWindow | None = None

    def takes_file(self, place: Place) -> bool:
        """Whether a file can hold anything that is wanted, by its path alone."""
        if self.countries is not None and place.country is not None and place.country not in self.countries:
            return False
        if self.tests is not None and place.test is not None and place.test not in self.tests:
            return False
        return self.uploaded is None or place.uploaded is None or place.uploaded.overlaps(self.uploaded)

    def takes(self, country: str, test: str, time: datetime) -> bool:
        """Whether a measurement is wanted, by what it says of itself."""
        return (
            (self.countries is None or country in self.countries)
            and (self.tests is None or slug(test) in self.tests)
            and (self.started is None or time in self.started)
        )
