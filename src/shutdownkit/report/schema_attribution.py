"""The part of the JSON Schema that is about causes: evidence, and what parties claim."""

from __future__ import annotations

from ..model.claims import ClaimStatus, Seen
from ..model.context import ContextKind
from ..model.verdict import Basis, Cause, Stance
from .schema_parts import Schema, entity, flag, list_of, object_of, one_of, probability, text, window

__all__ = ["causes", "claim", "evidence"]


def causes(description: str) -> Schema:
    """A probability for every cause."""
    return object_of(description, {cause.value: probability(_CAUSES[cause]) for cause in Cause})


def evidence() -> Schema:
    """What one rule concluded."""
    return object_of(
        "What one rule concluded.",
        {
            "rule": text("The rule's stable id."),
            "stance": one_of(Stance, 'What it does to "it was deliberate".'),
            "weight": _nats(
                "Log-likelihood ratio of deliberate against the other causes together (nats); 0 where the"
                " evidence is missing or discarded."
            ),
            "text": text("What was seen, in a sentence."),
            "source": text("Where the rule's figures come from."),
            "causes": {
                "type": "object",
                "description": "Log-likelihood under each cause, up to a constant (nats); 0 where a"
                " cause is not named.",
                "properties": {cause.value: _nats(f"{_CAUSES[cause]} In nats.") for cause in Cause},
            },
            "basis": one_of(
                Basis,
                "What it rests on: measured, or context that the caller gave; absent from reports of earlier"
                " versions, which did not tell the two apart.",
            ),
        },
        later=("basis",),
    )


def claim() -> Schema:
    """What a party says was the cause, and how it fits."""
    return object_of(
        "What one party says was the cause, and how it fits the measurements.",
        {
            "claim": one_of(Cause, "The cause that it names."),
            "status": one_of(ClaimStatus, "Whether it fits; consistent does not mean that it is true."),
            "weight": _nats(
                "Log-likelihood of the evidence under the claimed cause less that under the best other cause"
                " (nats)."
            ),
            "reasons": list_of(
                "A sentence for each piece of evidence that bears on it, or why none does.",
                text("One reason.", empty=True),
            ),
            "predictions": list_of("What must be seen if it is true.", _prediction()),
            "statement": _statement(),
        },
    )


def _prediction() -> Schema:
    return object_of(
        "One thing that must be seen if the claim is true.",
        {
            "text": text("What the claim predicts, in a sentence."),
            "seen": one_of(
                Seen,
                "Whether it was seen; not_seen where it was looked for and is not there, missing where nobody"
                " measured it.",
            ),
            "because": text("The evidence that says so, or what is missing."),
            "weight": _nats(
                "Log-likelihood of that evidence under the claimed cause less that under the best other cause"
                " (nats); 0 where it is missing."
            ),
            "source": text("Where it is written that such a cause shows so."),
        },
    )


def _statement() -> Schema:
    return object_of(
        "What was said.",
        {
            "kind": {
                "const": ContextKind.STATEMENT.value,
                "description": "The kind of context; always a statement.",
            },
            "entity": entity("Of what it was said."),
            "window": window("The time of which it was said."),
            "text": text("What was said."),
            "source": text("Who said or reported it."),
            "independent": flag("Whether it comes from others than those who are suspected."),
            "claims": one_of(Cause, "The cause that it names: that of the claim."),
        },
    )


def _nats(description: str) -> Schema:
    return {"type": "number", "description": description}


_CAUSES = {
    Cause.DELIBERATE: "Somebody cut it on purpose.",
    Cause.POWER: "The power failed.",
    Cause.CABLE: "A cable was cut or failed.",
    Cause.ROUTING: "A fault in routing.",
    Cause.ATTACK: "An attack from outside, such as a flood of traffic.",
    Cause.DISASTER: "A natural disaster.",
    Cause.EQUIPMENT: "Equipment failed.",
    Cause.UNKNOWN_TECHNICAL: "A technical failure of another kind.",
}
