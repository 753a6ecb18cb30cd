"""RIPE Atlas in memory, for what asks through our own transport."""

from __future__ import annotations

import json
import threading
from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from typing import Any

from ...errors import InvalidValueError, RefusedError
from ...model.checks import instant
from ...sources.atlas.transport import BASE, PROBES_KEPT, Filters, Records
from ..wire.atlas import EVENTS, LISTED, AtlasWorld, atlas_answer
from .memory import asked_in_memory, prepared_url

__all__ = ["FakeAtlasTransport"]

_RETRIEVED = datetime(2026, 6, 1, 12, tzinfo=UTC)


class FakeAtlasTransport:
    """An :class:`~shutdownkit.sources.atlas.transport.AtlasTransport` that answers from a world, as the one
    does that asks a server with that world.

    May be used by several threads.

    Args:
        world: probes and events.
        base: the address that records name as theirs.
        retrieved: when they name as the time they came.
    """

    def __init__(
        self, world: AtlasWorld, *, base: str = BASE, retrieved: datetime | str = _RETRIEVED
    ) -> None:
        self._answer = atlas_answer(world)
        self._base = base.rstrip("/")
        self._retrieved = instant("FakeAtlasTransport.retrieved", retrieved)
        self._lock = threading.Lock()
        self._asked: list[str] = []

    @property
    def asked(self) -> tuple[str, ...]:
        """The addresses that the real one would have asked so far, in order."""
        with self._lock:
            return tuple(self._asked)

    def probes(self, filters: Filters, *, keep: timedelta = PROBES_KEPT) -> Records:  # noqa: ARG002
        """The records of all probes that the filters let through.

        Raises:
            RefusedError: the server would refuse.
        """
        params = {name: _joined(value) for name, value in filters.items()}
        first = following = prepared_url(self._base + LISTED, params)
        rows: list[object] = []
        while following:
            page = self._document(following)
            rows += page["results"]
            following = page["next"] or ""
        return Records(tuple(rows), self._base + LISTED if "id__in" in filters else first, self._retrieved)

    def connection_events(
        self, start: datetime, stop: datetime, probe_ids: Collection[int] | None
    ) -> Records:
        """Connections and disconnections from ``start`` to ``stop``, both included, in any order.

        Raises:
            InvalidValueError: times with parts of seconds, no ids.
            RefusedError: the server would refuse.
        """
        start, stop = instant("start", start), instant("stop", stop)
        if start.microsecond or stop.microsecond:
            raise InvalidValueError("start, stop", (start, stop), "are not whole seconds")
        params = {"start": str(int(start.timestamp())), "stop": str(int(stop.timestamp()))}
        if probe_ids is not None:
            if not probe_ids:
                raise InvalidValueError("probe_ids", probe_ids, "is empty, which the provider takes for all")
            params["probe_ids"] = ",".join(str(number) for number in sorted(set(probe_ids)))
        rows = self._document(prepared_url(self._base + EVENTS, params))
        return Records(tuple(rows), self._base + EVENTS, self._retrieved)

    def _document(self, url: str) -> Any:
        with self._lock:
            self._asked.append(url)
        reply = asked_in_memory(self._answer, url)
        if reply.status != 200:
            raise RefusedError(f"HTTP {reply.status}", where=url.partition("?")[0])
        return json.loads(reply.body)


def _joined(value: str | int | tuple[str | int, ...]) -> str:
    return ",".join(map(str, value)) if isinstance(value, tuple) else str(value)
