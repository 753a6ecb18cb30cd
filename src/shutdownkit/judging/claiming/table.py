"""What each cause predicts: the table in ``predictions.toml``."""

from __future__ import annotations

import enum
import tomllib
from collections.abc import Iterator, Mapping
from importlib import resources

from attrs import frozen

from ...errors import InvalidValueError
from ...model.checks import instance, text
from ...model.verdict import Cause
from .weighing import rivals_of

__all__ = ["EXPECTATIONS", "Expectation", "Scope", "expectations_of_table"]

_KEYS = {"claims", "text", "rules", "missing", "source"}
_OPTIONAL = {"of", "apart_from"}


class Scope(enum.Enum):
    """Of what a prediction is: of a loss of connectivity, of services that fail, or of both."""

    CONNECTIVITY = "connectivity"
    SERVICES = "services"
    BOTH = "both"


@frozen
class Expectation:
    """One thing that must show if a claim is true.

    Attributes:
        claim: the claim that predicts it.
        text: what must show, in a sentence.
        rules: ids of the rules whose evidence answers it; one that ends with ``.*`` stands for all that
            begin so.
        apart_from: the causes from which it tells the claim; all the claim's rivals where there are none.
        missing: what to say where no rule found anything, which never means that it was looked for.
        source: where it is written that such a cause shows so.
    """

    claim: Cause
    text: str
    scope: Scope
    rules: tuple[str, ...]
    apart_from: tuple[Cause, ...]
    missing: str
    source: str

    def is_answered_by(self, rule: str) -> bool:
        """Whether what the rule of this id finds answers it."""
        return any(
            rule.startswith(known[:-1]) if known.endswith(".*") else rule == known for known in self.rules
        )


def expectations_of_table(table: Mapping[str, object]) -> dict[Cause, tuple[Expectation, ...]]:
    """What each cause predicts, from what a TOML file holds: an array of tables ``[[prediction]]``.

    Raises:
        InvalidValueError: names the entry by its number: for a key that is missing or unknown, a cause
            or scope that does not exist, a prediction that tells a claim from what it does not deny, or
            a cause that predicts nothing.
    """
    entries = instance("prediction", list, table.get("prediction", []))
    found = [one for number, entry in enumerate(entries, 1) for one in _of_entry(number, entry)]
    by_claim = {claim: tuple(one for one in found if one.claim is claim) for claim in Cause}
    for claim, predicted in by_claim.items():
        if not predicted:
            raise InvalidValueError("prediction", claim.value, "predicts nothing")
    return by_claim


def _of_entry(number: int, entry: object) -> Iterator[Expectation]:
    where = f"prediction {number}"
    if not isinstance(entry, Mapping):
        raise InvalidValueError(where, entry, "is no table: write [[prediction]]")
    for key in sorted(_KEYS - set(entry)):
        raise InvalidValueError(where, key, "is missing")
    for key in sorted(set(entry) - _KEYS - _OPTIONAL):
        raise InvalidValueError(where, key, "is no known key")
    claims = _causes(f"{where}: claims", entry["claims"])
    apart_from = _causes(f"{where}: apart_from", entry.get("apart_from", []))
    rules = _texts(f"{where}: rules", entry["rules"])
    scope = entry.get("of", Scope.BOTH.value)
    if scope not in {one.value for one in Scope}:
        raise InvalidValueError(f"{where}: of", scope, "is neither connectivity nor services nor both")
    if not claims or not rules:
        raise InvalidValueError(where, entry["text"], "is of no claim, or is answered by no rule")
    for claim in claims:
        for cause in apart_from:
            if cause not in rivals_of(claim):
                raise InvalidValueError(
                    f"{where}: apart_from", cause.value, f"is not denied by {claim.value}"
                )
        yield Expectation(
            claim=claim,
            text=text(f"{where}: text", entry["text"]),
            scope=Scope(scope),
            rules=rules,
            apart_from=apart_from or rivals_of(claim),
            missing=text(f"{where}: missing", entry["missing"]),
            source=text(f"{where}: source", entry["source"]),
        )


def _causes(field: str, value: object) -> tuple[Cause, ...]:
    names = {cause.value: cause for cause in Cause}
    for name in _texts(field, value):
        if name not in names:
            raise InvalidValueError(field, name, "is no cause")
    return tuple(names[name] for name in _texts(field, value))


def _texts(field: str, value: object) -> tuple[str, ...]:
    return tuple(text(field, one) for one in instance(field, list, value))


def _read() -> dict[Cause, tuple[Expectation, ...]]:
    content = (resources.files(__package__) / "predictions.toml").read_text(encoding="utf-8")
    return expectations_of_table(tomllib.loads(content))


EXPECTATIONS: Mapping[Cause, tuple[Expectation, ...]] = _read()
"""What each cause predicts.  Read from ``predictions.toml``, and checked, when this module is imported."""
