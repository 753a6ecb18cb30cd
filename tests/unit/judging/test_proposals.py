"""The table of proposed weights: whole, used, and meant as it says."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import shutdownkit as sk
from shutdownkit.errors import InvalidValueError
from shutdownkit.judging.rules import proposals
from shutdownkit.judging.rules.proposals import PROPOSALS, Proposal, proposals_of_table, proposed
from shutdownkit.judging.rules.rule import likelihood_ratio

RULES_FOLDER = Path(proposals.__file__).parent
MODULES = sorted(
    path
    for path in RULES_FOLDER.glob("*.py")
    if path.stem not in {"rule", "proposals", "prior"}
    and not path.stem.startswith("context")  # reports, not measured
)
RULE = {rule.id: rule for rule in sk.RULES.rules}
_MOVES = 0.1  # nats: less is neither for nor against

GOOD: dict[str, object] = {
    "rule": "acme.rule",
    "finding": "found",
    "meaning": "It was found.",
    "sign": "+",
    "weights": {"deliberate": 1.0},
    "source": "proposal",
}


def contradicts(proposal: Proposal) -> bool:
    """Whether an entry's sign is not that of its weight of "deliberate" against the other causes."""
    ratio = likelihood_ratio(proposal.weights, sk.RULES.prior)
    said = "0" if abs(ratio) < _MOVES else "+" if ratio > 0 else "-"
    return said != proposal.sign


def calls(tree: ast.AST, name: str) -> Iterator[ast.Call]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == name:
            yield node


def asked_for(tree: ast.AST) -> Iterator[tuple[str, str]]:
    """The rules and findings that a module asks the table for, those in comprehensions included."""
    loops = [node for node in ast.walk(tree) if isinstance(node, ast.DictComp | ast.GeneratorExp)]
    for call in calls(tree, "proposed"):
        rule, finding = call.args
        named = ast.literal_eval(rule)
        if isinstance(finding, ast.Constant):
            yield named, ast.literal_eval(finding)
        else:
            (loop,) = [one for one in loops if any(node is call for node in ast.walk(one))]
            yield from ((named, name) for name in ast.literal_eval(loop.generators[0].iter))


TREES = {path.stem: ast.parse(path.read_text(encoding="utf-8")) for path in MODULES}


def test_every_entry_is_used_by_one_module_and_every_weight_is_an_entry() -> None:
    asked = [key for tree in TREES.values() for key in asked_for(tree)]
    assert sorted(asked) == sorted(PROPOSALS)


@pytest.mark.parametrize("module", TREES)
def test_no_rule_has_weights_in_its_code(module: str) -> None:
    for call in calls(TREES[module], "weighs"):
        assert not any(isinstance(node, ast.Dict) for node in ast.walk(call)), ast.unparse(call)
    assert not any(
        isinstance(node, ast.Attribute) and node.attr == "DELIBERATE" for node in ast.walk(TREES[module])
    )


@pytest.mark.parametrize("module", TREES)
def test_a_module_asks_for_the_weights_of_its_own_rules(module: str) -> None:
    own = {
        call.args[0].value for call in calls(TREES[module], "Rule") if isinstance(call.args[0], ast.Constant)
    }
    assert {rule for rule, _ in asked_for(TREES[module])} <= own
    assert own <= set(RULE)


@pytest.mark.parametrize("proposal", PROPOSALS.values(), ids=lambda one: f"{one.rule}, {one.finding}")
def test_an_entry_means_what_it_says(proposal: Proposal) -> None:
    assert not contradicts(proposal)
    assert proposal.meaning.endswith(".")
    assert proposal.source
    assert proposal.weights[sk.Cause.UNKNOWN_TECHNICAL] == 0
    assert all(abs(weight) <= 4.0 for weight in proposal.weights.values())


@pytest.mark.parametrize(
    ("sign", "weights"),
    [
        ("+", {"deliberate": -0.7}),
        ("-", {"deliberate": 0.7}),
        ("0", {"deliberate": 0.7}),
        ("+", {}),
        ("+", {"deliberate": 0.3, "power": 1.0, "cable": 1.0}),
        ("-", {"cable": 0.1}),
    ],
)
def test_an_entry_that_says_the_contrary_is_found(sign: str, weights: dict[str, float]) -> None:
    (proposal,) = proposals_of_table({"finding": [{**GOOD, "sign": sign, "weights": weights}]}).values()
    assert contradicts(proposal)


@pytest.mark.parametrize(
    "rule", [RULE[id_] for id_ in sorted({rule for rule, _ in PROPOSALS})], ids=lambda r: r.id
)
def test_every_rule_with_proposed_weights_says_where_it_misleads(rule: sk.Rule) -> None:
    assert rule.fails.endswith(".")


@pytest.mark.parametrize("names", [("planes.routes-up", "nothing"), ("no.rule", "withdrawn"), ("", "")])
def test_an_unknown_name_is_refused(names: tuple[str, str]) -> None:
    with pytest.raises(InvalidValueError, match="has no entry"):
        proposed(*names)


def test_an_entry_is_read_as_it_is_written() -> None:
    found = proposals_of_table({"finding": [GOOD, {**GOOD, "finding": "other", "weights": {"cable": -1}}]})
    assert found["acme.rule", "found"].weights == sk.CauseWeights({sk.Cause.DELIBERATE: 1.0})
    assert found["acme.rule", "other"].weights == sk.CauseWeights({sk.Cause.CABLE: -1.0})
    assert proposals_of_table({}) == {}


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"meaning": " "}, "is empty"),
        ({"source": ""}, "is empty"),
        ({"rule": 1}, "is not text"),
        ({"sign": "++"}, "is none of"),
        ({"sign": "plus"}, "is none of"),
        ({"weights": {"deliberate": 4.1}}, "is over 4"),
        ({"weights": {"power": -4.1}}, "is under -4"),
        ({"weights": {"deliberate": float("nan")}}, "is not finite"),
        ({"weights": {"deliberate": "1"}}, "is not a number"),
        ({"weights": {"unknown_technical": 0.3}}, "is none of"),
        ({"weights": {"Deliberate": 0.3}}, "is none of"),
        ({"weights": 1.0}, "is no table"),
        ({"wieghts": {}}, "is no known key"),
    ],
)
def test_an_entry_that_cannot_be_is_refused_by_name(change: dict[str, object], problem: str) -> None:
    with pytest.raises(InvalidValueError, match=problem) as refused:
        proposals_of_table({"finding": [GOOD | {"finding": "first"}, {**GOOD, **change}]})
    assert refused.value.field.startswith("entry 2")


@pytest.mark.parametrize("key", sorted(GOOD))
def test_an_entry_that_lacks_something_is_refused(key: str) -> None:
    with pytest.raises(InvalidValueError, match=f"'{key}' is missing"):
        proposals_of_table({"finding": [{name: value for name, value in GOOD.items() if name != key}]})


@pytest.mark.parametrize(
    "table", [{"finding": [GOOD, GOOD]}, {"finding": {}}, {"findings": []}, {"finding": [1]}]
)
def test_a_table_that_cannot_be_is_refused(table: dict[str, object]) -> None:
    with pytest.raises(InvalidValueError, match="proposals"):
        proposals_of_table(table)
