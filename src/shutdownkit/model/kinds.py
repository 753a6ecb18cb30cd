"""What a series measures."""

from __future__ import annotations

import enum
import re
from collections.abc import Mapping
from types import MappingProxyType

from attrs import field, frozen

from ..errors import InvalidValueError
from .checks import member, number, store, text

__all__ = ["KINDS", "Aspect", "Direction", "Plane", "SignalKind", "Statistic"]

_NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9]+(-[a-z0-9]+)*)+")


class Plane(enum.Enum):
    """Where in the network a signal looks.  Signals of one plane are not independent witnesses."""

    ROUTING = "routing"  # BGP
    PROBING = "probing"  # active probing from outside
    BACKGROUND = "background"  # what infected and misconfigured hosts send: a telescope
    TRAFFIC = "traffic"  # what users send and receive
    VANTAGE = "vantage"  # volunteers' probes inside, connected or not
    APPLICATION = "application"  # outcomes of tests run inside
    VOLUME = "volume"  # how many measurements arrive from inside


class Direction(enum.Enum):
    """The direction in which a signal gets worse."""

    DOWN = "down"
    UP = "up"


class Statistic(enum.Enum):
    """How chance acts on a bin's value, which says how it may be tested.

    ARRIVALS counts things that arrive independently (measurements, packets' sources): at least as
    noisy as a Poisson count.  STOCK counts things that are there (routes, blocks, probes).  SHARE is
    a share of a whole, as noisy as its weight (how many were asked) makes it.  LEVEL is anything else.
    """

    ARRIVALS = "arrivals"
    STOCK = "stock"
    SHARE = "share"
    LEVEL = "level"


class Aspect(enum.Enum):
    """What a bad value means: REACH, fewer are connected; QUALITY, it works worse; FAILURE, chosen
    services fail.  Only the loss of REACH can make an outage.
    """

    REACH = "reach"
    QUALITY = "quality"
    FAILURE = "failure"


@frozen
class SignalKind:
    """What a series measures.

    Third parties name theirs in a namespace of their own, such as ``acme.cdn-requests``.

    Attributes:
        name: lower-case words joined by hyphens, in two or more parts joined by dots.
        unit: the unit of a value, for people.
        bad: the direction in which it gets worse.
        minimum, maximum: the closed range of valid values; None where there is no bound.  A SHARE
            has a maximum: the whole.

    Raises:
        InvalidValueError: names the field and the value.
    """

    name: str
    unit: str
    plane: Plane
    bad: Direction = Direction.DOWN
    statistic: Statistic = Statistic.LEVEL
    aspect: Aspect = Aspect.REACH
    minimum: float | None = field(default=0.0)
    maximum: float | None = field(default=None)

    def __attrs_post_init__(self) -> None:
        text("SignalKind.name", self.name)
        if _NAME.fullmatch(self.name) is None:
            raise InvalidValueError("SignalKind.name", self.name, "is not of the form acme.cdn-requests")
        text("SignalKind.unit", self.unit)
        member("SignalKind.plane", Plane, self.plane)
        member("SignalKind.bad", Direction, self.bad)
        member("SignalKind.statistic", Statistic, self.statistic)
        member("SignalKind.aspect", Aspect, self.aspect)
        for name in ("minimum", "maximum"):
            bound = getattr(self, name)
            if bound is not None:
                store(self, name, number(f"SignalKind.{name}", bound))
        if self.minimum is not None and self.maximum is not None and self.maximum <= self.minimum:
            raise InvalidValueError(
                "SignalKind.maximum", self.maximum, f"is not over the minimum {self.minimum:g}"
            )
        if self.statistic is Statistic.SHARE and self.maximum is None:
            raise InvalidValueError("SignalKind.maximum", None, "is missing: a share has a whole")

    def __str__(self) -> str:
        return self.name


_S, _D, _A = Statistic, Direction, Aspect
_BUILT_IN = (
    SignalKind("bgp.visible-slash24s", "visible /24s", Plane.ROUTING, statistic=_S.STOCK),
    SignalKind("bgp.v6-prefixes", "visible IPv6 prefixes", Plane.ROUTING, statistic=_S.STOCK),
    SignalKind("bgp.v4-prefixes", "visible IPv4 prefixes", Plane.ROUTING, statistic=_S.STOCK),
    SignalKind("probing.up-slash24s", "/24s that answer", Plane.PROBING, statistic=_S.STOCK),
    SignalKind("probing.loss", "percent of probes lost", Plane.PROBING, _D.UP, _S.SHARE, maximum=100.0),
    SignalKind("probing.latency", "ms", Plane.PROBING, _D.UP, aspect=_A.QUALITY),
    SignalKind("telescope.unique-sources", "source addresses", Plane.BACKGROUND, statistic=_S.ARRIVALS),
    SignalKind("traffic.search", "relative requests", Plane.TRAFFIC),
    # a browser that cannot have HTTP/3 takes HTTP/2: works worse, and nobody is offline (Cloudflare Radar)
    SignalKind(
        "traffic.http3-share", "share of requests", Plane.TRAFFIC, _D.DOWN, _S.SHARE, _A.QUALITY, maximum=1.0
    ),
    SignalKind("atlas.connected-probes", "probes", Plane.VANTAGE, statistic=_S.STOCK),
    SignalKind("ooni.measurements", "measurements", Plane.VOLUME, statistic=_S.ARRIVALS),
    SignalKind("ooni.networks", "networks", Plane.VOLUME, statistic=_S.ARRIVALS),
    *(
        SignalKind(
            f"ooni.{which}-ratio",
            "share of measurements",
            Plane.APPLICATION,
            _D.UP,
            _S.SHARE,
            _A.FAILURE,
            maximum=1.0,
        )
        for which in ("anomaly", "confirmed", "failure")
    ),
    SignalKind("ooni.tls-handshake", "ms", Plane.APPLICATION, _D.UP, aspect=_A.QUALITY),
    SignalKind("throughput.download", "Mbit/s", Plane.APPLICATION, aspect=_A.QUALITY),
    SignalKind("throughput.rtt", "ms", Plane.APPLICATION, _D.UP, aspect=_A.QUALITY),
    SignalKind(
        "connectivity.index",
        "share of normal, 0..100",
        Plane.PROBING,
        statistic=_S.SHARE,
        maximum=100.0,
    ),
)

KINDS: Mapping[str, SignalKind] = MappingProxyType({kind.name: kind for kind in _BUILT_IN})
"""The built-in kinds by name."""
