"""Whether chance alone makes episodes recur at whole days.

Where a network fails every day, at any hour, some of its failures lie whole days apart: with ten others
within a week the odds are one in eight that one of them does, to within ten minutes.  The list of incidents
that the weights are fitted to holds few such networks.
"""

from __future__ import annotations

import math
from datetime import timedelta

__all__ = ["RARE", "is_beyond_chance"]

_DAY = timedelta(days=1)

RARE = 0.02
"""So unlikely by chance must recurrence be to speak for an order: one in fifty, a proposal.  One other that
began whole days away to within ten minutes is (1 in 72), one of two is not (1 in 36)."""


def is_beyond_chance(matches: int, others: int, within: timedelta) -> bool:
    """Whether so many of the others lie whole days away more often than onsets at any minute would.

    Each of them does by chance with the probability of 2 x ``within`` in a day; the number is binomial.
    """
    share = min(1.0, 2 * within / _DAY)
    fewer = math.fsum(
        math.comb(others, k) * share**k * (1.0 - share) ** (others - k)
        for k in range(min(matches, others + 1))
    )
    return matches > 0 and 1.0 - fewer <= RARE
