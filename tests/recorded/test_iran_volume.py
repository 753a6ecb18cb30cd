"""Iran, November 2019: how many networks OONI heard by day, beside IODA's onset.

``pytest tests/recorded/test_iran_volume.py -rP`` prints both.  Only the counts of Iran are recorded; how
OONI did in the world is not, and a steady world is taken: a day without a row is a measured zero.  AS0,
where a probe did not know its network, is no network.
"""

from __future__ import annotations

import csv
import sys
from collections import defaultdict
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from attrs import evolve

import shutdownkit as sk
from shutdownkit.judging.rules.builtin import RULES
from shutdownkit.judging.rules.volume import ONE_NETWORK

pytestmark = pytest.mark.recorded

IRAN = sk.Entity.parse("IR")
DAY = timedelta(days=1)
FIRST, DAYS = "2019-11-10", 14


def counts(recorded: Path) -> dict[str, dict[int, int]]:
    """Measurements by day and number of the network."""
    found: dict[str, dict[int, int]] = defaultdict(dict)
    with (recorded / "iran-2019" / "ooni-measurements-iran-by-probeasn.csv").open(newline="") as file:
        for row in csv.DictReader(file):
            found[row["test_day"][:10]][int(row["probe_asn"])] = int(row["count"])
    return found


def daily(recorded: Path) -> tuple[sk.Signal, sk.Signal]:
    """The two volumes by day."""
    by_day = counts(recorded)
    start = datetime.fromisoformat(f"{FIRST}T00:00:00+00:00")
    days = [by_day.get(f"{start + index * DAY:%Y-%m-%d}", {}) for index in range(DAYS)]
    measurements = [float(sum(day.values())) for day in days]
    networks = [float(len(day.keys() - {0})) for day in days]
    return (
        sk.Signal(sk.KINDS["ooni.measurements"], IRAN, sk.TimeSeries(start, DAY, measurements)),
        sk.Signal(sk.KINDS["ooni.networks"], IRAN, sk.TimeSeries(start, DAY, networks)),
    )


def outage_of_ioda(recorded: Path) -> sk.Episode:
    signals = [s for s in sk.read_signals(recorded / "iran-2019" / "ioda-signals.csv") if s.entity == IRAN]
    (one,) = [e for e in sk.classify(signals).episodes if e.verdict.condition is sk.Condition.OUTAGE]
    return one.episode


def test_the_spike_of_the_16th_and_the_single_network_of_the_17th(recorded: Path) -> None:
    measurements, networks = daily(recorded)
    assert networks.series.values.tolist() == [10, 12, 11, 15, 10, 12, 11, 1, 1, 1, 0, 2, 3, 8]
    assert measurements.series.values[6:8].tolist() == [1094, 1]
    by_day = counts(recorded)
    assert by_day["2019-11-16"][16322] == 920


def test_the_networks_collapse_within_a_day_of_the_onset_that_ioda_sees(recorded: Path) -> None:
    _, networks = daily(recorded)
    (volume,) = sk.episodes(sk.detect([networks]))
    ioda = outage_of_ioda(recorded)
    sys.stdout.write(f"OONI, networks by day: {volume.onset}; IODA: {ioda.onset}\n")
    assert ioda.onset == datetime.fromisoformat("2019-11-16T14:25:00Z")
    assert volume.onset == datetime.fromisoformat("2019-11-17T00:00:00Z")
    assert abs(volume.onset - ioda.onset) < DAY
    assert volume.end is None


def test_the_end_of_the_campaign_of_the_10th_is_no_loss_of_connectivity(recorded: Path) -> None:
    """1108 of the 1324 measurements of the 10th came from one network, and few came on the days after."""
    known = {rule.id for rule in RULES.rules}
    rules = RULES if ONE_NETWORK.id in known else RULES.extended(ONE_NETWORK)
    until = sk.TimeWindow(FIRST, "2019-11-17T00:00:00Z")
    signals = [evolve(signal, series=signal.series.cut(until)) for signal in daily(recorded)]
    (one,) = sk.classify(signals, rules=rules).episodes
    sys.stdout.write(f"{one.episode.window} {one.verdict.condition} {one.verdict.p_deliberate:.3f}\n")
    assert one.episode.onset == datetime.fromisoformat("2019-11-11T00:00:00Z")
    assert one.verdict.condition is sk.Condition.ARTEFACT
    assert [evidence.stance for evidence in one.verdict.evidence] == [sk.Stance.DISCARDED]


def test_all_days_together_do_not_say_that_it_was_deliberate(recorded: Path) -> None:
    """The fall of the measurements since the 11th and that of the networks on the 17th are one episode."""
    (one,) = sk.classify(daily(recorded)).episodes
    assert one.verdict.condition is sk.Condition.DEGRADED
    assert one.verdict.p_deliberate < 0.2
