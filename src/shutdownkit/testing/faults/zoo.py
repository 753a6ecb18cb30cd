"""All faults by name.

>>> from shutdownkit.testing.server import LoopbackServer, Reply
>>> good = lambda received: Reply(b'{"data": [1, 2]}')
>>> with LoopbackServer(ZOO["unavailable_twice"].misbehave(good)) as server:
...     print(server.url)  # doctest: +SKIP
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType

from ...errors import (
    ProviderError,
    QuotaError,
    RefusedError,
    ServerFaultError,
    UnreachableError,
    WrongAnswerError,
)
from . import bodies, connections, contents, files, statuses
from .fault import Answering, Fault, FileFault

__all__ = ["FILE_FAULTS", "ZOO"]

_FAILS = (ServerFaultError, UnreachableError)
"""What :mod:`shutdownkit.reading.http.client` makes of a server that fails over one question, and over three
in a row."""


def _said(function: Callable[..., object]) -> str:
    """The first sentence of a function's docstring, which describes the fault."""
    return " ".join((function.__doc__ or "").partition("\n\n")[0].split())


def _fault(
    misbehave: Callable[[Answering], Answering],
    *errors: type[ProviderError],
    recovers: bool = False,
    slow: bool = False,
) -> Fault:
    return Fault(misbehave.__name__, _said(misbehave), misbehave, errors, recovers, slow)


def _file_fault(damage: Callable[[Path], None]) -> FileFault:
    return FileFault(damage.__name__, _said(damage), damage)


ZOO: Mapping[str, Fault] = MappingProxyType(
    {
        fault.name: fault
        for fault in (
            _fault(statuses.unavailable_twice, recovers=True),
            _fault(statuses.too_many_once, recovers=True),
            _fault(statuses.too_many_for_ever, QuotaError),
            _fault(statuses.broken, *_FAILS),
            _fault(statuses.wrong_status_good_body, *_FAILS),
            _fault(statuses.refused, RefusedError),
            _fault(statuses.not_found, RefusedError),
            _fault(statuses.says_the_key, RefusedError),
            _fault(statuses.redirect_elsewhere, WrongAnswerError),
            _fault(connections.truncated, UnreachableError),
            _fault(connections.silent, UnreachableError, slow=True),
            _fault(connections.reset, UnreachableError),
            _fault(connections.endless, WrongAnswerError),
            _fault(connections.drip_headers, UnreachableError, slow=True),
            _fault(connections.drip_body, UnreachableError, slow=True),
            _fault(bodies.html, WrongAnswerError),
            _fault(bodies.empty_body, WrongAnswerError),
            _fault(bodies.cut, WrongAnswerError),
            _fault(bodies.nested, WrongAnswerError),
            _fault(bodies.gzip_bomb, WrongAnswerError),
            _fault(bodies.stale_gzip, UnreachableError),
            _fault(bodies.another_charset, WrongAnswerError),
            _fault(contents.wrong_types, WrongAnswerError),
            _fault(contents.not_a_number, WrongAnswerError),
            _fault(contents.list_for_object, WrongAnswerError),
            _fault(contents.negative, WrongAnswerError),
        )
    }
)
"""The ways in which providers misbehave, in an order that stays."""

FILE_FAULTS: Mapping[str, FileFault] = MappingProxyType(
    {
        fault.name: fault
        for fault in (
            _file_fault(files.missing_folder),
            _file_fault(files.cut_file),
            _file_fault(files.garbage_lines),
            _file_fault(files.unreadable_file),
            _file_fault(files.folder_for_file),
        )
    }
)
"""The ways in which files are damaged, in an order that stays."""
