"""A web measurement: was the site reached from there as from elsewhere?

The steps are judged in the order in which a browser takes them, and the first that failed decides; what
comes after it, at an address that a liar gave, says nothing.  Two things go before: a known block page
confirms, and an answer of the site itself over a valid certificate acquits.  What each step says follows
OONI's table (``ooni/data: oonipipeline/.../analysis/rules.py``): with a control that worked it is blocking,
with one that failed as well the site is down.
"""

from __future__ import annotations

import msgspec

from ....model.service_tests import Layer, Strength
from .addresses import Place
from .bodies import body_of, headers_of
from .failures import failure_of, shown
from .finding import Finding, blocked, ok, unknown
from .fingerprints import Fingerprints
from .web_keys import Path, WebKeys, path_of
from .web_page import alike, certified, page, proved, request
from .web_steps import connection, handshake, name, vouched

__all__ = ["RESULTS", "judge_web"]

RESULTS = msgspec.json.Decoder(WebKeys)


def judge_web(keys: WebKeys, site: Place, country: str, fingerprints: Fingerprints) -> Finding:
    """What a measurement of a site says."""
    path = path_of(site, keys)
    own = failure_of(keys.http_experiment_failure) or path.denied
    failed = failure_of(keys.control_failure)
    if failed is not None or keys.control is None or keys.control.empty:
        return _without_control(path, keys, failed, own)
    control = keys.control
    trusted = vouched(path, keys, control)
    if proved(path, keys):
        return certified(path, keys, control, trusted=trusted)
    if _came(path, keys) and own is None:
        return page(path, keys, control, trusted=trusted)
    return (
        _known(path, keys, country, fingerprints)
        or name(path, control)
        or connection(path, control, trusted=trusted)
        or handshake(path, control, trusted=trusted)
        or request(path, keys, control)
        or page(path, keys, control, trusted=trusted)
    )


def _came(path: Path, keys: WebKeys) -> bool:
    """Whether the control's page came, with its title, wherever the resolver's answer seems to lead."""
    reached = bool(path.answers) and path.last is not None and path.last.reached
    return reached and alike(keys) and keys.title_match is True


def _without_control(path: Path, keys: WebKeys, failed: str | None, own: str | None) -> Finding:
    control = None if failed is None else False
    what = "no control is recorded" if failed is None else f"the control failed ({shown(failed)})"
    if proved(path, keys) and path.last is not None and (path.last.code or 0) < 400:
        return ok(f"{what}, but the site answered over a valid certificate", control=control)
    what += f"; the test itself: {shown(own)}" if own else ""
    return unknown(what, control=control)


def _known(path: Path, keys: WebKeys, country: str, fingerprints: Fingerprints) -> Finding | None:
    """A known block page or forged address."""
    if not fingerprints or alike(keys):
        return None
    found = fingerprints.of_addresses(path.answers, country)
    if found is not None:
        return blocked(Layer.DNS, Strength.CONFIRMED, f"known forged address {found}", control=True)
    for exchange in path.exchanges:
        sites_own = path.genuine and exchange.url.startswith("https:")
        if exchange.response is not None and not sites_own:
            text, headers = body_of(exchange.response), headers_of(exchange.response)
            found = fingerprints.of_page(text, headers, country)
            if found is not None:
                return blocked(Layer.HTTP, Strength.CONFIRMED, f"known block page {found}", control=True)
    return None
