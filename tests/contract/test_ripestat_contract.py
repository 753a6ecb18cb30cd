"""RIPEstat keeps the contract of sources."""

from __future__ import annotations

from typing import ClassVar

from shutdownkit.reading.source import Source, SourceConfig
from shutdownkit.sources.ripestat import RipestatSource
from shutdownkit.testing.contracts.source.contract import SourceContract
from shutdownkit.testing.contracts.source.truth import Truth
from shutdownkit.testing.contracts.source.upstream import Upstream
from shutdownkit.testing.wire.ripestat import ripestat_answer


class TestRipestat(SourceContract):
    """Counts of prefixes by the hour, merged where they are equal; a count of -1 is unknown."""

    name = "ripestat"
    max_examples: ClassVar[int] = 10

    def make_source(self, config: SourceConfig) -> Source:
        return RipestatSource(config)

    def publish(self, upstream: Upstream, truth: Truth) -> None:
        upstream.serve(ripestat_answer(truth.signals))
