"""The classifier that is shipped keeps its contract, with no declared violation."""

from __future__ import annotations

import unittest

from hypothesis import given
from hypothesis import strategies as st

import shutdownkit as sk
from shutdownkit.judging.rules.rule import missing
from shutdownkit.testing.contracts.classifier.case import said
from shutdownkit.testing.contracts.classifier.changes import ended, licensed, moved, multiplied, spoilt
from shutdownkit.testing.contracts.classifier.contract import ClassifierContract
from shutdownkit.testing.contracts.laws import laws_of
from shutdownkit.testing.scenarios import OutageKind, simulate

CUT = simulate(OutageKind.DELIBERATE_CUT, networks=1)
OURS = sk.Rule(
    "acme.asked",
    "Whether anybody was asked.",
    "Acme.",
    "acme",
    lambda _: missing("Nobody was asked."),
    "Often.",
)


class TestShippedClassifier(ClassifierContract):
    """:func:`shutdownkit.classify` with the built-in rules."""

    max_examples = 3


class TestMoreRulesUnderUnittest(ClassifierContract, unittest.TestCase):
    """One rule more, collected as a test case of the standard library."""

    max_examples = 1
    rules = sk.RULES.extended(OURS)


def test_the_laws_are_numbered_without_a_gap() -> None:
    assert [law.number for law in laws_of(ClassifierContract).values()] == list(range(1, 20))


def test_the_rules_that_are_given_are_asked() -> None:
    report = TestMoreRulesUnderUnittest("test_law_17_json").report(CUT)
    assert report.ruleset == f"{sk.RULES.version}+acme.asked"
    assert any(one.rule == "acme.asked" for one in report.episodes[0].verdict.evidence)


@given(st.integers(0, 24 * 60))
def test_what_was_over_by_a_time_stays_and_the_rest_is_changed(minutes: int) -> None:
    signal = CUT.signals[0]
    time = CUT.truth.windows[0].start + minutes * sk.TimeSeries(signal.series.start, 60, [0]).step
    kept = ended([signal], time)[0].series
    spoiled = spoilt([signal], time)[0].series
    bins = len(kept)
    assert kept.window.end <= time < kept.window.end + kept.step
    assert (kept.values == signal.series.values[:bins]).all()
    assert (spoiled.values[:bins] == kept.values).all()
    assert (spoiled.values[bins:] == 0).all()
    assert len(spoiled) == len(signal.series)


def test_what_is_moved_is_the_same_but_for_the_time() -> None:
    week = CUT.window.duration / 2
    later = moved(CUT, week)
    assert later.window.start - CUT.window.start == week
    assert [one.start - week for one in later.truth.windows] == [one.start for one in CUT.truth.windows]
    assert moved(later, -week) == CUT


def test_counts_are_multiplied_and_shares_are_not() -> None:
    slow = simulate(OutageKind.THROTTLE, networks=1)
    for one, other in zip(slow.signals, multiplied(slow.signals, 3), strict=True):
        factor = 1 if one.kind.plane is sk.Plane.APPLICATION else 3
        assert (other.series.values == factor * one.series.values).all()


def test_every_signal_and_batch_has_a_licence_of_its_own() -> None:
    blocked = simulate(OutageKind.BLOCK, networks=1)
    changed, licences = licensed(blocked)
    assert len(licences) == len(blocked.everything) + 1
    found = [one.provenance.licence for one in changed.everything]
    found += [one.provenance.licence for one in changed.tests]
    assert frozenset(found) == licences


def test_what_is_said_holds_no_absolute_time() -> None:
    (first,) = said(CUT.report())
    assert first.begin == 10 * 86400
    assert str(first).startswith("outage, undetermined, filtering, from 864000 s on")
