"""The JSON of a report: its documented shape, its schema, and what a reader says of a bad one."""

from __future__ import annotations

import json
from typing import Any

import attrs
import jsonschema
import pytest

from shutdownkit.errors import CallerError
from shutdownkit.model.account import BlindSpot, SourceFailure
from shutdownkit.model.claims import ClaimStatus, Prediction, Seen
from shutdownkit.model.context import ContextEvent
from shutdownkit.model.kinds import KINDS, Aspect, Direction, Plane, SignalKind, Statistic
from shutdownkit.model.knowledge import Intent, Knowledge
from shutdownkit.model.reach import Blocking, Discards, NetworkReach, Reach, ServiceReach
from shutdownkit.model.service_tests import Layer
from shutdownkit.model.verdict import Basis, Cause, Condition, Evidence, Mechanism, Stance
from shutdownkit.report.claim_forms import ClaimForm
from shutdownkit.report.content import Coverage, Trace
from shutdownkit.report.episode_forms import EpisodeForm, SignalForm
from shutdownkit.report.report import Report
from shutdownkit.report.schema import report_schema
from shutdownkit.report.service_forms import BlockForm
from tests.unit.report.samples import ACME, BELARUS, PROBING, quiet_report, report


def plain() -> Any:
    return json.loads(report().to_json())


def refusal(document: object) -> str:
    text = document if isinstance(document, str) else json.dumps(document)
    with pytest.raises(CallerError) as caught:
        Report.from_json(text)
    return str(caught.value)


def test_the_documented_shape() -> None:
    document = plain()
    assert document["schema_version"] == 1
    assert document["entity"] == "BY"
    assert document["window"] == {"start": "2020-08-08T00:00:00Z", "end": "2020-08-12T00:00:00Z"}
    assert document["condition"] == "outage"
    assert document["ruleset"] == "2026.2"
    (episode,) = document["episodes"]
    assert episode["id"] == "BY-2020-08-09T18"
    assert (episode["start"], episode["end"]) == ("2020-08-09T18:00:00Z", "2020-08-11T06:20:00Z")
    assert (episode["condition"], episode["mechanism"]) == ("outage", "filtering")
    assert episode["p_deliberate"] == episode["causes"]["deliberate"] == 0.968
    assert episode["evidence"][0] == {
        "rule": "timing.local-hour",
        "stance": "for",
        "weight": 1.2,
        "text": "It began at the full hour, local time.",
        "source": "Bischof and others 2023, figure 4",
        "causes": {"deliberate": 1.0, "power": -0.2},
        "basis": "measured",
    }
    assert episode["signals"] == [
        {
            "kind": "probing.up-slash24s",
            "entity": "BY",
            "subject": None,
            "start": "2020-08-09T18:00:00Z",
            "end": "2020-08-11T06:20:00Z",
            "seen_until": "2020-08-11T06:20:00Z",
            "depth": 0.8,
            "peak": 0.95,
            "step": 600,
            "fall": 1200,
            "rise": 0,
        }
    ]
    assert [kind["name"] for kind in document["kinds"]] == ["acme.cdn-requests"]
    assert document["traces"][1]["kind"] == "acme.cdn-requests"
    assert document["traces"][1]["series"]["values"] == [1.0, None, 0.0, 2.0]


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        (("schema_version",), 2, "schema_version: 2 is newer than 1, the newest that can be read here"),
        (("schema_version",), "1", "schema_version: '1' is not a schema version"),
        (("schema_version",), True, "schema_version: True is not a schema version"),
        (("schema_version",), 0, "schema_version: 0 is not a schema version"),
        (("entity",), "Belarus", "entity: 'Belarus' is not a country (BY), a network"),
        (("window", "end"), "2020-08-07", "window.end: '2020-08-07T00:00:00Z' is before the start"),
        (("window", "start"), "2020-08-08T00:00", "window.start: "),
        (("condition",), "shutdown", "condition: 'shutdown' is none of normal, outage, degraded"),
        (("episodes", 0, "end"), 5, "episodes[0].end: 5 is not text"),
        (("episodes", 0, "end"), "2020-08-11", "episodes[0].seen_until: "),
        (("episodes", 0, "start"), "2021-01-01", "episodes[0].end: "),
        (("episodes", 0, "start"), "9999-12-31T23:59:59Z", "episodes[0].end: "),
        (("episodes", 0, "entity"), "UA", "episodes[0].signals[0].entity: 'BY' is not UA"),
        (("episodes", 0, "p_deliberate"), 0.5, "episodes[0].p_deliberate: 0.5 is not 0.968, as causes"),
        (("episodes", 0, "causes"), {"power": 1}, "episodes[0].causes: {'power': 1} has no probability"),
        (("episodes", 0, "causes", "power"), "?", "episodes[0].causes.power: '?' is not a number"),
        (("episodes", 0, "causes", "power"), 0.5, "episodes[0].causes: "),
        (("episodes", 0, "causes", "weather"), 0.5, "episodes[0].causes: 'weather' is none of deliberate"),
        (
            ("episodes", 0, "evidence", 1, "weight"),
            -1,
            "episodes[0].evidence[1].weight: -1.0 does not go with the stance for",
        ),
        (("episodes", 0, "signals", 0, "depth"), 1.5, "episodes[0].signals[0].depth: 1.5 is over 1"),
        (("episodes", 0, "signals", 0, "peak"), -1, "episodes[0].signals[0].peak: -1.0 is under 0"),
        (
            ("episodes", 0, "signals", 0, "kind"),
            "acme.other",
            "episodes[0].signals[0].kind: 'acme.other' is neither built in nor defined under kinds",
        ),
        (("episodes", 0, "signals", 0, "kind"), {"name": "a.b"}, "episodes[0].signals[0].kind: "),
        (("episodes", 0, "signals", 0, "step"), 0, "episodes[0].signals[0].step: "),
        (("episodes", 0, "signals"), {}, "episodes[0].signals: {} is not a list"),
        (("coverage", 0, "measured"), None, "coverage[0].measured: None is not a number"),
        (("coverage", 0, "step"), 1e300, "coverage[0].step: 1e+300 is not a possible number of seconds"),
        (("failures", 0), "ooni", "failures[0]: 'ooni' is not an object"),
        (("faults", 0, "entities", 1), "", "faults[0].entities[1]: '' is not a country"),
        (("notices",), "none", "notices: 'none' is not a list"),
        (("traces", 0, "series", "values", 3), "1", "traces[0].series.values[3]: '1' is not a number"),
        (("traces", 0, "series", "values", 3), 10**400, "traces[0].series.values[3]: "),
        (("kinds", 0, "name"), "CDN", "kinds[0].name: 'CDN' is not of the form"),
        (("kinds",), [], "traces[1].kind: 'acme.cdn-requests' is neither built in nor defined"),
    ],
)
def test_the_first_part_at_fault_is_named(path: tuple[str | int, ...], value: object, message: str) -> None:
    document = plain()
    holder = document
    for key in path[:-1]:
        holder = holder[key]
    holder[path[-1]] = value
    error = refusal(document)
    assert error.startswith(message)
    assert "\n" not in error


def test_an_id_that_is_not_the_episode_s_is_refused() -> None:
    document = plain()
    late = "9999-12-31T23:59:59Z"
    document["episodes"][0] |= {"start": late, "end": late, "seen_until": late}
    assert refusal(document).startswith("episodes[0].id: ")
    assert "9999-12-31T23" in refusal(document)


def test_a_kind_defined_twice_is_refused() -> None:
    document = plain()
    document["kinds"] *= 2
    assert refusal(document) == "kinds[1].name: 'acme.cdn-requests' is defined twice"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "report: not JSON: Expecting value (line 1, column 1)"),
        ("{", "report: not JSON: "),
        ("[]", "report: [] is not an object"),
        ("{}", "schema_version: is missing"),
        ('{"schema_version": 1}', "kinds: is missing"),
        ('{"schema_version": NaN}', "report: not JSON: it holds NaN"),
        ('{"entity": "BY", "entity": "UA"}', "report: the key 'entity' stands twice in one object"),
        ("[" * 100_000, "report: the JSON is nested too deeply"),
        ("1" * 5000, "report: not JSON that can be read: "),
    ],
)
def test_what_is_no_report_is_refused(text: str, message: str) -> None:
    assert refusal(text).startswith(message)


def test_deep_nesting_inside_a_report_is_refused_in_one_line() -> None:
    deep: object = 1
    for _ in range(900):
        deep = [deep]
    document = plain() | {"entity": deep}
    assert refusal(document).startswith(("entity: ", "report: the JSON is nested too deeply"))


def test_two_different_kinds_of_one_name_cannot_be_written() -> None:
    base = report()
    impostor = attrs.evolve(ACME, unit="other requests")
    both = attrs.evolve(base, traces=(*base.traces, attrs.evolve(base.traces[1], kind=impostor)))
    with pytest.raises(CallerError, match=r"^kinds: two different kinds .* named acme\.cdn-requests$"):
        both.to_json()


def test_a_kind_with_a_built_in_name_and_another_meaning_is_defined() -> None:
    other = SignalKind(PROBING.name, "percent", Plane.PROBING, maximum=100.0)
    base = quiet_report()
    series = report().traces[0].series
    content = attrs.evolve(base, traces=(Trace(other, BELARUS, None, series),))
    assert json.loads(content.to_json())["kinds"][0]["maximum"] == 100.0
    assert Report.from_json(content.to_json()) == content
    assert Report.from_json(content.to_json()).traces[0].kind != KINDS[PROBING.name]


# --- schema


def every_schema(schema: Any) -> list[dict[str, Any]]:
    """A schema and all within it."""
    inner = [*schema.get("properties", {}).values(), *schema.get("anyOf", [])]
    inner += [schema["items"]] if "items" in schema else []
    return [schema, *(found for part in inner for found in every_schema(part))]


def test_the_schema_is_a_schema_and_describes_every_key() -> None:
    schema = report_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    for part in every_schema(schema):
        for name, described in part.get("properties", {}).items():
            assert described.get("description", "").endswith("."), name
        assert "additionalProperties" not in part


LATER_KEYS = {
    report_schema()["description"]: {"services", "as_of"},
    "One episode and what it was.": {
        "blocking",
        "intent",
        "undecided",
        "knowledge",
        "p_measured",
        "causes_measured",
        "claims",
    },
    "What one rule concluded.": {"basis"},
}
"""Keys that some earlier version did not write, by what they are part of."""


def test_the_schema_has_the_keys_of_the_forms() -> None:
    properties = report_schema()["properties"]

    def keys(schema: Any) -> list[str]:
        later = LATER_KEYS.get(schema.get("description", ""), set())
        assert schema["required"] == [name for name in schema["properties"] if name not in later]
        return list(schema["properties"])

    def fields(cls: Any) -> list[str]:
        return [field.name for field in attrs.fields(cls)]

    episode = properties["episodes"]["items"]
    assert keys(report_schema()) == ["schema_version", *fields(Report), "kinds"]
    assert keys(episode) == fields(EpisodeForm)
    assert keys(episode["properties"]["signals"]["items"]) == fields(SignalForm)
    assert keys(properties["coverage"]["items"]) == fields(Coverage)
    assert keys(properties["failures"]["items"]) == fields(SourceFailure)
    assert keys(properties["blind_spots"]["items"]) == fields(BlindSpot)
    assert keys(properties["traces"]["items"]) == fields(Trace)
    assert keys(properties["kinds"]["items"]) == fields(SignalKind)
    (blocking,) = [part for part in episode["properties"]["blocking"]["anyOf"] if "properties" in part]
    service = properties["services"]["items"]
    assert keys(blocking) == fields(Blocking)
    assert keys(blocking["properties"]["blocks"]["items"]) == fields(BlockForm)
    assert keys(service) == fields(ServiceReach)
    assert keys(service["properties"]["networks"]["items"]) == fields(NetworkReach)
    assert keys(service["properties"]["discards"]["items"]) == fields(Discards)
    assert keys(episode["properties"]["causes"]) == [cause.value for cause in Cause]
    assert keys(episode["properties"]["causes_measured"]) == [cause.value for cause in Cause]
    assert keys(episode["properties"]["evidence"]["items"]) == fields(Evidence)
    claim = episode["properties"]["claims"]["items"]
    assert keys(claim) == fields(ClaimForm)
    assert keys(claim["properties"]["predictions"]["items"]) == fields(Prediction)
    assert keys(claim["properties"]["statement"]) == fields(ContextEvent)


def test_the_schema_has_every_member_of_the_enumerations() -> None:
    found = {tuple(part["enum"]) for part in every_schema(report_schema()) if "enum" in part}
    classes = (Condition, Mechanism, Stance, Plane, Direction, Statistic, Aspect, Reach, Layer)
    answers = (Intent, Knowledge, Basis, Cause, ClaimStatus, Seen)
    assert found == {tuple(member.value for member in cls) for cls in (*classes, *answers)}
