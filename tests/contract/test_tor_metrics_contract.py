"""Tor Metrics keeps the contract of sources."""

from __future__ import annotations

from typing import ClassVar

from shutdownkit.reading.source import Source, SourceConfig
from shutdownkit.sources.tor_metrics import TorMetricsSource
from shutdownkit.testing.contracts.source.contract import SourceContract
from shutdownkit.testing.contracts.source.truth import Truth
from shutdownkit.testing.contracts.source.upstream import Upstream
from shutdownkit.testing.wire.tor_metrics import tor_metrics_answer


class TestTorMetrics(SourceContract):
    """Estimates of users by the day, in two files of CSV."""

    name = "tor-metrics"
    max_examples: ClassVar[int] = 10

    def make_source(self, config: SourceConfig) -> Source:
        return TorMetricsSource(config)

    def publish(self, upstream: Upstream, truth: Truth) -> None:
        upstream.serve(tor_metrics_answer(truth.signals))
