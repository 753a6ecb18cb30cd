"""The tests of circumvention tools.  They have no control.

The rules are those of OONI's server (``ooni/backend: fastpath/fastpath/core.py``); how strongly each speaks
is a proposal of ours.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from ....model.service_tests import Layer, Outcome, Strength
from .failures import TIMEOUTS, Kind, commonest, failure_of, kind_of, shown
from .finding import Finding, blocked, ok, unknown
from .keys import Scalar
from .record import Whole
from .rule import Rule

__all__ = ["NEVER", "TOOL_RULES"]

_MOST = 0.5
_NO_RULE = "OONI has no rule for this test"
NEVER = {
    "meek_fronted_requests_test": "tests what fronts Tor's bridge, not the bridge",
    "openvpn": _NO_RULE,
    "openvpn_client_test": _NO_RULE,
    "riseupvpn": "OONI judges it no more since 2023-10-17: unreliable (ooni/backend#745)",
}
"""Tests that are never judged, and why."""

# "handshake_done": the first percentage that takes an answer of a relay (tor's control-spec, "Bootstrap
# phases").
_RELAY_ANSWERED = 15
_WHOLE = 100
_NO_TUNNEL = "tunnel establishment timeout"  # what Psiphon's client says of time run out


class _Summary(msgspec.Struct, frozen=True, gc=False):
    connect: Any = None


class _Target(msgspec.Struct, frozen=True, gc=False):
    failure: Any = None
    summary: _Summary | None = None


class _Tor(msgspec.Struct, frozen=True, gc=False):
    targets: dict[str, _Target | None] | list[msgspec.Raw] | Scalar = None


class _Bootstrap(msgspec.Struct, frozen=True, gc=False):
    failure: Any = None
    success: Any = None
    error: Any = None
    bootstrap_time: Any = None
    tor_progress: Any = None


def judge_tor(keys: _Tor, _: Whole) -> Finding:
    """Blocked where more than half of the relays, bridges and authorities fail."""
    if not isinstance(keys.targets, dict):
        return unknown("the test's targets are not recorded by name")
    targets = [one for one in keys.targets.values() if one is not None]
    if not targets:
        return unknown("no target was tested")
    failures = [one for one in (failure_of(target.failure) for target in targets) if one is not None]
    if len(failures) <= _MOST * len(targets):
        return ok()
    what = f"{len(failures)} of {len(targets)} targets failed"
    if all(kind_of(one) in {Kind.LOCAL, Kind.UNKNOWN} for one in failures):
        return unknown(f"{what}: {shown(min(failures))}")
    common = commonest(failures)
    unconnected = sum(_connect_failed(target) for target in targets)
    layer = Layer.TCP if unconnected > _MOST * len(failures) else None
    return blocked(layer, Strength.PLAIN, f"{what}, most: {shown(common)}")


def judge_vanilla_tor(found: _Bootstrap, _: Whole) -> Finding:
    """Blocked where tor does not start; weak where a relay had answered: it may only have been slow."""
    progress = found.tor_progress
    known = isinstance(progress, int | float) and not isinstance(progress, bool) and 0 <= progress <= _WHOLE
    if found.success is True or (known and progress == _WHOLE):
        return ok()
    if found.success is None and not known and failure_of(found.failure) is None:
        return unknown("whether tor started is not recorded")
    why = failure_of(found.failure) or failure_of(found.error) or "no connection to Tor"
    if kind_of(why) is Kind.LOCAL:
        return unknown(f"could not be told: {why}")
    if known and progress < _RELAY_ANSWERED:
        return blocked(None, Strength.PLAIN, f"{shown(why)}: tor got to {progress:g} %")
    got = f": tor got to {progress:g} %" if known else ""
    return blocked(None, Strength.WEAK, f"{shown(why)}{got}")


def judge_torsf(found: _Bootstrap, _: Whole) -> Finding:
    """Weak where tor does not start through Snowflake: it depends on volunteers as well."""
    failure = failure_of(found.failure)
    if failure is None:
        started = found.success is True or (found.success is None and _positive(found.bootstrap_time))
        return ok() if started else unknown("whether tor started is not recorded")
    if failure not in TIMEOUTS:
        return unknown(f"could not be told: {shown(failure)}")
    return blocked(None, Strength.WEAK, failure)


def judge_psiphon(found: _Bootstrap, whole: Whole) -> Finding:
    """Weak where time ran out: single tests are known to fail without blocking (recorded in Germany 2022)."""
    failure = failure_of(found.failure)
    if failure is None:
        # versions before 0.4 name no resolver where all is well
        return ok() if _positive(found.bootstrap_time) else unknown("whether it started is not recorded")
    if not whole.resolver_ip:
        return unknown(f"the probe found no resolver; the test itself: {shown(failure)}")
    if _NO_TUNNEL in failure or kind_of(failure) in {Kind.CUT, Kind.DENIED}:
        return Finding(Outcome.BLOCKED, shown(failure), None, Strength.WEAK)
    return unknown(f"could not be told: {shown(failure)}")


def _connect_failed(target: _Target) -> bool:
    connect = target.summary.connect if target.summary else None
    return isinstance(connect, dict) and failure_of(connect.get("failure")) is not None


def _positive(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and value > 0


TOOL_RULES: Mapping[str, Rule[Any]] = {
    "psiphon": Rule(msgspec.json.Decoder(_Bootstrap), judge_psiphon),
    "tor": Rule(msgspec.json.Decoder(_Tor), judge_tor),
    "torsf": Rule(msgspec.json.Decoder(_Bootstrap), judge_torsf),
    "vanilla_tor": Rule(msgspec.json.Decoder(_Bootstrap), judge_vanilla_tor),
}
"""By the name of the test."""
