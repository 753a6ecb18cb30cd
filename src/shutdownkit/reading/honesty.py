"""Whether a source's answer is one to the question that it was asked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import timedelta
from typing import Final

from ..errors import WrongAnswerError
from ..model.kinds import KINDS, SignalKind
from ..model.service_tests import ServiceTest
from ..model.signal import Signal
from ..model.window import TimeWindow, utc_text
from .query import Query
from .saying import one_line, shown
from .source import SourceInfo, SourceResult

__all__ = ["MOST_BINS", "MOST_TESTS", "checked_kinds", "checked_result"]

MOST_BINS: Final = 5_000_000
"""In one answer: more than ten years of all that IODA measures.  Judging takes about 30 s for a million."""

MOST_TESTS: Final = 5_000_000
"""In one answer, an hour's count being one: 1 GB, at some 200 bytes each (measured by us)."""

_HOUR: Final = timedelta(hours=1)


def checked_kinds(info: SourceInfo) -> None:
    """Check that a source's kinds are what the built-in kinds of the same name are.

    Raises:
        WrongAnswerError: names the first that is not.
    """
    for kind in info.kinds:
        if KINDS.get(kind.name, kind) != kind:
            raise WrongAnswerError(f"measures another {kind.name} than the built-in kind of that name")


def checked_result(info: SourceInfo, query: Query, answer: object) -> SourceResult:
    """What a source gave, if it is what its kind of answer must be.

    Raises:
        WrongAnswerError: where it is no result, or holds a signal of another entity, of a kind that the
            source does not list, or more than a bin outside the query's span; two signals of one kind
            and subject; more bins than anybody measures; or tests from outside the query's span, or more than
            are read.  Tests of other entities serve for comparison.
    """
    if not isinstance(answer, SourceResult):
        raise WrongAnswerError(f"gave {shown(answer)} in place of a SourceResult")
    bins = sum(len(signal.series) for signal in answer.signals)
    if bins > MOST_BINS:
        raise WrongAnswerError(f"gave {bins} bins; more than {MOST_BINS} are refused")
    for signal in answer.signals:
        _check_signal(info, query, signal)
    _check_tests(query, answer)
    _check_listed(info, "an observation", (one.kind for one in answer.observations))
    _check_listed(info, "a fault", (one.kind for one in answer.faults))
    _check_listed(info, "coverage", (one.kind for one in answer.coverage))
    names = Counter((signal.kind.name, signal.subject) for signal in answer.signals)
    for (kind, subject), count in names.items():
        if count > 1:
            what = kind if subject is None else f"{kind} ({subject})"
            raise WrongAnswerError(f"gave {count} signals of {one_line(what)} in place of one")
    return answer


def _check_signal(info: SourceInfo, query: Query, signal: Signal) -> None:
    name = one_line(signal.name)
    if signal.entity != query.entity:
        raise WrongAnswerError(f"gave {name} of {one_line(str(signal.entity))}, asked about {query.entity}")
    _check_listed(info, "a signal", (signal.kind,))
    if not len(signal.series):
        return
    allowed = _allowed(query, signal.series.step)
    window = signal.series.window
    if window.start < allowed.start or window.end > allowed.end:
        raise WrongAnswerError(f"gave {name} over {window}, asked about {query.span}")


def _check_tests(query: Query, answer: SourceResult) -> None:
    """An hour's tests bear the hour's start, which may lie before the span."""
    count = sum(len(one.tests) for one in answer.tests)
    if count > MOST_TESTS:
        raise WrongAnswerError(f"gave {count} tests; more than {MOST_TESTS} are refused")
    allowed = _allowed(query, _HOUR)
    for tests in answer.tests:
        for test in tests.tests:
            if not (allowed.start <= test.time < allowed.end):
                raise WrongAnswerError(f"gave {_named(test)}, asked about {query.span}")


def _named(test: ServiceTest) -> str:
    return f"a test of {one_line(test.subject)} at {utc_text(test.time)}"


def _allowed(query: Query, edge: timedelta) -> TimeWindow:
    try:
        return query.span.widened(edge)
    except OverflowError:
        return TimeWindow("0001-01-01", "9999-12-31T23:59:59.999999Z")


def _check_listed(info: SourceInfo, what: str, kinds: Iterable[SignalKind]) -> None:
    for kind in kinds:
        if kind not in info.kinds:
            raise WrongAnswerError(f"gave {what} of {kind.name}, which is none of its kinds")
