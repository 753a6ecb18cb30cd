"""Which sources are to be asked, and how each is made."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import pairwise

from attrs import field, frozen

from ..errors import CallerError, DuplicateSourceError, RefusedError
from . import environment
from .http.client import HttpClient
from .http.request import Secret
from .registry import NoSourceError, Registration, Spec, available, checked_source, choose, make
from .saying import said
from .source import Source, SourceConfig

__all__ = ["Candidate", "candidates", "registered"]

Client = Callable[[], HttpClient]


@frozen
class Candidate:
    """A source that is to be asked.

    Attributes:
        name: its slug.
        secret: its key, if there is one.
        build: makes the source with a client; may raise anything, or hang.
    """

    name: str
    secret: Secret | None = field(repr=False)
    build: Callable[[Client], Source]


def candidates(
    sources: Iterable[str | Source] | None, *, environ: Mapping[str, str]
) -> tuple[Candidate, ...]:
    """The sources to ask, ordered by name; nothing has been imported or asked.

    Args:
        sources: names (see :class:`~shutdownkit.reading.registry.Spec`) and sources already made; None
            for the built-in ones that are not asked on demand alone (see
            :data:`~shutdownkit.reading.registry.ON_DEMAND`).  Only those, whatever else is installed:
            installing a package must never change a verdict, so plugins take part where they are named.

    Raises:
        UnknownSourceError, DuplicateSourceError: for a name that is not one installed source's.
        CallerError: for what is no source, none at all, two of one name, one named without what it reads,
            or a variable of the environment that cannot be.
    """
    known: tuple[Registration, ...] = ()
    if sources is None:
        known = available(environ=environ)
        named = [registered(one, environ) for one in known if one.builtin and one.on_demand is None]
    elif isinstance(sources, str | bytes):
        raise CallerError(f"sources: {sources!r} is one text, not several sources")
    else:
        given = tuple(sources)
        if any(isinstance(one, str) for one in given):
            known = available(environ=environ)
        named = [
            _chosen(one, known, environ) if isinstance(one, str) else _given(one, f"sources[{index}]")
            for index, one in enumerate(given)
        ]
    if not named:
        raise CallerError("sources: none is named")
    ordered = tuple(sorted(named, key=lambda one: one.name))
    for one, other in pairwise(ordered):
        if one.name == other.name:
            raise DuplicateSourceError(f"sources: {one.name!r} is there twice; ask each source once")
    return ordered


def _chosen(text: str, known: Sequence[Registration], environ: Mapping[str, str]) -> Candidate:
    spec = Spec.parse(text)
    chosen = choose(spec, known)
    if chosen.argument is not None and spec.argument is None:
        raise CallerError(f"sources: {text!r} needs {chosen.argument}: name it {text}:PATH")
    return registered(chosen, environ, argument=spec.argument)


def registered(
    registration: Registration, environ: Mapping[str, str], *, argument: str | None = None
) -> Candidate:
    """An installed source, with what the environment says of it.

    Raises:
        CallerError: names the variable of the environment that cannot be.
    """
    name = registration.name
    base_url = environment.base_url(name, environ)
    secret = environment.key(name, environ)

    def build(client: Client) -> Source:
        source = make(registration, SourceConfig(name, client(), base_url, argument, secret))
        if source.info.needs_key and secret is None:
            raise RefusedError(f"needs a key: set {environment.key_variable(name)}")
        return source

    return Candidate(name, secret, build)


def _given(value: object, place: str) -> Candidate:
    """A source that the caller has made."""
    try:
        source, info = checked_source(value)
    except NoSourceError as error:
        raise CallerError(f"{place} is no source: it is {error}") from None
    except Exception as error:
        raise CallerError(f"{place} is no source: its info cannot be had: {said(error)}") from error
    return Candidate(info.name, None, lambda _: source)
