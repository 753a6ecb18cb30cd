"""What an answer of ``/signals/raw`` holds, for any datasource.

``data`` is a list (entities) of lists (series).  An empty outer list is how the server reports, with
status 200 and no error, that its backend failed (InetIntel/ioda-api, ``SignalsController.php``: the error
is set and then reset); an empty inner list means that nothing is known.  Neither is a zero.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

from attrs import field, frozen

from ...errors import WrongAnswerError
from ...reading.http.fields import (
    as_int,
    as_list,
    as_number,
    as_object,
    as_text,
    below,
    items_of,
    member,
    number_or_nan,
    shown,
)
from .envelope import data_of

__all__ = ["Bin", "IodaSeries", "Row", "read_signals_envelope"]

_LATEST = 2**31 - 1  # a later time is in milliseconds


@frozen(eq=False)
class Row:
    """One of several measurements of one bin.

    Attributes:
        labels: what it was measured of, such as ``target_as``.
        metrics: the numbers; NaN where null.
    """

    labels: Mapping[str, object]
    metrics: Mapping[str, float]


Bin = float | tuple[Row, ...]
"""A number, NaN where nobody measured, or rows of measurements."""


@frozen(eq=False)
class IodaSeries:
    """One series, as the server gave it.

    Attributes:
        entity_type, entity_code: about whom, in IODA's words.
        subtype: empty, or a product of ``gtr``.
        start, until: epoch seconds; ``until`` is the end of the last bin.
        step, native_step: seconds; a step over the native one is an average.
        values: ``ceil((until - start) / step)`` bins; bin k begins at ``start + k * step``.
        path: where in the answer it stands.
    """

    entity_type: str
    entity_code: str
    datasource: str
    subtype: str
    start: int
    until: int
    step: int
    native_step: int
    values: tuple[Bin, ...] = field(repr=False)
    path: str


def read_signals_envelope(document: object) -> tuple[IodaSeries, ...]:
    """The series of an answer, those of all entities together; none where nothing is known.

    Raises:
        RefusedError: where the server gives an error.
        WrongAnswerError: names the place that is wrong; it says that asking again may help where the
            server's backend failed.
    """
    data = data_of(document, "signals")
    if not data:
        raise WrongAnswerError(
            "data: is empty: answered without data, as IODA does when its backend failed; unknown, not zero",
            retry=True,
        )
    return tuple(
        _series(item, path)
        for group, place in items_of(data, "data")
        for item, path in items_of(group, place)
    )


def _series(item: object, path: str) -> IodaSeries:
    given = as_object(item, path)

    def whole(key: str, minimum: int) -> int:
        return as_int(member(given, key, path), below(path, key), minimum=minimum, maximum=_LATEST)

    def words(key: str, *, empty: bool = False) -> str:
        return as_text(member(given, key, path), below(path, key), empty=empty)

    start, until = whole("from", 0), whole("until", 0)
    step, native = whole("step", 1), whole("nativeStep", 1)
    if until < start:
        raise WrongAnswerError(f"{path}: until {until} is before from {start}")
    values_path = below(path, "values")
    values = as_list(member(given, "values", path), values_path)
    bins = -((start - until) // step)
    if len(values) != bins:
        raise WrongAnswerError(
            f"{values_path}: has {len(values)} values, where from {start} until {until} "
            f"is {bins} steps of {step} s: it cannot be told which time each is of"
        )
    return IodaSeries(
        entity_type=words("entityType"),
        entity_code=words("entityCode"),
        datasource=words("datasource"),
        subtype=_subtype(given, path),
        start=start,
        until=until,
        step=step,
        native_step=native,
        values=tuple(_bin(value, place) for value, place in items_of(values, values_path)),
        path=path,
    )


def _subtype(given: Mapping[str, object], path: str) -> str:
    """The subtype; answers from before 2022-07-19 have none."""
    value = given.get("subtype")
    return "" if value is None else as_text(value, below(path, "subtype"), empty=True)


def _bin(value: object, path: str) -> Bin:
    if value is None:
        return math.nan
    if isinstance(value, list):
        return tuple(_row(item, place) for item, place in items_of(value, path))
    if isinstance(value, dict | str | bool):
        raise WrongAnswerError(f"{path}: {shown(value)} is neither a number, null nor a list of rows")
    return as_number(value, path)


def _row(item: object, path: str) -> Row:
    given = as_object(item, path)
    place = below(path, "agg_values")
    found = member(given, "agg_values", path)
    metrics = {} if found == [] else as_object(found, place)  # PHP writes an empty object as []
    return Row(
        {key: value for key, value in given.items() if key != "agg_values"},
        {key: number_or_nan(value, below(place, key)) for key, value in metrics.items()},
    )
