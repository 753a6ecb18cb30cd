"""From the parts that were answered to signals, coverage and notices."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from attrs import frozen

from ...model.signal import Provenance, Signal
from ...model.window import TimeWindow
from ...reading.query import Query
from ...reading.source import Answered
from .about import INFO, LICENCE
from .datasources import Datasource, wanted
from .join import joined
from .part import Part
from .plan import gridded

__all__ = ["Assembled", "assembled"]


@frozen
class Assembled:
    """What the answered parts come to."""

    signals: tuple[Signal, ...]
    coverage: tuple[Answered, ...]
    notices: tuple[str, ...]


def assembled(query: Query, parts: Sequence[Part], asked: int) -> Assembled:
    """Put the parts of each datasource together.

    A kind of which nothing was measured in all the answers gives no signal: a notice says so, and its
    coverage tells that it was answered.

    Args:
        parts: those that were answered, in any order.
        asked: how many parts there should be.

    Returns:
        Each signal over the bins of its datasource that the query's span touches, missing where nothing
        was answered or measured.

    Raises:
        WrongAnswerError: where parts contradict each other.
    """
    signals: list[Signal] = []
    notices: list[str] = []
    coverage: list[Answered] = []
    for datasource in wanted(query):
        own = sorted(
            (part for part in parts if part.ask.datasource == datasource), key=lambda one: one.ask.window
        )
        if not own:
            continue
        name = f"IODA's {datasource.kind.name} of {query.entity}"
        signal = _signal(query, datasource, own)
        if signal is None:
            some = "" if len(parts) == asked else ", as far as it answered"
            notices.append(
                f"IODA has no {datasource.kind.name} for {query.entity} in the time asked for{some}."
            )
        else:
            notices += [f"{name} {remark}." for part in own for remark in part.remarks]
            signals.append(signal)
        coverage += [Answered(datasource.kind, window) for window in _answered(own)]
    return Assembled(tuple(signals), tuple(coverage), tuple(notices))


def _signal(query: Query, datasource: Datasource, parts: Sequence[Part]) -> Signal | None:
    """The signal; None where nothing was measured."""
    window = gridded(query.span, datasource.step)
    values = (part.values for part in parts if part.values is not None)
    series = joined(values, window, datasource.step)
    if not series.measured.any():
        return None
    weights = joined((part.weights for part in parts if part.weights is not None), window, datasource.step)
    return Signal(
        kind=datasource.kind,
        entity=query.entity,
        series=series,
        provenance=Provenance(
            source=INFO.name,
            licence=LICENCE,
            url=parts[0].address,
            retrieved=max(part.retrieved for part in parts),
        ),
        weights=weights if weights.measured.any() else None,
    )


def _answered(parts: Iterable[Part]) -> list[TimeWindow]:
    """The times for which parts were answered, those that follow upon each other as one.

    What lay in the future when the answer was given, it is no answer about.
    """
    windows: list[TimeWindow] = []
    for part in parts:
        start, end = part.ask.window.start, min(part.ask.window.end, part.retrieved)
        if end <= start:
            continue
        if windows and windows[-1].end == start:
            start = windows.pop().start
        windows.append(TimeWindow(start, end))
    return windows
