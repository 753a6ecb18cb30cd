"""OONI's archive files keep the contract of sources, and say what of them is damaged."""

from __future__ import annotations

import gzip
import math
import shutil
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, ClassVar, cast

import pytest
from hypothesis import strategies as st

from shutdownkit.errors import FileError
from shutdownkit.model.entity import Entity, EntityKind
from shutdownkit.model.kinds import KINDS, SignalKind
from shutdownkit.model.series import TimeSeries
from shutdownkit.model.signal import Signal
from shutdownkit.model.window import TimeWindow
from shutdownkit.reading.http.client import HttpClient
from shutdownkit.reading.source import Source, SourceConfig, SourceResult
from shutdownkit.sources.ooni.archive.source import OoniArchiveSource
from shutdownkit.testing.contracts.source.contract import SourceContract
from shutdownkit.testing.contracts.source.truth import Case, Truth, difference, measured
from shutdownkit.testing.contracts.source.upstream import Upstream
from shutdownkit.testing.faults.fault import FileFault
from shutdownkit.testing.faults.zoo import FILE_FAULTS
from tests.unit.sources.ooni_archive.archives import measurement, write_all

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)
HOMES = {"BY": "BY", "LT": "LT", "AS6697": "PL", "AS25106": "LV"}
"""In which country each is measured."""
ELSEWHERE = "SE"
AROUND = 2
"""How many hours a truth has before and after what is asked for."""


class ArchiveContract(SourceContract):
    """Measurements one a line, in files by country and hour of upload.

    It asks nobody, so that law 9 says nothing of it: its faults are those of files, below.
    """

    name = "ooni-archive"
    reads_files: ClassVar[bool] = True
    max_examples: ClassVar[int] = 5  # each writes some forty files
    silent_alone: ClassVar[bool] = True
    """Whether a place may be without a measurement while the world has some."""

    def make_source(self, config: SourceConfig) -> Source:
        return OoniArchiveSource(config)

    def publish(self, upstream: Upstream, truth: Truth) -> None:
        for one in upstream.folder.iterdir():
            shutil.rmtree(one)
        write_all(upstream.folder, _measurements(truth))

    def long_question(self) -> int:
        """Of hours: each measurement is a minute of its hour, and each hour has one more than the last."""
        return 40

    def kinds_of(self, entity: Entity) -> tuple[SignalKind, ...]:
        """Numbers.  Of speeds a signal takes a day of measured hours, more than is asked for here."""
        names = ["ooni.measurements"] + ["ooni.networks"] * (entity.kind is EntityKind.COUNTRY)
        return tuple(KINDS[name] for name in names)

    def truths(
        self, entities: Sequence[Entity], window: TimeWindow, *, gaps: bool
    ) -> st.SearchStrategy[Truth]:
        """The world is silent for all at once; without a measurement is each by itself.

        In an hour of what is asked for somebody measures: of a place of which it holds not one measurement of
        then, the source says nothing, and no zero.
        """
        start = EPOCH - (EPOCH - window.start) // HOUR * HOUR  # the first whole hour
        count = (window.end - start) // HOUR
        asked = range(AROUND, count - AROUND)

        @st.composite
        def drawn(draw: st.DrawFn) -> Truth:
            measured = draw(st.sampled_from(asked)) if gaps else 0
            others = [*asked, *range(AROUND), *range(asked.stop, count)]
            others.remove(measured)
            few = st.sets(st.sampled_from(others), min_size=1, max_size=4) if gaps else st.just(set())
            zeros = [draw(few) if self.silent_alone else set() for _ in entities]
            silent = draw(st.just(set()) | few if self.silent_alone else few)
            return Truth(
                tuple(
                    self._signal(entity, kind, start, count, 3 * number, silent, zeros[number])
                    for number, entity in enumerate(entities)
                    for kind in self.kinds_of(entity)
                )
            )

        return drawn()

    def _signal(
        self,
        entity: Entity,
        kind: SignalKind,
        start: datetime,
        count: int,
        more: int,
        silent: AbstractSet[int],
        zeros: AbstractSet[int],
    ) -> Signal:
        values = [
            math.nan if place in silent else 0.0 if place in zeros else self.value(kind, more + place)
            for place in range(count)
        ]
        return Signal(kind, entity, TimeSeries(start, HOUR, values))

    def value(self, kind: SignalKind, place: int) -> float:
        """Each measurement is a line; there are more than networks."""
        return 1.0 + place + (2.0 if kind.name == "ooni.measurements" else 0.0)


class TestOoniArchive(ArchiveContract):
    """All laws."""

    violations: ClassVar[Mapping[int | str, str]] = {
        8: "asked about hours of which the archive holds not one measurement of a place, the source says "
        "nothing, and no zero: nobody may measure there at all, and a count that is always 0 would be judged "
        "to be normal; asked about more hours, of which some were measured, it says 0 of the others"
    }


class MeasuredHours(ArchiveContract):
    """Of hours in which the place was measured, or the whole world silent."""

    silent_alone = False


def test_measured_hours_split_and_joined_are_the_whole() -> None:
    """Law 8 where the violation is not."""
    MeasuredHours().test_law_08_split_and_joined()


@pytest.mark.parametrize("fault", FILE_FAULTS.values(), ids=lambda fault: fault.name)
def test_damaged_files_are_told_and_take_nothing_away_unseen(fault: FileFault, tmp_path: Path) -> None:
    """Of all files damaged, nothing is told that was not published, and the rest of nothing is no count."""
    case = ArchiveContract().plain_case()
    good = _fetched(tmp_path, case)
    assert difference(case, good) is None
    fault.damage(tmp_path)
    try:
        result = _read(tmp_path, case)
    except FileError as error:
        assert str(tmp_path) in str(error)  # noqa: PT017 (not always raised)
        return
    assert _told(result) > _told(good)
    assert difference(case, result, may_lack=True) is None


@pytest.mark.parametrize("fault", FILE_FAULTS.values(), ids=lambda fault: fault.name)
def test_one_damaged_file_makes_no_hour_a_zero(fault: FileFault, tmp_path: Path) -> None:
    """The hour of one file is told as it was, or missing: 0, or what is left of it, would be an outage."""
    case = ArchiveContract().plain_case()
    good = _fetched(tmp_path, case)
    home = HOMES[str(case.query.entity)]
    hour = case.query.window.start + HOUR
    (file,) = tmp_path.rglob(f"{hour:%Y%m%d%H}_{home}_*.jsonl.gz")
    fault.damage(file)
    result = _read(tmp_path, case)
    if fault.name == "missing_folder":  # a file that is not there: nobody can see that it should be
        return
    assert _told(result) > _told(good)
    assert difference(case, result, may_lack=True) is None
    assert measured(result) >= measured(good) - 2 * len(good.signals)  # its hour, and the one before it


def test_a_plain_file_that_is_cut_makes_no_hour_a_zero(tmp_path: Path) -> None:
    """Half a line at the end tells that more followed; a file that ends between lines looks whole."""
    case = ArchiveContract().plain_case()
    _fetched(tmp_path, case)
    home = HOMES[str(case.query.entity)]
    (file,) = tmp_path.rglob(f"{case.query.window.start + HOUR:%Y%m%d%H}_{home}_*.jsonl.gz")
    plain = file.with_suffix("")
    plain.write_bytes(gzip.decompress(file.read_bytes()))
    file.unlink()
    assert difference(case, _read(tmp_path, case)) is None
    plain.write_bytes(plain.read_bytes()[: plain.stat().st_size // 2 - 20])
    result = _read(tmp_path, case)
    assert any("cut short: the last line has no end" in one for one in result.notices)
    assert difference(case, result, may_lack=True) is None


def _fetched(folder: Path, case: Case) -> SourceResult:
    write_all(folder, _measurements(case.truth))
    return _read(folder, case)


def _read(folder: Path, case: Case) -> SourceResult:
    nobody = cast("HttpClient", None)  # it asks nobody
    config = SourceConfig("ooni-archive", nobody, argument=str(folder))
    return OoniArchiveSource(config).fetch(case.query)


def _told(result: SourceResult) -> int:
    """How often it says that something could not be read."""
    words = ("damaged", "are no measurements")
    return len(result.failures) + sum(word in one for one in result.notices for word in words)


def _measurements(truth: Truth) -> Iterator[dict[str, Any]]:
    """Of each entity so many an hour, on so many networks; and of it some days before and after all that.

    A country elsewhere makes more than them all, where the world is not silent.
    """
    told = {(one.entity, one.kind.name): one.series for one in truth.signals}
    entities = sorted({entity for entity, _ in told})
    number = 0
    silent: set[datetime] = set()
    hours: dict[datetime, None] = {}
    for entity in entities:
        home = HOMES[str(entity)]
        counts = told[entity, "ooni.measurements"]
        networks = told.get((entity, "ooni.networks"))
        asn = 64500 if networks is not None else int(entity.code.removeprefix("AS"))
        for time in (counts.window.start - 24 * HOUR, counts.window.end + 72 * HOUR):
            yield measurement(time, country=home, asn=asn, number=(number := number + 1))
        for place, count in enumerate(counts.values.tolist()):
            hour = counts.start + place * HOUR
            hours[hour] = None
            if math.isnan(count):
                silent.add(hour)
                continue
            spread = 1 if networks is None else int(networks.values[place])
            for turn in range(int(count)):
                own = asn + turn % spread
                time = hour + timedelta(minutes=turn)
                yield measurement(time, country=home, asn=own, number=(number := number + 1))
    for hour in hours:
        for minute in range(0 if hour in silent else 24):
            time = hour + timedelta(minutes=minute)
            yield measurement(time, country=ELSEWHERE, number=(number := number + 1))
