"""A window longer than a provider allows in one question: ``python bench/long_window.py``.

Serves 348 days of a country's routes (a window of 320 days and four weeks before it), in bins of five minutes
that all differ, from a loopback server that refuses more than 100 days as IODA does; asks for them; prints
each request, and whether every bin is there once and is the one that was served.  Fails where it is not.
"""

from __future__ import annotations

import sys
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import numpy as np

import shutdownkit as sk
from shutdownkit.testing.server import LoopbackServer
from shutdownkit.testing.wire.ioda import ioda_answer

STEP = timedelta(minutes=5)
WINDOW = sk.TimeWindow("2020-01-15T07:20Z", "2020-11-30T07:20Z")
HISTORY = timedelta(days=28)
MISSING = slice(50_000, 50_012)  # an hour that nobody measured


def main() -> int:
    """Ask, and print; 1 where a bin is wrong."""
    query = sk.Query(entity="BY", window=WINDOW, kinds=["bgp.visible-slash24s"], history=HISTORY)
    bins = (query.span.end - query.span.start) // STEP
    values = np.arange(1.0, bins + 1.0)
    values[MISSING] = np.nan
    served = sk.Signal(
        kind=sk.KINDS["bgp.visible-slash24s"],
        entity=query.entity,
        series=sk.TimeSeries(query.span.start, STEP, values),
    )
    with LoopbackServer(ioda_answer([served])) as server:
        gathered = sk.gather(
            query, sources=["ioda"], cache=False, environ={"SHUTDOWNKIT_IODA_URL": server.url}
        )
        asked = [one for one in server.received if one.path.startswith("/signals/raw/")]
    print(f"window {WINDOW} ({WINDOW.duration.days} days), history {HISTORY.days} days")
    for one in asked:
        start, end = (datetime.fromtimestamp(int(one.one(name)), UTC) for name in ("from", "until"))
        days = (end - start) / timedelta(days=1)
        print(f"  asked {start:%Y-%m-%d %H:%M} to {end:%Y-%m-%d %H:%M}: {days:g} days")
    (signal,) = gathered.signals
    edges = sorted((int(one.one("from")), int(one.one("until"))) for one in asked)
    seams = sum(before[1] != after[0] for before, after in pairwise(edges))
    got = signal.series
    same = got == served.series
    print(f"{len(asked)} requests, {seams} seams or overlaps between them")
    print(f"{len(got)} bins of {bins}, from {got.window}")
    print(f"missing: {int(np.isnan(got.values).sum())} of {MISSING.stop - MISSING.start} that were missing")
    print(f"doubles: {len(got) - len(np.unique(got.times))}; every value the one that was served: {same}")
    print(f"failures: {list(gathered.failures)}")
    return 0 if same and not seams and not gathered.failures else 1


if __name__ == "__main__":
    sys.exit(main())
