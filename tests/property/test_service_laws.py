"""Laws of what is said about services, on made-up countries whose truth is known."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from random import Random

from attrs import evolve, frozen
from hypothesis import given, settings
from hypothesis import strategies as st

import shutdownkit as sk

BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAYS = 14
COUNTRY = sk.Entity.parse("UG")
NETWORKS = tuple(sk.Entity.parse(f"AS{number}") for number in (20294, 36991, 37075, 37063))
OTHERS = tuple(sk.Entity.parse(code) for code in ("KE", "TZ", "RW", "CD"))
SUBJECTS = ("app:telegram", "app:whatsapp", "domain:facebook.com", "domain:x.com", "domain:bbc.com")
SITES = tuple(f"domain:site{number}.org" for number in range(4))
INSTRUMENT = "ooniprobe-android 3.8.0 any 1.0"

BLOCKED, OK, UNKNOWN = sk.Outcome.BLOCKED, sk.Outcome.OK, sk.Outcome.UNKNOWN
PLAIN, WEAK, CONFIRMED = sk.Strength.PLAIN, sk.Strength.WEAK, sk.Strength.CONFIRMED


@frozen
class Country:
    """Volunteers who test everything every few hours, now and then failing for no reason."""

    seed: int
    country: sk.Entity = COUNTRY
    networks: tuple[sk.Entity, ...] = NETWORKS
    subjects: tuple[str, ...] = (*SUBJECTS, *SITES)
    every: int = 8
    noise: float = 0.02

    def tests(self) -> list[sk.ServiceTest]:
        random = Random(self.seed)  # noqa: S311 (made-up volunteers)
        made = []
        for number, network in enumerate(self.networks):
            for round_ in range(DAYS * 24 // self.every):
                begin = BEGIN + round_ * self.every * HOUR + timedelta(minutes=random.randrange(400))
                for place, subject in enumerate(self.subjects):
                    failed = random.random() < self.noise
                    made.append(
                        sk.ServiceTest(
                            begin + timedelta(seconds=7 * place),
                            subject,
                            BLOCKED if failed else OK,
                            self.country,
                            network,
                            layer=sk.Layer.TCP if failed else None,
                            strength=PLAIN if failed else None,
                            control=True if subject.startswith("domain:") else None,
                            instrument=INSTRUMENT,
                            run=f"{self.country}{number}-{round_}",
                        )
                    )
        return made


def judged(tests: Sequence[sk.ServiceTest], window: sk.TimeWindow | None = None) -> sk.Report:
    return sk.classify((), window=window, entity=COUNTRY, tests=[sk.ServiceTests(tuple(tests))])


def blocked(report: sk.Report) -> list[sk.EpisodeVerdict]:
    return [one for one in report.episodes if one.verdict.condition is sk.Condition.BLOCKING]


seeds = st.integers(0, 10_000)
windows = st.builds(
    lambda first, hours: sk.TimeWindow(BEGIN + first * HOUR, BEGIN + (first + hours) * HOUR),
    st.integers(72, 150),
    st.integers(72, 120),
)


@settings(max_examples=12)
@given(seeds)
def test_where_everything_works_nothing_is_said(seed: int) -> None:
    report = judged(Country(seed).tests())
    assert report.episodes == ()
    assert report.condition is sk.Condition.NORMAL
    assert {row.reach for row in report.services} == {sk.Reach.OK}


@settings(max_examples=12)
@given(
    seeds,
    windows,
    st.sets(st.sampled_from(SUBJECTS), min_size=1, max_size=4),
    st.sets(st.sampled_from(NETWORKS), min_size=3),
    st.sampled_from(list(sk.Layer)),
)
def test_a_national_block_is_one_episode_with_onset_end_networks_and_layer(
    seed: int, window: sk.TimeWindow, subjects: set[str], networks: set[sk.Entity], layer: sk.Layer
) -> None:
    tests = [
        evolve(test, outcome=BLOCKED, strength=PLAIN, layer=layer)
        if test.subject in subjects and test.network in networks and test.time in window
        else test
        for test in Country(seed, noise=0.0).tests()
    ]
    hit = [test.time for test in tests if test.failed]
    report = judged(tests)
    (one,) = report.episodes
    assert one.verdict.condition is sk.Condition.BLOCKING
    assert one.verdict.p_deliberate > 0.8
    assert one.episode.onset == min(hit)
    assert one.episode.end is not None
    assert timedelta(0) < one.episode.end - max(hit) <= 16 * HOUR
    assert one.blocking is not None
    assert set(one.blocking.networks) == networks
    assert set(one.blocking.open) == set(NETWORKS) - networks
    assert {subject for block in one.blocking.blocks for subject in block.subjects} == subjects
    assert one.blocking.how == (layer,)
    assert len(one.blocking.held) >= 4
    wanted = {sk.Layer.DNS: sk.Mechanism.DNS, sk.Layer.TLS: sk.Mechanism.TLS}
    assert one.verdict.mechanism is wanted.get(layer, sk.Mechanism.FILTERING)
    assert sum(row.reach is sk.Reach.BLOCKED for row in report.services) == len(one.blocking.blocks)


@settings(max_examples=12)
@given(seeds, windows, st.randoms(use_true_random=False))
def test_the_order_of_tests_and_how_they_are_bundled_do_not_matter(
    seed: int, window: sk.TimeWindow, random: Random
) -> None:
    tests = [
        evolve(test, outcome=BLOCKED, strength=PLAIN, layer=sk.Layer.TLS)
        if test.subject == "app:telegram" and test.time in window
        else test
        for test in Country(seed, noise=0.1, networks=NETWORKS[:3]).tests()
    ]
    shuffled = list(tests)
    random.shuffle(shuffled)
    cut = random.randrange(len(tests))
    halves = [sk.ServiceTests(tuple(shuffled[:cut])), sk.ServiceTests(tuple(shuffled[cut:]))]
    assert sk.classify((), entity=COUNTRY, tests=halves).to_json() == judged(tests).to_json()


@settings(max_examples=12)
@given(seeds, windows, st.sampled_from([PLAIN, CONFIRMED, WEAK]))
def test_controls_that_fail_with_everything_are_no_blocking(
    seed: int, window: sk.TimeWindow, strength: sk.Strength
) -> None:
    """Connectivity, not blocking: half of the tests fail, and for the others so do the controls."""
    random = Random(seed)  # noqa: S311

    def cut(test: sk.ServiceTest) -> sk.ServiceTest:
        if test.subject.startswith("domain:") and random.random() < 0.5:
            return evolve(test, outcome=UNKNOWN, strength=None, layer=None, control=False, reason="control")
        return evolve(test, outcome=BLOCKED, strength=strength, layer=sk.Layer.TCP)

    tests = [cut(test) if test.time in window else test for test in Country(seed, noise=0.01).tests()]
    report = judged(tests)
    if strength is not CONFIRMED:  # a block page is one, whatever else fails
        assert blocked(report) == []
        assert any("control" in one.reason for row in report.services for one in row.discards)


@settings(max_examples=12)
@given(seeds, windows, st.integers(2, 4))
def test_what_fails_elsewhere_as_well_is_down(seed: int, window: sk.TimeWindow, countries: int) -> None:
    """A vendor's change, or a dead service: the same app fails in other countries."""
    tests = [
        evolve(test, outcome=BLOCKED, strength=PLAIN, layer=sk.Layer.TCP)
        if test.subject == "app:whatsapp" and test.time in window
        else test
        for number, country in enumerate((COUNTRY, *OTHERS[:countries]))
        for test in Country(seed + number, country, NETWORKS[:3], SUBJECTS).tests()
    ]
    report = judged(tests, window)
    assert blocked(report) == []
    (row,) = (row for row in report.services if row.service == "whatsapp")
    assert row.reach is sk.Reach.DOWN
    # and without the others it would have been called blocked
    alone = judged([test for test in tests if test.country == COUNTRY])
    assert len(blocked(alone)) == 1


@settings(max_examples=12)
@given(seeds, windows, st.sampled_from([sk.Layer.DNS, sk.Layer.HTTP]))
def test_one_site_whose_answers_merely_differ_is_not_blocked(
    seed: int, window: sk.TimeWindow, layer: sk.Layer
) -> None:
    """Geo-DNS and sites set up wrongly, on every network at once."""
    tests = [
        evolve(test, outcome=BLOCKED, strength=WEAK, layer=layer)
        if test.subject == "domain:bbc.com" and test.time in window
        else test
        for test in Country(seed, noise=0.0).tests()
    ]
    report = judged(tests)
    assert report.episodes == ()
    (row,) = (row for row in report.services if "domain:bbc.com" in row.subjects)
    assert row.reach is not sk.Reach.BLOCKED
    assert [one.tests for one in row.discards] == [sum(test.failed for test in tests)]


@settings(max_examples=12)
@given(seeds, windows)
def test_many_sites_whose_answers_begin_to_differ_at_once_are_blocked(
    seed: int, window: sk.TimeWindow
) -> None:
    tests = [
        evolve(test, outcome=BLOCKED, strength=WEAK, layer=sk.Layer.DNS)
        if test.subject in SITES and test.time in window
        else test
        for test in Country(seed, noise=0.0, every=3).tests()
    ]
    (one,) = judged(tests).episodes
    assert one.verdict.condition is sk.Condition.BLOCKING
    assert one.verdict.mechanism is sk.Mechanism.DNS


@settings(max_examples=12)
@given(seeds, windows)
def test_one_network_that_fails_while_the_others_reach_it_is_no_state_at_work(
    seed: int, window: sk.TimeWindow
) -> None:
    tests = [
        evolve(test, outcome=BLOCKED, strength=PLAIN, layer=sk.Layer.TCP)
        if test.subject == "domain:bbc.com" and test.network == NETWORKS[0] and test.time in window
        else test
        for test in Country(seed, noise=0.0, subjects=("domain:bbc.com",)).tests()
    ]
    report = judged(tests)
    assert blocked(report) == []
    assert all(one.verdict.p_deliberate < 0.5 for one in report.episodes)
    of_it = sk.classify((), entity=NETWORKS[0], tests=[sk.ServiceTests(tuple(tests))])
    assert blocked(of_it) == []  # nor is it said of the network itself, whose neighbours reach it


@settings(max_examples=12)
@given(seeds, windows)
def test_block_pages_are_believed_on_one_network(seed: int, window: sk.TimeWindow) -> None:
    tests = [
        evolve(test, outcome=BLOCKED, strength=CONFIRMED, layer=sk.Layer.HTTP)
        if test.subject == "domain:bbc.com" and test.network == NETWORKS[0] and test.time in window
        else test
        for test in Country(seed, noise=0.0).tests()
    ]
    (one,) = judged(tests).episodes
    assert one.verdict.condition is sk.Condition.BLOCKING
    assert one.blocking is not None
    assert one.blocking.blocks[0].confirmed == sum(test.failed for test in tests)


@settings(max_examples=12)
@given(seeds, windows)
def test_the_report_survives_json(seed: int, window: sk.TimeWindow) -> None:
    tests = [
        evolve(test, outcome=BLOCKED, strength=PLAIN, layer=sk.Layer.TLS)
        if test.subject in SUBJECTS[:3] and test.time in window
        else test
        for test in Country(seed, noise=0.05).tests()
    ]
    report = judged(tests)
    assert sk.Report.from_json(report.to_json()) == report


def hit(tests: Sequence[sk.ServiceTest], strength: sk.Strength, layer: sk.Layer) -> list[sk.ServiceTest]:
    return [evolve(test, outcome=BLOCKED, strength=strength, layer=layer) for test in tests]


@settings(max_examples=12)
@given(seeds, st.sampled_from(list(sk.Layer)), st.integers(1, 4))
def test_sites_that_differed_since_measuring_began_did_not_begin_to_differ(
    seed: int, layer: sk.Layer, networks: int
) -> None:
    """Sites that answer by place do so from the first test on: measuring began at one time, not blocking."""
    tests = Country(seed, noise=0.0, every=6, networks=NETWORKS[:networks]).tests()
    sites = [test for test in tests if test.subject in SITES]
    report = judged([*(test for test in tests if test.subject not in SITES), *hit(sites, WEAK, layer)])
    assert report.episodes == ()
    assert sum(one.tests for row in report.services for one in row.discards) == len(sites)


@settings(max_examples=12)
@given(seeds, windows)
def test_one_network_that_changes_its_resolver_blocks_nothing(seed: int, window: sk.TimeWindow) -> None:
    """Only the answers differ, of many sites at once, on one network."""
    tests = Country(seed, noise=0.0, every=3).tests()
    changed = {
        test
        for test in tests
        if test.subject in SITES and test.network == NETWORKS[0] and test.time in window
    }
    report = judged(
        [*(test for test in tests if test not in changed), *hit(list(changed), WEAK, sk.Layer.DNS)]
    )
    assert report.episodes == ()


@settings(max_examples=12)
@given(seeds, st.integers(5, 9), st.integers(30, 60))
def test_some_faults_among_answers_that_differ_do_not_make_them_a_block(
    seed: int, faults: int, place: int
) -> None:
    """The faults are a spell of their own; what merely differed before and after is none of it."""
    tests = Country(seed, noise=0.0, every=2, networks=NETWORKS[:1], subjects=SUBJECTS[3:]).tests()
    mine = sorted((test for test in tests if test.subject == "domain:bbc.com"), key=lambda one: one.time)
    others = [test for test in tests if test.subject != "domain:bbc.com"]
    failed = hit(mine[place : place + faults], PLAIN, sk.Layer.TCP)
    report = judged([*others, *failed, *hit([*mine[:place], *mine[place + faults :]], WEAK, sk.Layer.DNS)])
    for one in report.episodes:
        assert one.blocking is not None
        assert sum(block.failed for block in one.blocking.blocks) <= faults
        assert one.episode.onset >= failed[0].time


@settings(max_examples=12)
@given(seeds, windows)
def test_what_was_blocked_before_is_not_said_to_fail_for_no_reason(seed: int, window: sk.TimeWindow) -> None:
    """A block that is years old says nothing against the choice of what is blocked now, nor it of that."""
    old = {"domain:facebook.com", "domain:x.com", *SITES}
    tests = [
        evolve(test, outcome=BLOCKED, strength=PLAIN, layer=sk.Layer.TLS)
        if test.subject in old or (test.subject == "app:telegram" and test.time in window)
        else test
        for test in Country(seed, noise=0.0).tests()
    ]
    report = judged(tests)
    assert len(blocked(report)) == 2
    assert [one.blocking.failed_too for one in report.episodes if one.blocking is not None] == [(), ()]


@settings(max_examples=12)
@given(seeds, windows)
def test_no_control_is_claimed_for_the_tests_of_apps(seed: int, window: sk.TimeWindow) -> None:
    tests = [
        evolve(test, outcome=BLOCKED, strength=PLAIN, layer=sk.Layer.TLS)
        if test.subject == "app:telegram" and test.time in window
        else test
        for test in Country(seed, noise=0.0).tests()
    ]
    (one,) = judged(tests).episodes
    said = [found.text for found in one.verdict.evidence if found.rule == "blocking.controls-work"]
    assert len(said) == 1
    assert "controls worked" not in said[0]


@settings(max_examples=12)
@given(seeds, st.integers(1, 80_000), st.booleans())
def test_a_clock_far_ahead_makes_no_blocking_longer_than_the_report(
    seed: int, days: int, fails: bool
) -> None:
    window = sk.TimeWindow(BEGIN, BEGIN + DAYS * 24 * HOUR)
    tests = [
        evolve(test, outcome=BLOCKED, strength=PLAIN, layer=sk.Layer.TLS)
        if test.subject == "app:telegram" and test.time >= BEGIN + 150 * HOUR
        else test
        for test in Country(seed, noise=0.0).tests()
    ]
    ahead = evolve(next(test for test in tests if test.failed is fails), time=window.end + days * 24 * HOUR)
    (one,) = judged([*tests, ahead], window).episodes
    assert one.episode.ongoing
    assert one.episode.window.end <= window.end


def test_the_last_moment_there_is_breaks_nothing() -> None:
    last = sk.ServiceTest(datetime.max.replace(tzinfo=UTC), "app:telegram", OK, COUNTRY, NETWORKS[0])
    assert judged([*Country(1).tests(), last]).episodes == ()
