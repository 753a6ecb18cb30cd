"""The source: a folder of OONI's archive files."""

from __future__ import annotations

from ....errors import FileError, NotServedError
from ....model.entity import EntityKind
from ....model.kinds import SignalKind
from ....model.service_tests import ServiceTests
from ....model.signal import Provenance, Signal
from ....model.window import TimeWindow
from ....reading.query import Query
from ....reading.source import Answered, SourceConfig, SourceInfo, SourceResult
from ..plan import HOUR, MEASUREMENTS, NETWORKS
from .collect import Collected, collect
from .epoch import whole_hours
from .folder import Found, find
from .info import INFO
from .layout import Choice
from .measured import EARLY
from .notices import notices_of
from .reading import files_read
from .speed_kinds import DOWNLOAD, HANDSHAKE, ROUND_TRIP
from .volume import volume_of

__all__ = ["OoniArchiveSource"]

_EVER = "9999-12-31T23:59:59.999999Z"


class OoniArchiveSource:
    """OONI's measurements, from files that somebody downloaded: ``ooni-archive:FOLDER``.

    Files of all countries below the folder are read, those of others for comparison.  It asks nobody.
    """

    def __init__(self, config: SourceConfig) -> None:
        """Nothing is read yet, and without a folder the source can still say what it is."""
        self._folder = config.argument

    @property
    def info(self) -> SourceInfo:
        """What it serves."""
        return INFO

    def fetch(self, query: Query, /) -> SourceResult:
        """Read the archive.

        Raises:
            NotServedError: where the query is about something else.
            FileError: for no folder, one that does not exist or cannot be read, or without archive files.
        """
        self.info.check_serves(query)
        if self._folder is None:
            raise FileError(INFO.name, "needs a folder: name it as ooni-archive:FOLDER")
        if query.entity.kind is EntityKind.ASN and query.kinds == (NETWORKS.name,):
            raise NotServedError(f"does not count the networks of {query.entity}: it is one")
        choice = _choice(query)
        folder = find(self._folder, choice)
        files = files_read(self._folder, folder.files, choice, details=_wants_details(query))
        found = collect(query.entity, files, folder.uploads)
        return _result(query, folder, found, _provenance(found))


def _choice(query: Query) -> Choice:
    """Whatever was uploaded since the span began, however late."""
    try:
        early = query.span.start - EARLY - HOUR  # an hour more, to be sure of the edge
        return Choice(uploaded=TimeWindow(early, _EVER), started=whole_hours(query.span))
    except OverflowError:
        raise NotServedError(f"holds nothing about {query.span}: at the edge of the calendar") from None


def _wants_details(query: Query) -> bool:
    """Whether more than numbers is asked for."""
    return query.kinds is None or bool(query.subjects) or bool(_speed_kinds(query))


def _speed_kinds(query: Query) -> tuple[SignalKind, ...]:
    return tuple(kind for kind in (DOWNLOAD, HANDSHAKE, ROUND_TRIP) if query.wants(kind))


def _wants_volume(query: Query) -> bool:
    return query.wants(MEASUREMENTS) or query.wants(NETWORKS)


def _result(query: Query, folder: Found, found: Collected, provenance: Provenance) -> SourceResult:
    volume = volume_of(found, query.span)
    signals: list[Signal] = []
    coverage: list[Answered] = []
    for kind, series in volume.series.items():
        if query.wants(kind):
            signals.append(Signal(kind, query.entity, series, None, provenance))
            coverage += [Answered(kind, window) for window in volume.covered]
    speeds = found.speeds.series(whole_hours(query.span), kinds=_speed_kinds(query), wanted=query.subjects)
    for speed in speeds.series:
        signals.append(
            Signal(speed.kind, query.entity, speed.values, speed.subject, provenance, speed.counts)
        )
        coverage += [Answered(speed.kind, window, speed.subject) for window in volume.reached]
    return SourceResult(
        signals=tuple(sorted(signals, key=lambda one: (one.kind.name, one.subject or ""))),
        coverage=tuple(coverage),
        notices=notices_of(folder, found, volume if _wants_volume(query) else None, speeds),
        tests=_tests(query, found, provenance),
    )


def _tests(query: Query, found: Collected, provenance: Provenance) -> tuple[ServiceTests, ...]:
    """Those of the query's span (hours are whole, a span need not be)."""
    subjects = {test.subject for test in found.tests}
    own = sorted(found.tests, key=lambda test: (test.time, test.subject, test.run, test.address or ""))
    tests = tuple(test for test in (*own, *found.sample.of(subjects)) if test.time in query.span)
    return (ServiceTests(tests, provenance),) if tests else ()


def _provenance(found: Collected) -> Provenance:
    """Where from; ``retrieved`` is when the newest of it had been uploaded, not when somebody read it.

    The folder is not told: reports are published, and on another machine it would be another.
    """
    return Provenance(source=INFO.name, licence=INFO.licence, retrieved=found.newest)
