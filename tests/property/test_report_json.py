"""The JSON of a report: nothing lost, always of the documented form, and refused where it is not."""

from __future__ import annotations

import copy
import json
from typing import Any

import attrs
import jsonschema
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from shutdownkit.errors import CallerError
from shutdownkit.model.kinds import KINDS
from shutdownkit.model.knowledge import Intent, Knowledge
from shutdownkit.model.verdict import Attribution, Basis, Cause
from shutdownkit.report.claim_forms import ClaimForm
from shutdownkit.report.content import EpisodeVerdict
from shutdownkit.report.earlier import NOT_SAID
from shutdownkit.report.episode_forms import EpisodeForm, SignalForm
from shutdownkit.report.json_form import report_plain
from shutdownkit.report.report import Report
from shutdownkit.report.schema import report_schema
from shutdownkit.report.service_forms import BlockForm
from shutdownkit.testing.strategies import reports

VALIDATOR = jsonschema.Draft202012Validator(report_schema())

REPORT_KEYS = [
    "schema_version",
    "entity",
    "window",
    "condition",
    "episodes",
    "coverage",
    "failures",
    "blind_spots",
    "faults",
    "notices",
    "ruleset",
    "licences",
    "traces",
    "services",
    "as_of",
    "kinds",
]

ANSWER_KEYS = {"intent", "undecided", "knowledge", "p_measured", "causes_measured", "claims"}
"""Keys of an episode that came together, with ``basis`` of evidence and ``as_of`` of the report."""

Path = tuple[str | int, ...]


def paths(part: object, here: Path = ()) -> list[Path]:
    """The path to every value in a document, the root apart."""
    inner: list[tuple[str | int, object]] = []
    if isinstance(part, dict):
        inner = list(part.items())
    elif isinstance(part, list):
        inner = list(enumerate(part))
    return [path for key, value in inner for path in [(*here, key), *paths(value, (*here, key))]]


def parent_of(document: Any, path: Path) -> Any:
    for key in path[:-1]:
        document = document[key]
    return document


def written(path: Path) -> str:
    """A path as errors write it."""
    text = "".join(f"[{key}]" if isinstance(key, int) else f".{key}" for key in path)
    return text.removeprefix(".")


def is_optional(path: Path) -> bool:
    """Whether a key may be left out: a weight of evidence, where that means 0, or a key added later."""
    return (len(path) > 2 and path[-2] == "causes" and "evidence" in path) or is_later(path)


def is_later(path: Path) -> bool:
    """Whether earlier versions wrote reports of the same schema version without the key."""
    if path in {("services",), ("as_of",)}:
        return True
    return (len(path) == 3 and path[-1] in {"blocking", *ANSWER_KEYS}) or is_basis(path)


def is_basis(path: Path) -> bool:
    """Whether a key is the basis of a piece of evidence."""
    return len(path) == 5 and path[2] == "evidence" and path[-1] == "basis"


def without_answers(document: Any) -> list[Path]:
    """The keys that the version before this one did not write."""
    return [
        path
        for path in paths(document)
        if path == ("as_of",) or is_basis(path) or (len(path) == 3 and path[-1] in ANSWER_KEYS)
    ]


@given(reports())
def test_reading_what_was_written_gives_the_same_report(report: Report) -> None:
    text = report.to_json()
    back = Report.from_json(text)
    assert type(back) is Report
    assert back == report
    assert back.to_json() == text


@given(reports(), st.sampled_from([0, 1, 2, 4]))
def test_indentation_changes_nothing_but_white_space(report: Report, indent: int) -> None:
    text = report.to_json(indent=indent)
    assert json.loads(text) == json.loads(report.to_json())
    assert Report.from_json(text) == report


@given(reports())
def test_the_text_is_ascii_json_without_numbers_that_json_lacks(report: Report) -> None:
    def refuse(name: str) -> None:
        raise AssertionError(name)

    text = report.to_json()
    assert text.isascii()
    json.loads(text, parse_constant=refuse)


@given(reports())
def test_keys_come_in_a_fixed_order(report: Report) -> None:
    document = json.loads(report.to_json())
    assert list(document) == REPORT_KEYS
    for episode in document["episodes"]:
        assert list(episode) == [field.name for field in EpisodeForm.__attrs_attrs__]
        assert list(episode["causes"]) == [cause.value for cause in Cause]
        for signal in episode["signals"]:
            assert list(signal) == [field.name for field in SignalForm.__attrs_attrs__]
        assert list(episode["causes_measured"]) == [cause.value for cause in Cause]
        for claim in episode["claims"]:
            assert list(claim) == [field.name for field in ClaimForm.__attrs_attrs__]
        for block in (episode["blocking"] or {"blocks": []})["blocks"]:
            assert list(block) == [field.name for field in BlockForm.__attrs_attrs__]


@given(reports())
def test_end_is_null_just_while_an_episode_lasts(report: Report) -> None:
    for judged, plain in zip(report.episodes, report_plain(report)["episodes"], strict=True):
        assert (plain["end"] is None) == judged.episode.ongoing
        for event, signal in zip(judged.episode.events, plain["signals"], strict=True):
            assert (signal["end"] is None) == event.ongoing


@given(reports())
def test_just_the_kinds_that_are_not_built_in_are_defined(report: Report) -> None:
    names = {one.kind.name for one in report.coverage} | {one.kind.name for one in report.faults}
    names |= {trace.kind.name for trace in report.traces}
    names |= {event.kind.name for judged in report.episodes for event in judged.episode.events}
    defined = [kind["name"] for kind in report_plain(report)["kinds"]]
    assert defined == sorted(names - KINDS.keys())


@given(reports())
def test_every_report_is_of_the_schema(report: Report) -> None:
    VALIDATOR.validate(json.loads(report.to_json()))


@given(reports())
def test_the_end_of_a_block_is_null_just_while_it_lasts(report: Report) -> None:
    for judged, plain in zip(report.episodes, report_plain(report)["episodes"], strict=True):
        assert (plain["blocking"] is None) == (judged.blocking is None)
        if judged.blocking is not None:
            for block, written_block in zip(judged.blocking.blocks, plain["blocking"]["blocks"], strict=True):
                assert (written_block["end"] is None) == (block.until is None)
                assert written_block["start"] <= written_block["last"]
                assert written_block["networks"] == [str(network) for network in block.networks]


@given(reports(), st.data())
def test_a_report_of_an_earlier_version_is_read_and_of_the_schema(
    report: Report, data: st.DataObject
) -> None:
    document = json.loads(report.to_json())
    older = [path for path in paths(document) if path == ("services",) or path[-1] == "blocking"]
    gone = data.draw(st.sets(st.sampled_from(older)))
    gone_answers = without_answers(document) if data.draw(st.booleans()) else []
    for path in (*gone, *gone_answers):
        del parent_of(document, path)[path[-1]]
    VALIDATOR.validate(document)
    back = Report.from_json(json.dumps(document))
    wanted = attrs.evolve(
        report,
        services=() if ("services",) in gone else report.services,
        episodes=tuple(
            attrs.evolve(judged, blocking=None) if ("episodes", index, "blocking") in gone else judged
            for index, judged in enumerate(report.episodes)
        ),
    )
    if gone_answers:
        wanted = attrs.evolve(wanted, as_of=None, episodes=tuple(map(unanswered, wanted.episodes)))
    assert back == wanted


def unanswered(judged: EpisodeVerdict) -> EpisodeVerdict:
    """What is left of an episode where nobody told what was measured and what the answer was."""
    told = judged.verdict.attribution
    attribution = Attribution(
        told.probabilities,
        tuple(attrs.evolve(one, basis=Basis.MEASURED) for one in told.evidence),
        told.ruleset,
        measured=told.probabilities,
        knowledge=Knowledge.ONSET if judged.episode.ongoing else Knowledge.HINDSIGHT,
        intent=Intent.UNDETERMINED,
        undecided=(NOT_SAID,),
    )
    return attrs.evolve(judged, verdict=attrs.evolve(judged.verdict, attribution=attribution), claims=())


@given(reports(min_episodes=1), st.data())
def test_no_answer_is_read_out_of_a_report_that_lacks_a_part_of_it(
    report: Report, data: st.DataObject
) -> None:
    document = json.loads(report.to_json())
    plain = document["episodes"][0]
    for key in data.draw(st.sets(st.sampled_from(sorted(ANSWER_KEYS)), min_size=1)):
        del plain[key]
    VALIDATOR.validate(document)
    said = report.episodes[0].verdict.intent if "intent" in plain else Intent.UNDETERMINED
    problem = ""
    try:
        intent = Report.from_json(json.dumps(document)).episodes[0].verdict.intent
    except CallerError as error:
        intent, problem = said, str(error)
    assert intent is said
    assert problem.startswith(("episodes[0].undecided: ", "episodes[0].p_measured: ")) or not problem


@given(reports(), st.data())
def test_a_missing_key_is_refused_by_schema_and_reader(report: Report, data: st.DataObject) -> None:
    document = json.loads(report.to_json())
    keys = [path for path in paths(document) if isinstance(path[-1], str) and not is_optional(path)]
    path = data.draw(st.sampled_from(keys))
    del parent_of(document, path)[path[-1]]
    assert not VALIDATOR.is_valid(document)
    with pytest.raises(CallerError) as caught:
        Report.from_json(json.dumps(document))
    message = str(caught.value)
    if path[-2:-1] in {("causes",), ("causes_measured",)}:
        assert message.startswith(written(path[:-1]) + ":")
        assert message.endswith(f"has no probability for {path[-1]}")
    else:
        assert message == f"{written(path)}: is missing"


@given(reports(), st.data())
def test_a_wrong_type_is_refused_by_schema_and_reader(report: Report, data: st.DataObject) -> None:
    document = json.loads(report.to_json())
    path = data.draw(st.sampled_from(paths(document)))
    parent = parent_of(document, path)
    wrong = data.draw(st.sampled_from(["?", True, [None], {"?": None}, -7.5]))
    parent[path[-1]] = wrong
    assume(not VALIDATOR.is_valid(document))
    with pytest.raises(CallerError) as caught:
        Report.from_json(json.dumps(document))
    assert str(caught.value).startswith(written(path))
    assert "\n" not in str(caught.value)


@given(reports(), st.data())
def test_whatever_else_is_written_gives_a_report_or_one_clear_error(
    report: Report, data: st.DataObject
) -> None:
    document = json.loads(report.to_json())
    path = data.draw(st.sampled_from(paths(document)))
    json_values = st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=3),
        lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner, max_size=2),
        max_leaves=4,
    )
    other = data.draw(
        st.sampled_from([copy.deepcopy(parent_of(document, p)[p[-1]]) for p in paths(document)])
    )
    parent_of(document, path)[path[-1]] = data.draw(st.just(other) | json_values)
    text = json.dumps(document)
    try:
        back = Report.from_json(text)
    except CallerError as error:
        problem = str(error)
    else:
        problem = ""
        assert Report.from_json(back.to_json()) == back
    assert "\n" not in problem


@given(reports(), st.data())
def test_keys_that_are_not_known_are_ignored(report: Report, data: st.DataObject) -> None:
    document = json.loads(report.to_json())
    objects = [
        (),
        *(path for path in paths(document) if isinstance(parent_of(document, path)[path[-1]], dict)),
    ]
    open_objects = [path for path in objects if not (path and path[-1] in {"causes", "causes_measured"})]
    path = data.draw(st.sampled_from(open_objects))
    holder = parent_of(document, path)[path[-1]] if path else document
    holder["a key of a later version"] = {"any": ["thing"]}
    VALIDATOR.validate(document)
    assert Report.from_json(json.dumps(document)) == report


@pytest.mark.parametrize("key", ["p_deliberate", "p_measured"])
@given(report=reports(min_episodes=1), other=st.floats(0, 1))
def test_a_figure_that_contradicts_the_causes_is_refused(key: str, report: Report, other: float) -> None:
    assume(other != getattr(report.episodes[0].verdict, key))
    document = json.loads(report.to_json())
    document["episodes"][0][key] = other
    with pytest.raises(CallerError, match=rf"^episodes\[0\]\.{key}: "):
        Report.from_json(json.dumps(document))


@given(reports(min_episodes=1), st.sampled_from(sorted(set(Intent) - {Intent.UNDETERMINED}, key=str)))
def test_an_answer_that_contradicts_its_reasons_is_refused(report: Report, answer: Intent) -> None:
    document = json.loads(report.to_json())
    plain = document["episodes"][0]
    plain["intent"] = (answer if plain["undecided"] else Intent.UNDETERMINED).value
    with pytest.raises(CallerError, match=r"^episodes\[0\]\.undecided: .* does not go with the intent"):
        Report.from_json(json.dumps(document))


@given(reports(min_episodes=1))
def test_an_id_that_contradicts_the_onset_is_refused(report: Report) -> None:
    document = json.loads(report.to_json())
    document["episodes"][0]["id"] += "x"
    with pytest.raises(CallerError, match=r"^episodes\[0\]\.id: "):
        Report.from_json(json.dumps(document))


@given(st.text(max_size=30) | st.binary(max_size=4) | st.none())
def test_what_is_no_report_is_refused_in_one_line(text: Any) -> None:
    with pytest.raises(CallerError) as caught:
        Report.from_json(text)
    assert "\n" not in str(caught.value)
