"""Lists of names in a sentence."""

from __future__ import annotations

from collections.abc import Sequence

__all__ = ["named"]

_SHOWN = 6


def named(names: Sequence[str]) -> str:
    """The first names, and how many more there are."""
    shown = ", ".join(names[:_SHOWN])
    return shown if len(names) <= _SHOWN else f"{shown} and {len(names) - _SHOWN} more"
