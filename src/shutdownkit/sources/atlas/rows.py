"""Records as RIPE Atlas sends them, read one by one: a few bad ones are counted, many are an error."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Generic, TypeVar

from attrs import frozen

from ...errors import WrongAnswerError

__all__ = ["BAD_AT_MOST", "BadRecordError", "Read", "read_rows", "whole_number"]

T = TypeVar("T")

BAD_AT_MOST = 0.05
"""The largest share of bad records in an answer that is still believed (a choice of ours; none of the
27,000 recorded events that the tests read is bad)."""


class BadRecordError(Exception):
    """One record is not what the provider documents; never leaves this package."""

    def __init__(self, field: str, problem: str) -> None:
        self.field = field
        self.problem = problem
        super().__init__(f"{field}: {problem}")


@frozen
class Read(Generic[T]):
    """What was read of an answer.

    Attributes:
        values: of the good records, in the order of the answer.
        bad: how many records were passed over.
        first_problem: of the first of them, with its JSON path; None where there is none.
    """

    values: tuple[T, ...]
    bad: int = 0
    first_problem: str | None = None


def read_rows(
    rows: Iterable[object], read: Callable[[Mapping[str, object]], T], *, where: str, path: str
) -> Read[T]:
    """Read records one by one.

    Args:
        where: the address that was asked, for errors.
        path: JSON path of the list of records.

    Raises:
        WrongAnswerError: where more than :data:`BAD_AT_MOST` of the records are bad; it names the first.
    """
    values: list[T] = []
    bad = 0
    first: str | None = None
    for index, row in enumerate(rows):
        try:
            values.append(read(_mapping(row)))
        except BadRecordError as error:
            bad += 1
            if first is None:
                name = f".{error.field}" if error.field else ""
                first = f"{path}[{index}]{name} {error.problem}"
    total = bad + len(values)
    if bad > BAD_AT_MOST * total:
        raise WrongAnswerError(f"{bad} of {total} records are bad, the first: {first}", where=where)
    return Read(tuple(values), bad, first)


def whole_number(record: Mapping[str, object], field: str) -> int:
    """A whole number of a record.

    Raises:
        BadRecordError: where it is missing or none.
    """
    value = record.get(field)
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int):
        raise BadRecordError(field, "is missing" if value is None else "is no whole number")
    if abs(value) >= 2**63:
        raise BadRecordError(field, "is out of any range")
    return value


def _mapping(row: object) -> Mapping[str, object]:
    if not isinstance(row, dict):
        raise BadRecordError("", f"is no object but {type(row).__name__}")
    return row
