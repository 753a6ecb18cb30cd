"""Hearing what code says aside, to logs and to the standard streams, and how a key may look in it."""

from __future__ import annotations

import base64
import io
import logging
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from typing import Any
from urllib.parse import quote

__all__ = ["forms_of", "overhearing"]

_HALVED = 16
"""Characters of a key from which on half of it says too much: a choice of ours."""


def forms_of(key: str) -> tuple[str, ...]:
    """How a key may be written: as it is, in an address, in base64 (RFC 4648) at any place; its halves."""
    raw = key.encode()
    packed = []
    for before in range(3):
        text = base64.b64encode(b"\0" * before + raw).decode().rstrip("=")
        packed.append(text[2 * before : -1])  # what stands before and after it would change the ends
    half = len(key) // 2
    halves = (key[:half], key[half:]) if len(key) >= _HALVED else ()
    forms = (key, quote(key, safe=""), *packed, *halves)
    return tuple(dict.fromkeys(form for form in forms if len(form) > 1 or form == key))


@contextmanager
def overhearing() -> Iterator[Callable[[], dict[str, str]]]:
    """Hear all threads of the process while the context lasts; gives what was said so far, by where.

    Of logs, the records of all loggers whose own level lets them through, the root's being DEBUG meanwhile.
    """
    records: list[str] = []
    make = logging.getLogRecordFactory()
    root = logging.getLogger()
    level = root.level

    def heard(*given: Any, **named: Any) -> logging.LogRecord:
        record = make(*given, **named)
        error = record.exc_info[1] if isinstance(record.exc_info, tuple) else None
        told = "" if error is None else "".join(traceback.format_exception(error))
        records.append(f"{record.name}: {record.msg} {record.args!r} {told}")
        try:
            records.append(record.getMessage())
        except (TypeError, ValueError) as wrong:  # logging tells of it by itself
            records.append(repr(wrong))
        return record

    out, err = io.StringIO(), io.StringIO()
    logging.setLogRecordFactory(heard)
    root.setLevel(logging.DEBUG)
    try:
        with redirect_stdout(out), redirect_stderr(err):
            yield lambda: {
                "its log": "\n".join(records),
                "its standard output": out.getvalue(),
                "its standard error": err.getvalue(),
            }
    finally:
        root.setLevel(level)
        logging.setLogRecordFactory(make)
