"""Failures that need company: an answer or a page that merely differs from the control's.

Many sites answer by place (geo-DNS, networks of caches) or are set up wrongly, so that such a failure is the
usual false alarm of tests of sites (OONI's rule for an answer that matches nothing gives 0.75, not 1, and
names it "likely false positive").  It counts where the same site fails there in a way that a working site
does not, or where several services begin to differ at once: one site's own fault touches no other site.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta

from attrs import evolve, frozen

from ...model.service_tests import Layer, Outcome, ServiceTest, Strength
from ...model.services import Services
from .spell import Spell
from .spells import find_spells

__all__ = ["Settled", "settle"]

_TOGETHER = timedelta(hours=24)  # as OONI's own evaluation joins what it found (ooni/data, event_eval.py)
_SERVICES = 3  # services that begin to differ together; a proposal

_WHY = {
    Layer.DNS: "only its DNS answers differ from the control's, as those of many sites do by place or by "
    "their own fault",
    Layer.HTTP: "only its page differs from the control's, as that of many sites does by place",
}
_WHY_ELSE = "the provider calls it an anomaly and does not say what failed"


@frozen
class Settled:
    """The tests with those failures discarded that found no company, and the spells that stand."""

    tests: tuple[ServiceTest, ...]
    spells: tuple[Spell, ...]


def settle(tests: Sequence[ServiceTest], services: Services) -> Settled:
    """Find the spells and decide about weak failures.

    Args:
        tests: of one country or network, in any order, already without what must not count.
    """
    if not any(test.strength is Strength.WEAK for test in tests):
        return Settled(tuple(tests), find_spells(tests))
    plain = find_spells(test for test in tests if test.strength is not Strength.WEAK)
    every = find_spells(tests)
    standing = [spell for spell in every if _has_company(spell, plain, every, services)]
    standing += [spell for spell in plain if not any(_is_part(spell, other) for other in standing)]
    kept = tuple(_settled(test, standing) for test in tests)
    return Settled(kept, tuple(sorted(standing, key=_order)))


def _order(spell: Spell) -> tuple[object, ...]:
    return (spell.since, spell.subject, spell.network is not None, spell.network)


def _has_company(spell: Spell, plain: Sequence[Spell], every: Iterable[Spell], services: Services) -> bool:
    if any(_is_part(other, spell) for other in plain):
        return True
    alike = {
        services.of(other.subject).name
        for other in every
        if other.network == spell.network and abs(other.since - spell.since) <= _TOGETHER
    }
    return len(alike) >= _SERVICES


def _is_part(part: Spell, whole: Spell) -> bool:
    """Whether two spells are of the same stream and share time."""
    return (
        (part.subject, part.network) == (whole.subject, whole.network)
        and part.since <= whole.window.end
        and whole.since <= part.window.end
    )


def _settled(test: ServiceTest, standing: Sequence[Spell]) -> ServiceTest:
    if test.strength is not Strength.WEAK or any(_covers(spell, test) for spell in standing):
        return test
    why = _WHY.get(test.layer, _WHY_ELSE) if test.layer is not None else _WHY_ELSE
    return evolve(test, outcome=Outcome.DISCARDED, strength=None, reason=why)


def _covers(spell: Spell, test: ServiceTest) -> bool:
    return (
        spell.subject == test.subject
        and spell.network == test.network
        and spell.since <= test.time <= spell.window.end
    )
