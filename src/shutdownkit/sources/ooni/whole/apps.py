"""The tests of messengers: can the app's servers be reached?

The rules are those of OONI's server (``ooni/backend: fastpath/fastpath/core.py``), the keys those of
``ooni/spec: nettests/ts-018-whatsapp.md, ts-019-facebook-messenger.md, ts-020-telegram.md,
ts-029-signal.md``.  Unlike that server, a part that was not recorded never counts as half a failure.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import msgspec
from attrs import evolve

from ....model.service_tests import Layer, Strength
from .app_keys import Steps, attempts, bogus, failed, queries_of, resolved
from .failures import Kind, commonest, failure_of, kind_of, shown
from .finding import Finding, blocked, discarded, ok, unknown
from .keys import Scalar
from .record import Whole
from .rule import Rule

__all__ = ["APP_RULES"]

_ANOMALOUS = 0.5  # a score above it makes an anomaly: fastpath/core.py
_WEB_TELEGRAM = "web.telegram.org"
_WEB, _REGISTER = "web.whatsapp.com", "v.whatsapp.net"
_PARTS = ("b_api", "b_graph", "edge", "external_cdn", "scontent_cdn", "star", "stun")

# Versions of the signal test that fail for everyone, from a day on: the vendor changed certificates and
# servers, and 0.2.4 does not work at all (fastpath/core.py; ooni/backend#679, ooni/probe#2627).
_ALWAYS_BROKEN = (0, 2, 4)
_BROKEN_TESTS = (
    (datetime(2023, 11, 7, tzinfo=UTC), (0, 2, 4)),  # below
    (datetime(2022, 10, 19, tzinfo=UTC), (0, 2, 2)),  # below
)
_BROKEN_ENGINES = ((datetime(2023, 5, 2, tzinfo=UTC), (3, 17, 2)),)  # below


class _Whatsapp(Steps, frozen=True, gc=False):
    registration_server_failure: Any = None
    registration_server_status: Scalar = None
    whatsapp_endpoints_status: Scalar = None
    whatsapp_web_failure: Any = None
    whatsapp_web_status: Scalar = None


class _Telegram(Steps, frozen=True, gc=False):
    telegram_http_blocking: Any = None
    telegram_tcp_blocking: Any = None
    telegram_web_failure: Any = None
    telegram_web_status: Scalar = None


class _Signal(Steps, frozen=True, gc=False):
    signal_backend_failure: Any = None
    signal_backend_status: Scalar = None


_FLAGS = msgspec.json.Decoder(dict[str, msgspec.Raw])


def judge_whatsapp(keys: _Whatsapp, _: Whole) -> Finding:
    """Blocked where the web page or the registration fails, or no access point can be connected to."""
    tried = {host: attempts(keys, host) for host in (_WEB, _REGISTER)}
    missing = [host for host, found in tried.items() if not found]
    if missing:
        return unknown(f"no request to {' and '.join(missing)} is recorded")
    for host, what in ((_REGISTER, "registration"), (_WEB, "web")):
        failures = [one for one in (failure_of(each.failure) for each in tried[host]) if one is not None]
        if failures:
            return failed(keys, min(failures), what, host=host)
    sites = resolved(keys, _WEB) | resolved(keys, _REGISTER)
    points = [one for one in keys.tcp_connect or () if one.ip not in sites]
    failures = [one.failure for one in points if one.failure is not None]
    if points and len(failures) == len(points):
        return failed(keys, commonest(failures), "access points")
    odd = "blocked" in {keys.whatsapp_web_status, keys.registration_server_status}
    return ok("an unexpected status, over a valid certificate: the vendor's change" if odd else "")


def judge_telegram(keys: _Telegram, _: Whole) -> Finding:
    """Blocked where the web fails, or shares of access points that fail over TCP and HTTP exceed a half."""
    connects = [one.failure for one in keys.tcp_connect or ()]
    posts = [failure_of(one.failure) for one in keys.requests or () if _WEB_TELEGRAM not in one.url]
    if not connects and not posts:
        return unknown("no access point was tested")
    shares = [sum(one is not None for one in found) / len(found) for found in (connects, posts) if found]
    score = sum(shares) * (2 / len(shares))
    bad_web = keys.telegram_web_status == "blocked"
    if score <= _ANOMALOUS and not bad_web:
        return ok()
    if score <= _ANOMALOUS:
        return failed(keys, failure_of(keys.telegram_web_failure), "web", host=_WEB_TELEGRAM)
    failures = [one for one in connects if one is not None] or [one for one in posts if one is not None]
    return failed(keys, commonest(failures), "access points")


def judge_facebook(steps: Steps, whole: Whole) -> Finding:
    """Blocked where OONI's score is over a half; what rests on differing answers alone is weak.

    Its servers answer by place, and OONI knows them by their network only.
    """
    flags = decode_flags(whole.test_keys)
    reached = [flags.get(f"facebook_{part}_reachable") for part in _PARTS]
    named = [flags.get(f"facebook_{part}_dns_consistent") for part in _PARTS]
    if all(flag is None for flag in (*reached, *named)):
        return unknown("no server was tested")
    tcp, dns = reached.count(False), named.count(False)
    totals = (flags.get("facebook_tcp_blocking") is True and tcp > 0) + (
        flags.get("facebook_dns_blocking") is True and dns > 0
    )
    if 0.5 * (tcp + dns + totals) <= _ANOMALOUS:
        return ok("one server of several failed" if tcp + dns else "")
    if tcp and not bogus(steps):
        failures = [one.failure for one in steps.tcp_connect or () if one.failure is not None]
        what = f"{tcp} of {len(_PARTS)} servers"
        found = failed(steps, commonest(failures) if failures else None, what)
        # OONI's score counts a single server twice, once for itself and once for the total
        return evolve(found, strength=Strength.WEAK) if tcp + dns == 1 and found.strength else found
    failures = [one for one in (failure_of(query.failure) for query in queries_of(steps, None)) if one]
    if bogus(steps) or any(kind_of(one) is Kind.DENIED for one in failures):
        return failed(steps, min(failures, default=None), f"{dns} of {len(_PARTS)} names")
    return blocked(
        Layer.DNS, Strength.WEAK, f"{dns} of {len(_PARTS)} names lead to networks not known as the vendor's"
    )


def judge_signal(keys: _Signal, whole: Whole) -> Finding:
    """Blocked where the probe says so, of versions of the test that work."""
    broken = _broken(whole)
    if broken is not None:
        return discarded(f"broken version of the test: {broken}")
    if keys.signal_backend_status == "ok":
        return ok()
    if keys.signal_backend_status != "blocked":
        return unknown("the test did not finish")
    failure = failure_of(keys.signal_backend_failure)
    return failed(keys, failure, "backend")


def _broken(whole: Whole) -> str | None:
    version, engine = _version(whole.test_version), _version(whole.engine_version)
    if version == _ALWAYS_BROKEN:
        return f"signal {whole.test_version}"
    for since, first in _BROKEN_TESTS:
        if version is not None and version < first and whole.time >= since:
            return f"signal {whole.test_version} since {since:%Y-%m-%d}"
    for since, first in _BROKEN_ENGINES:
        if engine is not None and engine < first and whole.time >= since:
            return f"engine {shown(whole.engine_version)} since {since:%Y-%m-%d}"
    return None


def _version(text: str) -> tuple[int, int, int] | None:
    match = re.match(r"(\d{1,6})\.(\d{1,6})\.(\d{1,6})", text, re.ASCII)
    return (int(match[1]), int(match[2]), int(match[3])) if match else None


def decode_flags(keys: msgspec.Raw) -> dict[str, bool]:
    """The keys that are true or false."""
    words = {b"true": True, b"false": False}
    try:
        found = _FLAGS.decode(keys)
    except msgspec.MsgspecError:
        return {}
    return {name: words[text] for name, raw in found.items() if (text := bytes(raw).strip()) in words}


APP_RULES: Mapping[str, Rule[Any]] = {
    "facebook_messenger": Rule(msgspec.json.Decoder(Steps), judge_facebook),
    "signal": Rule(msgspec.json.Decoder(_Signal), judge_signal),
    "telegram": Rule(msgspec.json.Decoder(_Telegram), judge_telegram),
    "whatsapp": Rule(msgspec.json.Decoder(_Whatsapp), judge_whatsapp),
}
"""By the name of the test."""
