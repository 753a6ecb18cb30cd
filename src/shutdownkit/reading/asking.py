"""What is asked of one source, within its own thread, and what it says there."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable

from attrs import evolve, frozen

from ..errors import NotServedError, ProviderError
from ..model.entity import Entity, EntityKind
from ..model.kinds import Aspect, Plane, SignalKind
from .candidates import Candidate
from .clients import Clients
from .honesty import checked_kinds, checked_result
from .http.client import HttpClient
from .query import Query
from .registry import checked_source
from .source import Source, SourceInfo, SourceResult
from .workers import Tell

__all__ = ["Asking", "Known", "Message", "Part", "ask", "is_compared"]


@frozen
class Known:
    """What a source says of itself, and whom it will be asked about for comparison."""

    info: SourceInfo
    controls: tuple[Entity, ...]


@frozen
class Part:
    """What came of asking about one entity."""

    entity: Entity
    result: SourceResult | Exception


@frozen
class Asking:
    """How many requests were made so far."""

    requests: int


Message = Known | Part | Asking

_TESTED = ("app:", "domain:")  # what a ServiceTest is of; other subjects are of signals alone


def ask(
    candidate: Candidate,
    clients: Clients,
    query: Query,
    controls: tuple[Entity, ...],
    tell: Tell[Message],
) -> None:
    """Ask one source: about the entity, then about those to compare with."""
    with contextlib.ExitStack() as stack:

        def client() -> HttpClient:
            return stack.enter_context(clients.make(lambda requests: tell(Asking(requests))))

        _ask(candidate.build(client), query, controls, tell)


def _ask(source: Source, query: Query, controls: tuple[Entity, ...], tell: Tell[Message]) -> None:
    _, info = checked_source(source)
    checked_kinds(info)
    compared = _about(query, info, controls)
    tell(Known(info, tuple(one.entity for one in compared)))
    info.check_serves(query)
    tell(Part(query.entity, checked_result(info, query, source.fetch(query))))
    silent = False
    for control in compared:
        if silent:
            tell(Part(control.entity, NotServedError("the provider had stopped answering")))
            continue
        try:
            info.check_serves(control)
            tell(Part(control.entity, checked_result(info, control, source.fetch(control))))
        except Exception as error:  # noqa: BLE001 (told as a failure; the next control may do better)
            tell(Part(control.entity, error))
            silent = isinstance(error, ProviderError) and error.ends_asking


def _about(query: Query, info: SourceInfo, controls: Iterable[Entity]) -> tuple[Query, ...]:
    """The questions for comparison: of what is asked, how many are connected, and tests that are named."""
    wanted = [kind for kind in info.kinds if query.wants(kind)]
    compared = [kind for kind in wanted if is_compared(kind)]
    tested = [kind for kind in wanted if kind.plane is Plane.APPLICATION]
    named = [one for one in query.subjects if one.startswith(_TESTED)]
    questions = []
    for entity in controls:
        subjects = named if tested and _is_elsewhere(query.entity, entity) else []
        kinds = compared or (tested if subjects else [])
        if kinds:
            questions.append(evolve(query, entity=entity, kinds=kinds, subjects=subjects))
    return tuple(questions)


def _is_elsewhere(entity: Entity, control: Entity) -> bool:
    """Whether tests from there are others than the entity's own.

    A country's tests come by network, so that those of a network in it are among them already.
    """
    return entity.kind is EntityKind.ASN or control.kind is EntityKind.COUNTRY


def is_compared(kind: SignalKind) -> bool:
    return kind.aspect is Aspect.REACH
