"""What one measurement is found to say, before it is tied to a time, a place and a service."""

from __future__ import annotations

from attrs import frozen

from ....model.service_tests import Layer, Outcome, Strength

__all__ = ["Finding", "blocked", "discarded", "down", "ok", "unknown"]


@frozen
class Finding:
    """An outcome with what belongs to it; the fields are those of a ``ServiceTest``.

    Attributes:
        host: of another site that failed, to which the tested one leads; None where it is the tested one.
    """

    outcome: Outcome
    reason: str = ""
    layer: Layer | None = None
    strength: Strength | None = None
    control: bool | None = None
    host: str | None = None


def ok(reason: str = "", *, control: bool | None = None) -> Finding:
    """Reached; a reason where the provider may flag it."""
    return Finding(Outcome.OK, reason, control=control)


def blocked(layer: Layer | None, strength: Strength, reason: str, *, control: bool | None = None) -> Finding:
    """Failed as what works does not fail."""
    return Finding(Outcome.BLOCKED, reason, layer, strength, control)


def down(reason: str, *, layer: Layer | None = None, control: bool | None = True) -> Finding:
    """Failed for the control as well."""
    return Finding(Outcome.DOWN, reason, layer, control=control)


def unknown(reason: str, *, control: bool | None = None) -> Finding:
    """Nobody can tell."""
    return Finding(Outcome.UNKNOWN, reason, control=control)


def discarded(reason: str, *, layer: Layer | None = None, control: bool | None = None) -> Finding:
    """Looks like blocking, and is known to be something else."""
    return Finding(Outcome.DISCARDED, reason, layer, control=control)
