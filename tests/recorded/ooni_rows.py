"""Tests of services from OONI's recorded tables: one row of a table is one test.

These tables are no answers of OONI's servers, so no source of this package reads them: they are the analysis
rows that OONI's own pipeline tests itself on, the lists behind four of OONI's reports, and the rows that its
first detector tests itself on.  ``bench/quiet_weeks.py`` reads them as well.
"""

from __future__ import annotations

import csv
import gzip
import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

import shutdownkit as sk
from shutdownkit.model.service_tests import Layer, Outcome, ServiceTest, Strength

__all__ = ["brazil_tests", "report_tests", "uganda_tests"]

_LAYERS = (Layer.DNS, Layer.TCP, Layer.TLS)
_REPORT = re.compile(r"/measurement/([^?]+)")
_REPORT_NETWORK = re.compile(r"_AS(\d+)_")
_FAILED = {
    "dns": (Layer.DNS, Strength.WEAK),  # an answer that the control did not get
    "http-diff": (Layer.HTTP, Strength.WEAK),  # a page that the control did not get
    "http-failure": (Layer.HTTP, Strength.PLAIN),
    "tcp_ip": (Layer.TCP, Strength.PLAIN),
}


def uganda_tests(path: Path) -> tuple[ServiceTest, ...]:
    """The 470 analysis rows of twitter.com on AS20294 (triples: facts, section 4.2), in the file's order.

    A row failed where the largest of its blocked values is over 0.5, at the layer of that value (the first
    of equals, as a fault of a name comes before that of a connection); the 0.75 of a DNS answer that merely
    differs from the control's is weak.  A layer of (0, 0, 0) is masked and says nothing; a row of which
    every layer is masked is unknown.  Which run a row was part of is not in the table.
    """
    with path.open(newline="", encoding="utf-8") as file:
        return tuple(_loni(row) for row in csv.DictReader(file))


def _loni(row: Mapping[str, str]) -> ServiceTest:
    triples = {
        layer: tuple(float(row[f"{layer.value}_{part}"]) for part in ("blocked", "down", "ok"))
        for layer in _LAYERS
    }
    scored = {layer: triple for layer, triple in triples.items() if any(triple)}
    worst = max(scored, key=lambda layer: scored[layer][0], default=None)
    blocked, down = (scored[worst][0], max(one[1] for one in scored.values())) if worst else (0.0, 0.0)
    failed = blocked > 0.5
    weak = worst is Layer.DNS and blocked == 0.75
    outcome = Outcome.OK
    if failed:
        outcome = Outcome.BLOCKED
    elif not scored:
        outcome = Outcome.UNKNOWN
    elif down > 0.5:
        outcome = Outcome.DOWN
    return ServiceTest(
        time=_utc(row["measurement_start_time"]),
        subject=f"domain:{row['domain'].lower()}",
        outcome=outcome,
        country=sk.Entity.parse(row["probe_cc"]),
        network=_network(row["probe_asn"]),
        layer=worst if failed else None,
        strength=(Strength.WEAK if weak else Strength.PLAIN) if failed else None,
        reason=(row[f"top_{worst.value}_failure"] if failed and worst else "")
        or ("" if scored else "every layer is masked"),
    )


def report_tests(path: Path) -> tuple[ServiceTest, ...]:
    """The tests of one of the lists behind OONI's reports, in the file's order.

    They have in common what OONI's first web test concluded: ``dns``, ``http-diff``, ``http-failure`` and
    ``tcp_ip`` failed, the first two of them weakly; ``false`` (``ok`` in the list of Cuba) worked, or was
    down where the page could not be reached for the control either; an empty value is unknown.
    """
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        return tuple(_reported(dict(row)) for row in csv.DictReader(file))


def _reported(row: Mapping[str, str]) -> ServiceTest:
    values = {name.strip().lower().replace(" ", "_"): value for name, value in row.items()}
    blocking = _blocking(values)
    link = values.get("explorer") or values.get("explorer_url") or ""
    found = _REPORT.search(link)
    run = values.get("report_id") or (found[1] if found else "")
    in_run = _REPORT_NETWORK.search(run)
    number = values.get("probe_asn") or (in_run[1] if in_run else "")
    layer, strength = _FAILED.get(blocking, (None, None))
    outcome = Outcome.UNKNOWN
    if strength is not None:
        outcome = Outcome.BLOCKED
    elif blocking in {"false", "ok"}:
        outcome = Outcome.DOWN if values.get("accessible") == "f" else Outcome.OK
    address = values.get("input") or values["websites"]
    return ServiceTest(
        time=_utc(values.get("date") or values["measurement_start_time"]),
        subject=f"domain:{(urlsplit(address).hostname or address).lower()}",
        outcome=outcome,
        country=sk.Entity.parse(values.get("probe_cc") or ("CN" if "dns" in values else "ET")),
        network=_network(number),
        layer=layer,
        strength=strength,
        reason=values.get("http_experiment_failure") or "",
        run=run,
        address=link or None,
    )


def _blocking(values: Mapping[str, str]) -> str:
    """What OONI concluded, as its web test spells it; the list of China has a column for each word."""
    if "blocking" in values:
        return values["blocking"]
    return next((word for word in (*_FAILED, "false") if values.get(word) == "1.0"), "")


def brazil_tests(path: Path) -> tuple[ServiceTest, ...]:
    """The 911 rows of womenonwaves.org in Brazil, 2018 and 2019, in the file's order.

    Their networks, layers and runs are not in the table.  A row without a flag is one that OONI did not
    flag.  OONI's first detector finds one change in them, on 2018-11-27 (facts, section 4.4).
    """
    rows = json.loads(path.read_text(encoding="utf-8"))
    return tuple(
        ServiceTest(
            time=_utc(row["measurement_start_time"]),
            subject=f"domain:{urlsplit(row['input']).hostname}",
            outcome=Outcome.BLOCKED if row["anomaly"] else Outcome.OK,
            country=sk.Entity.parse(row["probe_cc"]),
            strength=Strength.PLAIN if row["anomaly"] else None,
        )
        for row in rows
    )


def _utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def _network(number: str) -> sk.Entity | None:
    digits = number.strip().upper().removeprefix("AS").removesuffix(".0")
    return sk.Entity.parse(f"AS{digits}") if digits.strip("0") else None
