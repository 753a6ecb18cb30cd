"""The report that :func:`~shutdownkit.classify` returns."""

from __future__ import annotations

from attrs import frozen

from .content import ReportContent

__all__ = ["Report"]


@frozen
class Report(ReportContent):
    """Verdicts for one entity and window, with coverage, failures, blind spots and licences."""
