"""What holds before any rule is asked."""

from __future__ import annotations

from ...model.verdict import Cause, CauseProbabilities

__all__ = ["PRIOR"]

PRIOR = CauseProbabilities(
    {
        Cause.DELIBERATE: 0.13,
        Cause.POWER: 0.13,
        Cause.CABLE: 0.16,
        Cause.ROUTING: 0.06,
        Cause.ATTACK: 0.03,
        Cause.DISASTER: 0.05,
        Cause.EQUIPMENT: 0.07,
        Cause.UNKNOWN_TECHNICAL: 0.37,
    }
)
"""What holds before any rule is asked.

182 of 911 national events are shutdowns (Bischof et al., SIGCOMM 2023): 0.20.  Half a nat is taken off, to
0.13, because errors are not symmetric: where a rule has nothing to look at, it says nothing, and what is
left must not be more than what is known of outages in general.  An outage of which the fitted rules can
read everything, and which is typical in all, gets 0.03 to 0.05 (``bench/fit_weights.py``).

The rest is shared out as the causes known in the curated list are (cable 40, power 15, weather and
earthquake 7, routing and leaks 6, equipment 5, attacks 1), the greater part of it left unknown, and no
cause left under 3 %.
"""
