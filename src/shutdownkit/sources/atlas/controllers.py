"""Failures of a RIPE Atlas controller: probes that dropped because what they report to did.

Every probe keeps a connection to one of some twenty controllers.  Where one of those fails or restarts,
its probes drop together, in every country at once, and are back within minutes to two hours (RIPE's FAQ:
incidents at its hosting centre disconnect many probes).  On 13 July 2016, 05:47 to 05:51 UTC, 177 of the
182 probes seen on ctr-ams03 that day dropped, in some 50 countries, half of them back within 8 minutes
(measured by us on the recorded day).  A country's count of connected probes dips, and nothing happened
there.

A country's probes are spread over the controllers, so that an outage shows on all of them.  A fault is
claimed only where the drops are one controller's, at home and elsewhere; in doubt there is none, since a
fault hides what happened in its time.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from attrs import evolve, frozen

from .clumps import CLUMP, Change, Suspect, between, drops_of

__all__ = ["Finding", "examine"]

_PROBES_ELSEWHERE = 10
_COUNTRIES_ELSEWHERE = 5
_AROUND = 1800.0  # seconds before and after, in which drops from other controllers tell of an outage
# Four of five hours of countries with 20 probes and more saw no larger share of their probes drop (3,530
# hours of 27 August 2014, 16 June and 13 July 2016, measured by us; mean 1.2 %, 95th percentile 4.8 %).
_ORDINARY = 0.02


@frozen
class Finding:
    """Whether a suspect is a controller's failure.

    Attributes:
        elsewhere: how many probes of other countries dropped from the same controller in the same ten
            minutes.
        countries: how many other countries those are in.
        objection: why it is not taken for a failure of the controller; None where it is.
    """

    elsewhere: int
    countries: int
    objection: str | None = None

    @property
    def is_failure(self) -> bool:
        """Whether it is."""
        return self.objection is None


def examine(
    suspect: Suspect,
    *,
    events: Iterable[Change],
    connected: int,
    world: Iterable[Change],
    countries: Mapping[int, str],
    country: str | None,
) -> Finding:
    """Whether the controller failed, or something happened to the entity.

    Args:
        suspect: one of :func:`suspects`.
        events: of the entity's probes, connections included: they tell on which controller a probe was.
        connected: how many probes the entity had connected just before.
        world: of all probes, at least from ten minutes before the suspect's end to ten after its start.
        countries: of the probes in ``world``; one without a country counts for nothing.
        country: the entity's own, or None for an entity that may span several; the entity's own probes
            are never elsewhere.
    """
    own = list(events)
    home = {event.probe for event in own} | suspect.probes
    others = [
        drop
        for drop in drops_of(world)
        if drop.probe not in home and countries.get(drop.probe, country) not in {country, None}
    ]
    on_it = [drop for drop in others if drop.controller == suspect.controller]
    start = _fullest(on_it, suspect)
    fell = {drop.probe for drop in between(on_it, start, start + CLUMP)}
    struck = {countries[probe] for probe in fell}
    together = {
        drop.probe for drop in between(others, start, start + CLUMP) if countries[drop.probe] in struck
    }
    finding = Finding(len(fell), len(struck))
    objection = (
        _too_few(finding)
        or _not_its_own(suspect, len(fell), len(together))
        or _home_too(suspect, own, connected)
    )
    return evolve(finding, objection=objection)


def _fullest(on_it: Sequence[Change], suspect: Suspect) -> float:
    """Where the ten minutes begin that hold all of the suspect and the most probes elsewhere."""
    earliest = suspect.end - CLUMP
    starts = [drop.time for drop in between(on_it, earliest, suspect.start)]
    return max(
        (suspect.start, *starts), key=lambda at: len({drop.probe for drop in between(on_it, at, at + CLUMP)})
    )


def _too_few(finding: Finding) -> str | None:
    if finding.elsewhere >= _PROBES_ELSEWHERE and finding.countries >= _COUNTRIES_ELSEWHERE:
        return None
    return f"only {finding.elsewhere} probes in {finding.countries} other countries dropped from it too"


def _not_its_own(suspect: Suspect, fell: int, together: int) -> str | None:
    """Elsewhere as well it must be the controller: a cable that several countries share is none."""
    if 2 * fell <= together:
        return f"{together - fell} probes of the same other countries dropped from other controllers"
    if 2 * suspect.dropped > fell:
        return f"{suspect.dropped} probes dropped here and only {fell} in all other countries"
    return None


def _home_too(suspect: Suspect, events: Sequence[Change], connected: int) -> str | None:
    """The entity's probes on it must have dropped, and those on other controllers must have stayed."""
    on_it = _connected_to(suspect, events)
    if 2 * suspect.dropped < len(on_it):
        return f"only {suspect.dropped} of the {len(on_it)} probes here that were on it dropped"
    around = between(drops_of(events), suspect.start - _AROUND, suspect.end + _AROUND)
    off = len({drop.probe for drop in around if drop.controller != suspect.controller} - suspect.probes)
    rest = max(connected - len(on_it), off)
    # One is let pass, but not where it is half the share that dropped on the controller: one of two.
    if off > max(1.0, 2 * _ORDINARY * rest) or 2 * off * len(on_it) > rest * suspect.dropped:
        return f"{off} of the {rest} probes here on other controllers dropped too"
    return None


def _connected_to(suspect: Suspect, events: Sequence[Change]) -> frozenset[int]:
    """The entity's probes that were on the suspect's controller just before.

    So said their last change before; or, where there is none, a drop as their first change from then on.
    """
    telling: dict[int, Change] = {}
    for event in sorted(events, key=lambda one: one.time):
        if event.time < suspect.start or event.probe not in telling:
            telling[event.probe] = event
    return suspect.probes | {
        event.probe
        for event in telling.values()
        if event.controller == suspect.controller and event.connected == (event.time < suspect.start)
    }
