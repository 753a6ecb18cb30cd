"""Small tables and signals for the tests of files."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from shutdownkit.errors import FileError
from shutdownkit.files.signals import read_signals
from shutdownkit.model.entity import Entity
from shutdownkit.model.kinds import KINDS
from shutdownkit.model.series import TimeSeries
from shutdownkit.model.signal import Signal

HEADER = "time,entity,kind,value\n"
ROW = "2020-08-09T{}Z,BY,bgp.visible-slash24s,{}\n"
START = datetime(2020, 8, 9, 17, tzinfo=UTC)
HOUR = timedelta(hours=1)


def rows(*cells: str) -> str:
    """A table of one series, from times and values: ``17:00:00=5``."""
    return HEADER + "".join(ROW.format(*cell.split("=")) for cell in cells)


def refusal(path: Path, content: str | bytes) -> FileError:
    """How a file with this content is refused."""
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    with pytest.raises(FileError) as caught:
        read_signals(path)
    assert "\n" not in str(caught.value)
    return caught.value


def signal(*values: float, kind: str = "bgp.visible-slash24s", **more: Any) -> Signal:
    """A signal of Belarus in hours from ``START``, unless said otherwise."""
    fields: dict[str, Any] = {"entity": Entity.parse("BY"), "series": TimeSeries(START, HOUR, values)}
    return Signal(kind=KINDS[kind], **(fields | more))
