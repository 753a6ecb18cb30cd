"""A provider on this machine with a source before it, and how the source is asked."""

from __future__ import annotations

import threading
from typing import Protocol

from attrs import evolve, frozen

from ....errors import ProviderError
from ....reading.query import Query
from ....reading.saying import said
from ....reading.source import Source, SourceConfig, SourceResult
from ..laws import Law, LawBrokenError
from .truth import Truth, asked
from .upstream import Upstream

__all__ = ["Author", "UpstreamError", "World", "plain"]

_ENOUGH = 30.0  # seconds of real time that an answer may take, whatever goes wrong


class Author(Protocol):
    """What is asked of whoever wrote a source."""

    def make_source(self, config: SourceConfig) -> Source:
        """The source, made as the registry makes it."""
        ...

    def publish(self, upstream: Upstream, truth: Truth) -> None:
        """Put a truth into the upstream, past the source."""
        ...


class UpstreamError(Exception):
    """The provider that a test made up failed: the source was not tested."""


@frozen
class World:
    """A provider with a source before it.

    Attributes:
        upstream: the provider.
        author: says how the source is made, and how the provider tells a truth.
        config: what sources are made with; each has a client of its own.
    """

    upstream: Upstream
    author: Author
    config: SourceConfig

    def publish(self, truth: Truth) -> None:
        """Put a truth into the upstream, past any source."""
        self.author.publish(self.upstream, truth)

    def source(self) -> Source:
        """A source, newly made."""
        return self.author.make_source(self.config)

    def fetch(self, query: Query, *, law: Law, source: Source | None = None) -> SourceResult:
        """What a source gives where all is well; one that raises, or does not come back, breaks the law."""
        try:
            return self.attempt(query, law=law, source=source)
        except (LawBrokenError, UpstreamError):
            raise
        except Exception as error:
            what = f"it raised {said(error)}, though all was well"
            raise LawBrokenError(law, what, given={"asked for": asked(query)}) from error

    def attempt(self, query: Query, *, law: Law, source: Source | None = None) -> SourceResult:
        """What a source gives; one that does not come back has broken the law.

        Raises:
            Exception: whatever it raises.
        """
        asking = self.source() if source is None else source
        ended: list[SourceResult | BaseException] = []

        def run() -> None:
            try:
                ended.append(asking.fetch(evolve(query)))  # a copy: what it does to it changes no law
            except BaseException as error:  # noqa: BLE001 (raised by whoever waits for it)
                ended.append(error)

        thread = threading.Thread(target=run, name="shutdownkit-contract", daemon=True)
        thread.start()
        thread.join(_ENOUGH)
        if self.upstream.trouble is not None:
            what = (
                f"{type(self.author).__name__}.publish: what it serves raised {said(self.upstream.trouble)}"
            )
            raise UpstreamError(what) from self.upstream.trouble
        if not ended:
            raise LawBrokenError(law, f"it had not come back after {_ENOUGH:g} s")
        if isinstance(ended[0], BaseException):
            raise ended[0]
        if not isinstance(ended[0], SourceResult):
            raise LawBrokenError(law, f"it gave {type(ended[0]).__name__}, which is no SourceResult")
        return ended[0]

    def outcome(self, query: Query, *, law: Law) -> SourceResult | ProviderError:
        """What a source gives, or the error of the provider's that it raises; any other breaks the law."""
        try:
            return self.attempt(query, law=law)
        except ProviderError as error:
            return error
        except (LawBrokenError, UpstreamError):
            raise
        except Exception as error:
            what = f"it raised {said(error)}, which is no ProviderError"
            raise LawBrokenError(law, what, given={"asked for": asked(query)}) from error


def plain(result: SourceResult) -> SourceResult:
    """A result without the times at which things were retrieved, which differ from fetch to fetch."""
    return evolve(
        result,
        signals=tuple(
            evolve(one, provenance=evolve(one.provenance, retrieved=None)) for one in result.signals
        ),
        tests=tuple(evolve(one, provenance=evolve(one.provenance, retrieved=None)) for one in result.tests),
    )
