"""Plain forms: known answers, and what a reader says of bad ones."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from shutdownkit.errors import CallerError, InvalidValueError
from shutdownkit.model.claims import ClaimCheck, ClaimStatus, Prediction, Seen
from shutdownkit.model.codec import from_plain, to_plain
from shutdownkit.model.entity import Entity
from shutdownkit.model.episode import Episode
from shutdownkit.model.event import Event
from shutdownkit.model.kinds import KINDS, Plane, SignalKind
from shutdownkit.model.series import TimeSeries
from shutdownkit.model.signal import Provenance, Signal
from shutdownkit.model.verdict import Basis, Cause, CauseProbabilities, CauseWeights, Evidence, Stance
from shutdownkit.model.window import TimeWindow

WINDOW = TimeWindow("2020-08-09T18:00:00Z", "2020-08-10T00:00:00.25Z")
BELARUS = Entity.parse("by")
LOSS = KINDS["probing.loss"]
EVENT = Event(LOSS, BELARUS, WINDOW, 0.5, step=timedelta(seconds=600))
EPISODE = Episode(BELARUS, WINDOW, (EVENT,))
ACME = SignalKind("acme.cdn-requests", "requests", Plane.TRAFFIC)

EVENT_PLAIN = {
    "kind": "probing.loss",
    "entity": "BY",
    "window": {"start": "2020-08-09T18:00:00Z", "end": "2020-08-10T00:00:00.250000Z"},
    "depth": 0.5,
    "subject": None,
    "ongoing": False,
    "peak": 0.5,
    "step": 600,
    "fall": None,
    "rise": None,
}


@pytest.mark.parametrize(
    ("value", "plain"),
    [
        (BELARUS, "BY"),
        (Entity.parse("as6697"), "AS6697"),
        (Entity.parse("us/LA"), "US/LA"),
        (LOSS, "probing.loss"),
        (
            ACME,
            {
                "name": "acme.cdn-requests",
                "unit": "requests",
                "plane": "traffic",
                "bad": "down",
                "statistic": "level",
                "aspect": "reach",
                "minimum": 0.0,
                "maximum": None,
            },
        ),
        (
            TimeSeries("2020-08-09", 0.5, [1, float("nan"), 0]),
            {"start": "2020-08-09T00:00:00Z", "step": 0.5, "values": [1.0, None, 0.0]},
        ),
        (EVENT, EVENT_PLAIN),
        (
            EPISODE,
            {
                "entity": "BY",
                "window": EVENT_PLAIN["window"],
                "events": [EVENT_PLAIN],
                "ongoing": False,
            },
        ),
        (CauseWeights({Cause.POWER: -0.5, Cause.CABLE: 0.0}), {"power": -0.5}),
        (
            CauseProbabilities(dict.fromkeys(Cause, 0.125)),
            {cause.name.lower(): 0.125 for cause in Cause},
        ),
        (
            ClaimCheck(Cause.UNKNOWN_TECHNICAL, ClaimStatus.UNTESTABLE, 0.0, ("No data.",)),
            {
                "claim": "unknown_technical",
                "status": "untestable",
                "weight": 0.0,
                "reasons": ["No data."],
                "predictions": [],
            },
        ),
        (
            Prediction("Delays rise.", Seen.NOT_SEEN, "They did not.", -1.5, "Benson 2013"),
            {
                "text": "Delays rise.",
                "seen": "not_seen",
                "because": "They did not.",
                "weight": -1.5,
                "source": "Benson 2013",
            },
        ),
        (
            Evidence("context.order", Stance.FOR, 2.5, "An order.", "A proposal", basis=Basis.CONTEXT),
            {
                "rule": "context.order",
                "stance": "for",
                "weight": 2.5,
                "text": "An order.",
                "source": "A proposal",
                "causes": {},
                "basis": "context",
            },
        ),
        (
            Provenance("ioda", "terms", retrieved=datetime(2024, 2, 29, tzinfo=UTC)),
            {
                "source": "ioda",
                "licence": "terms",
                "url": None,
                "retrieved": "2024-02-29T00:00:00Z",
                "note": "",
            },
        ),
    ],
)
def test_known_plain_forms(value: object, plain: object) -> None:
    assert to_plain(value) == plain
    assert from_plain(type(value), plain) == value


def test_a_kind_with_a_built_in_name_and_another_meaning_is_written_out() -> None:
    other = SignalKind(LOSS.name, LOSS.unit, LOSS.plane)
    assert to_plain(other)["name"] == LOSS.name
    assert from_plain(SignalKind, to_plain(other)) == other != LOSS


def test_weights_come_with_a_signal() -> None:
    series = TimeSeries("2020-08-09", 600, [1.0, 2.0])
    signal = Signal(LOSS, BELARUS, series, weights=TimeSeries("2020-08-09", 600, [10, float("nan")]))
    assert to_plain(signal)["weights"]["values"] == [10.0, None]


@pytest.mark.parametrize(
    ("cls", "plain", "message"),
    [
        (Episode, 4, "Episode: 4 is not an object"),
        (Episode, {"entity": "BY"}, "window: is missing"),
        (Entity, "QQ", "Entity: 'QQ' is not a country (BY), a network"),
        (TimeWindow, {"start": "2020-01-02", "end": "2020-01-01"}, "TimeWindow.end: "),
        (SignalKind, "acme.unknown", "SignalKind: 'acme.unknown' is not the name of a built-in kind"),
        (TimeSeries, {"start": "2020-01-01", "step": 1, "values": [1, True]}, "values[1]: True is not a"),
        (TimeSeries, {"start": "2020-01-01", "step": 1, "values": [1, "1"]}, "values[1]: '1' is not a"),
        (TimeSeries, {"start": "2020-01-01", "step": True, "values": []}, "step: True is not a number"),
        (TimeSeries, {"start": "2020-01-01", "step": 1, "values": "12"}, "values: '12' is not a list"),
        (TimeSeries, {"start": "2020-01-01", "step": 1, "values": [10**400]}, "values[0]: "),
        (TimeSeries, {"start": "2020-01-01", "step": 1e300, "values": []}, "step: 1e+300 is not a poss"),
        (CauseWeights, {"weather": 1.0}, "CauseWeights: 'weather' is none of deliberate, power"),
        (CauseWeights, {"power": float("inf")}, "causes.power: inf is not finite"),
        (CauseProbabilities, {"power": 1.0}, "CauseProbabilities: {'power': 1.0} has no probability"),
        (int, 3, "cls: <class 'int'> is not a class whose values have a plain form"),
    ],
)
def test_bad_plain_forms(cls: type, plain: object, message: str) -> None:
    with pytest.raises(CallerError) as caught:
        from_plain(cls, plain)
    assert str(caught.value).startswith(message)


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        ("depth", 1.5, "events[0].depth: 1.5 is over 1"),
        ("depth", "0.5", "events[0].depth: '0.5' is not a number"),
        ("ongoing", 1, "events[0].ongoing: 1 is neither true nor false"),
        ("subject", 5, "events[0].subject: 5 is not text"),
        ("step", 0, "events[0].step: datetime.timedelta(0) is zero"),
        ("entity", "UA", "events[0]: 'UA' is not of BY"),
        ("window", {"start": "2020-01-01", "end": "never"}, "events[0].window.end: 'never' is not an ISO"),
        ("kind", "x.y", "events[0].kind: 'x.y' is not the name of a built-in kind"),
    ],
)
def test_errors_name_the_path(key: str, value: object, message: str) -> None:
    plain = to_plain(EPISODE)
    plain["events"][0][key] = value
    with pytest.raises(CallerError) as caught:
        from_plain(Episode, plain)
    assert str(caught.value).removeprefix("Episode.").startswith(message)


def test_what_has_no_plain_form_is_refused() -> None:
    with pytest.raises(InvalidValueError, match=r"^value: 3 is not a value that has a plain form$"):
        to_plain(3)


def test_a_duration_that_seconds_do_not_hold_is_refused() -> None:
    long_and_fine = TimeSeries("2020-01-01", timedelta(days=900_000, microseconds=1), ())
    with pytest.raises(InvalidValueError, match="has microseconds, and too many seconds"):
        to_plain(long_and_fine)
    whole = TimeSeries("2020-01-01", timedelta(days=900_000), ())
    assert from_plain(TimeSeries, to_plain(whole)) == whole
