"""The single steps of a web measurement, each against the control: the name, the connection, TLS."""

from __future__ import annotations

from ....model.service_tests import Layer, Strength
from .addresses import endpoint, is_bogon, is_stand_in
from .failures import Kind, commonest, failure_of, kind_of, shown
from .finding import Finding, blocked, down, unknown
from .web_keys import Control, ControlStep, Path, WebKeys

__all__ = ["connection", "handshake", "name", "strength_of", "vouched"]

_UNDECIDED = "could not be told: {}"


def strength_of(kind: Kind) -> Strength | None:
    """How strongly a failure speaks where the control worked; None where it says nothing of the site."""
    if kind in {Kind.CUT, Kind.DENIED, Kind.CERTIFICATE}:
        return Strength.PLAIN
    return None if kind in {Kind.LOCAL, Kind.UNKNOWN} else Strength.WEAK


def vouched(path: Path, keys: WebKeys, control: Control) -> bool:
    """Whether the resolver's answer is the site's, as far as can be told without a page.

    It is where the control has an answer in common, or found the site's certificate at one of them, or where
    OONI found them in the same networks (``dns_consistency``).
    """
    theirs = control.dns.addresses if control.dns else frozenset()
    if path.answers & theirs or not theirs or keys.dns_consistency == "consistent":
        return True
    certified = (_step(control.tls_handshake, ip, 443) for ip in path.answers)
    return any(step is not None and step.worked for step in certified)


def name(path: Path, control: Control) -> Finding | None:  # noqa: PLR0911 (a ladder)
    """What the resolver's answer says; None where it gave addresses that may be the site's."""
    theirs = control.dns.addresses if control.dns else frozenset()
    failed = failure_of(control.dns.failure) if control.dns else None
    if path.denied is not None:
        return _denied(path, path.denied, known=bool(theirs) or control.code is not None)
    if not path.answers:
        return None
    if all(is_bogon(one) for one in path.answers):
        where = ", ".join(sorted(path.answers))
        if all(is_stand_in(one) for one in path.answers):
            return unknown(
                f"the resolver answers {where}, as a VPN's client on the device does", control=True
            )
        if theirs and not all(is_bogon(one) for one in theirs):
            return blocked(
                Layer.DNS, Strength.PLAIN, f"the resolver answers {where}, where no site is", control=True
            )
        if theirs or failed is not None:
            return down(f"the name leads to {where} or nowhere, for the control as well", layer=Layer.DNS)
        return unknown(
            f"the resolver answers {where}, and what the control was answered is not known", control=True
        )
    if failed is not None and not theirs and control.code is None:
        return down(f"for the control the name does not resolve ({shown(failed)})", layer=Layer.DNS)
    return None


def _denied(path: Path, failure: str, *, known: bool) -> Finding:
    if not known:
        return down(f"{shown(failure)}, and the name does not resolve for the control", layer=Layer.DNS)
    kind = kind_of(failure)
    strength = strength_of(kind)
    if strength is None:
        return unknown(_UNDECIDED.format(shown(failure)), control=True)
    if kind is Kind.RESOLVER and any(not is_bogon(one) for one in path.elsewhere):
        return blocked(
            Layer.DNS, Strength.PLAIN, f"{failure}, while another resolver answered this probe", control=True
        )
    if kind is Kind.RESOLVER:
        failure = f"{failure}: the name's own servers may refuse this place"
    return blocked(Layer.DNS, strength, failure, control=True)


def connection(path: Path, control: Control, *, trusted: bool) -> Finding | None:  # noqa: PLR0911 (a ladder)
    """What connecting says; None where a connection was made, or none was tried.

    Where IPv4 and IPv6 both fail, IPv4 decides: many networks have no IPv6.
    """
    failing = [one for one in path.connects if one.failure is not None]
    if not failing or len(failing) < len(path.connects):
        return None
    failing = [one for one in failing if ":" not in str(one.ip)] or failing
    failure = commonest(one.failure for one in failing if one.failure is not None)
    steps = [(one, _step(control.tcp_connect, one.ip, one.port)) for one in failing]
    if all(":" in str(one.ip) for one, _ in steps):
        return unknown(f"tried over IPv6 alone: {shown(failure)}", control=True)
    asked = [step for _, step in steps if step is not None]
    if not trusted:
        return _elsewhere(failure, control, reached=any(step.worked for step in asked))
    if any(step.worked for step in asked):
        return _failed(Layer.TCP, failure)
    if asked or control.code is None:
        return down(f"{shown(failure)}, and the control cannot connect either", layer=Layer.TCP)
    strength = strength_of(kind_of(failure))
    if strength is None:
        return unknown(_UNDECIDED.format(shown(failure)), control=True)
    return blocked(Layer.TCP, Strength.WEAK, f"{failure}; the control did not try this address", control=True)


def handshake(path: Path, control: Control, *, trusted: bool) -> Finding | None:
    """What TLS says; None where a handshake was made, or none was tried."""
    failing = [(one, found) for one in path.handshakes if (found := failure_of(one.failure)) is not None]
    if not failing or len(failing) < len(path.handshakes):
        return None
    failure = commonest(found for _, found in failing)
    if not trusted and control.code is not None:
        foreign = kind_of(failure) is Kind.CERTIFICATE
        if foreign:
            return blocked(
                Layer.DNS,
                Strength.PLAIN,
                f"the resolver leads to a host without the site's certificate ({failure})",
                control=True,
            )
        return _elsewhere(failure, control, reached=False)
    table = control.tls_handshake or {}
    asked = [step for one, _ in failing if (step := table.get(str(one.address))) is not None]
    if any(step.worked for step in asked) or (not asked and control.code is not None):
        return _failed(Layer.TLS, failure)
    return down(f"{shown(failure)}, and for the control as well", layer=Layer.TLS)


def _failed(layer: Layer, failure: str) -> Finding:
    strength = strength_of(kind_of(failure))
    if strength is None:
        return unknown(_UNDECIDED.format(shown(failure)), control=True)
    return blocked(layer, strength, failure, control=True)


def _elsewhere(failure: str, control: Control, *, reached: bool) -> Finding:
    """A failure at an address that the control has not for the site."""
    if control.code is None:
        return down(f"{shown(failure)}, and the control gets no page either", layer=Layer.DNS)
    if strength_of(kind_of(failure)) is None:
        return unknown(_UNDECIDED.format(shown(failure)), control=True)
    strength = Strength.PLAIN if reached and kind_of(failure) is Kind.CUT else Strength.WEAK
    return blocked(
        Layer.DNS, strength, f"{failure} at an address that the control was not answered", control=True
    )


def _step(table: dict[str, ControlStep | None] | None, ip: object, port: object) -> ControlStep | None:
    if not isinstance(ip, str) or not isinstance(port, int):
        return None
    return (table or {}).get(endpoint(ip, port))
