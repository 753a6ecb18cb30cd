"""OONI's scores by layer ("LoNI"): how likely what a test saw means blocked, down or ok.

Each layer has three scores from 0 to 1.  All three 0 mean that the layer says nothing: it was not tried, or
masked because an earlier layer had failed (ooni/data, ``oonipipeline/analysis/rules.py``).  They are no
measured zeros.  The rules give a connection that failed while the control's worked 0.75 (TCP), or 0.7 to
0.9 (TLS); a name denied or answered with an address of no use 0.9 or more; and an answer that is merely none
of the control's 0.75, which OONI's authors call a likely source of false alarms (networks of content
delivery answer differently everywhere).
"""

from __future__ import annotations

from collections.abc import Mapping

from attrs import frozen

from ...model.service_tests import Layer, Outcome, Strength
from ...reading.http.fields import as_number, as_text, below, member

__all__ = ["LAYERS", "Finding", "Loni", "Score", "read_score"]

LAYERS = (Layer.TCP, Layer.TLS, Layer.DNS)
"""Those that are scored.  Of equal scores the first here counts: connections are scored only where the
address was trusted."""

LIKELY = 0.5
"""OONI calls blocked what scores over this (``likely_blocked_protocols``)."""

DENIED = 0.9
"""From here on a score of DNS means more than another answer than the control's."""

_ROUNDING = 1e-6
"""The provider keeps scores in 32 bits: 0.9 comes as 0.8999999762."""


@frozen
class Score:
    """How one layer was scored, each from 0 to 1.

    Attributes:
        failure: what failed there, such as ``connection_reset``; empty where that is not said.
    """

    blocked: float = 0.0
    down: float = 0.0
    ok: float = 0.0
    failure: str = ""


@frozen
class Finding:
    """What scores say of a test: see :class:`~shutdownkit.model.service_tests.ServiceTest`."""

    outcome: Outcome
    layer: Layer | None = None
    strength: Strength | None = None
    reason: str = ""


@frozen
class Loni:
    """The scores of the layers; of one measurement, or a quantile over several."""

    dns: Score = Score()
    tcp: Score = Score()
    tls: Score = Score()

    def of(self, layer: Layer) -> Score:
        """The score of a layer; HTTP has none."""
        return {Layer.DNS: self.dns, Layer.TCP: self.tcp, Layer.TLS: self.tls}[layer]

    @property
    def plain(self) -> Layer | None:
        """The layer at which something failed that does not fail so by itself, or None."""
        least = {Layer.DNS: DENIED - _ROUNDING}
        failed = [
            layer for layer in LAYERS if self.of(layer).blocked > LIKELY and self._reaches(layer, least)
        ]
        return max(failed, key=lambda layer: self.of(layer).blocked, default=None)

    def _reaches(self, layer: Layer, least: Mapping[Layer, float]) -> bool:
        return self.of(layer).blocked >= least.get(layer, 0.0)

    @property
    def of_hour(self) -> Finding | None:
        """How the tests of an hour failed that did: at which layer, how strongly; None where nobody knows."""
        layer, strength = self.plain, Strength.PLAIN
        if layer is None:
            if self.dns.blocked <= LIKELY:
                return None
            layer, strength = Layer.DNS, Strength.WEAK
        return Finding(Outcome.BLOCKED, layer, strength, self.of(layer).failure)

    @property
    def of_one(self) -> Finding:
        """What came of the one measurement that these scores are of."""
        worst = max(LAYERS, key=lambda layer: self.of(layer).blocked)
        if self.of(worst).blocked > LIKELY:
            doubtful = worst is Layer.DNS and self.dns.blocked < DENIED - _ROUNDING
            strength = Strength.WEAK if doubtful else Strength.PLAIN
            return Finding(Outcome.BLOCKED, worst, strength, self.of(worst).failure)
        if any(self.of(layer).down > LIKELY for layer in LAYERS):
            return Finding(Outcome.DOWN, reason="failed for the control as well")
        if self.tcp.ok > LIKELY or self.tls.ok > LIKELY:
            return Finding(Outcome.OK)
        scored = any(score.blocked or score.down or score.ok for score in (self.dns, self.tcp, self.tls))
        why = "no connection was scored" if scored else "nothing was scored"
        return Finding(Outcome.UNKNOWN, reason=why)


def read_score(row: Mapping[str, object], layer: Layer, failure: str, path: str) -> Score:
    """The score of a layer from a row with keys such as ``tcp_blocked``.

    Args:
        failure: the key of what failed there.

    Raises:
        WrongAnswerError: where a score is missing, no number or not within 0 and 1 (``null`` is not scored).
    """

    def share(what: str) -> float:
        key = f"{layer.value}_{what}"
        value = member(row, key, path)
        return 0.0 if value is None else as_number(value, below(path, key), minimum=0.0, maximum=1.0)

    said = row.get(failure)
    named = "" if said is None else as_text(said, below(path, failure), empty=True)
    return Score(share("blocked"), share("down"), share("ok"), "" if named == "got_answer" else named)
