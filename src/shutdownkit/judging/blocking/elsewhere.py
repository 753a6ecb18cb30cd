"""What fails in other countries as well is not blocked by this one.

A messenger's vendor changes its servers, a site dies: the tests of it fail everywhere at once, and a
probe in one country cannot tell that from blocking.  The tests of other countries can.

A service that many states block fails in many countries, too.  So a block page elsewhere is no sign of
a dead service, a country in which it used to fail while it worked here says nothing, most of the
countries that tested must have seen it fail, and the comparison is as good as the countries that were
given for it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from attrs import evolve

from ...model.entity import Entity
from ...model.service_tests import Outcome, ServiceTest, Strength
from .pasts import Past
from .timeline import Timeline, hour_of, known_runs

__all__ = ["FAILS_ELSEWHERE", "without_elsewhere"]

FAILS_ELSEWHERE = "failed in other countries as well at about the same time: not blocked by this one"

# Proposals: OONI names the false positives (vendors' changes, unreliable servers) and no number.
_ABOUT = timedelta(hours=24)  # about the same time
_COUNTRIES = 2
_NETWORKS = 3
_RUNS = 5  # or hours in which they tested, where runs are not known; where the networks are fewer
_SHARE = 0.5  # of the tests elsewhere, and of the countries that made them


def without_elsewhere(
    tests: Iterable[ServiceTest], others: Iterable[ServiceTest], home: frozenset[Entity]
) -> Iterator[ServiceTest]:
    """The tests, those that failed DOWN where the same failed elsewhere at about the same time.

    Args:
        tests: of the entity in question.
        others: of any other place; those of an unknown country and those of ``home`` say nothing here.
        home: the countries of the entity; empty where they are not known.  Then one of the countries of
            the others may be home, and one more is asked for.
    """
    own = tuple(tests)
    foreign: dict[str, list[ServiceTest]] = defaultdict(list)
    for other in others:
        if other.country is not None and other.country not in home:
            foreign[other.subject].append(other)
    timelines = {subject: Timeline.of(found) for subject, found in foreign.items()}
    here, there = _pasts(own, foreign)
    countries = _COUNTRIES if home else _COUNTRIES + 1
    known: dict[tuple[object, ...], bool] = {}
    for test in own:
        timeline = timelines.get(test.subject)
        if timeline is None or not test.failed or test.strength is Strength.CONFIRMED:
            yield test
            continue
        weak = test.strength is Strength.WEAK
        key = (test.subject, hour_of(test.time), weak)
        if key not in known:
            at = _start(test.time)
            about: Sequence[ServiceTest] = timeline.around(at, _ABOUT)
            worked = here[test.subject].worked(at)
            if worked is not None and here[test.subject].failed(worked) is False:
                places = there[test.subject].items()
                censors = {place for place, past in places if past.failed(worked, apart=_ABOUT)}
                about = [other for other in about if other.country not in censors]
            known[key] = _fails(about, countries, weak=weak)
        if known[key]:
            yield evolve(test, outcome=Outcome.DOWN, strength=None, reason=FAILS_ELSEWHERE)
        else:
            yield test


def _pasts(
    own: Iterable[ServiceTest], foreign: Mapping[str, Sequence[ServiceTest]]
) -> tuple[Mapping[str, Past], Mapping[str, Mapping[Entity | None, Past]]]:
    """How each subject used to do here, and in each other country."""
    mine: dict[str, list[ServiceTest]] = defaultdict(list)
    for test in own:
        if test.subject in foreign:
            mine[test.subject].append(test)
    theirs: dict[str, dict[Entity | None, Past]] = {}
    for subject, tests in foreign.items():
        by_country: dict[Entity | None, list[ServiceTest]] = defaultdict(list)
        for test in tests:
            by_country[test.country].append(test)
        theirs[subject] = {country: Past(found) for country, found in by_country.items()}
    return {subject: Past(found) for subject, found in mine.items()}, theirs


def _start(time: datetime) -> datetime:
    """The start of the hour: tests of one hour are judged alike."""
    return time.replace(minute=0, second=0, microsecond=0)


def _fails(tests: Sequence[ServiceTest], countries: int, *, weak: bool) -> bool:
    """Whether most tests of other countries failed, in enough places.

    A weak failure says that an answer differed.  It explains a weak failure here; a service that is cut
    off here and merely differs elsewhere is not down.
    """
    telling = [
        test
        for test in tests
        if (test.usable or test.outcome is Outcome.DOWN) and test.strength is not Strength.CONFIRMED
    ]
    failed = [
        test
        for test in telling
        if test.outcome is not Outcome.OK and (weak or test.strength is not Strength.WEAK)
    ]
    if sum(test.count for test in failed) < _SHARE * sum(test.count for test in telling):
        return False
    failing = _countries_failing(telling, failed)
    if len(failing) < max(countries, _SHARE * len({test.country for test in telling})):
        return False
    networks = {test.network for test in failed if test.network is not None}
    return len(networks) >= _NETWORKS or _witnesses(failed) >= _RUNS


def _witnesses(tests: Iterable[ServiceTest]) -> int:
    """How many runs of probes, and of tests whose run is not known how many hours on how many networks."""
    made = list(tests)
    hours = {(test.network, hour_of(test.time)) for test in made if not test.run}
    return len(known_runs(made)) + len(hours)


def _countries_failing(telling: Sequence[ServiceTest], failed: Sequence[ServiceTest]) -> set[Entity | None]:
    """The countries in which at least half of the tests failed."""
    tested: dict[Entity | None, int] = defaultdict(int)
    lost: dict[Entity | None, int] = defaultdict(int)
    for test in telling:
        tested[test.country] += test.count
    for test in failed:
        lost[test.country] += test.count
    return {country for country, count in lost.items() if count >= _SHARE * tested[country]}
