"""The answer to one request for scores by layer: hours of one week, of one domain.

``/api/v1/aggregation/analysis`` gives for each hour the 0.95 quantile of the scores of its measurements, and
names the hour without saying that it is in UTC.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime

from attrs import frozen

from ...errors import WrongAnswerError
from ...model.service_tests import Layer
from ...model.window import utc_text
from ...reading.http.fields import as_object, as_text, below, items_of, member, shown
from .ask import HOUR, Ask
from .loni import Loni, read_score
from .parse import read_asn, refuse_errors

__all__ = ["Scored", "read_layers"]

_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d", re.ASCII)


@frozen
class Scored:
    """What came for one request.

    Attributes:
        hours: the scores by hour of the week, from 0, and AS number (None where one network was asked for).
            Hours without a measurement have none.
    """

    ask: Ask
    hours: Mapping[tuple[int, int | None], Loni]


def read_layers(document: object, ask: Ask) -> Scored:
    """The scores in an answer.

    Raises:
        QuotaError, RefusedError: the provider says no.
        WrongAnswerError: anything else than the provider documents, named by its path; also a row of an
            hour or a thing that was not asked, or of one that came already.
    """
    answer = as_object(document, "")
    if "results" not in answer:
        refuse_errors(answer)
    hours: dict[tuple[int, int | None], Loni] = {}
    for place, loni, path in _rows(answer, ask):
        if place in hours:
            raise WrongAnswerError(f"{path}: its hour and network came twice")
        hours[place] = loni
    return Scored(ask, hours)


def _rows(answer: Mapping[str, object], ask: Ask) -> Iterator[tuple[tuple[int, int | None], Loni, str]]:
    for item, path in items_of(member(answer, "results", ""), "results"):
        row = as_object(item, path)
        _check_asked(row, ask, path)
        hour = _hour(member(row, "measurement_start_day", path), ask, below(path, "measurement_start_day"))
        network = None
        if ask.axis is not None:
            network = read_asn(member(row, ask.axis, path), below(path, ask.axis))
        yield (hour, network), _loni(member(row, "loni", path), below(path, "loni")), path


def _check_asked(row: Mapping[str, object], ask: Ask, path: str) -> None:
    """What a row says to be about, where it says so, is what was asked about."""
    for key, text in ask.filters:
        value = row.get(key)
        if value is None:
            continue
        where = below(path, key)
        said = f"{read_asn(value, where)}" if key == "probe_asn" else as_text(value, where)
        if said != text:
            raise WrongAnswerError(f"{where}: {shown(value)} was not asked")


def _hour(value: object, ask: Ask, path: str) -> int:
    text = as_text(value, path)
    if _TIME.fullmatch(text) is None:
        raise WrongAnswerError(f"{path}: {shown(text)} is not an hour without a time zone")
    try:
        start = datetime.fromisoformat(text).replace(tzinfo=UTC)
    except ValueError:
        raise WrongAnswerError(f"{path}: {shown(text)} is not in the calendar") from None
    if (start - ask.chunk.start) % HOUR:
        raise WrongAnswerError(f"{path}: {utc_text(start)} is not an hour, where hours were asked")
    if start not in ask.chunk:
        raise WrongAnswerError(f"{path}: {utc_text(start)} was not asked: {ask.chunk} was")
    return (start - ask.chunk.start) // HOUR


def _loni(value: object, path: str) -> Loni:
    row = as_object(value, path)
    dns, tcp, tls = (
        read_score(row, layer, f"{layer.value}_blocked_outcome", path)
        for layer in (Layer.DNS, Layer.TCP, Layer.TLS)
    )
    return Loni(dns, tcp, tls)
