"""OONI's analysed measurements, one a row, as tests of services."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime

from ...errors import WrongAnswerError
from ...model.service_tests import Layer, Outcome, ServiceTest
from ...reading.http.fields import as_object, as_text, below, items_of, member, shown
from .loni import Loni, read_score
from .parse import read_asn, refuse_errors
from .single import address_of, country_of, domain_subject, network_of

__all__ = ["read_analysis"]

_TIME = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d{3,6})?Z?", re.ASCII)


def read_analysis(document: object) -> tuple[ServiceTest, ...]:
    """The tests on a page of ``/api/v1/analysis``, in the provider's order.

    A test is blocked where the largest of its scores for that is over 0.5, at the layer that has it (see
    :mod:`shutdownkit.sources.ooni.loni`).  Rows that are of no domain name are left out: they are of no
    site that could be named.

    Raises:
        QuotaError, RefusedError: the provider says no.
        WrongAnswerError: anything else than the provider documents, named by its path.
    """
    answer = as_object(document, "")
    if "results" not in answer:
        refuse_errors(answer)
    return tuple(_tests(member(answer, "results", "")))


def _tests(rows: object) -> Iterator[ServiceTest]:
    for item, path in items_of(rows, "results"):
        row = as_object(item, path)

        def text(key: str, row: dict[str, object] = row, path: str = path) -> str:
            return as_text(member(row, key, path), below(path, key))

        subject = domain_subject(as_text(member(row, "domain", path), below(path, "domain"), empty=True))
        dns, tcp, tls = (
            read_score(row, layer, f"top_{layer.value}_failure", path)
            for layer in (Layer.DNS, Layer.TCP, Layer.TLS)
        )
        found = Loni(dns, tcp, tls).of_one
        started = _time(text("measurement_start_time"), below(path, "measurement_start_time"))
        network = network_of(read_asn(member(row, "probe_asn", path), below(path, "probe_asn")))
        if subject is None:
            continue
        yield ServiceTest(
            time=started,
            subject=subject,
            outcome=found.outcome,
            country=country_of(text("probe_cc")),
            network=network,
            layer=found.layer,
            strength=found.strength,
            control=_control(found.outcome, found.layer),
            reason=found.reason,
            instrument=text("test_name"),
            address=address_of(text("measurement_uid")),
        )


def _control(outcome: Outcome, layer: Layer | None) -> bool | None:
    """Whether the control worked, as far as the rules say: of names they score without one as well."""
    if outcome is Outcome.DOWN:
        return False
    return True if outcome is Outcome.BLOCKED and layer is not Layer.DNS else None


def _time(text: str, path: str) -> datetime:
    """The provider's databases keep UTC and do not say so."""
    if _TIME.fullmatch(text) is None:
        raise WrongAnswerError(f"{path}: {shown(text)} is not a time")
    try:
        return datetime.fromisoformat(text.removesuffix("Z")).replace(tzinfo=UTC)
    except ValueError:
        raise WrongAnswerError(f"{path}: {shown(text)} is not in the calendar") from None
