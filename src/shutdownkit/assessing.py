"""From a question to a report: asking the sources and judging what they gave.

The module is not called ``assess``: importing a module of that name would put it in the place of the
function ``shutdownkit.assess``.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Executor, Future
from datetime import datetime, timedelta
from typing import TypedDict, TypeVar, Unpack

from .errors import InvalidValueError, NoSourceAnsweredError
from .judging.as_of import passed
from .judging.classify import classify
from .judging.rules.rule import RuleSet
from .judging.settings import DEFAULTS, DetectionSettings
from .model.builtin_services import SERVICES
from .model.checks import duration, instance
from .model.context import ContextEvent
from .model.entity import Entity
from .model.episode import Episode
from .model.kinds import SignalKind
from .model.services import Services
from .model.window import TimeWindow
from .reading.clients import CacheChoice
from .reading.gather import TIMEOUT, gather
from .reading.http.settings import HttpSettings
from .reading.progress import Progress
from .reading.query import HISTORY, Query
from .reading.source import Source
from .report.report import Report

__all__ = ["Options", "assess", "assess_many"]

T = TypeVar("T")

_IN_FLIGHT = 4  # where the number of workers is not known


class Options(TypedDict, total=False):
    """The options of :func:`assess_many`; each as in :func:`assess`."""

    sources: Iterable[str | Source] | None
    controls: Iterable[Entity | str]
    history: Iterable[Episode]
    context: Iterable[ContextEvent]
    rules: RuleSet | None
    settings: DetectionSettings
    services: Services | None
    as_of: datetime | str | None
    strict: bool
    timeout: timedelta | float
    offline: bool
    cache: CacheChoice
    http: HttpSettings | None
    environ: Mapping[str, str] | None


def assess(
    entity: Entity | str,
    start: datetime | str,
    end: datetime | str,
    *,
    sources: Iterable[str | Source] | None = None,
    kinds: Iterable[SignalKind | str] | None = None,
    subjects: Iterable[str] = (),
    history_length: timedelta | float = HISTORY,
    controls: Iterable[Entity | str] = (),
    history: Iterable[Episode] = (),
    context: Iterable[ContextEvent] = (),
    rules: RuleSet | None = None,
    settings: DetectionSettings = DEFAULTS,
    services: Services | None = None,
    as_of: datetime | str | None = None,
    strict: bool = False,
    timeout: timedelta | float = TIMEOUT,
    offline: bool = False,
    cache: CacheChoice = True,
    http: HttpSettings | None = None,
    progress: Callable[[Progress], None] | None = None,
    environ: Mapping[str, str] | None = None,
) -> Report:
    """Ask the sources about an entity and judge what happened to it.

    Args:
        entity: whom it is about, such as ``BY``.
        start, end: the window that is judged: aware times, or ISO 8601 text.
        kinds: the kinds of signals that are asked for; None for all that each source asks for by itself.
        subjects: what is wanted of tests besides the totals, such as ``app:telegram`` or
            ``domain:example.org``; those of a service are its
            :attr:`~shutdownkit.model.services.Service.subjects`.
        history_length: how much before the window is asked for, for the expected level.
        history: known episodes of the entity.
        context: what was reported around the time.
        rules: the rules to ask; the built-in ones by default.
        settings: what counts as a disruption.
        services: which tests belong to one service; the built-in ones by default.
        as_of: judge with what was measured and had happened before this time; the sources are asked for
            the same as without it.
        sources, controls, strict, timeout, offline, cache, http, progress, environ: as for
            :func:`~shutdownkit.reading.gather.gather`.

    Raises:
        NoSourceAnsweredError: where no source answered; it holds the report that says so.
        CallerError: for an argument that cannot be.
        ExceptionGroup: where strict, if a source failed.
    """
    query = Query(
        entity,
        TimeWindow(start, end),
        kinds=kinds,
        subjects=subjects,
        history=duration("history_length", history_length, zero=True),
    )
    options = Options(
        sources=sources,
        controls=controls,
        history=history,
        context=context,
        rules=rules,
        settings=settings,
        services=services,
        as_of=as_of,
        strict=strict,
        timeout=timeout,
        offline=offline,
        cache=cache,
        http=http,
        environ=environ,
    )
    return _judged(query, options, progress)


def assess_many(
    queries: Iterable[Query], *, executor: Executor | None = None, **options: Unpack[Options]
) -> Iterator[Report]:
    """Ask and judge many queries, with no more under way than there is use for.

    Args:
        queries: may be any number; they are taken as the work goes on.
        executor: any executor of :mod:`concurrent.futures`: of threads, of processes, loky's, dask's.  None
            does one after the other in this process.  Where its workers are processes the options must
            be picklable: name sources, give none that is made.
        options: as for :func:`assess`.  A query's own entity is left out of ``controls``.

    Returns:
        The reports, in the order of the queries.  One for which no source answered has the report that
        says so.  The iterator may be closed early; what has not begun is then called off.

    Raises:
        InvalidValueError: for an executor that is none, and, while iterating, for a query that is none.
        TypeError: for an option that there is not.
        ExceptionGroup: while iterating, where strict.
    """
    unknown = sorted(options.keys() - Options.__annotations__.keys())
    if unknown:
        raise TypeError(f"assess_many() got an unexpected keyword argument {unknown[0]!r}")
    kept = _kept(options)
    if executor is None:
        return (_report(query, kept) for query in queries)
    if not callable(getattr(executor, "submit", None)):
        raise InvalidValueError("executor", executor, "is no executor of concurrent.futures")
    return _reports(queries, executor, kept)


def _kept(options: Options) -> Options:
    """The options with what can be gone through only once as tuples: every query needs them."""
    kept = options.copy()
    sources = options.get("sources")
    if sources is not None:
        kept["sources"] = _many("sources", sources)
    kept["controls"] = tuple(
        Entity.parse(one) if isinstance(one, str) else one
        for one in _many("controls", options.get("controls", ()))
    )
    kept["history"] = tuple(options.get("history", ()))
    kept["context"] = tuple(options.get("context", ()))
    return kept


def _many(name: str, values: Iterable[T]) -> tuple[T, ...]:
    if isinstance(values, str):
        raise InvalidValueError(name, values, "is one text, not several")
    return tuple(values)


def _reports(queries: Iterable[Query], executor: Executor, options: Options) -> Iterator[Report]:
    workers = getattr(
        executor, "_max_workers", None
    )  # private, and the same in the standard library and loky
    most = 2 * workers if isinstance(workers, int) and workers > 0 else _IN_FLIGHT
    under_way: deque[Future[Report]] = deque()
    try:
        for query in queries:
            under_way.append(executor.submit(_report, query, options))
            if len(under_way) == most:
                yield under_way[0].result()
                under_way.popleft()
        while under_way:
            yield under_way[0].result()
            under_way.popleft()
    finally:
        for future in under_way:
            future.cancel()


def _report(query: Query, options: Options) -> Report:
    """The report of one query, also where no source answered.  At the top, so that it can be pickled."""
    instance("queries", Query, query)
    controls = [one for one in options["controls"] if one != query.entity]
    try:
        return _judged(query, {**options, "controls": controls})
    except NoSourceAnsweredError as error:
        report: Report = error.report
        return report


def _judged(query: Query, options: Options, progress: Callable[[Progress], None] | None = None) -> Report:
    as_of = options.get("as_of")
    if as_of is not None:
        passed(query.window, as_of)  # refused before anybody is asked
    gathered = gather(
        query,
        sources=options.get("sources"),
        controls=options.get("controls", ()),
        strict=options.get("strict", False),
        timeout=options.get("timeout", TIMEOUT),
        offline=options.get("offline", False),
        cache=options.get("cache", True),
        http=options.get("http"),
        progress=progress,
        environ=options.get("environ"),
    )
    services = options.get("services")
    report = classify(
        gathered.signals,
        window=query.window,
        history=options.get("history", ()),
        context=options.get("context", ()),
        controls=gathered.controls,
        rules=options.get("rules"),
        settings=options.get("settings", DEFAULTS),
        entity=query.entity,
        account=gathered.account,
        tests=gathered.tests,
        services=SERVICES if services is None else services,
        as_of=as_of,
    )
    if not gathered.answered:
        raise NoSourceAnsweredError(gathered.failures, report)
    return report
