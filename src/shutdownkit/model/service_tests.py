"""Tests of single services, made from inside: can this be reached from there?

One value serves every provider: a whole measurement, a row of a list, and an hour's count, which is a test
with a ``count``.
"""

from __future__ import annotations

import enum
import re
from datetime import datetime

from attrs import Factory, field, frozen

from ..errors import InvalidValueError
from .checks import all_of, flag, instance, instant, member, store, text, whole
from .entity import Entity, EntityKind
from .signal import Provenance

__all__ = ["Layer", "Outcome", "ServiceTest", "ServiceTests", "Strength"]

_SUBJECT = re.compile(r"(app|domain):[^\s:/]+")


class Outcome(enum.Enum):
    """What came of a test."""

    OK = "ok"  # reached as it should be
    BLOCKED = "blocked"  # failed, though the control worked
    SLOWED = "slowed"  # answered, then crawled, though the control did not
    DOWN = "down"  # failed, and for the control, or elsewhere, as well
    UNKNOWN = "unknown"  # nobody could tell
    DISCARDED = "discarded"  # looked like blocking, and is known to be something else


class Layer(enum.Enum):
    """Where a test failed."""

    DNS = "dns"
    TCP = "tcp"
    TLS = "tls"
    HTTP = "http"


class Strength(enum.Enum):
    """How strongly a failed test speaks of blocking."""

    CONFIRMED = "confirmed"  # a known block page or forged address was served
    PLAIN = "plain"  # a service that works does not fail so: reset, timeout, refusal, a name denied
    WEAK = "weak"  # an answer or a page merely differs from the control's, as those of many sites do


@frozen
class ServiceTest:
    """One test of one service from one network, or an hour's tests that came out alike.

    Attributes:
        time: when it was made, by the probe's clock (aware UTC); of an hour's tests the start of the hour.
        country: where the probe was; None where that is not known.
        network: the autonomous system the probe was in; None where that is not known.
        subject: what was tested: ``app:telegram`` (the name of OONI's test) or ``domain:example.org``, in
            lower case.
        outcome: what came of it.
        layer: where it failed; None where it did not, or that is not known.
        strength: of a BLOCKED or SLOWED test how strongly it speaks; None of any other.
        control: whether the control of this test worked; None where it has none, or that is not known.
        reason: why the outcome is DOWN, UNKNOWN or DISCARDED, or is OK though the provider flags it;
            else what failed, such as ``connection_reset``.
        count: how many tests this stands for.
        instrument: the software that tested and its version, such as ``ooniprobe-android 3.7.1 telegram
            0.2.0``, to recognise faults of the instrument.
        run: which run of a probe it was part of, to tell independent tests apart; empty where not known.
        address: where the measurement can be looked at, or None.

    Raises:
        InvalidValueError: names the field and the value.
    """

    time: datetime
    subject: str
    outcome: Outcome
    country: Entity | None = None
    network: Entity | None = None
    layer: Layer | None = None
    strength: Strength | None = None
    control: bool | None = None
    reason: str = ""
    count: int = 1
    instrument: str = ""
    run: str = ""
    address: str | None = None

    def __attrs_post_init__(self) -> None:
        store(self, "time", instant("ServiceTest.time", self.time))
        text("ServiceTest.subject", self.subject)
        if not _SUBJECT.fullmatch(self.subject) or self.subject != self.subject.lower():
            raise InvalidValueError(
                "ServiceTest.subject",
                self.subject,
                "is not of the form app:telegram or domain:example.org, in lower case",
            )
        member("ServiceTest.outcome", Outcome, self.outcome)
        if self.layer is not None:
            member("ServiceTest.layer", Layer, self.layer)
        self._check_where()
        self._check_strength()
        if self.control is not None:
            flag("ServiceTest.control", self.control)
        for name in ("reason", "instrument", "run"):
            text(f"ServiceTest.{name}", getattr(self, name), empty=True)
        whole("ServiceTest.count", self.count, minimum=1)
        if self.address is not None:
            text("ServiceTest.address", self.address)

    def _check_where(self) -> None:
        for name, kind in (("country", EntityKind.COUNTRY), ("network", EntityKind.ASN)):
            entity = getattr(self, name)
            if entity is not None and instance(f"ServiceTest.{name}", Entity, entity).kind is not kind:
                raise InvalidValueError(f"ServiceTest.{name}", str(entity), f"is no {kind.value}")

    def _check_strength(self) -> None:
        if self.strength is not None:
            member("ServiceTest.strength", Strength, self.strength)
        failed = self.outcome in {Outcome.BLOCKED, Outcome.SLOWED}
        if failed != (self.strength is not None):
            word = "is missing" if failed else "is given"
            raise InvalidValueError(
                "ServiceTest.strength", self.strength, f"{word} for the outcome {self.outcome.value}"
            )

    @property
    def failed(self) -> bool:
        """Whether it speaks of interference."""
        return self.strength is not None

    @property
    def usable(self) -> bool:
        """Whether it says anything of whether the service could be reached: it failed, or did not."""
        return self.failed or self.outcome is Outcome.OK


@frozen
class ServiceTests:
    """Tests from one source.

    Attributes:
        tests: in any order; those of other countries than the one in question serve for comparison.
        provenance: where they came from, and under what terms.
    """

    tests: tuple[ServiceTest, ...]
    provenance: Provenance = field(default=Factory(Provenance))

    def __attrs_post_init__(self) -> None:
        store(self, "tests", all_of("ServiceTests.tests", ServiceTest, self.tests))
        instance("ServiceTests.provenance", Provenance, self.provenance)
