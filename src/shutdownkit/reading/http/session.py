"""The one session of ``requests`` that everything is asked through."""

from __future__ import annotations

import io
from collections.abc import Mapping
from contextvars import ContextVar
from importlib.metadata import version
from typing import Any

import requests
from requests.adapters import BaseAdapter, HTTPAdapter
from requests.auth import AuthBase
from requests.utils import select_proxy
from urllib3 import HTTPHeaderDict, HTTPResponse, ProxyManager
from urllib3.exceptions import LocationParseError
from urllib3.util import parse_url

from .address import origin_of
from .body import read_body
from .connections import POOLS
from .request import Secret
from .settings import HttpSettings

__all__ = ["KEY", "Session"]

KEY: ContextVar[Secret | None] = ContextVar("shutdownkit_key", default=None)
"""The key of the call that this thread is in."""

_POOL = 32
"""Connections to a host that are kept, at most: more than threads ask at once."""

_PROXIES = frozenset({None, "http", "https", "socks4", "socks4a", "socks5", "socks5h"})
"""Schemes of proxies; None for a host and port alone, which means http."""

_NOT_KEPT = frozenset({"content-encoding", "content-length", "set-cookie", "transfer-encoding"})
"""Headers that are no longer true of a body that was read, or that nobody but us was meant to have."""


class Session(requests.Session):
    """A session that verifies TLS, reads no netrc, keeps no cookie and follows no redirect by itself.

    Proxies and the bundle of certificates come from the environment, as everywhere in ``requests``, but
    this machine itself is never asked through a proxy.

    Args:
        settings: identity, and the limit to bodies.
        transport: sends in place of the network.
    """

    def __init__(self, settings: HttpSettings, transport: BaseAdapter | None = None) -> None:
        super().__init__()
        self.auth = _NoAuth()
        self.headers.clear()
        self.headers.update(
            {
                "User-Agent": f"shutdownkit/{version('shutdownkit')} (+{settings.contact})",
                "Accept-Encoding": "gzip, deflate",
            }
        )
        self.adapters.clear()
        for scheme in ("https://", "http://"):
            self.mount(scheme, transport or _Adapter(settings.largest_body))

    def get_adapter(self, url: str | bytes) -> requests.adapters.BaseAdapter:
        """The adapter for an address, which must be one that may be asked."""
        origin_of(url if isinstance(url, str) else url.decode("ascii"))
        return super().get_adapter(url)  # type: ignore[arg-type]

    def get_redirect_target(self, resp: requests.Response) -> None:
        """None: redirects are looked at before they are followed, by the exchange."""

    def proxies_for(self, url: str) -> Mapping[str, Any]:
        """What the environment says about an address: keyword arguments ``proxies``, ``verify``, ``cert``.

        Raises:
            requests.exceptions.InvalidProxyURL: the proxy it names is none.
        """
        said = self.merge_environment_settings(url, {}, None, None, None)
        if origin_of(url).loopback:
            said["proxies"] = {}
        proxy = select_proxy(url, said["proxies"])
        if proxy is not None:
            _check_proxy(proxy)
        return {name: said[name] for name in ("proxies", "verify", "cert")}


def _check_proxy(proxy: str) -> None:
    """Requests fails in other ways over an address that is none, and repeats its password."""
    try:
        parts = parse_url(proxy)
    except LocationParseError:
        raise requests.exceptions.InvalidProxyURL from None
    if not parts.host or parts.scheme not in _PROXIES:
        raise requests.exceptions.InvalidProxyURL


class _NoAuth(AuthBase):
    """Adds nothing; with any ``auth`` at all, ``requests`` does not look into the user's netrc."""

    def __call__(self, r: requests.PreparedRequest) -> requests.PreparedRequest:
        return r


class _Adapter(HTTPAdapter):
    """Sends with the key, on a copy, and gives back a response whose body was read within its limits.

    The response is built anew around its body, so that a session finds no cookie to keep in it.
    """

    def __init__(self, largest_body: int) -> None:
        self._largest_body = largest_body
        super().__init__(pool_maxsize=_POOL)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = POOLS

    def proxy_manager_for(self, proxy: str, **proxy_kwargs: Any) -> ProxyManager:
        manager: ProxyManager = super().proxy_manager_for(proxy, **proxy_kwargs)
        if not proxy.lower().startswith("socks"):  # those need the connections of their own manager
            manager.pool_classes_by_scheme = POOLS
        return manager

    def send(  # noqa: PLR0917 (the arguments are those of requests)
        self,
        request: requests.PreparedRequest,
        stream: bool = False,  # noqa: ARG002
        timeout: Any = None,
        verify: bool | str = True,
        cert: Any = None,
        proxies: Mapping[str, str] | None = None,
    ) -> requests.Response:
        with super().send(_with_key(request), True, timeout, verify, cert, proxies) as response:
            response.request = request  # not the copy that has the key
            body = read_body(response.raw, self._largest_body)
        headers = HTTPHeaderDict(
            (_without_key(name), _without_key(value))
            for name, value in response.raw.headers.items()
            if name.lower() not in _NOT_KEPT
        )
        finished = HTTPResponse(
            io.BytesIO(body),
            headers=headers,
            status=response.status_code,
            reason=_without_key(response.reason or ""),
            preload_content=False,
            request_method=request.method,
            request_url=request.url,
        )
        return self.build_response(request, finished)


def _without_key(said: str) -> str:
    """A header of the answer without the key, which a provider may say back."""
    key = KEY.get()
    return said if key is None else key.hidden_in(said)


def _with_key(request: requests.PreparedRequest) -> requests.PreparedRequest:
    key = KEY.get()
    if key is None:
        return request
    copy = request.copy()
    copy.headers["Authorization"] = f"Key {key.reveal()}"
    return copy
