"""What counts as a disruption."""

from __future__ import annotations

from datetime import timedelta

from attrs import frozen

from ..model.checks import duration, number, store

__all__ = ["DEFAULTS", "DetectionSettings"]


@frozen
class DetectionSettings:
    """What counts as a disruption.

    Attributes:
        loss: share that must be lost for a bin to count as disrupted.  One fifth: IODA's warning level
            for active probing; its 99 % for BGP flags every peering reset (InetIntel/ioda-ui, Help.js).
        back: share that may still be missing when the level counts as back.
        pause: a recovery shorter than this, and than the outage before it, is a pause within it.
    """

    loss: float = 0.2
    back: float = 0.1
    pause: timedelta = timedelta(hours=2)

    def __attrs_post_init__(self) -> None:
        store(self, "pause", duration("DetectionSettings.pause", self.pause))
        store(self, "loss", number("DetectionSettings.loss", self.loss, minimum=0.01, maximum=0.8))
        store(self, "back", number("DetectionSettings.back", self.back, minimum=0.0, maximum=self.loss))


DEFAULTS = DetectionSettings()
