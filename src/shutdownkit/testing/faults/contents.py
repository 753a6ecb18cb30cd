"""Faults of what a body says: it is as well formed as the good one, and its values cannot be.

Each works on JSON and on CSV, whichever the good body is.  Where the good body has nothing to change,
as an empty list has, what is said stands alone: ``7``, ``NaN``.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Collection

from attrs import evolve

from ..server import Received, Reply
from .bodies import plain
from .documents import Table, changed_leaves, document_of, is_number, looks_like_time, number_in
from .fault import Answering

__all__ = ["huge_of", "list_for_object", "negative", "negative_of", "not_a_number", "wrong_types"]


_HUGE = 10_000_000
"""More than any share in percent, and than any index: a choice of ours."""


def wrong_types(good: Answering) -> Answering:
    """A word for each number, a number for each word, date and flag."""
    return _changed(
        good,
        lambda document: changed_leaves(document, lambda value: "x" if is_number(value) else 7),
        lambda table: table.changed(lambda cell: "7" if number_in(cell) is None else "x"),
        b"7",
    )


def not_a_number(good: Answering) -> Answering:
    """``NaN`` for each number: no JSON, and no measurement in CSV."""
    return _changed(
        good,
        lambda document: changed_leaves(document, lambda value: math.nan if is_number(value) else value),
        lambda table: table.changed(lambda cell: cell if number_in(cell) is None else "NaN"),
        b"NaN",
    )


def list_for_object(good: Answering) -> Answering:
    """The list of its members' values for each outermost object; the names of a table's columns moved on by
    one, so that each names its neighbour, or left out where there is one column.
    """
    return _changed(good, _listed, _moved, b"7")


def negative(good: Answering) -> Answering:
    """``-n - 1`` for each number n that is no time: counts, shares and steps below 0.

    A time is what may be seconds or milliseconds of the epoch.  A body without another number is the good
    one.
    """
    return _changed(
        good,
        lambda document: changed_leaves(document, _below_zero),
        lambda table: table.changed(_cell_below_zero),
        None,
    )


def negative_of(values: Collection[float]) -> Callable[[Answering], Answering]:
    """:func:`negative` for some numbers alone, such as what was measured; all others stay as they are."""

    def misbehave(good: Answering) -> Answering:
        return _changed(
            good,
            lambda document: changed_leaves(
                document, lambda value: _below_zero(value) if value in values else value
            ),
            lambda table: table.changed(
                lambda cell: _cell_below_zero(cell) if number_in(cell) in values else cell
            ),
            None,
        )

    return misbehave


def huge_of(values: Collection[float]) -> Callable[[Answering], Answering]:
    """``10,000,000 + n`` for some numbers n, such as shares that were measured; all others stay."""

    def huge(value: object) -> object:
        if isinstance(value, int | float) and is_number(value) and value in values:
            return _HUGE + value
        return value

    def misbehave(good: Answering) -> Answering:
        return _changed(
            good,
            lambda document: changed_leaves(document, huge),
            lambda table: table.changed(
                lambda cell: str(_HUGE + float(cell)) if number_in(cell) in values else cell
            ),
            None,
        )

    return misbehave


def _changed(
    good: Answering,
    document_change: Callable[[object], object],
    table_change: Callable[[Table], Table],
    alone: bytes | None,
) -> Answering:
    """The good answer with its values changed; with ``alone`` for a body in which nothing was."""

    def answer(received: Received) -> Reply:
        reply = plain(good(received))
        document = document_of(reply.body)
        if document is None:
            table = Table.read(reply.body)
            new_table = table_change(table)
            body = None if new_table == table else new_table.body()
        else:
            new = json.dumps(document_change(document)).encode()
            body = None if new == json.dumps(document).encode() else new
        if body is None:
            body = reply.body if alone is None else alone
        return evolve(reply, body=body)

    return answer


def _listed(value: object) -> object:
    if isinstance(value, dict):
        return list(value.values())
    if isinstance(value, list):
        return [_listed(item) for item in value] if value else {}
    return [value]


def _moved(table: Table) -> Table:
    if len(table.header) < 2:
        return Table(table.comments, table.rows[0] if table.rows else (), table.rows[1:])
    return evolve(table, header=(table.header[-1], *table.header[:-1]))


def _below_zero(value: object) -> object:
    if isinstance(value, int | float) and is_number(value) and not looks_like_time(value):
        return -value - 1
    return value


def _cell_below_zero(cell: str) -> str:
    number = number_in(cell)
    if number is None or looks_like_time(number):
        return cell
    return (
        str(-int(cell) - 1)
        if number.is_integer() and "." not in cell and "e" not in cell.lower()
        else str(-number - 1)
    )
