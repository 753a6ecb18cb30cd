"""Stand-ins for cousteau's lists of probes and measurements, and for its probe."""

from __future__ import annotations

import calendar
from collections.abc import Callable
from datetime import datetime
from typing import Any, ClassVar, Self
from urllib.parse import urlsplit

from ..server import Received, Reply
from .cousteau_requests import FakeAtlasRequest

__all__ = ["FakeAPIResponseError", "FakeMeasurementRequest", "FakeProbe", "FakeProbeRequest"]

_MOST_CHARACTERS = 5000
_IDS_AT_ONCE = 500
"""cousteau 2.3 splits ``id__in`` of more characters into lists of so many ids."""

_FIELDS = (
    "is_anchor",
    "country_code",
    "description",
    "is_public",
    "asn_v4",
    "asn_v6",
    "address_v4",
    "address_v6",
    "prefix_v4",
    "prefix_v6",
    "geometry",
    "tags",
)


class FakeAPIResponseError(Exception):
    """The provider refused; stands in for cousteau's ``APIResponseError`` where that is not installed."""


class FakeProbe:
    """A probe with its record's fields as attributes; of ``meta_data``, or of the probe that ``id`` names."""

    world_answer: ClassVar[Callable[[Received], Reply]]
    world_error: ClassVar[type[Exception]]

    def __init__(self, **kwargs: Any) -> None:
        self.id = kwargs.get("id")
        self.meta_data: Any = kwargs.get("meta_data")
        if self.meta_data is None:
            ok, self.meta_data = _request(self, f"/api/v2/probes/{self.id}/", **kwargs).get()
            if not ok:
                raise type(self).world_error(self.meta_data)
        if self.id is None:
            self.id = self.meta_data.get("id")
        for name in _FIELDS:
            setattr(self, name, self.meta_data.get(name))
        self.status = self.meta_data.get("status", {}).get("name")

    def __str__(self) -> str:
        return f"Probe #{self.id}"

    __repr__ = __str__


class _List:
    """Records of a list, page after page, as they are asked for.

    Attributes:
        total_count: how many there are, as the first page said; 0 before it was asked for.
    """

    world_answer: ClassVar[Callable[[Received], Reply]]
    world_error: ClassVar[type[Exception]]
    url: ClassVar[str]

    def __init__(
        self,
        return_objects: bool = False,
        user_agent: str | None = None,
        server: str | None = None,
        verify: bool = True,  # noqa: ARG002 (there is nothing to verify)
        **filters: Any,
    ) -> None:
        self.return_objects = return_objects
        self._user_agent = user_agent
        self.server = server
        self.api_filters = {name: _filter(value) for name, value in filters.items()}
        self._waiting = self._paths()
        self.atlas_url: str | None = self._waiting.pop(0)
        self.current_batch: list[Any] = []
        self.total_count = 0
        self._counted = False

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> Any:
        if not self.current_batch:
            if self.atlas_url:
                self._ask(self.atlas_url)
            if not self.current_batch:
                raise StopIteration
        record = self.current_batch.pop(0)
        return self._object(record) if self.return_objects else record

    next = __next__

    def _object(self, record: Any) -> Any:
        return record

    def _paths(self) -> list[str]:
        """Paths with queries, nothing in them encoded: one, or several where the ids are too many for one."""
        filters = dict(self.api_filters)
        ids = str(filters.get("id__in", ""))
        if len(ids) <= _MOST_CHARACTERS:
            return [_path(self.url, filters)]
        del filters["id__in"]
        each = ids.split(",")
        parts = [each[first : first + _IDS_AT_ONCE] for first in range(0, len(each), _IDS_AT_ONCE)]
        return [_path(self.url, {**filters, "id__in": ",".join(part)}) for part in parts]

    def _ask(self, path: str) -> None:
        ok, page = _request(self, path, user_agent=self._user_agent, server=self.server).get()
        if not ok:
            raise type(self).world_error(page)
        if not self._counted and page.get("count"):
            self.total_count += int(page["count"])
            self._counted = True
        following = page.get("next")
        if following:
            parts = urlsplit(following)
            self.atlas_url = f"{parts.path}?{parts.query}"
        else:
            self.atlas_url = self._waiting.pop(0) if self._waiting else None
            self._counted = False
        self.current_batch = list(page.get("results", []))


class FakeProbeRequest(_List):
    """The probes that the filters let through: records, or with ``return_objects`` :class:`FakeProbe`."""

    url = "/api/v2/probes/"

    def _object(self, record: Any) -> Any:
        bound = type("Probe", (FakeProbe,), {"world_answer": staticmethod(type(self).world_answer)})
        return bound(meta_data=record)


class FakeMeasurementRequest(_List):
    """The measurements that the filters let through; a world holds none, and answers 404."""

    url = "/api/v2/measurements/"


def _request(one: FakeProbe | _List, path: str, **kwargs: Any) -> FakeAtlasRequest:
    """A single request of the same world."""
    bound = type("AtlasRequest", (FakeAtlasRequest,), {"world_answer": staticmethod(type(one).world_answer)})
    made: FakeAtlasRequest = bound(**{**kwargs, "url_path": path})
    return made


def _path(url: str, filters: dict[str, Any]) -> str:
    return f"{url}?{'&'.join(f'{name}={value}' for name, value in filters.items())}" if filters else url


def _filter(value: Any) -> Any:
    """As text: times as epoch seconds (what offset they had is lost), lists joined."""
    if isinstance(value, datetime):
        return calendar.timegm(value.timetuple())
    return ",".join(str(one) for one in value) if isinstance(value, tuple | list) else value
