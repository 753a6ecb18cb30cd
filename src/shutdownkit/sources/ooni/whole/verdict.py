"""What a whole measurement says of a service.

Of OONI's kinds of test these are of one service, or one site:

==============================================  ===============  ==========================================
test                                            subject          judged
==============================================  ===============  ==========================================
web_connectivity                                ``domain:``      yes, against its control
http_requests (until 2016)                      ``domain:``      yes, against its own request through Tor
browser_web                                     ``domain:``      only where it worked: it has no control
whatsapp, telegram, facebook_messenger, signal  ``app:``         yes; they have no control
tor, vanilla_tor, torsf, psiphon                ``app:``         yes; they have no control
riseupvpn, openvpn, openvpn_client_test,        ``app:``         never: unreliable, or it says too little
meek_fronted_requests_test
==============================================  ===============  ==========================================

All others (ndt, dash, http_invalid_request_line, http_header_field_manipulation, http_host, dns_consistency,
the traceroutes, pings and probes of single protocols, and those not known here) are of no service, or of
the network between.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ....model.service_tests import ServiceTest
from .addresses import Place, place_of
from .apps import APP_RULES
from .circumvention import NEVER, TOOL_RULES
from .finding import Finding, unknown
from .fingerprints import NONE, Fingerprints
from .keys import Timed
from .pages import PAGE_RULES
from .record import Whole
from .rule import Rule
from .web import RESULTS, judge_web

__all__ = ["APPS", "SITES", "tests_and_keys_of", "tests_of"]

_RULES: Mapping[str, Rule[Any]] = {**APP_RULES, **TOOL_RULES}
APPS = frozenset({*_RULES, *NEVER})
SITES = frozenset({"web_connectivity", *PAGE_RULES})


def tests_of(whole: Whole, fingerprints: Fingerprints = NONE) -> tuple[ServiceTest, ...]:  # noqa: PT028 (no test of pytest)
    """What a whole measurement says of a service: one test; none where it is of no service.

    A site is named by the host of the tested address, in lower case and without port; where it leads to
    another site, and that fails, by the host of that.  None is given, either, for an input that names no
    host, or names it by an address of IPv6, which a subject cannot spell.

    Raises:
        WrongAnswerError: the results cannot be decoded where they matter.
    """
    return tests_and_keys_of(whole, fingerprints)[0]


def tests_and_keys_of(
    whole: Whole, fingerprints: Fingerprints
) -> tuple[tuple[ServiceTest, ...], Timed | None]:
    """The same, and the results that were decoded for it where they tell times, so that nobody does it again.

    Raises:
        WrongAnswerError: as above.
    """
    if whole.test_name in APPS:
        subject, (finding, keys) = f"app:{whole.test_name}", _of_app(whole)
    elif whole.test_name in SITES:
        site = place_of(whole.input)
        if site is None or ":" in site.host:
            return (), None
        subject, (finding, keys) = f"domain:{site.host}", _of_site(whole, site, fingerprints)
    else:
        return (), None
    return (_test(whole, subject, finding),), keys


def _of_app(whole: Whole) -> tuple[Finding, Timed | None]:
    why = NEVER.get(whole.test_name)
    return _RULES[whole.test_name].of(whole) if why is None else (unknown(why), None)


def _of_site(whole: Whole, site: Place, fingerprints: Fingerprints) -> tuple[Finding, Timed | None]:
    rule = PAGE_RULES.get(whole.test_name) or Rule(
        RESULTS, lambda keys, _: judge_web(keys, site, whole.probe_cc, fingerprints)
    )
    return rule.of(whole)


def _test(whole: Whole, subject: str, finding: Finding) -> ServiceTest:
    return ServiceTest(
        time=whole.time,
        subject=subject if finding.host is None else f"domain:{finding.host}",
        outcome=finding.outcome,
        country=whole.country,
        network=whole.network,
        layer=finding.layer,
        strength=finding.strength,
        control=finding.control,
        reason=finding.reason,
        instrument=whole.instrument,
        run=whole.report_id,
        address=whole.address,
    )
