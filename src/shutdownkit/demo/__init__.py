"""The demonstration: a published timeline, and signals reconstructed from it.

Nothing here is measured, and everything says so: the signals' provenance, the scenario's notice and
the report that is made of them.
"""

from .belarus import Demonstration, belarus_2020
from .generate import generate
from .scenario import Scenario
from .scenario_file import read_scenario

__all__ = ["Demonstration", "Scenario", "belarus_2020", "generate", "read_scenario"]
