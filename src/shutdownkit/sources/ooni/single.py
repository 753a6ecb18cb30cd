"""Single measurements as tests of services."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from ...model.entity import Entity, EntityKind
from ...model.places import country_names
from ...model.service_tests import Outcome, ServiceTest, Strength
from .ask import APPS, WEB
from .measurements import Measurement

__all__ = [
    "FAILED",
    "address_of",
    "anomaly_strength",
    "country_of",
    "domain_subject",
    "network_of",
    "single_test",
]

FAILED = "the measurement failed"

_NAME = re.compile(r"[^\s:/]+")
_LARGEST = 2**32 - 2  # RFC 7300 reserves the last number


def single_test(measurement: Measurement) -> ServiceTest | None:
    """A row of ``/api/v1/measurements`` as a test; None for a test of no service, such as of speed.

    The flags do not exclude each other; they count as in OONI's aggregation: a failure is one whatever else
    is set, and what is confirmed is so before it is an anomaly.  A site that merely is an anomaly speaks
    weakly: the row does not say whether a connection broke or a page differed.
    """
    subject = _subject(measurement)
    if subject is None:
        return None
    outcome, strength, reason = Outcome.OK, None, ""
    if measurement.failure:
        outcome, reason = Outcome.UNKNOWN, FAILED
    elif measurement.confirmed:
        outcome, strength = Outcome.BLOCKED, Strength.CONFIRMED
    elif measurement.anomaly:
        outcome, strength = Outcome.BLOCKED, anomaly_strength(subject)
    return ServiceTest(
        time=measurement.started,
        subject=subject,
        outcome=outcome,
        country=country_of(measurement.country),
        network=network_of(measurement.asn),
        strength=strength,
        reason=reason,
        instrument=measurement.test_name,
        run=measurement.report_id,
        address=address_of(measurement.uid),
    )


def anomaly_strength(subject: str) -> Strength:
    """An app's test looks for what the app needs; a site's anomaly may be a page that merely differs."""
    return Strength.PLAIN if subject.startswith("app:") else Strength.WEAK


def address_of(uid: str) -> str:
    """Where a measurement can be looked at."""
    return f"https://explorer.ooni.org/m/{uid}"


def country_of(code: str) -> Entity | None:
    """The country of a probe; None for ZZ and for what is no country."""
    return Entity(EntityKind.COUNTRY, code) if code in country_names() else None


def network_of(asn: int | None) -> Entity | None:
    """The network of a probe; None for AS0, where the probe did not know, and for what is none."""
    return Entity(EntityKind.ASN, f"AS{asn}") if asn is not None and 0 < asn <= _LARGEST else None


def domain_subject(name: str) -> str | None:
    """The subject of a domain; None for what is no name, such as an address of IPv6."""
    return f"domain:{name.lower()}" if _NAME.fullmatch(name) else None


def _subject(measurement: Measurement) -> str | None:
    if measurement.test_name in APPS:
        return f"app:{measurement.test_name}"
    if measurement.test_name != WEB or measurement.input is None:
        return None
    try:
        host = urlsplit(measurement.input).hostname
    except ValueError:  # no address at all
        return None
    return None if host is None else domain_subject(host)
