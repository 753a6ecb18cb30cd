"""Spells joined to blocks, and blocks to what began together."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from random import Random

from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from shutdownkit.judging.blocking.blocks import blockings
from shutdownkit.judging.blocking.spell import Spell
from shutdownkit.model.entity import Entity
from shutdownkit.model.service_tests import Layer, Outcome, ServiceTest, Strength
from shutdownkit.model.services import Service, Services

BEGIN = datetime(2026, 1, 10, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
NETWORKS = tuple(Entity.parse(f"AS{number}") for number in (20294, 36991, 37075))
SUBJECTS = ("app:telegram", "domain:telegram.org", "domain:x.com", "domain:example.org")
SERVICES = Services(
    (
        Service("telegram", "Telegram", ("app:telegram", "domain:telegram.org")),
        Service("x", "X", ("domain:x.com",)),
    )
)


def spell(
    subject: str = "app:telegram",
    network: Entity | None = NETWORKS[0],
    *,
    since: float = 0,
    hours: float = 48,
    quiet: float | None = 3,
    lasts: bool = False,
    layers: tuple[tuple[Layer, int], ...] = ((Layer.TCP, 9),),
) -> Spell:
    """One that begins so many hours after BEGIN, ``quiet`` hours after the last test that worked."""
    start = BEGIN + since * HOUR
    last = start + hours * HOUR
    return Spell(
        subject=subject,
        network=network,
        since=start,
        last=last,
        worked=None if quiet is None else start - quiet * HOUR,
        until=None if lasts else last + 2 * HOUR,
        tests=10,
        failed=9,
        runs=4,
        hours=5,
        layers=layers,
    )


def probe(
    network: Entity | None, subject: str = "app:telegram", *, at: float = 5, failed: bool = False
) -> ServiceTest:
    return ServiceTest(
        BEGIN + at * HOUR,
        subject,
        Outcome.BLOCKED if failed else Outcome.OK,
        network=network,
        strength=Strength.PLAIN if failed else None,
        layer=Layer.TCP if failed else None,
    )


@st.composite
def spells(draw: st.DrawFn) -> list[Spell]:
    """Spells of several streams; those of one stream do not overlap."""
    found: list[Spell] = []
    for subject in draw(st.lists(st.sampled_from(SUBJECTS), unique=True, min_size=1)):
        for network in draw(st.lists(st.sampled_from((*NETWORKS, None)), unique=True, min_size=1)):
            at = 0.0
            for _ in range(draw(st.integers(1, 3))):
                at += draw(st.integers(1, 100))
                hours = draw(st.integers(1, 60))
                found.append(
                    spell(
                        subject,
                        network,
                        since=at,
                        hours=hours,
                        quiet=draw(st.none() | st.integers(1, 9)),
                        lasts=draw(st.booleans()),
                    )
                )
                at += hours + 3
    return found


@given(spells(), st.randoms(use_true_random=False))
def test_the_order_does_not_matter_and_every_spell_is_in_one_block(found: list[Spell], rng: Random) -> None:
    tests = [probe(NETWORKS[1], at=k) for k in range(4)]
    judged = blockings(tests, found, SERVICES)
    shuffled = list(found)
    rng.shuffle(shuffled)
    assert blockings(tests[::-1], shuffled, SERVICES) == judged
    blocks = [block for blocking in judged for block in blocking.blocks]
    assert sum(block.failed for block in blocks) == sum(one.failed for one in found)
    assert sum(block.tests for block in blocks) == sum(one.tests for one in found)
    for one in found:
        homes = [
            block
            for block in blocks
            if one.subject in block.subjects
            and (one.network is None or one.network in block.networks)
            and block.since <= one.since
            and one.last <= block.last
        ]
        assert homes
    for block in blocks:
        assert not set(block.networks) & set(block.open)
        assert not set(block.networks) & set(block.unclear)
        assert block.until is None or block.until >= block.last


@given(spells(), st.integers(-1000, 1000))
def test_shifting_time_shifts_what_was_found(found: list[Spell], hours: int) -> None:
    by = hours * HOUR

    def shifted(one: Spell) -> Spell:
        return evolve(
            one,
            since=one.since + by,
            last=one.last + by,
            worked=None if one.worked is None else one.worked + by,
            until=None if one.until is None else one.until + by,
        )

    before = blockings((), found, SERVICES)
    after = blockings((), [shifted(one) for one in found], SERVICES)
    assert [[block.since + by for block in one.blocks] for one in before] == [
        [block.since for block in one.blocks] for one in after
    ]


@given(st.lists(st.sampled_from(SUBJECTS), unique=True, min_size=1), st.integers(1, 3), st.data())
def test_a_national_block_is_one(subjects: list[str], networks: int, data: st.DataObject) -> None:
    """Whatever the number of sites and networks: all began within a day."""
    found = [
        spell(subject, network, since=data.draw(st.integers(0, 23)), hours=data.draw(st.integers(30, 90)))
        for subject in subjects
        for network in NETWORKS[:networks]
    ]
    (one,) = blockings((), found, SERVICES)
    assert one.networks == tuple(sorted(NETWORKS[:networks]))
    assert len(one.blocks) == len({SERVICES.of(subject).name for subject in subjects})


def test_what_began_days_later_is_another_block() -> None:
    first, second = spell(since=0, hours=24), spell("domain:x.com", since=100, quiet=3)
    assert [one.blocks[0].service for one in blockings((), (second, first), SERVICES)] == ["telegram", "x"]
    # but one that nobody tested in between may have begun with the first, if that still lasted
    long = spell(since=0, hours=200)
    (one,) = blockings((), (long, spell("domain:x.com", since=100, quiet=None)), SERVICES)
    assert [block.service for block in one.blocks] == ["telegram", "x"]
    assert len(blockings((), (long, spell("domain:x.com", since=100, quiet=3)), SERVICES)) == 2


def test_a_new_block_does_not_take_the_onset_of_an_old_one_on_another_network() -> None:
    old = spell(since=0, hours=500, quiet=None, lasts=True)
    new = spell(network=NETWORKS[1], since=300, quiet=2, lasts=True)
    assert [one.blocks[0].since for one in blockings((), (old, new), SERVICES)] == [old.since, new.since]


@given(st.integers(2, 9), st.integers(2, 18), st.integers(1, 3), st.integers(1, 2))
def test_what_is_blocked_every_night_is_blocked_anew_each_night(
    nights: int, hours: int, networks: int, subjects: int
) -> None:
    found = [
        spell(subject, network, since=24 * night + place, hours=hours, quiet=2)
        for night in range(nights)
        for place, network in enumerate(NETWORKS[:networks])
        for subject in SUBJECTS[1 : 1 + subjects]
    ]
    judged = blockings((), found, SERVICES)
    assert [one.blocks[0].since for one in judged] == [BEGIN + night * DAY for night in range(nights)]
    assert all(set(one.networks) == set(NETWORKS[:networks]) for one in judged)


def test_a_block_ends_when_the_last_network_works_again() -> None:
    first, second = spell(hours=24), spell(network=NETWORKS[1], hours=30)
    (one,) = blockings((), (first, second), SERVICES)
    assert one.blocks[0].until == second.until
    # tests that merely stopped before do not keep it going; tests that failed afterwards do
    stopped = spell(network=NETWORKS[2], hours=10, lasts=True)
    (one,) = blockings((), (first, stopped), SERVICES)
    assert one.blocks[0].until == first.until
    failing = spell(network=NETWORKS[2], hours=40, lasts=True)
    (one,) = blockings((), (first, failing), SERVICES)
    assert one.blocks[0].until is None


def test_the_networks_that_do_not_block_are_named() -> None:
    tests = [
        *(probe(NETWORKS[1], at=at) for at in (3, 9, 20)),
        probe(NETWORKS[2], at=4),
        *(probe(NETWORKS[0], at=at, failed=True) for at in (1, 2, 3)),
        probe(NETWORKS[1], at=500),
        probe(NETWORKS[1], "domain:x.com", at=5, failed=True),
    ]
    (one,) = blockings(tests, [spell()], SERVICES)
    (block,) = one.blocks
    assert (block.networks, block.open, block.unclear) == (NETWORKS[:1], NETWORKS[1:2], NETWORKS[2:])
    assert (block.tests, block.failed, block.runs, block.hours) == (10, 9, 0, 3)
    assert one.held == ()
    assert one.failed_too == ()


def test_what_worked_on_the_blocking_networks_meanwhile_is_named() -> None:
    tests = [
        *(probe(NETWORKS[0], "domain:x.com", at=at) for at in (3, 9)),
        *(probe(NETWORKS[0], "domain:example.org", at=at, failed=True) for at in (3, 9)),
        *(probe(NETWORKS[0], "domain:other.org", at=at) for at in (400, 401)),
        *(probe(NETWORKS[1], "domain:elsewhere.org", at=at) for at in (3, 4)),
    ]
    (one,) = blockings(tests, [spell()], SERVICES)
    assert one.held == ("x",)
    assert one.failed_too == ("domain:example.org",)


def test_how_it_was_done_is_counted_over_the_spells() -> None:
    found = [
        spell(layers=((Layer.TCP, 3), (Layer.DNS, 1))),
        spell(network=NETWORKS[1], layers=((Layer.DNS, 4), (Layer.TLS, 4))),
    ]
    (one,) = blockings((), found, SERVICES)
    assert one.blocks[0].how == (Layer.DNS, Layer.TLS, Layer.TCP)
    assert one.how == (Layer.DNS, Layer.TLS, Layer.TCP)
    slowed = evolve(spell(), slowed=8)
    assert blockings((), [slowed], SERVICES)[0].blocks[0].slowed
    assert not blockings((), [evolve(slowed, slowed=4)], SERVICES)[0].blocks[0].slowed
