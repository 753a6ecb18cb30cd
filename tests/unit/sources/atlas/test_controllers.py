"""A controller's failure is told from an outage, and in doubt it is none."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shutdownkit.errors import InvalidValueError
from shutdownkit.model.account import InstrumentFault
from shutdownkit.model.entity import Entity
from shutdownkit.model.kinds import KINDS
from shutdownkit.model.window import TimeWindow
from shutdownkit.sources.atlas.clumps import CLUMP, Suspect, next_clump, suspects
from shutdownkit.sources.atlas.controllers import Finding, examine
from shutdownkit.sources.atlas.lasting import LONGEST, controller_fault, returns
from shutdownkit.sources.atlas.replay import SETTLING

KIND = KINDS["atlas.connected-probes"]
NOON = datetime(2024, 3, 4, 12, tzinfo=UTC)
T = NOON.timestamp()


@attrs.frozen
class Change:
    time: float
    probe: int
    connected: bool
    controller: str


def drop(probe: int, after: float = 0.0, controller: str = "ctr-ams03") -> Change:
    return Change(T + after, probe, False, controller)


def back(probe: int, after: float, controller: str = "ctr-ams03") -> Change:
    return Change(T + after, probe, True, controller)


# The world at a controller's failure: 30 probes of 6 countries drop from it within a minute.
COUNTRIES = {800_000 + index: ("DE", "FR", "GB", "NL", "US", "JP")[index % 6] for index in range(30)}
WORLD = [drop(probe, index * 2.0) for index, probe in enumerate(COUNTRIES)]
# At home: four probes were on it and drop; 16 are elsewhere and stay.
HOME = [drop(700_001 + index, 10.0 * index) for index in range(4)]
CONNECTED = 20
SUSPECT = Suspect("ctr-ams03", T, T + 30, frozenset(one.probe for one in HOME))


def finding(
    *,
    events: Sequence[Change] = HOME,
    world: Sequence[Change] = WORLD,
    countries: dict[int, str] = COUNTRIES,
    country: str | None = "KE",
    connected: int = CONNECTED,
    suspect: Suspect = SUSPECT,
) -> Finding:
    return examine(
        suspect, events=events, connected=connected, world=world, countries=countries, country=country
    )


# Suspects

changes = st.lists(
    st.builds(
        Change,
        st.integers(0, 4000).map(float),
        st.integers(1, 8),
        st.booleans(),
        st.sampled_from(["a", "b", ""]),
    ),
    max_size=30,
)


@given(changes, st.integers(0, 60))
def test_suspects_are_dents_of_one_controller(events: list[Change], connected: int) -> None:
    found = suspects(events, connected)
    for one in found:
        drops = [event for event in events if not event.connected]
        within = [event for event in drops if one.start <= event.time <= one.end]
        mine = {event.probe for event in within if event.controller == one.controller}
        assert one.controller
        assert mine == one.probes
        assert one.dropped >= max(2, connected / 20)
        assert 2 * one.dropped > len({event.probe for event in within})
        assert one.end - one.start <= CLUMP
        assert {one.start, one.end} <= {event.time for event in within if event.controller == one.controller}
    for one, other in itertools.combinations(found, 2):
        if one.controller == other.controller:
            assert one.end < other.start or other.end < one.start
    assert [one.start for one in found] == sorted(one.start for one in found)


@given(st.data(), changes, st.integers(0, 60))
def test_the_order_of_events_does_not_matter(
    data: st.DataObject, events: list[Change], connected: int
) -> None:
    assert suspects(data.draw(st.permutations(events)), connected) == suspects(events, connected)


@given(changes, st.integers(1, 8), st.integers(0, 20))
def test_any_dent_leaves_a_suspect(events: list[Change], dropped: int, connected: int) -> None:
    """However the rest flaps: probes that drop at once, alone in their ten minutes, are found."""
    clump = [Change(10_000.0 + probe, probe, False, "c") for probe in range(dropped)]
    found = [one for one in suspects([*events, *clump], connected) if one.controller == "c"]
    expected = [Suspect("c", 10_000.0, 10_000.0 + dropped - 1, frozenset(range(dropped)))]
    assert found == (expected if dropped >= 2 else [])


def test_less_than_a_twentieth_is_no_dent() -> None:
    assert len(suspects(HOME, 80)) == 1
    assert suspects(HOME, 81) == ()


def test_drops_from_many_controllers_are_no_suspect() -> None:
    spread = [drop(700_100 + index, 10.0 * index, f"ctr-nue{index}") for index in range(4)]
    assert suspects([*HOME, *spread], CONNECTED) == ()
    assert len(suspects([*HOME, *spread[:3]], CONNECTED)) == 1


def test_a_negative_number_of_probes_is_refused() -> None:
    with pytest.raises(InvalidValueError, match="connected"):
        suspects(HOME, -1)


def test_probes_are_not_printed() -> None:
    assert "700" not in repr(SUSPECT)


# Is it the controller?


def test_a_failure_is_recognised() -> None:
    assert suspects(HOME, CONNECTED) == (SUSPECT,)
    assert finding() == Finding(elsewhere=30, countries=6)
    assert finding().is_failure


def objected(found: Finding, pattern: str) -> None:
    assert not found.is_failure
    assert re.search(pattern, found.objection or "")


def test_it_needs_ten_probes_elsewhere() -> None:
    assert finding(world=WORLD[:10]).is_failure
    objected(finding(world=WORLD[:9]), "only 9 probes in 6 other countries")


def test_it_needs_five_other_countries() -> None:
    five = {probe: country for probe, country in COUNTRIES.items() if country != "DE"}
    assert finding(countries=five).is_failure
    objected(finding(countries={p: c for p, c in five.items() if c != "FR"}), "in 4 other countries")


def test_the_own_country_is_not_elsewhere() -> None:
    assert finding(country="DE") == Finding(elsewhere=25, countries=5)


def test_an_entity_in_no_one_country_has_its_own_probes_at_home_only() -> None:
    own = {one.probe: "DE" for one in HOME}
    assert finding(country=None, world=[*WORLD, *HOME], countries=COUNTRIES | own) == Finding(30, 6)


def test_drops_from_other_controllers_or_at_other_times_do_not_count_elsewhere() -> None:
    other = [attrs.evolve(one, controller="ctr-nue16") for one in WORLD]
    objected(finding(world=other), "only 0 probes")
    late = [attrs.evolve(one, time=one.time + CLUMP + 40) for one in WORLD]
    objected(finding(world=late), "only 0 probes")
    soon = [attrs.evolve(one, time=one.time - CLUMP / 2) for one in WORLD]
    assert finding(world=soon).is_failure
    too_soon = [attrs.evolve(one, time=SUSPECT.end - CLUMP - 5) for one in WORLD]
    objected(finding(world=too_soon), "only 0 probes")
    assert finding(world=[attrs.evolve(one, time=one.time + 5) for one in too_soon]).is_failure
    connecting = [attrs.evolve(one, connected=True) for one in WORLD]
    objected(finding(world=connecting), "only 0 probes")


def test_ten_minutes_hold_the_suspect_and_all_elsewhere_together() -> None:
    """Not ten minutes before and ten after it: half of the drops at each side is half of them."""
    early = [attrs.evolve(one, time=T - 500) for one in WORLD[:15]]
    late = [attrs.evolve(one, time=T + 500) for one in WORLD[15:]]
    assert finding(world=early + late).elsewhere == 15


def test_a_cable_that_countries_share_is_no_controller() -> None:
    others = [drop(810_000 + index, 5.0, "ctr-nue16") for index in range(30)]
    where = COUNTRIES | {one.probe: "DE" for one in others}
    objected(finding(world=WORLD + others, countries=where), "30 probes of the same other countries")
    assert finding(world=WORLD + others[1:], countries=where).is_failure
    unstruck = COUNTRIES | {one.probe: "NZ" for one in others}
    assert finding(world=WORLD + others, countries=unstruck).is_failure


def test_more_drops_here_than_half_of_those_elsewhere_are_an_outage() -> None:
    twelve = [drop(700_001 + index, 2.0 * index) for index in range(12)]
    large = Suspect("ctr-ams03", T, T + 22, frozenset(one.probe for one in twelve))
    assert finding(events=twelve, suspect=large, connected=200, world=WORLD[:24]).is_failure
    objected(finding(events=twelve, suspect=large, connected=200, world=WORLD[:23]), "12 probes dropped here")


@given(st.integers(2, 16), st.floats(-1800, 1800))
def test_an_outage_at_the_same_time_is_never_hidden(others: int, after: float) -> None:
    """Two and more of the 16 probes on other controllers dropped as well."""
    outage = [drop(720_000 + index, after, f"ctr-nue{index % 5}") for index in range(others)]
    objected(finding(events=[*HOME, *outage]), f"{others} of the 16 probes here on other controllers")


def test_one_other_drop_is_let_pass_among_many_and_not_among_few() -> None:
    lone = [*HOME, drop(720_000, 60.0, "ctr-nue16")]
    assert finding(events=lone).is_failure
    assert finding(events=lone, connected=6).is_failure
    objected(finding(events=lone, connected=5), "1 of the 1 probes")


def test_four_per_cent_of_the_others_are_ordinary() -> None:
    def with_others(count: int) -> Finding:
        outage = [drop(720_000 + index, 60.0, f"ctr-nue{index % 5}") for index in range(count)]
        return finding(events=[*HOME, *outage], connected=104)

    assert with_others(4).is_failure
    objected(with_others(5), "5 of the 100")


def test_most_of_those_on_it_must_have_dropped() -> None:
    """Known to be on it: four more connected to it last, one more dropped from it later."""
    stayed = [back(730_000 + index, -9000.0 - index) for index in range(4)]
    later = drop(740_000, 20_000.0)
    assert finding(events=[*HOME, *stayed]).is_failure
    objected(finding(events=[*HOME, *stayed, later]), "only 4 of the 9")
    gone = [drop(730_000, -1000.0)]
    assert finding(events=[*HOME, *stayed, later, *gone]).is_failure
    moved = [back(730_000, -1000.0, "ctr-nue16")]
    assert finding(events=[*HOME, *stayed, later, *moved]).is_failure
    came = back(740_000, 19_000.0)
    assert finding(events=[*HOME, *stayed, came, later]).is_failure


# How long it lasts


def fault(
    events: Iterable[Change], *, until: float | None = None, found: Finding | None = None
) -> InstrumentFault | None:
    return controller_fault(
        SUSPECT, found or finding(), events=events, entity=Entity.parse("KE"), kind=KIND, until=until
    )


def test_it_lasts_until_nine_tenths_count_again_in_whole_bins() -> None:
    events = [*HOME, *(back(one.probe, 401.0 + 300 * index) for index, one in enumerate(HOME))]
    found = fault(events)
    assert found is not None
    assert found.window == TimeWindow(NOON, NOON + timedelta(minutes=55))  # the last one at 51:41
    assert found.entities == (Entity.parse("KE"),)
    assert found.kind == KIND
    assert found.text == (
        "the controller ctr-ams03 failed at 2024-03-04T12:00:00Z: 4 probes here and 30 in 6 other countries "
        "dropped from it within ten minutes; back by 2024-03-04T12:21:41Z: 4 of those here, each of which "
        "counts again once it has stayed for half an hour"
    )


def test_who_was_away_for_less_than_five_minutes_counts_all_the_while() -> None:
    """Only the drops themselves are covered: to hide more than the count lost would be too much."""
    events = [*HOME, *(back(one.probe, one.time - T + 299) for one in HOME)]
    found = fault(events)
    assert found is not None
    assert found.window == TimeWindow(NOON, NOON + timedelta(minutes=5))
    late = [*events[:-1], back(HOME[-1].probe, HOME[-1].time - T + 300)]
    longer = fault(late)
    assert longer is not None
    assert longer.window == TimeWindow(NOON, NOON + timedelta(minutes=40))  # 5 and a half, and 30


def test_nine_of_ten_are_enough() -> None:
    ten = [drop(700_001 + index) for index in range(10)]
    suspect = Suspect("ctr-ams03", T, T, frozenset(one.probe for one in ten))
    events = [*ten, *(back(one.probe, 60.0 + index) for index, one in enumerate(ten[:9]))]
    assert returns(suspect, events)[-1] == T + 68
    found = controller_fault(suspect, finding(), events=events, entity=Entity.parse("KE"), kind=KIND)
    assert found is not None
    assert found.window.duration == timedelta(minutes=5)


def test_it_lasts_two_hours_and_a_half_at_most_and_not_even_half_back_is_no_fault() -> None:
    two = [*HOME, *(back(one.probe, 60.0) for one in HOME[:2])]
    found = fault(two)
    assert found is not None
    assert found.window == TimeWindow(NOON, NOON + timedelta(minutes=155))
    assert "2 of those here" in found.text
    assert fault([*HOME, back(HOME[0].probe, 60.0), back(HOME[1].probe, LONGEST + 1)]) is None
    assert fault(HOME) is None


def test_while_it_lasts_it_is_a_fault_until_what_is_known() -> None:
    found = fault(HOME, until=T + 1000)
    assert found is not None
    assert found.window == TimeWindow(NOON, NOON + timedelta(minutes=20))
    assert "0 of those here" in found.text
    assert fault(HOME, until=T + LONGEST) is None
    again = [*HOME, *(back(one.probe, 400.0) for one in HOME)]
    soon = fault(again, until=T + 1000)
    assert soon is not None
    assert soon.window == found.window
    assert "4 of those here" in soon.text


def test_it_ends_where_probes_on_other_controllers_drop() -> None:
    """At home, where 20 are connected, two are a dent; who was gone for under five minutes was not gone."""
    away = [*HOME, *(back(one.probe, 3600.0) for one in HOME)]
    others = [drop(720_000 + index, 2000.0 + index, f"ctr-nue{index}") for index in range(2)]
    assert next_clump(SUSPECT, [*away, *others], CONNECTED) == T + 2000
    assert next_clump(SUSPECT, [*away, *others], 41) is None
    assert next_clump(SUSPECT, [*away, others[0]], CONNECTED) is None
    apart = drop(720_001, 2000.0 + CLUMP + 1, "ctr-nue1")
    assert next_clump(SUSPECT, [*away, others[0], apart], CONNECTED) is None
    blips = [back(one.probe, one.time - T + 299, one.controller) for one in others]
    assert next_clump(SUSPECT, [*away, *others, *blips], CONNECTED) is None
    lasting = [back(one.probe, one.time - T + 300, one.controller) for one in others]
    assert next_clump(SUSPECT, [*away, *others, *lasting], CONNECTED) == T + 2000
    again = [drop(one.probe, 4000.0, "ctr-nue0") for one in HOME]
    same = [attrs.evolve(one, controller="ctr-ams03") for one in others]
    assert next_clump(SUSPECT, [*away, *again, *same], CONNECTED) is None


def test_who_drops_again_within_the_ten_minutes_is_back_only_after_that() -> None:
    probe = HOME[0].probe
    suspect = attrs.evolve(SUSPECT, end=T + 400)
    events = [*HOME, back(probe, 100.0), drop(probe, 400.0), back(probe, 2000.0)]
    assert returns(suspect, events) == (T + 2000,)


def test_an_objection_is_no_fault() -> None:
    events = [*HOME, *(back(one.probe, 60.0) for one in HOME)]
    assert fault(events) is not None
    assert fault(events, found=Finding(30, 6, "it was not")) is None


def test_a_return_before_the_drop_and_a_second_return_do_not_count() -> None:
    probe = HOME[3].probe
    events = [*HOME, back(probe, 5.0), back(probe, 100.0), drop(probe, 200.0), back(probe, 300.0)]
    assert returns(SUSPECT, events) == (T + 100,)


def test_a_return_to_another_controller_counts() -> None:
    assert returns(SUSPECT, [*HOME, back(HOME[0].probe, 50.0, "ctr-nue16")]) == (T + 50,)


@given(
    st.dictionaries(st.sampled_from([one.probe for one in HOME]), st.floats(31, 20_000)),
    st.none() | st.floats(0, 20_000),
)
def test_a_window_holds_the_drops_and_ends_when_the_count_has_all_that_were_back_in_time(
    returned: dict[int, float], known: float | None
) -> None:
    events = [*HOME, *(back(probe, after) for probe, after in returned.items())]
    found = fault(events, until=None if known is None else T + known)
    last = LONGEST if known is None else min(LONGEST, max(known, SUSPECT.end - T))
    in_time = {probe: after for probe, after in returned.items() if after <= last}
    assert (found is None) == (last == LONGEST and len(in_time) < 2)
    if found is None:
        return
    left = {one.probe: one.time - T for one in HOME}
    counting = [
        left[probe] if after - left[probe] < 300 else after + SETTLING for probe, after in in_time.items()
    ]
    end = max(counting) if len(in_time) == len(HOME) else last + SETTLING
    if known is not None:
        end = min(end, known)
    end = max(end, SUSPECT.end - T)
    assert found.window.start == NOON
    assert timedelta(0) < found.window.end - (NOON + timedelta(seconds=end)) <= timedelta(minutes=5)
    assert not re.search(r"\d{6}", found.text)


def test_a_step_that_is_none_is_refused() -> None:
    with pytest.raises(InvalidValueError, match="step"):
        controller_fault(
            SUSPECT, finding(), events=HOME, entity=Entity.parse("KE"), kind=KIND, step=timedelta(0)
        )
