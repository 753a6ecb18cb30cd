"""A report as HTML, for notebooks."""

from __future__ import annotations

import html
import math
from collections.abc import Iterable
from datetime import datetime

from ..model.reach import Reach
from ..model.series import TimeSeries
from ..model.verdict import Basis, Stance
from ..model.window import TimeWindow
from .claim_words import CLAIMS_TITLE, claim_lines, claim_text
from .content import EpisodeVerdict, ReportContent, Trace
from .episode_words import episode_facts
from .intent_words import headline
from .reach_words import REACH_TITLE, reach_remarks, reach_rows
from .service_words import REACH_WORDS, service_titles
from .words import (
    CONTEXT_TITLE,
    STANCE_WORDS,
    as_of_text,
    capital,
    coverage_text,
    entity_text,
    failure_text,
    fault_text,
    printable,
    signal_name,
    window_text,
)

__all__ = ["report_html"]

_PICTURE_WIDTH, _PICTURE_HEIGHT = 600, 28  # CSS pixels
_LEFT = "text-align:left"
_BOLD = "font-weight:bold"
_RED, _GREY = "#c0392b", "#7f8c8d"
_TOP = 1.1  # the share of the expected level at the upper edge of a picture


def report_html(content: ReportContent) -> str:
    """A report as one ``<div>``: well-formed, without scripts, styles of its own or anything to load.

    All text is escaped.  The pictures are inline SVG: a line a signal, from all lost (below) to as
    expected (above), with gaps where nobody measured, and the episodes shaded.
    """
    window = content.window
    parts = [
        *(_element("p", f"Notice: {notice}", style=_BOLD) for notice in content.notices),
        _element("h3", entity_text(content.entity)),
        _element("p", window_text(window.start, window.end)),
        "" if content.as_of is None else _element("p", as_of_text(content.as_of)),
        _element("p", f"{capital(headline(content))}.", style=_BOLD),
        _pictures(content),
        *(_episode(number, judged, content) for number, judged in enumerate(content.episodes, start=1)),
        _services(content),
        _list("Instrument faults", map(fault_text, content.faults)),
        _list("What could not have been seen", (spot.text for spot in content.blind_spots)),
        _list("Sources that failed", (failure_text(one) for one in content.failures)),
        _list("Coverage", (coverage_text(one, within=content.entity) for one in content.coverage)),
        _list("Licences", content.licences),
        _element("p", f"Rules {content.ruleset}."),
    ]
    return f'<div class="shutdownkit-report">{"".join(parts)}</div>'


def _escaped(text: str) -> str:
    return html.escape(printable(text), quote=True)


def _element(tag: str, text: str, *, style: str = "") -> str:
    attribute = f' style="{style}"' if style else ""
    return f"<{tag}{attribute}>{_escaped(text)}</{tag}>"


def _list(title: str, texts: Iterable[str]) -> str:
    items = "".join(_element("li", text) for text in texts)
    return f"{_element('h4', title)}<ul>{items}</ul>" if items else ""


# --- pictures


def _pictures(content: ReportContent) -> str:
    if not content.traces or not content.window.duration:
        return ""
    rows = "".join(
        f'<tr><th style="text-align:left">{_escaped(_name(trace, content))}</th>'
        f"<td>{_picture(trace, content)}</td></tr>"
        for trace in content.traces
    )
    return f"<table>{rows}</table>"


def _name(trace: Trace, content: ReportContent) -> str:
    return signal_name(trace.kind, trace.subject, trace.entity, within=content.entity)


def _picture(trace: Trace, content: ReportContent) -> str:
    shades = [(judged.episode.window, _RED) for judged in content.episodes]
    shades += [(fault.window, _GREY) for fault in content.faults if fault.kind == trace.kind]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{_PICTURE_WIDTH}" height="{_PICTURE_HEIGHT}"'
        f' viewBox="0 0 {_PICTURE_WIDTH} {_PICTURE_HEIGHT}" role="img"'
        f' aria-label="{_escaped(_name(trace, content))}">'
        + "".join(_shade(window, colour, content.window) for window, colour in shades)
        + f'<path d="{_path(trace.series, content.window)}" fill="none" stroke="currentColor"/></svg>'
    )


def _shade(shaded: TimeWindow, colour: str, window: TimeWindow) -> str:
    shared = window.intersection(shaded)
    if shared is None:
        return ""
    left, right = _x(shared.start, window), _x(shared.end, window)
    return (
        f'<rect x="{left:.1f}" y="0" width="{max(1.0, right - left):.1f}" height="{_PICTURE_HEIGHT}"'
        f' fill="{colour}" fill-opacity="0.2"/>'
    )


def _path(series: TimeSeries, window: TimeWindow) -> str:
    """Steps through the measured bins, with a new start after each gap."""
    parts = []
    drawing = False
    shown = series.cut(window)
    for index, value in enumerate(shown.values.tolist()):
        if math.isnan(value):
            drawing = False
            continue
        bin_start = shown.start + shown.step * index
        left, right = _x(bin_start, window), _x(bin_start + shown.step, window)
        level = (1 - min(max(value, 0.0), _TOP) / _TOP) * (_PICTURE_HEIGHT - 2) + 1
        parts.append(f"{'L' if drawing else 'M'}{left:.1f} {level:.1f}H{right:.1f}")
        drawing = True
    return "".join(parts)


def _x(time: datetime, window: TimeWindow) -> float:
    """Where an instant lies across the picture; what lies outside the window, at its edge."""
    share = (time - window.start) / window.duration
    return min(max(share, 0.0), 1.0) * _PICTURE_WIDTH


# --- sections


def _episode(number: int, judged: EpisodeVerdict, content: ReportContent) -> str:
    rows = "".join(
        f'<tr><th style="text-align:left">{_escaped(name)}</th>'
        f'<td style="text-align:left">{_escaped(text)}</td></tr>'
        for name, text in episode_facts(judged, service_titles(content))
    )
    title = _element("h4", f"Episode {number}: {judged.episode.id}")
    measured = _evidence(judged, Basis.MEASURED)
    context = _evidence(judged, Basis.CONTEXT)
    heading = _element("p", CONTEXT_TITLE, style=_BOLD) if context else ""
    return f"{title}<table>{rows}</table>{measured}{heading}{context}{_claims(judged)}"


def _evidence(judged: EpisodeVerdict, basis: Basis) -> str:
    evidence = sorted(
        (one for one in judged.verdict.evidence if one.basis is basis),
        key=lambda one: (list(Stance).index(one.stance), -abs(one.weight)),
    )
    if not evidence:
        return ""
    head = "".join(_element("th", name) for name in ("Evidence", "Nats", "Rule", "What was seen", "Source"))
    rows = "".join(
        "<tr>"
        + "".join(
            _element("td", cell, style=_LEFT)
            for cell in (STANCE_WORDS[one.stance], f"{one.weight:+.2f}", one.rule, one.text, one.source)
        )
        + "</tr>"
        for one in evidence
    )
    return f"<table><tr>{head}</tr>{rows}</table>"


def _claims(judged: EpisodeVerdict) -> str:
    if not judged.claims:
        return ""
    parts = [_element("p", CLAIMS_TITLE, style=_BOLD)]
    for claimed in judged.claims:
        lines = claim_lines(claimed, within=judged.episode.entity)
        texts = (line.text if line.source is None else f"{line.text} ({line.source})" for line in lines)
        items = "".join(_element("li", text) for text in texts)
        parts.append(f"{_element('p', claim_text(claimed))}<ul>{items}</ul>")
    return "".join(parts)


def _services(content: ReportContent) -> str:
    """A table of the services that could not be reached everywhere, and a list of all else."""
    if not content.services:
        return ""
    head = "".join(_element("th", name) for name in ("Service", "State", "Networks"))
    rows = "".join(
        "<tr>"
        + _element("td", row.title, style=_LEFT)
        + _element(
            "td", REACH_WORDS[row.reach], style=f"{_LEFT};color:{_GREY if row.reach is Reach.DOWN else _RED}"
        )
        + _element("td", row.detail, style=_LEFT)
        + "</tr>"
        for row in reach_rows(content.services)
    )
    table = f"<table><tr>{head}</tr>{rows}</table>" if rows else ""
    items = "".join(_element("li", capital(text)) for text in reach_remarks(content.services))
    return _element("h4", REACH_TITLE) + table + (f"<ul>{items}</ul>" if items else "")
