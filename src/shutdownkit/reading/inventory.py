"""Every installed source: what it sees, and whether it can be used here and now."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import timedelta
from functools import partial

from attrs import evolve, frozen

from ..errors import CallerError, RegistryError
from . import environment
from .clients import Clients
from .failures import failure_of, tellable
from .registry import Registration, available, make
from .saying import one_line, said
from .source import Checkable, SourceConfig, SourceInfo
from .workers import Tell, at_once

__all__ = ["READY", "Entry", "inventory"]

READY = "ready"


@frozen
class Entry:
    """One installed source.

    Attributes:
        spec: what to write to ask it: its name, with its package where several bring that name.
        argument: what must follow its name, for people; None where nothing must.
        info: what it says of itself; None where it cannot be made.
        health: :data:`READY`, or why it cannot be used and what helps.
        check: what came of asking its provider: ``answers``, or the problem; None where it was not asked.
    """

    registration: Registration
    spec: str
    argument: str | None = None
    info: SourceInfo | None = None
    health: str = READY
    check: str | None = None


def inventory(*, environ: Mapping[str, str], limit: timedelta, check: bool = False) -> tuple[Entry, ...]:
    """Every installed source, ordered by name, then package.

    All are imported and made, each in a thread of its own.

    Args:
        limit: how long one source may take.
        check: whether to ask the providers, where a source can check that it is answered.

    Raises:
        CallerError: where ``SHUTDOWNKIT_NO_PLUGINS`` cannot be.
    """
    registrations = available(environ=environ)
    count = Counter(one.name for one in registrations)
    entries = {}
    for index, one in enumerate(registrations):
        spec = one.name if count[one.name] == 1 else f"{one.name}@{one.distribution}"
        entries[f"{one.name} {index}"] = Entry(one, spec, one.argument)
    with Clients(timeout=limit, offline=False, cache=False, environ=environ) as clients:
        works = {place: partial(_look, one, clients, environ, check=check) for place, one in entries.items()}
        for place, message in at_once(works, patience=limit.total_seconds()):
            if isinstance(message, Entry):
                entries[place] = message
            elif message.given_up:
                entries[place] = _late(entries[place], limit)
            elif message.error is not None:
                entries[place] = _failed(entries[place], message.error, environ)
    twice = Counter((one.name, one.distribution) for one in registrations)
    return tuple(
        entry
        if entry.spec == entry.registration.name or entry.health != READY
        else evolve(entry, health=f"duplicate: {_duplicate(entry, twice)}")
        for entry in entries.values()
    )


def _duplicate(entry: Entry, twice: Mapping[tuple[str, str], int]) -> str:
    one = entry.registration
    if twice[one.name, one.distribution] > 1:
        return f"{one.distribution} registers the name several times; none can be asked"
    return f"several packages bring it; name it {entry.spec}"


def _look(
    entry: Entry, clients: Clients, environ: Mapping[str, str], tell: Tell[Entry], *, check: bool
) -> None:
    name = entry.registration.name
    secret = environment.key(name, environ)
    base_url = environment.base_url(name, environ)
    with clients.make(_uncounted) as http:
        source = make(entry.registration, SourceConfig(name, http, base_url, key=secret))
        entry = evolve(entry, info=source.info)
        if source.info.needs_key and secret is None:
            tell(evolve(entry, health=f"needs a key: set {environment.key_variable(name)}"))
            return
        tell(entry)
        if check and isinstance(source, Checkable):
            source.check()
            tell(evolve(entry, check="answers"))


def _uncounted(_: int) -> None:
    """Nobody counts the requests."""


def _late(entry: Entry, limit: timedelta) -> Entry:
    problem = f"no answer within {limit.total_seconds():g} s"
    if entry.info is None:
        return evolve(entry, health=f"broken: cannot be made; {problem}")
    return evolve(entry, check=problem)


def _failed(entry: Entry, error: BaseException, environ: Mapping[str, str]) -> Entry:
    """The entry with what the source raised: while it was made, or while its provider was asked."""
    if entry.info is not None:
        secret = environment.key(entry.registration.name, environ)
        return evolve(entry, check=failure_of(entry.spec, tellable(error, secret)).problem)
    if isinstance(error, RegistryError):
        return evolve(entry, health=f"broken: {one_line(getattr(error, 'problem', str(error)))}")
    if isinstance(error, CallerError):
        return evolve(entry, health=one_line(str(error)))
    return evolve(entry, health=f"broken: {said(error)}")
