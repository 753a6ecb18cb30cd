"""The hard cases: faults that were or could be called shutdowns, and shutdowns that look like faults.

Each is written from published figures, as a world of signals; what had to be made up is said with the case.
Where measurements are recorded, ``tests/recorded/hard_recorded.py`` has the case itself.
"""

from __future__ import annotations

from .hard_case import HardCase
from .hard_negatives import NEGATIVES
from .hard_positives import POSITIVES

__all__ = ["HARD_CASES", "NEGATIVES", "POSITIVES"]

HARD_CASES: tuple[HardCase, ...] = (*NEGATIVES, *POSITIVES)
"""All of them, the negatives first."""
