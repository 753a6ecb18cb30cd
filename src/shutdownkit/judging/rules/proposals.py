"""Weights that nobody has measured, as data: one entry for each finding of a rule, read once.

A wrong weight must be seen by whoever reads the table, so that a table whose entries cannot be meant is
refused when this module is imported.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from importlib import resources

from attrs import frozen

from ...errors import InvalidValueError
from ...model.checks import number, text
from ...model.verdict import Cause, CauseWeights

__all__ = ["MOST", "PROPOSALS", "SIGNS", "Proposal", "proposals_of_table", "proposed"]

MOST = 4.0
"""Nats that one finding may say of one cause at most: no more than a whole group of rules may (GROUP_CAP)."""

SIGNS = ("+", "-", "0")
_TEXTS = ("rule", "finding", "meaning", "sign", "source")


@frozen
class Proposal:
    """What one finding of one rule says of each cause.

    Attributes:
        rule: the rule's id.
        finding: the finding's name within the rule.
        meaning: what the finding means, in a sentence.
        sign: what it does to "deliberate" against the other causes together: ``+``, ``-``, or ``0`` for
            less than 0.1 nats either way.
        weights: nats by cause, against an unknown technical fault, which has 0.
        source: what the weights were drawn from.

    Raises:
        InvalidValueError: where a text is empty, the sign is none, or a weight is beyond 4 nats.
    """

    rule: str
    finding: str
    meaning: str
    sign: str
    weights: CauseWeights
    source: str

    def __attrs_post_init__(self) -> None:
        for name in _TEXTS:
            text(f"Proposal.{name}", getattr(self, name))
        if self.sign not in SIGNS:
            raise InvalidValueError("Proposal.sign", self.sign, f"is none of {' '.join(SIGNS)}")
        for cause, weight in self.weights.items():
            number(f"Proposal.weights.{cause.value}", weight, minimum=-MOST, maximum=MOST)


def proposals_of_table(table: Mapping[str, object]) -> dict[tuple[str, str], Proposal]:
    """The entries of what a TOML file holds, by rule and finding.

    That is an array of tables ``[[finding]]`` with ``rule``, ``finding``, ``meaning``, ``sign``,
    ``source`` and ``weights``, a table of nats by the cause's name.

    Raises:
        InvalidValueError: names the entry by its number and names: for a key that is missing or unknown,
            a value that cannot be, a weight of ``unknown_technical`` (the others are against it), or two
            entries of one finding.
    """
    entries = table.get("finding", [])
    if set(table) - {"finding"} or not isinstance(entries, list):
        raise InvalidValueError("proposals", sorted(table), "are its keys: write [[finding]]")
    found: dict[tuple[str, str], Proposal] = {}
    for where, proposal in _proposals(entries):
        if (proposal.rule, proposal.finding) in found:
            raise InvalidValueError("proposals", where, "is there twice")
        found[proposal.rule, proposal.finding] = proposal
    return found


def _proposals(entries: list[object]) -> Iterator[tuple[str, Proposal]]:
    keys = {*_TEXTS, "weights"}
    for count, entry in enumerate(entries, start=1):
        if not isinstance(entry, Mapping):
            raise InvalidValueError("proposals", entry, f"(entry {count}) is no table: write [[finding]]")
        where = f"entry {count} ({entry.get('rule', 'no rule')}, {entry.get('finding', 'no finding')})"
        for key in sorted(keys ^ set(entry)):
            raise InvalidValueError(where, key, "is missing" if key in keys else "is no known key")
        try:
            weights = _weights(entry["weights"])
            yield where, Proposal(**{name: entry[name] for name in _TEXTS}, weights=weights)
        except InvalidValueError as error:
            raise InvalidValueError(f"{where}: {error.field}", error.value, error.problem) from None


def _weights(given: object) -> CauseWeights:
    if not isinstance(given, Mapping):
        raise InvalidValueError("weights", given, "is no table of nats by cause")
    known = {cause.value: cause for cause in Cause if cause is not Cause.UNKNOWN_TECHNICAL}
    for name in given:
        if name not in known:
            raise InvalidValueError("weights", name, f"is none of {', '.join(known)}")
    return CauseWeights({known[name]: number(f"weights.{name}", value) for name, value in given.items()})


def _read() -> dict[tuple[str, str], Proposal]:
    content = (resources.files(__package__) / "proposals.toml").read_text(encoding="utf-8")
    return proposals_of_table(tomllib.loads(content))


PROPOSALS: Mapping[tuple[str, str], Proposal] = _read()
"""The entries of ``proposals.toml`` in this package, by rule and finding."""


def proposed(rule: str, finding: str) -> CauseWeights:
    """The weights of one finding of one rule.

    Called where a rule's module is imported, so that a name that is not in the table stops the import.

    Raises:
        InvalidValueError: where there is no such entry.
    """
    try:
        return PROPOSALS[rule, finding].weights
    except KeyError:
        raise InvalidValueError(
            "proposals.toml", f"{rule}, {finding}", "has no entry: a rule asks for it"
        ) from None
