"""Outages of a stated kind, made up, each with its truth: a country, its networks, other countries, weeks.

>>> from shutdownkit.testing.scenarios import OutageKind, simulate
>>> simulate(OutageKind.POWER, country="VE").truth.cause
<Cause.POWER: 'power'>
"""

from .places import Dip, Place, repeated
from .scenario import OutageScenario
from .simulate import local_time, simulate
from .truth import Gap, OutageKind, OutageTruth

__all__ = [
    "Dip",
    "Gap",
    "OutageKind",
    "OutageScenario",
    "OutageTruth",
    "Place",
    "local_time",
    "repeated",
    "simulate",
]
