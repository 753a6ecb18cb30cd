"""OONI's single measurements: from JSON to values.

The same things are spelled in several ways: the AS number is ``"AS6697"`` in lists and ``6697`` in
``measurement_meta``; the scores are an object in lists and a text of JSON in ``measurement_meta``.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime

from attrs import frozen

from ...errors import RefusedError, WrongAnswerError
from ...reading.http.fields import (
    as_flag,
    as_number,
    as_object,
    as_text,
    below,
    items_of,
    member,
    optional,
    shown,
)
from .parse import read_asn, refuse_errors

__all__ = ["Measurement", "Measurements", "Scores", "read_measurement_meta", "read_measurements"]

_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{6})?Z", re.ASCII)


@frozen
class Scores:
    """How strongly one measurement speaks of interference, in OONI's own figures; None where not scored.

    An ``accuracy`` under 0.5 makes it a failure, a ``general`` over 0.5 an anomaly.
    """

    general: float | None = None
    worldwide: float | None = None
    country: float | None = None
    isp: float | None = None
    local: float | None = None
    accuracy: float | None = None


@frozen
class Measurement:
    """One measurement.

    The three flags do not exclude each other: what is confirmed is an anomaly as well, and a failure may
    be either.  In an aggregation each measurement is counted once.

    Attributes:
        uid: the provider's name for it, in most the time of the upload.
        input: what was tested, such as an address; None where the test needs none.
        country: two letters; ZZ where the probe did not know.
        asn: 0 where the probe did not know.
        started: when it was made, by the probe's clock.
    """

    uid: str
    report_id: str
    test_name: str
    input: str | None
    country: str
    asn: int
    started: datetime
    anomaly: bool
    confirmed: bool
    failure: bool
    scores: Scores


@frozen
class Measurements:
    """A page of measurements, and the address of the next; None after the last."""

    rows: tuple[Measurement, ...]
    next_url: str | None


def read_measurements(document: object) -> Measurements:
    """A page of ``/api/v1/measurements``.

    Raises:
        RefusedError: the provider says no, in its words.
        WrongAnswerError: anything else than the provider documents, named by its path.
    """
    answer = as_object(document, "")
    if "results" not in answer:
        refuse_errors(answer)
    rows = tuple(
        _measurement(item, path) for item, path in items_of(member(answer, "results", ""), "results")
    )
    metadata = as_object(member(answer, "metadata", ""), "metadata")
    return Measurements(rows, optional(as_text, metadata.get("next_url"), "metadata.next_url"))


def read_measurement_meta(document: object) -> Measurement:
    """The answer of ``/api/v1/measurement_meta``.

    Raises:
        RefusedError: there is no such measurement (the provider answers an object of nothing, with status
            200), or the provider says no.
        WrongAnswerError: anything else than the provider documents, named by its path.
    """
    answer = as_object(document, "")
    if "measurement_uid" not in answer:
        refuse_errors(answer)
        if not answer or answer == {"raw_measurement": ""}:
            raise RefusedError("OONI has no such measurement")
    return _measurement(answer, "")


def _measurement(value: object, path: str) -> Measurement:
    row = as_object(value, path)

    def text(key: str) -> str:
        return as_text(member(row, key, path), below(path, key))

    def flag(key: str) -> bool:
        return as_flag(member(row, key, path), below(path, key))

    tested = row.get("input")
    return Measurement(
        uid=text("measurement_uid"),
        report_id=text("report_id"),
        test_name=text("test_name"),
        input=None if tested is None else as_text(tested, below(path, "input"), empty=True) or None,
        country=text("probe_cc"),
        asn=read_asn(member(row, "probe_asn", path), below(path, "probe_asn")),
        started=_time(text("measurement_start_time"), below(path, "measurement_start_time")),
        anomaly=flag("anomaly"),
        confirmed=flag("confirmed"),
        failure=flag("failure"),
        scores=_scores(member(row, "scores", path), below(path, "scores")),
    )


def _time(text: str, path: str) -> datetime:
    if _TIME.fullmatch(text) is None:
        raise WrongAnswerError(f"{path}: {shown(text)} is not a time in UTC")
    try:
        return datetime.fromisoformat(text.removesuffix("Z")).replace(tzinfo=UTC)
    except ValueError:
        raise WrongAnswerError(f"{path}: {shown(text)} is not in the calendar") from None


def _scores(value: object, path: str) -> Scores:
    scores = as_object(_unpacked(value, path) if isinstance(value, str) else value, path)
    return Scores(
        general=_score(scores, "blocking_general", path),
        worldwide=_score(scores, "blocking_global", path),
        country=_score(scores, "blocking_country", path),
        isp=_score(scores, "blocking_isp", path),
        local=_score(scores, "blocking_local", path),
        accuracy=_score(scores, "accuracy", path),
    )


def _unpacked(text: str, path: str) -> object:
    """JSON within a text of JSON."""
    try:
        found: object = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise WrongAnswerError(f"{path}: {shown(text)} is not JSON: {error}") from None
    return found


def _score(scores: Mapping[str, object], key: str, path: str) -> float | None:
    value = scores.get(key)
    return None if value is None else as_number(value, below(path, key))
