"""When the controls fail as well, over everything, that is connectivity, not blocking.

The rule is Raman's ("Advancing the art of Internet censorship measurement", and the account of Belarus at
FOCI 2023): on 9 August 2020 the failures of tests rose a hundredfold and those of controls tenfold.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from attrs import evolve, field, frozen

from ...model.entity import Entity
from ...model.service_tests import Outcome, ServiceTest, Strength
from .belonging import Belonging
from .timeline import hour_of

__all__ = ["CONTROLS_FAILED", "without_connectivity"]

CONTROLS_FAILED = "the controls failed as well, over nearly all services: connectivity, not blocking"

# Proposals: the published account gives the rise (tenfold), and no floor for a few tests.
_RISE = 3.0  # times the usual share of controls that failed
_LEAST = 0.2  # of the controls failed, whatever is usual
_LEAST_ALONE = 0.5  # where nothing says what is usual
_NEARLY_ALL = 0.8  # of the services
_SERVICES = 5
_CONTROLS = 10  # tests in a window whose control is known
_DAY_CONTROLS = 5  # tests in a day, to say what is usual
_DAYS = 2
_WIDTHS = (1, 3, 7, 25)  # hours: the shortest window with enough tests decides


def without_connectivity(tests: Sequence[ServiceTest], belonging: Belonging) -> Iterator[ServiceTest]:
    """The tests, those DISCARDED that failed while the controls did, and nearly all services.

    It is judged by network, in the shortest window of hours that has enough tests.  Where a network has
    enough in none, it is judged over all networks, if what was tested on this one failed nearly all.

    Args:
        tests: of the entity in question.
        belonging: of their subjects.
    """
    nation = _Group.of(tests, belonging)
    by_network: dict[Entity | None, list[ServiceTest]] = defaultdict(list)
    for test in tests:
        by_network[test.network].append(test)
    groups = {network: _Group.of(found, belonging) for network, found in by_network.items()}
    known: dict[tuple[Entity | None, int], bool] = {}
    for test in tests:
        if not test.failed or test.strength is Strength.CONFIRMED:
            yield test
            continue
        key = test.network, hour_of(test.time)
        if key not in known:
            known[key] = _is_lost(groups[test.network], nation, key[1])
        if known[key]:
            yield evolve(test, outcome=Outcome.DISCARDED, strength=None, reason=CONTROLS_FAILED)
        else:
            yield test


@frozen(eq=False)
class _Tally:
    """What came of the tests of some hours.

    ``lost`` and ``carried`` count, by service, the tests that failed and those that brought an answer: a
    block page is one.  ``mute`` are services of which a test could not tell since its control failed,
    ``tried`` all that were tested.  What the masks change is never read where it would let a window
    grow: so judging twice is the same as judging once.
    """

    controls: list[int] = field(factory=lambda: [0, 0])  # known, and of these failed
    lost: dict[str, int] = field(factory=lambda: defaultdict(int))
    carried: dict[str, int] = field(factory=lambda: defaultdict(int))
    mute: set[str] = field(factory=set)
    tried: set[str] = field(factory=set)

    def add(self, test: ServiceTest, service: str) -> None:
        self.tried.add(service)
        if test.control is not None:
            self.controls[0] += test.count
            self.controls[1] += 0 if test.control else test.count
        if test.outcome is Outcome.OK or test.strength is Strength.CONFIRMED:
            self.carried[service] += test.count
        elif test.failed:
            self.lost[service] += test.count
        elif test.outcome is Outcome.UNKNOWN and test.control is False:
            self.mute.add(service)

    def join(self, other: _Tally) -> None:
        for index, count in enumerate(other.controls):
            self.controls[index] += count
        for mine, more in ((self.lost, other.lost), (self.carried, other.carried)):
            for service, count in more.items():
                mine[service] += count
        self.mute.update(other.mute)
        self.tried.update(other.tried)

    @property
    def suffices(self) -> bool:
        return self.controls[0] >= _CONTROLS and len(self.tried) >= _SERVICES

    @property
    def fails_all(self) -> bool:
        """Whether most tests failed of nearly all services of which anything is known."""
        telling = set(self.lost) | set(self.carried)
        failing = [service for service in self.lost if self.lost[service] > self.carried.get(service, 0)]
        return bool(failing) and len(failing) >= _NEARLY_ALL * len(telling)

    @property
    def fails_many(self) -> bool:
        """The same, over enough services; where nothing was reached, the mute ones are counted too."""
        telling = set(self.lost) | set(self.carried)
        tested = telling if self.carried else telling | self.mute
        return len(tested) >= _SERVICES and self.fails_all

    def controls_rose(self, usual: float | None) -> bool:
        least = _LEAST_ALONE if usual is None else max(_LEAST, _RISE * usual)
        return self.controls[1] >= least * self.controls[0]


@frozen(eq=False)
class _Group:
    """The tests of one network, or of all, by hour."""

    hours: dict[int, _Tally]
    usual: float | None  # share of the controls that fail on a good day
    windows: dict[tuple[int, int], _Tally] = field(factory=dict)

    @classmethod
    def of(cls, tests: Iterable[ServiceTest], belonging: Belonging) -> _Group:
        hours: dict[int, _Tally] = defaultdict(_Tally)
        for test in tests:
            hours[hour_of(test.time)].add(test, belonging.services[test.subject].name)
        return cls(dict(hours), _usual(hours))

    def window(self, start: int, width: int) -> _Tally:
        """What came of the tests in so many hours from a start."""
        key = start, width
        if key not in self.windows:
            tally = _Tally()
            for offset in range(width):
                hour = self.hours.get(start + offset)
                if hour is not None:
                    tally.join(hour)
            self.windows[key] = tally
        return self.windows[key]

    def sufficient(self, hour: int) -> list[tuple[int, int]]:
        """The shortest windows around an hour that have enough tests; none where all are too short."""
        for width in _WIDTHS:
            starts = [hour - offset for offset in range(width)]
            found = [(start, width) for start in starts if self.window(start, width).suffices]
            if found:
                return found
        return []


def _is_lost(group: _Group, nation: _Group, hour: int) -> bool:
    """Whether connectivity was lost in an hour on a network."""
    usual = nation.usual if group.usual is None else group.usual
    own = group.sufficient(hour)
    if own:
        tallies = [group.window(*window) for window in own]
        return any(tally.controls_rose(usual) and tally.fails_many for tally in tallies)
    return any(
        nation.window(*window).controls_rose(nation.usual)
        and nation.window(*window).fails_many
        and group.window(*window).fails_all
        for window in nation.sufficient(hour)
    )


def _usual(hours: dict[int, _Tally]) -> float | None:
    """The lower quartile of the days' shares of failed controls; None where too few days can tell.

    Not their mean: a loss of connectivity that lasts for days is not usual.
    """
    days: dict[int, list[int]] = defaultdict(lambda: [0, 0])
    for hour, tally in hours.items():
        for index, count in enumerate(tally.controls):
            days[hour // 24][index] += count
    shares = sorted(failed / known for known, failed in days.values() if known >= _DAY_CONTROLS)
    return shares[(len(shares) - 1) // 4] if len(shares) >= _DAYS else None
