"""What each kind of outage does to the signals of a country, of its networks and of other countries.

The signatures are published, the figures are choices of ours unless a source is named:

* A cut that is ordered falls at a round local minute, at a stroke and in many networks at once, and its end
  is as sharp (Egypt 2011: Dainotti et al., IMC 2011); routes are withdrawn with it, or stay up (Iran 2019).
  A curfew repeats it at exactly one day (67.7 % of shutdowns: Bischof et al., SIGCOMM 2023).
* Power: routes stay, hosts and background radiation fall, the return is slow and nearly linear (Venezuela,
  22 July 2019: about 30 hours, Monash IP Observatory), and each network's its own (Kenya, 7 June 2016).
* A cable takes some of the networks, and neighbours with it (ACE, 30 March 2018; 13 African countries,
  March 2024); telescopes often see nothing, and delays step up (the Baltic, November 2024: RIPE Labs).
  That it comes back in three steps is ours.
* Throttling: less than half of the throughput, which hardly varies, while round trips stay (Anderson 2013).
* Where mobile networks alone are cut, traffic alone shows it (Myanmar, 15 March 2021: FOCI 2021).
* An instrument's fault: zero for every network at once, and the other instruments see nothing (the
  telescope, 18 November 2019).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta

from attrs import frozen

from ...model.window import TimeWindow
from .places import BGP, DOWNLOAD, LATENCY, MINUTE, PROBING, RTT, TELESCOPE, TRAFFIC, Dip
from .truth import OutageKind

__all__ = ["LENGTHS", "STORIES", "Plot", "Story"]

Losses = Mapping[str, Sequence[Dip]]

_HELD: Losses = {BGP: (), PROBING: ()}
_WATCHED: Losses = {BGP: (), PROBING: (), TELESCOPE: ()}

_DARKENS = 30 * MINUTE  # how long a grid takes to fail
_UNEVEN = (1.0, 0.6, 0.85, 0.4)  # of the country's loss, for one network after another
_SLOWER = (1.0, 0.7, 0.85, 0.5)  # of the length, until each network is back
_PARTIAL = (1.0, 0.5, 0.0)  # on a cable: some networks wholly, some in part, some not at all
_ROUTES = 0.5  # of what a cable takes so much is seen in the routes: the rest is rerouted and congested
_NEIGHBOUR = 0.8  # of the loss, in the neighbours that the cable serves
_DETOUR = 0.4  # by which the way round takes longer


@frozen
class Plot:
    """What is known before the signals are made.

    Attributes:
        spells: when something is lost.
        lost: the share of it.
        withdrawn: whether routes are withdrawn, where somebody does it.
        networks: how many networks the country has.
        neighbours: how many other countries are watched.
    """

    spells: tuple[TimeWindow, ...]
    lost: float
    withdrawn: bool
    networks: int
    neighbours: int


@frozen
class Story:
    """The losses of the country, of each of its networks, and of each other country."""

    country: Losses
    networks: tuple[Losses, ...]
    others: tuple[Losses, ...]

    @property
    def hit(self) -> tuple[int, ...]:
        """Which networks lose something."""
        return tuple(
            index
            for index, losses in enumerate(self.networks)
            if any(dip.depth > 0 for dips in losses.values() for dip in dips)
        )


def _quiet(plot: Plot) -> Story:
    return Story(_WATCHED, (_HELD,) * plot.networks, (_WATCHED,) * plot.neighbours)


def _ordered(plot: Plot) -> Story:
    at_a_stroke = tuple(Dip(one.start, one.end, plot.lost) for one in plot.spells)
    routes = at_a_stroke if plot.withdrawn else ()
    network = {BGP: routes, PROBING: at_a_stroke}
    country = {**network, TELESCOPE: at_a_stroke}
    return Story(country, (network,) * plot.networks, (_WATCHED,) * plot.neighbours)


def _power(plot: Plot) -> Story:
    def dark(share: float, until: float) -> tuple[Dip, ...]:
        return tuple(
            Dip(
                one.start,
                one.start + until * one.duration,
                plot.lost * share,
                fall=min(_DARKENS, until * one.duration / 8),
                rise=0.9 * until * one.duration,
            )
            for one in plot.spells
        )

    networks = tuple(
        {BGP: (), PROBING: dark(_UNEVEN[index % 4], _SLOWER[index % 4])} for index in range(plot.networks)
    )
    country = {BGP: (), PROBING: dark(1.0, 1.0), TELESCOPE: dark(1.0, 1.0)}
    return Story(country, networks, (_WATCHED,) * plot.neighbours)


def _cable(plot: Plot) -> Story:
    def steps(share: float, until: float) -> tuple[Dip, ...]:
        """Three steps back: at half of the time, at three quarters, and at the end."""
        return tuple(
            Dip(one.start, one.start + part * until * one.duration, plot.lost * share * left)
            for one in plot.spells
            for part, left in ((0.5, 1.0), (0.75, 2 / 3), (1.0, 1 / 3))
        )

    def served(share: float, until: float = 1.0) -> Losses:
        return {BGP: steps(share * _ROUTES, until), PROBING: steps(share, until)} if share else _HELD

    delays = tuple(Dip(one.start, one.end, _DETOUR) for one in plot.spells)
    reached = (plot.neighbours + 1) // 2  # the cable serves so many of the others
    others = tuple(
        {**served(_NEIGHBOUR if index < reached else 0.0, 0.9 ** (index + 1)), TELESCOPE: ()}
        for index in range(plot.neighbours)
    )
    return Story(
        {**served(1.0), TELESCOPE: (), LATENCY: delays},
        tuple(served(_PARTIAL[index % 3], 0.95 ** (index % 3)) for index in range(plot.networks)),
        others,
    )


def _throttle(plot: Plot) -> Story:
    limit = tuple(Dip(one.start, one.end, plot.lost) for one in plot.spells)
    held = _quiet(plot)
    return Story({**_HELD, DOWNLOAD: limit, RTT: ()}, held.networks, held.others)


def _block(plot: Plot) -> Story:
    return Story(_HELD, (_HELD,) * plot.networks, (_HELD,) * plot.neighbours)


def _instrument(plot: Plot) -> Story:
    zero = tuple(Dip(one.start, one.end, 1.0) for one in plot.spells)
    read = {**_WATCHED, TELESCOPE: zero}
    return Story(read, (_HELD,) * plot.networks, (read,) * plot.neighbours)


def _mobile(plot: Plot) -> Story:
    less = tuple(Dip(one.start, one.end, plot.lost) for one in plot.spells)
    traffic: Losses = {**_HELD, TRAFFIC: ()}
    return Story({**_HELD, TRAFFIC: less}, (_HELD,) * plot.networks, (traffic,) * plot.neighbours)


STORIES: Mapping[OutageKind, Callable[[Plot], Story]] = {
    OutageKind.QUIET: _quiet,
    OutageKind.DELIBERATE_CUT: _ordered,
    OutageKind.CURFEW: _ordered,
    OutageKind.POWER: _power,
    OutageKind.CABLE: _cable,
    OutageKind.THROTTLE: _throttle,
    OutageKind.BLOCK: _block,
    OutageKind.INSTRUMENT_FAULT: _instrument,
    OutageKind.MOBILE_CUT: _mobile,
}

LENGTHS: Mapping[OutageKind, timedelta] = {
    OutageKind.QUIET: timedelta(hours=8),
    OutageKind.DELIBERATE_CUT: timedelta(hours=8),  # the median of those that governments ordered
    OutageKind.CURFEW: timedelta(hours=8),  # Myanmar 2021
    OutageKind.POWER: timedelta(hours=32),  # Venezuela 2019
    OutageKind.CABLE: timedelta(hours=20),  # Sierra Leone 2018
    OutageKind.THROTTLE: timedelta(hours=48),
    OutageKind.BLOCK: timedelta(hours=48),
    OutageKind.INSTRUMENT_FAULT: timedelta(hours=11),  # the telescope, 18 November 2019
    OutageKind.MOBILE_CUT: timedelta(hours=48),
}
"""How long one spell of each lasts unless it is said."""
