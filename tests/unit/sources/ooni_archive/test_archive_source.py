"""The source: numbers in which missing is not zero, tests, speeds, and what a reader must know."""

from __future__ import annotations

import pickle
from collections.abc import Iterable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shutdownkit.errors import FileError, NotServedError
from shutdownkit.model.entity import Entity
from shutdownkit.model.service_tests import Outcome, ServiceTest
from shutdownkit.model.signal import Signal
from shutdownkit.model.window import TimeWindow
from shutdownkit.reading.gather import gather
from shutdownkit.reading.http.client import HttpClient
from shutdownkit.reading.query import Query
from shutdownkit.reading.source import SourceConfig, SourceResult
from shutdownkit.sources.ooni.archive.collect import collect
from shutdownkit.sources.ooni.archive.file import ArchiveFile
from shutdownkit.sources.ooni.archive.layout import Place
from shutdownkit.sources.ooni.archive.measured import Measured
from shutdownkit.sources.ooni.archive.sample import MOST, Sample
from shutdownkit.sources.ooni.archive.source import OoniArchiveSource
from shutdownkit.sources.ooni.archive.speeds import MOST_SITES
from shutdownkit.sources.ooni.archive.tally import Tally
from shutdownkit.sources.ooni.archive.volume import SURE, volume_of
from tests.unit.sources.ooni_archive.archives import HOUR, START, line, measurement, path_of, write, write_all

DAYS = timedelta(days=1)
SPAN = TimeWindow(START, START + 4 * DAYS)
WEB = "web_connectivity"
UGANDA, NETWORK = Entity.parse("UG"), Entity.parse("AS20294")


def source(folder: Path | str | None) -> OoniArchiveSource:
    http = cast("HttpClient", None)  # it asks nobody
    return OoniArchiveSource(
        SourceConfig("ooni-archive", http, argument=None if folder is None else str(folder))
    )


def fetch(folder: Path, entity: str = "UG", span: TimeWindow = SPAN, **more: Any) -> SourceResult:
    return source(folder).fetch(Query(entity, span, history=timedelta(0), **more))


def values(result: SourceResult, kind: str = "ooni.measurements") -> list[float]:
    found: list[float] = signal(result, kind).series.values.tolist()
    return found


def signal(result: SourceResult, kind: str, subject: str | None = None) -> Signal:
    (found,) = (one for one in result.signals if (one.kind.name, one.subject) == (kind, subject))
    return found


def notices(result: SourceResult, word: str) -> list[str]:
    return [one for one in result.notices if word in one]


def world(
    hours: Iterable[int], country: str, *, each: int = 2, asns: tuple[int, ...] = (1,)
) -> Iterator[Any]:
    for hour in hours:
        for asn in asns:
            for number in range(each):
                time = START + hour * HOUR + timedelta(minutes=5 * number)
                yield measurement(
                    time, country=country, asn=asn, number=1000 * asn + number, run=f"r{hour}-{country}{asn}"
                )


def two_days(hours: Iterable[int], **more: Any) -> Iterator[Any]:
    """So much of Uganda, and Kenya all the time for six days."""
    yield from world(hours, "UG", asns=(20294, 37075), **more)
    yield from world(range(6 * 24), "KE")


def test_silence_is_zero_only_while_others_measure_as_usual(tmp_path: Path) -> None:
    silent, faulty = range(20, 30), range(26, 28)
    everywhere = list(two_days(hour for hour in range(96) if hour not in silent))
    write_all(
        tmp_path,
        [one for one in everywhere if not any(f"r{hour}-KE" in one["report_id"] for hour in faulty)],
    )
    result = fetch(tmp_path)
    expected = [np.nan if hour in faulty else 0.0 if hour in silent else 4.0 for hour in range(96)]
    np.testing.assert_array_equal(values(result), expected)
    np.testing.assert_array_equal(values(result, "ooni.networks"), [one / 2 for one in expected])
    assert not notices(result, "no other country")
    assert result.tests[0].provenance.licence == "CC BY-NC-SA 4.0"
    assert {one.window for one in result.coverage if one.kind.name == "ooni.measurements"} == {SPAN}


def test_of_one_country_alone_no_hour_is_a_zero(tmp_path: Path) -> None:
    write_all(tmp_path, world([*range(20), *range(25, 165)], "UG"))
    result = fetch(tmp_path)
    assert values(result)[19:26] == pytest.approx([2.0, *[np.nan] * 5, 2.0], nan_ok=True)
    assert len(notices(result, "holds no other country")) == 1
    network = fetch(tmp_path, "AS1")  # its country's other networks are no other country
    assert values(network)[19:26] == pytest.approx([2.0, *[np.nan] * 5, 2.0], nan_ok=True)
    assert [one.kind.name for one in network.signals if one.kind.name.startswith("ooni.net")] == []


def test_of_one_country_alone_busy_hours_do_not_pass_for_what_is_usual(tmp_path: Path) -> None:
    write_all(tmp_path, world([*range(0, 160, 2)], "UG"))
    result = fetch(tmp_path)
    assert not any(one.kind.name == "ooni.measurements" for one in result.signals)
    assert len(notices(result, "holds no other country")) == 1


def test_before_the_first_upload_and_after_the_last_nothing_is_known(tmp_path: Path) -> None:
    write_all(tmp_path, two_days(range(10, 40)))
    result = fetch(tmp_path)
    found = values(result)
    assert np.isnan(found[:10]).all()
    assert np.isnan(found[40:]).all()
    assert found[10:40] == [4.0] * 30
    (said,) = notices(result, "before and after")
    assert "2026-01-08T10:00:00Z to 2026-01-09T16:00:00Z" in said


def test_what_is_young_at_the_last_upload_is_left_out(tmp_path: Path) -> None:
    write_all(tmp_path, [*world(range(96), "UG"), *world(range(96), "KE")])
    result = fetch(tmp_path)
    found = values(result)
    assert found[:48] == [2.0] * 48
    assert np.isnan(found[48:]).all()
    assert len(notices(result, "under 48 hours old")) == 1
    assert len(result.tests[0].tests) == 2 * 2 * 96  # a test is a test


def test_a_late_upload_counts_when_it_was_made(tmp_path: Path) -> None:
    late = [
        measurement(START + 25 * HOUR, number=number, run="late", uploaded=START + 30 * DAYS)
        for number in range(3)
    ]
    write_all(tmp_path, [*two_days(hour for hour in range(96) if hour != 25), *late])
    assert values(fetch(tmp_path))[24:27] == [4.0, 3.0, 4.0]


def test_copies_count_once_and_wrong_clocks_not_at_all(tmp_path: Path) -> None:
    found = list(two_days(range(96)))
    again = [one for one in found if one["report_id"].startswith("r25-UG")]
    write_all(tmp_path, found)
    write(tmp_path, path_of(START + 30 * HOUR, "UG", "web_connectivity", 7), map(line, again))
    renamed = [one | {"measurement_uid": None} for one in again]
    write(tmp_path, path_of(START + 31 * HOUR, "UG", "web_connectivity", 7), map(line, renamed))
    wrong = measurement(START + 40 * HOUR, number=5, run="wrong")
    write(tmp_path, path_of(START + 30 * HOUR, "UG", "web_connectivity", 8), [line(wrong)])
    result = fetch(tmp_path)
    assert values(result)[24:27] == [4.0, 4.0, 4.0]
    assert values(result)[40] == 4.0
    assert len(result.tests[0].tests) == len(found) - 2 * 48  # Kenya's last two days are not asked for
    assert notices(result, "8 measurements of the archive are copies")
    assert notices(result, "1 measurements of the archive were left out for a wrong clock")


def test_what_cannot_be_read_is_told(tmp_path: Path) -> None:
    write_all(tmp_path, two_days(range(96)))
    write(tmp_path, path_of(START + HOUR, "UG", "signal"), [b"{", b"not"])
    (tmp_path / "a.jsonl.gz").write_bytes(b"not gzip")
    (tmp_path / "b.tar.gz").touch()
    (tmp_path / "readme.txt").touch()
    result = fetch(tmp_path)
    (damaged,) = notices(result, "damaged or cut short")
    assert "1 of 242 archive files" in damaged
    assert "First: a.jsonl.gz: not a sound gzip stream" in damaged
    (broken,) = notices(result, "are no measurements and were left out")
    assert broken.startswith("2 of ")
    assert "2026010801_UG_signal.n1.0.jsonl.gz, line 1: " in broken
    assert notices(result, "1 post-cans")
    assert notices(result, "1 files in the archive's folder are of no known kind")
    assert not notices(result, str(tmp_path))


def test_hours_of_a_damaged_file_are_missing_and_not_what_is_left_of_them(tmp_path: Path) -> None:
    write_all(tmp_path, two_days(hour for hour in range(96) if hour != 30))
    cut, gone, empty = (tmp_path / path_of(START + hour * HOUR, "UG", WEB) for hour in (20, 40, 60))
    cut.write_bytes(cut.read_bytes()[:-30])
    gone.write_bytes(b"")
    empty.unlink()
    empty.mkdir()
    elsewhere = tmp_path / path_of(START + 50 * HOUR, "KE", WEB)
    elsewhere.write_bytes(b"no gzip")
    result = fetch(tmp_path)
    missing = {19, 20, 39, 40, 59, 60}  # the hour of the upload, and the one before
    expected = [np.nan if hour in missing else 0.0 if hour == 30 else 4.0 for hour in range(96)]
    np.testing.assert_array_equal(values(result), expected)
    np.testing.assert_array_equal(values(result, "ooni.networks"), [one / 2 for one in expected])
    (told,) = notices(result, "are damaged.")
    assert told.count("2026-01-") == 6
    assert "2026-01-08T19:00:00Z to 2026-01-08T21:00:00Z" in told
    assert notices(result, "4 of 239 archive files are damaged")
    covered = [one.window for one in result.coverage if one.kind.name == "ooni.measurements"]
    assert sum(window.duration // HOUR for window in covered) == 90


def test_speeds_of_a_damaged_file_stay_and_are_covered(tmp_path: Path) -> None:
    write_all(tmp_path, [*(ndt(hour, 10.0) for hour in range(60)), *world(range(6 * 24), "KE")])
    write(tmp_path, path_of(START + 20 * HOUR, "UG", "ndt", 1), []).write_bytes(b"no gzip")
    result = fetch(tmp_path)
    assert np.isnan(values(result)[19:21]).all()
    speeds = signal(result, "throughput.download", "app:ndt")
    assert speeds.series.values[19:21].tolist() == [0.01, 0.01]
    assert any(START + 20 * HOUR in one.window for one in result.coverage if one.kind == speeds.kind)


def test_an_hour_of_lines_that_cannot_be_read_is_no_zero(tmp_path: Path) -> None:
    write_all(tmp_path, two_days(hour for hour in range(96) if hour not in {20, 30}))
    write(tmp_path, path_of(START + 20 * HOUR, "UG", WEB), [b"{"])
    write(tmp_path, path_of(START + 50 * HOUR, "UG", WEB, 1), [b"{"])
    result = fetch(tmp_path)
    assert values(result)[19:22] == pytest.approx([4.0, np.nan, 4.0], nan_ok=True)
    assert (values(result)[30], values(result)[50]) == (0.0, 4.0)


@pytest.mark.parametrize("body", [b"no gzip", b""])
def test_a_damaged_file_of_no_known_time_leaves_no_hour_a_zero(tmp_path: Path, body: bytes) -> None:
    write_all(tmp_path, two_days(hour for hour in range(96) if hour != 30))
    (tmp_path / "mine.jsonl.gz").write_bytes(body)
    result = fetch(tmp_path)
    expected = [np.nan if hour == 30 else 4.0 for hour in range(96)]
    np.testing.assert_array_equal(values(result), expected)
    assert notices(result, "does not say when it was uploaded")


def test_a_folder_in_place_of_a_file_is_told_unless_it_holds_something(tmp_path: Path) -> None:
    write_all(tmp_path / "all.jsonl", two_days(range(96)))
    assert not notices(fetch(tmp_path), "damaged")
    (tmp_path / "mine.jsonl").mkdir()
    assert notices(fetch(tmp_path), "mine.jsonl: is no regular file")
    (tmp_path / "others").mkdir()
    assert notices(fetch(tmp_path), "1 of 241 archive files are damaged")


def test_a_last_line_that_is_half_is_a_file_cut_short(tmp_path: Path) -> None:
    write_all(tmp_path, two_days(range(96)))
    whole = line(measurement(START + 200 * HOUR, number=7))
    other = tmp_path / path_of(START + 200 * HOUR, "UG", WEB).removesuffix(".gz")
    other.parent.mkdir(parents=True, exist_ok=True)
    other.write_bytes(whole)  # as good as one with an end
    assert not notices(fetch(tmp_path), "cut short")
    other.write_bytes(whole + b"\n" + whole[:-9])
    (told,) = notices(fetch(tmp_path), "cut short")
    assert "is cut short: the last line has no end, and " in told
    assert not notices(fetch(tmp_path), "are no measurements")
    other.write_bytes(whole + b"\n" + whole[:-9] + b"\n")
    assert notices(fetch(tmp_path), "are no measurements")


def test_tests_of_others_are_a_sample_of_what_was_tested_here(tmp_path: Path) -> None:
    many = [
        measurement(START + timedelta(minutes=number), country="KE", asn=9, number=number, run=f"k{number}")
        for number in range(MOST + 40)
    ]
    other = [measurement(START, country="KE", tested="https://other.org/", run="o")]
    own = [measurement(START + HOUR, number=number, run=f"u{number}") for number in range(MOST + 40)]
    write_all(tmp_path, [*many, *other, *own])
    result = fetch(tmp_path)
    tests = result.tests[0].tests
    assert sum(one.country == UGANDA for one in tests) == MOST + 40
    assert sum(one.country != UGANDA for one in tests) == MOST
    assert {one.subject for one in tests} == {"domain:example.org"}
    assert notices(result, f"Of {MOST + 41} tests from other countries {MOST} serve for comparison")


@given(
    st.lists(st.tuples(st.integers(0, 60), st.sampled_from(["app:telegram", "domain:a.org"])), max_size=30),
    st.data(),
)
def test_the_sample_does_not_depend_on_the_order(found: list[tuple[int, str]], data: st.DataObject) -> None:
    tests = [
        ServiceTest(START + hour * HOUR, subject, outcome=Outcome.OK, run=f"{hour % 7}")
        for hour, subject in found
    ]
    one, other = Sample(most=3), Sample(most=3)
    for test in tests:
        one.take(test)
    for test in data.draw(st.permutations(tests)):
        other.take(test)
    subjects = {"app:telegram", "domain:a.org"}
    kept = list(one.of(subjects))
    assert kept == list(other.of(subjects))
    for subject in subjects:
        for day in range(3):
            of_day = TimeWindow(START + day * DAYS, START + (day + 1) * DAYS)
            offered = [test for test in tests if test.subject == subject and test.time in of_day]
            assert sum(test.subject == subject and test.time in of_day for test in kept) == min(
                3, len(offered)
            )


def ndt(hour: int, download: float, number: int = 0) -> dict[str, Any]:
    keys = {"failure": None, "summary": {"download": download, "upload": 1, "avg_rtt": 80.0, "min_rtt": 40}}
    return measurement(START + hour * HOUR, test="ndt", tested=None, keys=keys, number=number, run=f"n{hour}")


def test_speeds_are_medians_with_how_many_stand_behind_them(tmp_path: Path) -> None:
    speeds = [ndt(hour, rate, number) for hour in range(30) for number, rate in enumerate((9000, 1000, 2000))]
    dash = [
        measurement(START + hour * HOUR, test="dash", tested=None, keys={"simple": {"median_bitrate": 3000}})
        for hour in range(23)
    ]
    write_all(tmp_path, [*speeds, *dash, *world(range(96), "KE")])
    result = fetch(tmp_path)
    download = signal(result, "throughput.download", "app:ndt")
    assert download.series.values[:30].tolist() == [2.0] * 30
    assert np.isnan(download.series.values[30:]).all()
    assert download.weights is not None
    assert download.weights.values.tolist() == [3.0] * 30 + [0.0] * 66
    assert set(signal(result, "throughput.rtt", "app:ndt").series.values[:30]) == {80.0}
    assert notices(result, "too few for a signal, of throughput.download (app:dash).")
    few = fetch(tmp_path, kinds=["throughput.rtt"])
    assert [one.kind.name for one in few.signals] == ["throughput.rtt"]
    assert not notices(few, "throughput.download")


def test_handshakes_are_of_the_name_that_was_asked_for(tmp_path: Path) -> None:
    def shaken(hour: int) -> dict[str, Any]:
        shakes = [
            {"server_name": "Slow.org", "failure": None, "t0": 1.0, "t": 1.5},
            {"server_name": "slow.org", "failure": None, "t0": 1.0, "t": 3.5},
            {"server_name": "10.0.0.1", "failure": None, "t0": 1.0, "t": 3.5},
            {"server_name": "reset.org", "failure": "connection_reset", "t0": 1.0, "t": 3.5},
        ]
        found = measurement(START + hour * HOUR, run=f"s{hour}")
        return found | {"test_keys": found["test_keys"] | {"tls_handshakes": shakes}}

    write_all(tmp_path, map(shaken, range(24)))
    result = fetch(tmp_path)
    (found,) = (one for one in result.signals if one.kind.name == "ooni.tls-handshake")
    assert found.subject == "domain:slow.org"
    assert found.series.values[:24].tolist() == [500.0] * 24


@pytest.mark.parametrize("more", [0, 1, 3])
def test_sites_beyond_the_most_are_told(tmp_path: Path, more: int) -> None:
    def shaken(hour: int) -> dict[str, Any]:
        names = [f"s{number:02}.org" for number in range(MOST_SITES + more)]
        shakes = [{"server_name": name, "failure": None, "t0": 1.0, "t": 1.5} for name in names]
        found = measurement(START + hour * HOUR, run=f"s{hour}")
        return found | {"test_keys": found["test_keys"] | {"tls_handshakes": shakes}}

    write_all(tmp_path, map(shaken, range(24)))
    last = f"domain:s{MOST_SITES + more - 1:02}.org"
    result = fetch(tmp_path, subjects=[last])
    sites = [one.subject for one in result.signals if one.kind.name == "ooni.tls-handshake"]
    assert (len(sites), last in sites) == (MOST_SITES, True)
    told = notices(result, "TLS handshakes")
    words = f"Of {MOST_SITES + more} sites whose TLS handshakes were measured in at least 24 hours"
    assert [one.startswith(words) for one in told] == ([True] if more else [])


def test_only_what_is_asked_for_is_decoded(tmp_path: Path) -> None:
    found = [one | {"test_keys": {"tls_handshakes": 5}} for one in two_days(range(96))]
    write_all(tmp_path, found)
    counted = fetch(tmp_path, kinds=["ooni.measurements"])
    assert values(counted)[:5] == [4.0] * 5
    assert (counted.tests, counted.notices[0][:13]) == ((), "The archive's")
    assert notices(fetch(tmp_path), "are no measurements")


@given(st.randoms(use_true_random=False), st.integers(1, 4))
def test_how_files_are_cut_and_numbered_changes_nothing(chance: Any, parts: int) -> None:
    found = [
        ArchiveFile(
            f"{number}",
            Place(
                "UG" if number % 3 else "KE",
                "ndt",
                TimeWindow(START + number * HOUR, START + (number + 1) * HOUR),
            ),
            tuple(
                Measured(each, START + number * HOUR, "ndt", entity, network, None, (number * 10 + each,))
                for each in range(number % 4)
                for entity, network in [(UGANDA if number % 3 else Entity.parse("KE"), NETWORK)]
            ),
            Tally(files=1),
        )
        for number in range(60)
    ]
    uploads = {code: TimeWindow(START, START + 200 * HOUR) for code in ("UG", "KE")}
    shuffled = chance.sample(found, len(found)) + found[:parts]
    whole, other = collect(UGANDA, found, uploads), collect(UGANDA, shuffled, uploads)
    assert other.copies == sum(len(file.measured) for file in found[:parts])
    one, two = volume_of(whole, SPAN), volume_of(other, SPAN)
    assert one.series == two.series
    assert (one.covered, one.faulty, one.late) == (two.covered, two.faulty, two.late)


@pytest.mark.parametrize(("usual", "left_out"), [(SURE, True), (SURE - 1, False)])
def test_few_others_say_nothing_of_hours_that_were_measured(usual: int, left_out: bool) -> None:
    kenya = Entity.parse("KE")

    def made(hour: int, entity: Entity, count: int) -> ArchiveFile:
        each = Measured(1, START + hour * HOUR, "ndt", entity, NETWORK, None, ())
        upload = TimeWindow(START + hour * HOUR, START + (hour + 1) * HOUR)
        return ArchiveFile("a", Place(entity.code, "ndt", upload), (each,) * count, Tally())

    files = [made(hour, kenya, 1 if hour == 5 else usual) for hour in range(150)]
    files += [made(hour, UGANDA, 3) for hour in range(150) if hour != 7]
    uploads = {code: TimeWindow(START, START + 150 * HOUR) for code in ("UG", "KE")}
    volume = volume_of(collect(UGANDA, files, uploads), SPAN)
    (numbers, _) = volume.series.values()
    assert numbers.values[4:8] == pytest.approx([3.0, np.nan if left_out else 3.0, 3.0, 0.0], nan_ok=True)
    assert bool(volume.faulty) == left_out


def test_it_is_a_source_that_needs_a_folder(tmp_path: Path) -> None:
    assert source(None).info.name == "ooni-archive"
    with pytest.raises(FileError, match="needs a folder: name it as ooni-archive:FOLDER"):
        source(None).fetch(Query("UG", SPAN))
    with pytest.raises(FileError, match=r"nowhere: does not exist"):
        source("nowhere").fetch(Query("UG", SPAN))
    with pytest.raises(FileError, match="holds no archive file"):
        fetch(tmp_path)
    with pytest.raises(NotServedError, match="region"):
        fetch(tmp_path, "US/LA")
    with pytest.raises(NotServedError, match="it is one"):
        fetch(tmp_path, "AS1", kinds=["ooni.networks"])
    for edge in (TimeWindow("0001-01-01", "0001-01-02"), TimeWindow("9999-12-31", "9999-12-31T23:30:00Z")):
        with pytest.raises(NotServedError, match="calendar"):
            fetch(tmp_path, span=edge)


def test_an_archive_without_the_place_gives_no_zero(tmp_path: Path) -> None:
    write_all(tmp_path, world(range(150), "KE"))
    result = fetch(tmp_path)
    assert (result.signals, result.tests) == ((), ())
    assert notices(result, "has no measurement from UG")


def test_it_is_asked_through_gather_by_name_and_folder(tmp_path: Path) -> None:
    write_all(tmp_path, two_days(range(96)))
    gathered = gather(
        Query("UG", SPAN, history=timedelta(0)), sources=[f"ooni-archive:{tmp_path}"], cache=False, environ={}
    )
    assert gathered.failures == ()
    result = gathered.results["ooni-archive"]
    assert values(result) == [4.0] * 96
    assert pickle.loads(pickle.dumps(result)) == fetch(tmp_path)  # noqa: S301 (its own)
    missing = gather(
        Query("UG", SPAN), sources=[f"ooni-archive:{tmp_path / 'none'}"], cache=False, environ={}
    )
    (failure,) = missing.failures
    assert failure.problem == f"{tmp_path / 'none'}: does not exist"
