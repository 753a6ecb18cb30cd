"""Measurements that stop arriving."""

from __future__ import annotations

import numpy as np

from ...model.kinds import KINDS
from ...model.window import utc_text
from ..arrivals import (
    blocking_adjoins,
    ended_campaign,
    fell_silent,
    is_only_volume,
    is_outage_by_silence,
    networks_before,
)
from ..facts import Facts
from .proposals import proposed
from .rule import Finding, Rule, discarded, missing, weighs

__all__ = ["ONE_NETWORK", "SILENCE"]

_IRAN = "OONI's counts of Iran, November 2019: 920 of 1094 measurements of the 16th came from one network"
_GOES_WITH_IT, _ALONE = (proposed("volume.silence", name) for name in ("goes-with-it", "alone"))
_SILENT = (
    "OONI and IODA on Uganda 2021 and 2026, Iran 2019: nothing arrives while a country is cut off; the "
    "weight is a proposal"
)


def _judge_one_network(facts: Facts) -> Finding | None:
    found = ended_campaign(facts)
    if found is None:
        return None
    return discarded(
        f"Fewer measurements arrived, by up to {facts.peak:.0%}, but from as many networks as before "
        f"({np.mean(found.during):.1f} at a time, {np.mean(found.before):.1f} before): somebody measured "
        "less, which does not say that fewer people were connected."
    )


ONE_NETWORK = Rule(
    "volume.one-network",
    "The end of one network's campaign is not a loss of connectivity: the number of networks tells.",
    _IRAN,
    "instrument",
    _judge_one_network,
    fails="Where most volunteers sit in one network, a cut of that network hardly lowers the number of "
    "networks.",
)


def _judge_silence(facts: Facts) -> Finding | None:
    if facts.around.silence is not None:
        return missing(
            f"{facts.around.silence.text} Nobody knows whether the provider could be reached from elsewhere, "
            "so that it cannot be told from a pause."
        )
    if not fell_silent(facts):
        return None
    usual = networks_before(facts)
    heard = "" if usual is None else f", where {usual:.0f} were usual at a time"
    since = min(event.onset for event in facts.events_of(KINDS["ooni.measurements"]))
    sentence = (
        f"No measurements arrived any more from {utc_text(since)} on, and from no network{heard}, while the "
        "rest of the world sent them"
    )
    if not is_only_volume(facts):
        return weighs(f"{sentence}: that goes with the loss of connectivity.", _GOES_WITH_IT)
    if not is_outage_by_silence(facts):
        return missing(f"{sentence}. Too few networks were heard before to say that connectivity was lost.")
    near = "; services were blocked within a day of it" if blocking_adjoins(facts) else ""
    return weighs(
        f"{sentence}{near}: connectivity was lost, as far as volunteers can show.",
        _ALONE,
    )


SILENCE = Rule(
    "volume.silence",
    "People who are offline send nothing: a silence of all networks corroborates a loss of connectivity and "
    "hardly says why.",
    _SILENT,
    "volume",
    _judge_silence,
    fails="A provider that cannot be reached from the country, because its own addresses are blocked, hears "
    "nothing either (China, 7 July 2023).",
)
