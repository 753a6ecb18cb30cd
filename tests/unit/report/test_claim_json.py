"""The JSON of answers, context and claims: its documented shape, and what a reader says of a bad one."""

from __future__ import annotations

import json
from typing import Any

import jsonschema
import pytest

from shutdownkit.errors import CallerError
from shutdownkit.model.knowledge import Intent, Knowledge
from shutdownkit.model.verdict import Basis
from shutdownkit.report.earlier import NOT_SAID
from shutdownkit.report.report import Report
from shutdownkit.report.schema import report_schema
from tests.unit.report.claim_samples import context_report, context_verdict

EPISODE = ("episodes", 0)
CLAIM = (*EPISODE, "claims", 0)
PREDICTION = (*CLAIM, "predictions", 1)
ANSWERS = ("intent", "undecided", "knowledge", "p_measured", "causes_measured", "claims")


def plain() -> Any:
    return json.loads(context_report().to_json())


def test_the_documented_shape_of_an_answer() -> None:
    document = plain()
    (episode,) = document["episodes"]
    assert document["as_of"] == "2020-08-12T00:00:00Z"
    assert (episode["intent"], episode["undecided"]) == ("deliberate", [])
    assert episode["knowledge"] == "hindsight"
    assert (episode["p_deliberate"], episode["p_measured"]) == (0.968, 0.912)
    assert episode["causes_measured"]["deliberate"] == 0.912
    bases = [one["basis"] for one in episode["evidence"]]
    assert bases == ["context", *["measured"] * 5, "context"]
    assert list(episode)[13:] == list(ANSWERS)


def test_the_documented_shape_of_a_claim() -> None:
    first, second = plain()["episodes"][0]["claims"]
    assert list(first) == ["claim", "status", "weight", "reasons", "predictions", "statement"]
    assert (first["claim"], first["status"], first["weight"]) == ("attack", "inconsistent", -3.2)
    assert len(first["reasons"]) == 1
    assert first["predictions"][1] == {
        "text": "It ends in pulses",
        "seen": "not_seen",
        "because": "it ended on the hour",
        "weight": -1.0,
        "source": "Jonker 2017",
    }
    assert first["statement"] == {
        "kind": "statement",
        "entity": "BY",
        "window": {"start": "2020-08-09T00:00:00Z", "end": "2020-08-10T00:00:00Z"},
        "text": "Our network is under attack from abroad",
        "source": "Beltelecom",
        "independent": False,
        "claims": "attack",
    }
    assert (second["status"], second["reasons"], second["predictions"]) == ("untestable", [], [])


def test_why_there_is_no_answer_is_written() -> None:
    reasons = ("Only one plane saw it.", "Nothing bears on the cause.")
    content = context_report(context_verdict(Intent.UNDETERMINED, reasons, Knowledge.ONSET))
    (episode,) = json.loads(content.to_json())["episodes"]
    assert (episode["intent"], episode["undecided"]) == ("undetermined", list(reasons))
    assert episode["knowledge"] == "onset"
    assert Report.from_json(content.to_json()) == content


def test_what_an_earlier_version_wrote_gives_no_answer() -> None:
    document = plain()
    del document["as_of"]
    (episode,) = document["episodes"]
    for key in ANSWERS:
        del episode[key]
    for one in episode["evidence"]:
        del one["basis"]
    back = Report.from_json(json.dumps(document))
    attribution = back.episodes[0].verdict.attribution
    assert back.as_of is None
    assert (attribution.intent, attribution.undecided) == (Intent.UNDETERMINED, (NOT_SAID,))
    assert attribution.knowledge is Knowledge.HINDSIGHT
    assert attribution.measured == attribution.probabilities
    assert attribution.p_measured == 0.968
    assert {one.basis for one in attribution.evidence} == {Basis.MEASURED}
    assert back.episodes[0].claims == ()


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        (("as_of",), "yesterday", "as_of: 'yesterday' is not an ISO"),
        ((*EPISODE, "p_measured"), 0.968, "episodes[0].p_measured: 0.968 is not 0.912, as causes_measured"),
        ((*EPISODE, "p_deliberate"), 0.912, "episodes[0].p_deliberate: 0.912 is not 0.968, as causes.del"),
        ((*EPISODE, "causes_measured", "power"), 0.5, "episodes[0].causes_measured: "),
        ((*EPISODE, "causes_measured"), None, "episodes[0].causes_measured: None is not an object"),
        ((*EPISODE, "intent"), "yes", "episodes[0].intent: 'yes' is none of deliberate, spontaneous"),
        ((*EPISODE, "intent"), "undetermined", "episodes[0].undecided: () does not go with the intent und"),
        ((*EPISODE, "undecided"), ["Why."], "episodes[0].undecided: ('Why.',) does not go with the intent"),
        ((*EPISODE, "undecided"), [5], "episodes[0].undecided[0]: 5 is not text"),
        ((*EPISODE, "undecided"), "Why.", "episodes[0].undecided: 'Why.' is not a list"),
        ((*EPISODE, "knowledge"), None, "episodes[0].knowledge: None is none of onset, end, hindsight"),
        ((*EPISODE, "evidence", 0, "basis"), "", "episodes[0].evidence[0].basis: '' is none of measured, c"),
        ((*EPISODE, "claims"), {}, "episodes[0].claims: {} is not a list"),
        ((*CLAIM, "claim"), "cable", "episodes[0].claims[0].claim: 'cable' is not what statement.claims s"),
        ((*CLAIM, "statement", "claims"), None, "episodes[0].claims[0].claim: 'attack' is not what stateme"),
        ((*CLAIM, "statement", "kind"), "coup", "episodes[0].claims[0].statement.claims: 'attack' is give"),
        ((*CLAIM, "statement", "source"), "", "episodes[0].claims[0].statement.source: '' is empty"),
        ((*CLAIM, "status"), "true", "episodes[0].claims[0].status: 'true' is none of consistent, inc"),
        ((*CLAIM, "weight"), None, "episodes[0].claims[0].weight: None is not a number"),
        ((*CLAIM, "reasons", 0), 1, "episodes[0].claims[0].reasons[0]: 1 is not text"),
        ((*PREDICTION, "seen"), "missing", "episodes[0].claims[0].predictions[1].weight: -1.0 is not 0"),
        ((*PREDICTION, "because"), " ", "episodes[0].claims[0].predictions[1].because: ' ' is empty"),
    ],
)
def test_the_first_part_at_fault_is_named(path: tuple[str | int, ...], value: object, message: str) -> None:
    document = plain()
    holder = document
    for key in path[:-1]:
        holder = holder[key]
    holder[path[-1]] = value
    with pytest.raises(CallerError) as caught:
        Report.from_json(json.dumps(document))
    assert str(caught.value).startswith(message)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("as_of",), "2020-08-12"),
        ((*EPISODE, "intent"), "yes"),
        ((*EPISODE, "undecided"), None),
        ((*EPISODE, "p_measured"), 1.0),
        ((*EPISODE, "causes_measured"), {}),
        ((*CLAIM, "statement", "kind"), "coup"),
        ((*CLAIM, "statement", "claims"), None),
        ((*CLAIM, "claim"), None),
        ((*PREDICTION, "seen"), "unseen"),
    ],
)
def test_what_is_of_another_form_is_not_of_the_schema(path: tuple[str | int, ...], value: object) -> None:
    validator = jsonschema.Draft202012Validator(report_schema())
    document = plain()
    validator.validate(document)
    holder = document
    for key in path[:-1]:
        holder = holder[key]
    holder[path[-1]] = value
    assert not validator.is_valid(document)
