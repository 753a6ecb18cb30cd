"""Sites in two other tests: ``http_requests``, which ``web_connectivity`` replaced, and ``browser_web``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from ....model.service_tests import Layer, Strength
from .failures import failure_of, kind_of, shown
from .finding import Finding, blocked, ok, unknown
from .keys import Exchange
from .record import Whole
from .rule import Rule
from .web_steps import strength_of

__all__ = ["PAGE_RULES"]


class _HttpRequests(msgspec.Struct, frozen=True, gc=False):
    """Keys: ``ooni/spec: nettests/ts-003-http-requests.md``."""

    body_length_match: Any = None
    control_failure: Any = None
    experiment_failure: Any = None
    requests: list[Exchange] | None = None


class _Browser(msgspec.Struct, frozen=True, gc=False):
    """Keys: ``ooni/spec: nettests/ts-036-browser_web.md``."""

    result: Any = None


def judge_http_requests(keys: _HttpRequests, _: Whole) -> Finding:  # noqa: PLR0911 (a ladder)
    """What one says whose control is the same request through Tor."""
    own = failure_of(keys.experiment_failure)
    failed = failure_of(keys.control_failure)
    if failed is not None:
        what = f"the control failed ({shown(failed)})"
        return unknown(f"{what}; the test itself: {shown(own)}" if own else what, control=False)
    if not any(_through_tor(one) and one.reached for one in keys.requests or ()):
        return unknown("no control through Tor is recorded")
    if own is not None:
        strength = strength_of(kind_of(own))
        if strength is None:
            return unknown(f"could not be told: {shown(own)}", control=True)
        return blocked(None, strength, own, control=True)
    if keys.body_length_match is True:
        return ok(control=True)
    if keys.body_length_match is False:
        return blocked(Layer.HTTP, Strength.WEAK, "the page differs from the control's", control=True)
    return unknown("the page was not compared with the control's", control=True)


def judge_browser(keys: _Browser, _: Whole) -> Finding:
    """What one says that ran within a browser, which does not tell why a page did not load."""
    return ok() if keys.result == "ok" else unknown("failed, and the test has no control")


def _through_tor(exchange: Exchange) -> bool:
    tor = exchange.request.tor if exchange.request else None
    return tor is not None and tor.is_tor is True


PAGE_RULES: Mapping[str, Rule[Any]] = {
    "browser_web": Rule(msgspec.json.Decoder(_Browser), judge_browser),
    "http_requests": Rule(msgspec.json.Decoder(_HttpRequests), judge_http_requests),
}
"""By the name of the test."""
