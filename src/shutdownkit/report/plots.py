"""A report as a matplotlib figure."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING, Any

import numpy as np

from ..model.window import TimeWindow
from .content import ReportContent, Trace
from .extras import optional
from .intent_words import headline
from .words import entity_text, printable, signal_name

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["report_figure"]

_LINE, _EPISODE, _FAULT = "#1f4e79", "#c0392b", "#7f8c8d"
_HIGHEST = 1.1  # share of the expected level; what is above is drawn there
_PANEL_HEIGHT, _WIDTH, _MARGINS = 1.1, 9.0, 1.4  # inches


def report_figure(content: ReportContent) -> Figure:
    """A figure with a panel for each trace, episodes shaded in all, faults in those of their kind.

    The figure is not registered with pyplot; save it with ``figure.savefig`` or show it as the last
    value of a notebook's cell.  A report without traces gives one panel with the episodes alone.

    Raises:
        MissingExtraError: where matplotlib is not installed.
    """
    figures = optional("matplotlib.figure", extra="plot", what="the plot of a report")
    dates = optional("matplotlib.dates", extra="plot", what="the plot of a report")
    count = max(1, len(content.traces))
    figure: Figure = figures.Figure(figsize=(_WIDTH, _MARGINS + _PANEL_HEIGHT * count), layout="constrained")
    figure.suptitle(
        _plain(f"{entity_text(content.entity)}: {headline(content)}"), fontsize="medium", wrap=True
    )
    panels = figure.subplots(count, 1, sharex=True, sharey=True, squeeze=False)[:, 0]
    for panel, trace in zip(panels, content.traces, strict=False):
        _draw(panel, trace, content)
    for panel in panels:
        for judged in content.episodes:
            _shade(panel, judged.episode.window, _EPISODE)
    _set_axes(panels[-1], content, dates)
    return figure


def _draw(panel: Any, trace: Trace, content: ReportContent) -> None:
    """One series as steps, with gaps where nobody measured."""
    series = trace.series
    edges = np.append(series.times, np.datetime64(series.window.end.replace(tzinfo=None), "us"))
    panel.stairs(np.minimum(series.values, _HIGHEST), edges, baseline=None, color=_LINE, linewidth=1.2)
    name = signal_name(trace.kind, trace.subject, trace.entity, within=content.entity)
    panel.set_title(_plain(name), loc="left", fontsize="small")
    for fault in content.faults:
        if fault.kind == trace.kind:
            _shade(panel, fault.window, _FAULT)


def _shade(panel: Any, window: TimeWindow, colour: str) -> None:
    start, end = (time.astimezone(UTC).replace(tzinfo=None) for time in (window.start, window.end))
    panel.axvspan(start, end, color=colour, alpha=0.18, linewidth=0)


def _set_axes(panel: Any, content: ReportContent, dates: Any) -> None:
    window = content.window
    locator = dates.AutoDateLocator(tz=UTC)
    panel.xaxis.set_major_locator(locator)
    panel.xaxis.set_major_formatter(dates.ConciseDateFormatter(locator, tz=UTC))
    if window.duration:
        panel.set_xlim(window.start.replace(tzinfo=None), window.end.replace(tzinfo=None))
    panel.set_ylim(-0.05, _HIGHEST + 0.05)
    panel.set_ylabel("share of expected", fontsize="x-small")
    panel.set_xlabel("UTC", fontsize="small")


def _plain(text: str) -> str:
    """Text in which matplotlib sees no formula."""
    return printable(text).replace("$", r"\$")
