"""Values that cannot be: each is refused by field, in one line."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from shutdownkit.errors import InvalidValueError
from shutdownkit.model.claims import ClaimCheck, ClaimStatus
from shutdownkit.model.entity import Entity, EntityKind
from shutdownkit.model.episode import Episode
from shutdownkit.model.event import Event
from shutdownkit.model.kinds import KINDS, Plane, SignalKind, Statistic
from shutdownkit.model.series import TimeSeries
from shutdownkit.model.signal import Provenance, Signal
from shutdownkit.model.similarity import Similarity
from shutdownkit.model.verdict import Cause, CauseWeights
from shutdownkit.model.window import TimeWindow
from shutdownkit.report.content import Coverage

BELARUS = Entity.parse("BY")
PROBING = KINDS["probing.up-slash24s"]
WINDOW = TimeWindow("2020-08-09", "2020-08-10")
SERIES = TimeSeries("2020-08-09", timedelta(minutes=10), [1.0, 2.0])
WRONG: Any = object()


def event(**changes: Any) -> Event:
    fields: dict[str, Any] = {"kind": PROBING, "entity": BELARUS, "window": WINDOW, "depth": 0.5}
    return Event(**fields | changes)


def on_grid(start: str, step: int, values: list[float]) -> Signal:
    weights = TimeSeries(start, timedelta(seconds=step), values)
    return Signal(PROBING, BELARUS, SERIES, weights=weights)


@pytest.mark.parametrize(
    ("make", "field"),
    [
        (lambda: Entity.parse(WRONG), "entity"),
        (lambda: Entity(WRONG, "BY"), "Entity.kind"),
        (lambda: Entity(EntityKind.COUNTRY, WRONG), "Entity.code"),
        (lambda: Entity(EntityKind.COUNTRY, "BY", "UA"), "Entity.country"),
        (lambda: Entity(EntityKind.REGION, " x", "BY"), "Entity.code"),
        (lambda: Entity(EntityKind.REGION, "a\x00b", "BY"), "Entity.code"),
        (lambda: Entity(EntityKind.ASN, "6697"), "Entity.code"),
        (lambda: Entity(EntityKind.ASN, "AS06697"), "Entity.code"),
        (lambda: Entity(EntityKind.ASN, "AS6697", "BY"), "Entity.country"),
        (lambda: TimeWindow(WRONG, "2020-08-09"), "TimeWindow.start"),
        (lambda: TimeWindow("9999-12-31T23:59:59-01:00", "2020-08-09"), "TimeWindow.start"),
        (lambda: TimeSeries("2020-08-09", WRONG, ()), "TimeSeries.step"),
        (lambda: TimeSeries("2020-08-09", timedelta(days=900_000_000), [1, 2]), "TimeSeries.step"),
        (lambda: TimeSeries("2020-08-09", timedelta(1), WRONG), "TimeSeries.values"),
        (lambda: TimeSeries("2020-08-09", timedelta(1), [[1.0], [2.0]]), "TimeSeries.values"),
        (lambda: SignalKind("a.b", " ", Plane.ROUTING), "SignalKind.unit"),
        (lambda: SignalKind("a.b", "u", WRONG), "SignalKind.plane"),
        (lambda: SignalKind("a.b", "u", Plane.ROUTING, maximum=0.0), "SignalKind.maximum"),
        (lambda: SignalKind("a.b", "u", Plane.ROUTING, minimum=float("nan")), "SignalKind.minimum"),
        (lambda: SignalKind("a.b", "u", Plane.ROUTING, statistic=Statistic.SHARE), "SignalKind.maximum"),
        (lambda: Provenance(retrieved=datetime(2020, 8, 9)), "Provenance.retrieved"),
        (lambda: Provenance(source=WRONG), "Provenance.source"),
        (lambda: Signal(WRONG, BELARUS, SERIES), "Signal.kind"),
        (lambda: on_grid("2020-08-10", 600, [1, 1]), "Signal.weights"),
        (lambda: on_grid("2020-08-09", 300, [1, 1]), "Signal.weights"),
        (lambda: on_grid("2020-08-09", 600, [1]), "Signal.weights"),
        (lambda: on_grid("2020-08-09", 600, [1, -1]), "Signal.weights.values[1]"),
        (lambda: event(depth=True), "Event.depth"),
        (lambda: event(ongoing=1), "Event.ongoing"),
        (lambda: event(subject=""), "Event.subject"),
        (lambda: event(step=timedelta(0)), "Event.step"),
        (lambda: event(fall=timedelta(-1)), "Event.fall"),
        (lambda: event(ongoing=True, rise=timedelta(0)), "Event.rise"),
        (lambda: Episode(BELARUS, WINDOW, WRONG), "Episode.events"),
        (lambda: Episode(BELARUS, WINDOW, (event(), WRONG)), "Episode.events[1]"),
        (lambda: CauseWeights({WRONG: 1.0}), "CauseWeights key"),
        (lambda: CauseWeights({Cause.POWER: float("nan")}), "CauseWeights.power"),
        (lambda: Similarity(0.5, "abc", (), None), "Similarity.agreements"),  # type: ignore[arg-type]
        (lambda: Similarity(0.5, (), (), WRONG), "Similarity.consistent"),
        (lambda: ClaimCheck(Cause.ATTACK, ClaimStatus.CONSISTENT, WRONG, ()), "ClaimCheck.weight"),
    ],
)
def test_the_field_is_named(make: Callable[[], object], field: str) -> None:
    with pytest.raises(InvalidValueError) as caught:
        make()
    assert caught.value.field == field
    assert str(caught.value).startswith(f"{field}: ")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("measured", 1.5),
        ("step", timedelta(seconds=-5)),
        ("step", timedelta(0)),
        ("history", timedelta(seconds=-1)),
        ("first", datetime(2020, 8, 9)),
        ("source", ""),
    ],
)
def test_a_coverage_that_cannot_be_is_refused(field: str, value: object) -> None:
    fields: dict[str, object] = {
        "kind": KINDS["traffic.search"],
        "entity": Entity.parse("BY"),
        "subject": None,
        "measured": 1.0,
        "step": timedelta(minutes=5),
        "history": timedelta(0),
        "first": None,
        "last": None,
        "source": "ioda",
        "licence": "not stated",
    }
    Coverage(**fields)  # type: ignore[arg-type]
    with pytest.raises(InvalidValueError) as caught:
        Coverage(**(fields | {field: value}))  # type: ignore[arg-type]
    assert caught.value.field == f"Coverage.{field}"
