"""Stand-ins for cousteau's single requests."""

from __future__ import annotations

import calendar
import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, ClassVar

import requests

from ..server import Received, Reply
from .memory import asked_in_memory, prepared_url

__all__ = ["FakeAtlasLatestRequest", "FakeAtlasRequest", "FakeAtlasResultsRequest"]

_HOST = "atlas.ripe.net"


class FakeAtlasRequest:
    """A request for ``url_path`` of ``server``; its other arguments say who asks, and how.

    Attributes:
        url: what was asked, once it was.
        http_method_args: ``params`` and ``headers`` of what is asked.
    """

    world_answer: ClassVar[Callable[[Received], Reply]]
    world_error: ClassVar[type[Exception]]

    def __init__(self, **kwargs: Any) -> None:
        self.url = ""
        self.url_path = str(kwargs.get("url_path", ""))
        self.server = kwargs.get("server") or _HOST
        self.key = kwargs.get("key")
        self.http_agent = kwargs.get("user_agent") or "a stand-in for cousteau"
        self.headers = kwargs.get("headers")
        self.http_method_args: dict[str, Any] = {"params": {}, "headers": self.get_headers()}

    def get_headers(self) -> dict[str, str]:
        """The headers that are sent."""
        sent = {"User-Agent": self.http_agent, "Accept": "application/json"}
        if self.key:
            sent["Authorization"] = f"Key {self.key}"
        return {**sent, **(self.headers or {})}

    def get(self, **url_params: Any) -> tuple[bool, Any]:
        """Whether it was answered well, and the document, the text where it is none, or what failed."""
        self.http_method_args["params"].update(url_params)
        self.url = f"https://{self.server}{self.url_path}"
        try:
            url = prepared_url(self.url, self.http_method_args["params"])
        except requests.RequestException as error:
            return False, error.args
        reply = asked_in_memory(type(self).world_answer, url, self.http_method_args["headers"])
        text = reply.body.decode("utf-8")
        try:
            payload = json.loads(text)
        except ValueError:
            payload = text
        return reply.status < 400, payload

    def post(self) -> tuple[bool, Any]:
        """Nothing is made here.

        Raises:
            NotImplementedError: always, as the real one does that has nothing to send.
        """
        raise NotImplementedError


class FakeAtlasResultsRequest(FakeAtlasRequest):
    """The results of ``msm_id`` from ``start`` to ``stop``, of ``probe_ids``."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.msm_id = kwargs["msm_id"]
        self.url_path = f"/api/v2/measurements/{self.msm_id}/results"
        self.start = _moment(kwargs.get("start"))
        self.stop = _moment(kwargs.get("stop"))
        self.probe_ids = _listed(kwargs.get("probe_ids"))
        params = self.http_method_args["params"]
        if self.start:
            params["start"] = calendar.timegm(self.start.timetuple())  # what offset it had is lost
        if self.stop:
            params["stop"] = calendar.timegm(self.stop.timetuple())
        if self.probe_ids:
            params["probe_ids"] = self.probe_ids

    def create(self) -> tuple[bool, Any]:
        """As :meth:`get`."""
        return self.get()


class FakeAtlasLatestRequest(FakeAtlasRequest):
    """The latest results of ``msm_id``, of ``probe_ids``; a world holds none, and answers 404."""

    def __init__(self, msm_id: Any, probe_ids: Any = (), **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.msm_id = msm_id
        self.url_path = f"/api/v2/measurements/{msm_id}/latest"
        self.probe_ids = _listed(probe_ids) if probe_ids else None
        if self.probe_ids:
            self.http_method_args["params"]["probe_ids"] = self.probe_ids

    def create(self) -> tuple[bool, Any]:
        """As :meth:`get`."""
        return self.get()


def _moment(time: Any) -> Any:
    """A datetime, of whole epoch seconds or of text.

    The real one reads text of many forms; this one ISO 8601, and refuses the rest with ``ValueError``.
    """
    if isinstance(time, int):
        return datetime.fromtimestamp(time, UTC).replace(tzinfo=None)
    return datetime.fromisoformat(time) if isinstance(time, str) else time


def _listed(ids: Any) -> Any:
    """Lists and tuples joined; a set is left as it is, and so becomes one pair of the query for each id."""
    return ",".join(str(one) for one in ids) if isinstance(ids, tuple | list) else ids
