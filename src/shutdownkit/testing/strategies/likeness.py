"""How alike episodes are, and what of them is compared."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import strategies as st

from ...judging.likeness.signature import PlaneFall, Signature
from ...judging.likeness.survey import NetworkFates
from ...model.entity import Entity, EntityKind
from ...model.kinds import Plane
from ...model.similarity import Similarity
from .judged import nats
from .places import entities, networks
from .primitives import sentences, shares
from .times import lengths, steps

__all__ = ["network_fates", "plane_falls", "signatures", "similarities"]

_HOURS = 6 * 60  # a network's onset counts within six hours of the episode's


def similarities() -> st.SearchStrategy[Similarity]:
    """How alike two episodes are.  Shrinks to a score of 0 from which nothing follows."""
    return st.builds(
        Similarity,
        score=shares(),
        agreements=sentences(),
        differences=sentences(),
        consistent=st.none() | st.booleans(),
        weight=st.none() | nats(),
        as_alike=st.none() | shares(),
    )


def _leads() -> st.SearchStrategy[timedelta]:
    return st.integers(-_HOURS, _HOURS).map(lambda minutes: timedelta(minutes=minutes))


@st.composite
def plane_falls(draw: st.DrawFn, *, plane: Plane | None = None) -> PlaneFall:
    """Planes that fell, of which a list may say no more than that.

    Shrinks to the first plane, of which nothing else is known.

    Args:
        plane: which fell.
    """
    fell = draw(st.sampled_from(Plane)) if plane is None else plane
    if draw(st.booleans()):
        return PlaneFall(fell, draw(shares()), draw(_leads()), draw(st.none() | steps()))
    return PlaneFall(fell)


@st.composite
def network_fates(draw: st.DrawFn) -> NetworkFates:
    """What became of some networks.  Shrinks to none that was watched."""
    known = draw(st.lists(networks(), max_size=4, unique=True))
    survived = draw(st.integers(0, len(known)))
    dark = [(network, draw(_leads())) for network in known[survived:]]
    return NetworkFates(
        watched=len(known) + draw(st.integers(0, 9)),
        dark=tuple(sorted(dark, key=lambda one: (one[1], one[0]))),
        survived=frozenset(known[:survived]),
        step=draw(lengths()),
    )


@st.composite
def signatures(draw: st.DrawFn, *, entity: Entity | None = None) -> Signature:
    """What episodes looked like.  Shrinks to the first country, of which nothing is known.

    Args:
        entity: whom it is about.
    """
    place = draw(entities()) if entity is None else entity
    planes = draw(st.lists(st.sampled_from(Plane), max_size=4, unique=True))
    held = draw(st.integers(0, len(planes)))
    falls = [draw(plane_falls(plane=plane)) for plane in planes[held:]]
    minutes = st.none() | st.integers(0, 1439)
    utc_minute = draw(minutes)
    has_local = utc_minute is not None and place.kind is not EntityKind.ASN
    return Signature(
        entity=place,
        fell=tuple(sorted(falls, key=lambda one: (one.after or timedelta(0), one.plane.value))),
        held=draw(st.none() | st.just(tuple(sorted(planes[:held], key=lambda plane: plane.value)))),
        utc_minute=utc_minute,
        local_minute=draw(minutes) if has_local else None,
        step=draw(st.none() | steps()),
        duration=draw(st.none() | lengths()),
        fall=draw(st.none() | lengths()),
        rise=draw(st.none() | lengths()),
        shape_step=draw(st.none() | steps()),
        networks=draw(st.none() | network_fates()) if place.kind is EntityKind.COUNTRY else None,
        only_ipv6=draw(st.booleans()),
    )
