"""Reading a million rows: this library beside pandas, in one run.

    python bench/files.py [ROWS]

pandas reads the same file and pivots it to one column a series, with its times parsed; it checks no
entity, no kind, no range and no grid.  Each is run three times, in turn; the fastest counts.
"""

from __future__ import annotations

import importlib
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from shutdownkit.files.signals import read_signals, write_signals
from shutdownkit.model.entity import Entity
from shutdownkit.model.kinds import KINDS
from shutdownkit.model.series import TimeSeries
from shutdownkit.model.signal import Signal

RUNS = 3
SERIES = 20


def generated(rows: int) -> list[Signal]:
    chance = np.random.default_rng(2020)
    start = datetime(2020, 1, 1, tzinfo=UTC)
    signals = []
    for which in range(SERIES):
        values = chance.integers(0, 10_000, max(rows // SERIES, 2)).astype(np.float64)
        values[chance.random(len(values)) < 0.02] = np.nan
        series = TimeSeries(start, 300, values)
        signals.append(Signal(KINDS["bgp.visible-slash24s"], Entity.parse(f"AS{which + 1}"), series))
    return signals


def with_pandas(path: Path) -> Any:
    pandas = importlib.import_module("pandas")
    if path.suffix == ".parquet":
        table = pandas.read_parquet(path)
    else:
        table = pandas.read_csv(path, parse_dates=["time"])
    return table.pivot_table(
        index="time", columns=["entity", "kind"], values="value", dropna=False, observed=True
    )


def seconds(read: Callable[[], object]) -> float:
    start = time.perf_counter()
    read()
    return time.perf_counter() - start


def main() -> None:
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    signals = generated(rows)
    rows = sum(len(signal.series) for signal in signals)
    print(f"{rows} rows, {SERIES} series; rows a second, and time as a multiple of pandas'")
    with tempfile.TemporaryDirectory() as folder:
        for ending in ("csv", "csv.gz", "parquet"):
            path = Path(folder) / f"signals.{ending}"
            written = seconds(lambda path=path: write_signals(signals, path))  # type: ignore[misc]
            if [one.series for one in read_signals(path)] != [
                one.series for one in sorted(signals, key=lambda one: one.entity)
            ]:
                sys.exit(f"{path.name} does not read back equal")
            ours, theirs = [], []
            for _ in range(RUNS):
                ours.append(seconds(lambda path=path: read_signals(path)))  # type: ignore[misc]
                theirs.append(seconds(lambda path=path: with_pandas(path)))  # type: ignore[misc]
            print(
                f"{ending:8} read {rows / min(ours):12,.0f}   pandas {rows / min(theirs):12,.0f}   "
                f"ratio {min(ours) / min(theirs):5.2f}   write {rows / written:12,.0f}"
            )


if __name__ == "__main__":
    main()
