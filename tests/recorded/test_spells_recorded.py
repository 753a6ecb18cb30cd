"""Spells in OONI's recorded rows, beside what OONI's own detectors make of them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

import shutdownkit as sk
from shutdownkit.judging.blocking.pooling import follow_together
from shutdownkit.judging.blocking.spells import DEFAULT_SPELLS, find_spells
from shutdownkit.judging.blocking.streams import hours_of, streams_of
from shutdownkit.judging.blocking.weak import settle
from shutdownkit.model.service_tests import Layer

from .ooni_cusum import changes, points_of_tests, uganda_points
from .ooni_rows import brazil_tests, report_tests, uganda_tests

pytestmark = pytest.mark.recorded


@pytest.fixture(scope="module")
def uganda(recorded: Path) -> Path:
    return recorded / "ooni" / "uganda-2026" / "ug-analysis.csv"


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("edd", "expected"),
    [
        (4, [("2026-01-18 12:00", True, 1.62), ("2026-01-24 18:00", False, 1.75)]),
        (10, [("2026-01-18 19:00", True, 3.62), ("2026-01-25 01:00", False, 3.85)]),
        (20, [("2026-01-25 21:00", False, 7.0)]),
    ],
)
def test_our_copy_of_their_detector_reports_what_theirs_does(
    uganda: Path, edd: int, expected: list[tuple[str, bool, float]]
) -> None:
    """The hours that OONI's own code reports on OONI's own rows, with three of its settings."""
    found = changes(uganda_points(uganda), edd=edd)
    assert [(one.hour, one.series, one.up, round(one.sum, 2)) for one in found] == [
        (at(hour), "tcp", up, total) for hour, up, total in expected
    ]


def test_twitter_in_uganda_is_one_spell(uganda: Path) -> None:
    """Theirs tells of it at 18 January 19:00 and of its end at 25 January 01:00."""
    tests = uganda_tests(uganda)
    (spell,) = find_spells(tests)
    assert (spell.subject, spell.network) == ("domain:twitter.com", sk.Entity.parse("AS20294"))
    assert spell.worked == at("2026-01-18 05:24:35")
    assert spell.since == at("2026-01-18 05:46:13")
    assert spell.last == at("2026-01-23 21:32:35")
    assert spell.until == at("2026-01-24 13:49:43")
    assert (spell.failed, spell.tests, spell.hours, spell.runs) == (63, 67, 36, 0)
    assert spell.layers[0][0] is Layer.TCP
    assert spell.alone


def test_the_block_in_uganda_is_told_before_their_detector_tells_of_it(uganda: Path) -> None:
    (networks,) = streams_of(uganda_tests(uganda)).values()
    hours = {network: hours_of(stream, witnesses=3) for network, stream in networks.items()}
    (follower,) = follow_together(hours, DEFAULT_SPELLS).values()
    (failing,) = follower.failing
    theirs = next(one.hour for one in changes(uganda_points(uganda), edd=10) if one.up)
    since = [hour.start for hour in follower.hours if hour.start >= at("2026-01-18 05:00")]
    ours, other = (sum(hour <= when for hour in since) for when in (failing.told, theirs))
    assert failing.told < theirs
    assert ours < other


def test_uganda_is_quiet_before_and_after(uganda: Path) -> None:
    tests = uganda_tests(uganda)
    assert find_spells(test for test in tests if test.time < at("2026-01-13")) == ()
    assert find_spells(test for test in tests if test.time >= at("2026-01-25")) == ()


def test_the_false_positives_of_pernambuco_are_no_more_than_theirs_and_but_one_is_plain(
    recorded: Path,
) -> None:
    """Nobody blocked pernambuco.com; their detector reports four onsets there.

    Of ours one is of plain failures: for 14 days one network got no page, once a day.
    """
    tests = report_tests(recorded / "ooni" / "reports" / "measurements.br.pernambuco.csv.gz")
    assert len(tests) == 1316
    spells = find_spells(tests)
    assert len(spells) <= 4
    (plain,) = (spell for spell in spells if spell.weak < spell.failed)
    assert plain.network == sk.Entity.parse("AS1916")
    assert (plain.failed, plain.since.date()) == (14, date(2017, 4, 27))
    assert list(settle(tests, sk.Services()).spells) == [plain]
    (networks,) = streams_of(tests).values()
    theirs = [one for stream in networks.values() for one in changes(points_of_tests(stream), edd=10)]
    assert sum(one.up for one in theirs) == 4


def test_sites_that_cuba_blocked_failed_from_the_first_test_on(recorded: Path) -> None:
    tests = report_tests(recorded / "ooni" / "reports" / "20190226-cuba-report-measurements.csv.gz")
    spells = {spell.subject: spell for spell in find_spells(tests)}
    for name in ("cibercuba.com", "cubanet.org", "14ymedio.com", "tremendanota.com"):
        spell = spells[f"domain:www.{name}"]
        assert (spell.worked, spell.until) == (None, None)
        assert spell.last == at("2019-02-26 02:04:59")


def test_womenonwaves_in_brazil_works_until_march_2019(recorded: Path) -> None:
    """Rows of unknown networks: half of the tests failing, of all networks together, is not yet a spell."""
    tests = brazil_tests(recorded / "ooni" / "fastpath_tests" / "detector_query_ww_BR_2018.json")
    spells = find_spells(tests)
    assert spells
    assert all(spell.network is None for spell in spells)
    assert spells[0].since - at("2019-03-08") < timedelta(days=1)
    assert spells[0].since >= at("2018-11-27")
