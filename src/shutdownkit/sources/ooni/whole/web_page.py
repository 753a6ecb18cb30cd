"""The last step of a web measurement against the control: the request and the page."""

from __future__ import annotations

from urllib.parse import urljoin

from attrs import evolve

from ....model.service_tests import Layer, Outcome, Strength
from .addresses import Place, is_bogon, place_of, related
from .bodies import body_of, headers_of
from .failures import TIMEOUTS, Kind, failure_of, kind_of, shown
from .finding import Finding, blocked, discarded, down, ok, unknown
from .web_keys import Control, Path, WebKeys
from .web_steps import strength_of

__all__ = ["alike", "certified", "page", "proved", "request", "same_page"]

_REFUSALS = frozenset({403, 429, 451, 503})
_ALIKE = 0.7  # of two bodies' lengths: ooni/spec ts-017-web-connectivity.md
# Pages that ask whether one is a human: Cloudflare's challenge and its predecessors, seen by us in recorded
# measurements (``cloudflareCAPTCHAWithHTTP`` of ooni/data) and Cloudflare's documentation.
_CAPTCHAS = (
    "cf-browser-verification",
    "cf-challenge",
    "_cf_chl",
    "cf_chl_",
    "Attention Required! | Cloudflare",
)


def proved(path: Path, keys: WebKeys) -> bool:
    """Whether the site itself answered last, and nothing failed: over https with a valid certificate.

    Not where a page without a certificate led to another site: a block page may have one.
    """
    last = path.last
    if failure_of(keys.http_experiment_failure) is not None or last is None or not last.reached:
        return False
    place = place_of(last.url)
    if place is None or place.scheme != "https":
        return False
    return path.genuine or related(place.host, path.site.host) or related(place.host, path.site.name)


def same_page(keys: WebKeys) -> bool | None:
    """Whether the page is the control's, by OONI's rule; None where they were not compared."""
    signs = (keys.body_length_match, keys.headers_match, keys.title_match)
    if keys.status_code_match is None and all(sign is None for sign in signs):
        return None
    return keys.status_code_match is not False and (_alike(keys) or any(sign is True for sign in signs))


def alike(keys: WebKeys) -> bool:
    """Whether the page is the control's by length and status, so that no block page need be looked for."""
    return same_page(keys) is True and _alike(keys)


def _alike(keys: WebKeys) -> bool:
    share = keys.body_proportion
    return isinstance(share, int | float) and not isinstance(share, bool) and share > _ALIKE


def request(path: Path, keys: WebKeys, control: Control) -> Finding | None:  # noqa: PLR0911 (a ladder)
    """What a failed request says; None where it did not fail."""
    last = path.last
    failure = failure_of(keys.http_experiment_failure) or (failure_of(last.failure) if last else None)
    if failure is None:
        return None
    layer = _layer(path, failure)
    if kind_of(failure) is Kind.UNKNOWN:
        return unknown(f"could not be told: {shown(failure)}", control=True)
    if control.code is None:
        return down(f"{shown(failure)}, and the control gets no page either", layer=layer)
    strength = strength_of(kind_of(failure))
    if strength is None:
        return unknown(f"could not be told: {shown(failure)}", control=True)
    if _led_astray(path, failure):
        return _where_it_leads(path, failure, blocked(layer, strength, failure, control=True))
    if failure in TIMEOUTS and _stalled(path) and _got_body(control):
        reason = f"{failure} after the response's head, while the control got the whole page"
        return Finding(Outcome.SLOWED, reason, Layer.HTTP, Strength.PLAIN, control=True)
    if kind_of(failure) is Kind.ODD and path.genuine:
        return discarded(
            f"{failure}: the site itself, over a valid certificate, leads where nothing is",
            layer=layer,
            control=True,
        )
    return blocked(layer, strength, failure, control=True)


def page(path: Path, keys: WebKeys, control: Control, *, trusted: bool) -> Finding:  # noqa: PLR0911 (a ladder)
    """What a page says that came without a certificate."""
    last = path.last
    if last is None or not last.reached:
        return unknown("no request was recorded", control=True)
    same = same_page(keys)
    if same is None and keys.blocking is False and keys.accessible is True and control.code is not None:
        same = True  # OONI compared them, and kept no marks
    if control.code is None:
        return unknown("a page came, but the control got none to compare it with", control=True)
    if same is None:
        return unknown("the page was not compared with the control's", control=True)
    if same:
        return ok(
            "" if trusted else "geo-DNS: the answers differ, but the page is the control's", control=True
        )
    if last.code in _REFUSALS and any(mark in body_of(last.response) for mark in _CAPTCHAS if last.response):
        return discarded("a CAPTCHA: the server asks for a human", layer=Layer.HTTP, control=True)
    if not trusted:
        return blocked(Layer.DNS, Strength.WEAK, "answers and page differ from the control's", control=True)
    return blocked(Layer.HTTP, Strength.WEAK, "the page differs from the control's", control=True)


def certified(path: Path, keys: WebKeys, control: Control, *, trusted: bool) -> Finding:
    """What a page says that the site sent over a valid certificate."""
    code = path.last.code if path.last else None
    if code in _REFUSALS and control.code is not None and control.code < 400:
        return discarded(
            f"the server itself refuses this place: status {code} over a valid certificate",
            layer=Layer.HTTP,
            control=True,
        )
    if not trusted:
        return ok("geo-DNS: the answers differ, but a valid certificate was shown", control=True)
    differs = keys.blocking == "http-diff" or same_page(keys) is False
    return ok("the page differs, but came over a valid certificate" if differs else "", control=True)


def _led_astray(path: Path, failure: str) -> bool:
    """Whether it was another site that failed, to which the tested one leads."""
    last = path.last
    if last is None or kind_of(failure) is Kind.ODD:
        return False
    if last.reached:  # it led on, and of what came after that no request is recorded
        return failure_of(last.failure) is None
    place = place_of(last.url)
    return place is not None and failure_of(last.failure) == failure and not _same_site(path, place.host)


def _where_it_leads(path: Path, failure: str, finding: Finding) -> Finding:
    """The finding about the site that failed; unknown where nobody can say which that is.

    An answer without a certificate may be of somebody between, as of an operator whose page of blocking, or
    of login, is elsewhere: where it leads to no site, or to one without a certificate, the tested one failed.
    """
    last = path.last
    place = None
    if last is not None and last.reached:
        target = headers_of(last.response).get("location", "") if last.response is not None else ""
        place = _joined(last.url, target) if target else None
    elif last is not None:
        place = place_of(last.url)
    if place is None or ":" in place.host:
        return unknown(
            f"{finding.reason}, after the site had answered; of what is not recorded", control=True
        )
    if _same_site(path, place.host):
        return finding
    if not path.genuine and is_bogon(place.host):
        return evolve(finding, reason=f"{finding.reason}: leads to {place.host}, where no site is")
    if not path.genuine and finding.layer is Layer.TLS and kind_of(failure) is Kind.CERTIFICATE:
        reason = f"leads to {place.host}, which shows no valid certificate ({failure})"
        return evolve(finding, layer=Layer.HTTP, strength=Strength.WEAK, reason=reason)
    return evolve(finding, host=place.host, reason=f"{finding.reason}, where {path.site.host} leads")


def _joined(url: str, target: str) -> Place | None:
    try:
        return place_of(urljoin(url, target))
    except ValueError:  # brackets that no URL has
        return None


def _same_site(path: Path, host: str) -> bool:
    return related(host, path.site.host) or related(host, path.site.name)


def _layer(path: Path, failure: str) -> Layer | None:
    """Where a request failed, by the step that failed so."""
    last = path.last
    if last is not None and failure_of(last.failure) == failure and last.code is not None:
        return Layer.HTTP
    if kind_of(failure) in {Kind.DENIED, Kind.RESOLVER}:
        return Layer.DNS
    asked = last is not None and failure_of(last.failure) == failure
    secure = last is not None and last.url.startswith("https")
    tls = any(failure_of(one.failure) == failure for one in path.all_handshakes)
    if kind_of(failure) is Kind.CERTIFICATE or (tls and (secure or not asked)):
        return Layer.TLS
    if any(one.failure == failure for one in path.all_connects):
        return Layer.TCP
    return Layer.HTTP if asked else None


def _stalled(path: Path) -> bool:
    """Whether the head of the last response came, of a page, and its body timed out."""
    last = path.last
    if last is None or last.code is None or 300 <= last.code < 400:
        return False
    return failure_of(last.failure) in TIMEOUTS


def _got_body(control: Control) -> bool:
    found = control.http_request
    length = found.body_length if found else None
    return control.code is not None and isinstance(length, int) and length > 0
