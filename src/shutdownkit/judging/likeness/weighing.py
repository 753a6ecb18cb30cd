"""From two signatures to one answer."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence

from ...model.kinds import Plane
from ...model.similarity import Similarity
from .features import Feature, features_of
from .signature import Signature
from .table import LIKENESS, Likeness

__all__ = ["compare_signatures", "summed_weight"]


def compare_signatures(first: Signature, second: Signature, table: Likeness = LIKENESS) -> Similarity:
    """How alike two signatures are, by the shipped figures or by others of the same form."""
    features = list(features_of(first, second, table))
    shares = math.fsum(feature.share for feature in features)
    score = math.fsum(feature.share * feature.agreement for feature in features)
    score = min(1.0, score / shares) if shares else 0.0
    weight = summed_weight(features, table) if features else None
    return Similarity(
        score=round(score, 6),
        agreements=tuple(feature.text for feature in features if not _differs(feature)),
        differences=(
            *(feature.text for feature in features if _differs(feature)),
            *_of_ipv6_alone(first, second),
        ),
        consistent=_consistent(
            features, score, weight, table, another_way=_is_another_way(first, second, features, table)
        ),
        weight=None if weight is None else round(weight, 6),
        as_alike=table.share_as_alike({one.name: one.rung for one in features if one.rung is not None}),
    )


def _of_ipv6_alone(first: Signature, second: Signature) -> tuple[str, ...]:
    """A sentence where in one nothing fell but routes of IPv6: in the planes both are routing."""
    if first.only_ipv6 == second.only_ipv6 or not first.fell or not second.fell:
        return ()
    which = ["IPv6 alone" if one.only_ipv6 else "not IPv6 alone" for one in (first, second)]
    return (f"what fell: {which[0]} / {which[1]}",)


def summed_weight(features: Sequence[Feature], table: Likeness) -> float:
    """Log-likelihood ratio (nats) of all features together.

    They are not independent.  The sum of the measured ones is shrunk by the slope that a logistic
    regression of the labelled pairs on it has.  Of the others each group (the depths of all planes, the
    two edges, the networks) adds or takes away no more than its cap.
    """
    groups: dict[str, list[float]] = defaultdict(list)
    for feature in features:
        groups[feature.group].append(feature.weight)
    parts = []
    for group, weights in groups.items():
        total = math.fsum(weights)
        cap = table.caps.get(group)
        parts.append(table.shrink * total if cap is None else max(-cap, min(cap, total)))
    return math.fsum(parts)


def _differs(feature: Feature) -> bool:
    """Whether it speaks against the same switch, or, where it says nothing, is unlike.

    Planes that are not the same are told as a difference, however few.
    """
    if feature.name == "planes" and feature.agreement < 1.0:
        return True
    return feature.weight < 0 or (feature.weight == 0 and feature.agreement < 0.5)


def _consistent(
    features: Sequence[Feature],
    score: float,
    weight: float | None,
    table: Likeness,
    *,
    another_way: bool,
) -> bool | None:
    """None where too little was compared, or weight and score do not both say the same clearly.

    What one switch does not explain forbids True, however much else agrees: a grid may fail at the hour of
    a curfew, and then the routes that held, or the return over hours, tell the two apart.
    """
    compared = {feature.group for feature in features}
    if weight is None or len(compared) < table.groups or "planes" not in compared:
        return None
    if weight >= table.alike and score >= table.score:
        return None if another_way else True
    if weight <= table.unlike and score < table.score:
        return False
    return None


def _is_another_way(
    first: Signature, second: Signature, features: Sequence[Feature], table: Likeness
) -> bool:
    """Whether routes, or more than IPv6, fell in one alone as far as is known, or an edge differs most.

    Where no signals say whether routes were measured, they may have held.  To withdraw routes and to leave
    them up are two mechanisms (Iran 2019: routes up), and routes hold where the power fails (Monash IP
    Observatory on Venezuela, October 2019); that it forbids True, and that the edges do, is a proposal.
    """
    if _of_ipv6_alone(first, second):
        return True
    for one, other in ((first, second), (second, first)):
        known = other.known_planes
        could_show = bool(other.fell) if known is None else Plane.ROUTING in known
        if Plane.ROUTING in one.planes - other.planes and could_show:
            return True
    return any(one.group == "shape" and one.rung == len(table.ladders[one.name].edges) for one in features)
