"""A report as a data frame: one row an episode."""

from __future__ import annotations

from typing import Any

from ..errors import MissingExtraError
from .content import ReportContent
from .extras import optional
from .tables import COLUMNS, episode_rows

__all__ = ["report_frame"]

_TIMES = ("start", "end")
_NUMBERS = (*(name for name in COLUMNS if name.startswith("p_")), "peak")


def report_frame(content: ReportContent) -> Any:
    """The episodes as a pandas ``DataFrame``, or a polars one where pandas is not installed.

    The columns are those of :data:`~shutdownkit.report.tables.COLUMNS`, whatever the number of episodes:
    ``start`` and ``end`` datetimes in UTC with microseconds (``end`` missing while an episode lasts),
    probabilities and ``peak`` float64 (``peak`` missing where no event is known), all else text.

    Raises:
        MissingExtraError: where neither is installed.
    """
    rows = episode_rows(content)
    columns = {name: [row[name] for row in rows] for name in COLUMNS}
    what = "a frame of a report"
    try:
        pandas = optional("pandas", extra="frames", what=what)
    except MissingExtraError as missing:
        try:
            polars = optional("polars", extra="frames", what=what)
        except MissingExtraError:
            raise missing from None
        return polars.DataFrame(columns, schema={name: _polars_type(polars, name) for name in COLUMNS})
    return pandas.DataFrame({name: _pandas_column(pandas, name, columns[name]) for name in COLUMNS})


def _pandas_column(pandas: Any, name: str, values: list[Any]) -> Any:
    if name in _TIMES:
        return pandas.Series(values, dtype="datetime64[us, UTC]")
    return pandas.Series(values, dtype="float64" if name in _NUMBERS else "object")


def _polars_type(polars: Any, name: str) -> Any:
    if name in _TIMES:
        return polars.Datetime("us", "UTC")
    return polars.Float64 if name in _NUMBERS else polars.String
