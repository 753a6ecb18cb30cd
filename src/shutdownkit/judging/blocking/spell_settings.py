"""What it takes to say that a service fails on a network, and that it works again."""

from __future__ import annotations

from datetime import timedelta

from attrs import frozen

from ...errors import InvalidValueError
from ...model.checks import duration, number, store, whole

__all__ = ["DEFAULT_SPELLS", "SpellSettings"]


@frozen
class SpellSettings:
    """What it takes to say that a service fails on a network, and that it works again.

    Scores are in nats.  Unless said otherwise the defaults are proposals, chosen by us with
    ``bench/quiet_weeks.py`` on quiet networks, real and simulated; what it measured is in its docstring.

    Attributes:
        blocked: share of tests that fail while a service is blocked.  Not 1: some probes go round a block.
        plain: share of tests that fail plainly on a quiet network of which nothing is known yet, and
        weak: that fail weakly.  Of the real quiet networks at hand 0 to 7 % of the tests fail plainly, and
            weakly up to a half.
        plain_least, weak_least: what these shares are held to be at least, however well a network behaves:
            faults come in bursts.  An answer that differs from the control's is what the networks of large
            sites do (OONI's own analysis names it a source of false positives), so more for that.
        most: what either is held to be at most: a network on which half of the tests fail anyhow tells
            little, and is not to tell less than that.
        prior: how many tests the first two shares are worth.
        doubt: so many standard deviations more than was learnt each share may be, and is taken to be.
        page: share of tests in which a known block page is served where nobody blocks the service: such as
            by the network of a school.
        memory: share of what was learnt of a network that is left after one more measured hour.
        alarm: sum of scores at which a spell begins: of pure chance one false alarm in at least e**13
            measured hours (G. Lorden, Annals of Mathematical Statistics 42:1897-1908, 1971).  The signals of
            connectivity take 12; tests come in bursts besides.
        back: sum of scores at which it ends; less where the network was told of by others only.
        clip: an hour's score is at most this far from 0, however many tests it had: it takes seven hours, and
            not six, to raise the alarm, since a fault of up to two hours falls into three hours of the clock
            and tests fail by chance besides (with 2.2, six hours, we measured one false alarm in 60
            network-years of networks that are tested every hour, and two in 20 with longer faults).
        clip_page: the same of an hour in which a known block page was served: three hours, and not two.
        share: of the tests since the onset at least this share must have failed: a service that fails every
            other time is a bad line, and below about 0.73 that is likelier than a block of which 0.9 fail.
            With two thirds, the flickering of pernambuco.com on AS28573 in October 2017 was a spell.
        witnesses: tests of one hour of which the runs are not known count for at most this many: they may
            all be one volunteer's.
        patience: silence up to this long takes nothing from what failures say; beyond it
        half_life: what they say halves each time this passes, because failures days apart may be faults days
            apart.  24 h and 48 h are those of OONI's detector.  So a week of failures once a day suffices;
            with 12 h it took seventeen days, and more than half of the blocks on sparsely tested networks
            were missed.  What working tests say is not forgotten: nothing makes a blocked service work.
        pool: sum over networks at which a spell begins on several at once, and
        pool_network: how much more it takes for each network that tests the service: what it would say if on
            one in six the last test had failed by chance.
        pool_least: on so many networks at least; none adds more than half of ``pool``.
        pool_active: a network counts as testing the service for so long after a test.
    """

    blocked: float = 0.9
    plain: float = 0.05
    weak: float = 0.15
    plain_least: float = 0.02
    weak_least: float = 0.1
    most: float = 0.5
    prior: float = 20.0
    doubt: float = 1.0
    page: float = 0.01
    memory: float = 0.98
    alarm: float = 13.0
    back: float = 7.5
    clip: float = 1.9
    clip_page: float = 4.5
    share: float = 0.75
    witnesses: int = 3
    patience: timedelta = timedelta(hours=24)
    half_life: timedelta = timedelta(days=2)
    pool: float = 10.5
    pool_network: float = 0.35
    pool_least: int = 3
    pool_active: timedelta = timedelta(days=14)

    def __attrs_post_init__(self) -> None:
        for name in (
            "blocked",
            "plain",
            "weak",
            "plain_least",
            "weak_least",
            "most",
            "page",
            "memory",
            "share",
        ):
            self._number(name, minimum=0.001, maximum=0.999)
        for name in ("prior", "alarm", "back", "clip", "clip_page", "pool"):
            self._number(name, minimum=0.001)
        for name in ("doubt", "pool_network"):
            self._number(name, minimum=0.0)
        whole("SpellSettings.witnesses", self.witnesses, minimum=1)
        whole("SpellSettings.pool_least", self.pool_least, minimum=2)
        for name in ("patience", "half_life", "pool_active"):
            zero = name == "patience"
            store(self, name, duration(f"SpellSettings.{name}", getattr(self, name), zero=zero))
        if self.blocked <= self.most:
            raise InvalidValueError(
                "SpellSettings.blocked", self.blocked, f"is not over most ({self.most:g})"
            )
        if max(self.plain_least, self.weak_least) > self.most:
            raise InvalidValueError("SpellSettings.most", self.most, "is under plain_least or weak_least")
        for name in ("clip", "clip_page"):
            if getattr(self, name) * 2 >= self.alarm:
                raise InvalidValueError(
                    f"SpellSettings.{name}", getattr(self, name), "lets two hours raise the alarm"
                )

    def _number(self, name: str, *, minimum: float, maximum: float = float("inf")) -> None:
        value = number(f"SpellSettings.{name}", getattr(self, name), minimum=minimum, maximum=maximum)
        store(self, name, value)


DEFAULT_SPELLS = SpellSettings()
