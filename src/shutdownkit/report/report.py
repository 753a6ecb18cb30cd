"""The report that :func:`~shutdownkit.classify` returns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from attrs import frozen

from .content import ReportContent
from .frames import report_frame
from .html import report_html
from .json_form import read_report, report_json
from .plots import report_figure
from .text import report_text

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["Report"]


@frozen
class Report(ReportContent):
    """Verdicts for one entity and window, with coverage, failures, blind spots and licences."""

    def to_json(self, *, indent: int | None = None) -> str:
        """The report as JSON text, without loss; :meth:`from_json` is the inverse.

        Raises:
            CallerError: where two kinds of one name differ.
        """
        return report_json(self, indent=indent)

    @classmethod
    def from_json(cls, text: str) -> Report:
        """The report that a JSON text of :meth:`to_json` says.

        Raises:
            CallerError: names the first part at fault by its path, such as ``episodes[0].end``.
        """
        return read_report(cls, text)

    def to_frame(self) -> Any:
        """One row an episode, as a pandas or else a polars ``DataFrame``.

        Raises:
            MissingExtraError: where neither is installed (extra ``frames``).
        """
        return report_frame(self)

    def plot(self) -> Figure:
        """A matplotlib figure with a panel for each signal.

        Raises:
            MissingExtraError: where matplotlib is not installed (extra ``plot``).
        """
        return report_figure(self)

    def _repr_html_(self) -> str:
        """What a notebook shows."""
        return report_html(self)

    def __str__(self) -> str:
        return report_text(self)
