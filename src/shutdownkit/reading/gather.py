"""Asking all sources at once."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta
from functools import partial

from ..errors import CallerError, InvalidValueError
from ..model.checks import duration, flag, instance
from ..model.entity import Entity
from .asking import ask, is_compared
from .candidates import candidates
from .clients import CacheChoice, Clients
from .gathered import Gathered, account_of, elsewhere
from .http.settings import HttpSettings
from .outcomes import Outcome, check_agreement
from .progress import Progress, Stage
from .query import Query
from .source import Source
from .workers import at_once

__all__ = ["GRACE", "TIMEOUT", "gather"]

TIMEOUT = timedelta(minutes=3)
"""How long one source may take."""

GRACE = timedelta(seconds=2)
"""How much longer is waited for a source before it is given up: it should notice by itself that its time
is over, and say what it has."""


def gather(
    query: Query,
    *,
    sources: Iterable[str | Source] | None = None,
    controls: Iterable[Entity | str] = (),
    strict: bool = False,
    timeout: timedelta | float = TIMEOUT,
    offline: bool = False,
    cache: CacheChoice = True,
    http: HttpSettings | None = None,
    progress: Callable[[Progress], None] | None = None,
    environ: Mapping[str, str] | None = None,
) -> Gathered:
    """Ask sources, all at once, each in a thread of its own.

    One that raises, hangs or gives what was not asked for leaves the others untouched, and is among the
    failures.

    Args:
        sources: names, such as ``ioda``, ``ioda@acme-ioda`` or ``archive:PATH``, and sources already made;
            None for the built-in ones.  Plugins take part only where they are named: installing a package
            must never change a verdict.
        controls: other entities, asked about over the same span for comparison.  Only how many are
            connected is asked of them, and, where the query names subjects, how the tests of these came out
            there: what fails elsewhere as well is not blocked.
        strict: raise where a source failed; one that does not serve the query has not.
        timeout: how long each source may take for all that it is asked.
        offline: take answers from the cache and ask nobody.
        cache: whether answers are kept, or the file in which they are; True for that of ``http``, or else
            the usual one (in ``SHUTDOWNKIT_CACHE_DIR``).
        http: how sources ask over HTTP; ``offline`` is decided by the argument of that name.
        progress: called, in the caller's thread, with every change.
        environ: in place of ``os.environ``.

    Raises:
        CallerError: for an argument, a name or a variable of the environment that cannot be.
        ExceptionGroup: where strict, after all have ended; each error has a note that names its source.
    """
    instance("query", Query, query)
    flag("strict", strict)
    patience = duration("timeout", timeout)
    variables = os.environ if environ is None else environ
    asked = candidates(sources, environ=variables)
    compared = _controls(query, controls)
    outcomes = {candidate.name: Outcome(candidate, query.entity) for candidate in asked}
    tell = progress if progress is not None else _ignore
    with Clients(
        timeout=patience,
        offline=flag("offline", offline),
        cache=cache,
        environ=variables,
        settings=http,
    ) as clients:
        works = {one.name: partial(ask, one, clients, query, compared) for one in asked}
        for name in works:
            tell(Progress(name, Stage.WAITING))
        for name, message in at_once(works, patience=(patience + GRACE).total_seconds()):
            tell(outcomes[name].heard(message, patience))
    return _together(query, outcomes, strict=strict)


def _ignore(_: Progress) -> None:
    """Nobody looks."""


def _controls(query: Query, controls: Iterable[Entity | str]) -> tuple[Entity, ...]:
    """The entities to compare with, in order, each once."""
    if isinstance(controls, str):
        raise InvalidValueError("controls", controls, "is one text, not several entities")
    entities = {
        Entity.parse(one) if isinstance(one, str) else instance("controls", Entity, one) for one in controls
    }
    if query.entity in entities:
        raise CallerError(f"controls: {query.entity} is the entity in question itself")
    return tuple(sorted(entities))


def _together(query: Query, outcomes: Mapping[str, Outcome], *, strict: bool) -> Gathered:
    ordered = [outcomes[name] for name in sorted(outcomes)]
    check_agreement(ordered)
    if strict:
        _raise_faults(ordered)
    failures = [failure for outcome in ordered for failure in outcome.failures()]
    answered = [outcome for outcome in ordered if query.entity in outcome.results]
    results = {outcome.candidate.name: outcome.results[query.entity] for outcome in answered}
    compared = [
        outcome.results[entity]
        for outcome in answered
        for entity in outcome.controls
        if entity in outcome.results
    ]
    blind_spots = [spot for one in answered if one.info is not None for spot in one.info.blind_to]
    return Gathered(
        query=query,
        results=results,
        failures=tuple(failures),
        controls=tuple(
            signal
            for result in compared
            for signal in result.signals
            if is_compared(signal.kind) and query.wants(signal.kind)
        ),
        account=account_of(query, failures, results, compared, blind_spots),
        control_tests=elsewhere(query.entity, (tests for result in compared for tests in result.tests)),
    )


def _raise_faults(ordered: Iterable[Outcome]) -> None:
    everyone = list(ordered)
    faulty = {outcome.candidate.name: faults for outcome in everyone if (faults := outcome.faults())}
    if faulty:
        raise ExceptionGroup(
            f"{len(faulty)} of {len(everyone)} sources failed: {', '.join(faulty)}",
            [error for faults in faulty.values() for error in faults],
        )
