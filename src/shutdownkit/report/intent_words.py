"""The words for whether it was deliberate: the answer first, then how probable, and what was known.

No word of intent stands without its probability, and none of what context adds without what the
measurements alone say.
"""

from __future__ import annotations

from ..model.knowledge import Intent, Knowledge
from ..model.verdict import Basis, Cause, Verdict
from .content import EpisodeVerdict, ReportContent
from .words import (
    CAUSE_WORDS,
    CONDITION_WORDS,
    HAS_CAUSE,
    capital,
    cause_text,
    likelihood,
    probability_text,
    sentence,
    worth_naming,
)

__all__ = [
    "ANSWER_WORDS",
    "KNOWLEDGE_WORDS",
    "WITH_CONTEXT",
    "answer_text",
    "has_context",
    "headline",
    "is_weighed",
    "others_text",
    "probability_of_intent",
]

ANSWER_WORDS = {
    Intent.DELIBERATE: "deliberate",
    Intent.SPONTANEOUS: "not deliberate: a fault",
    Intent.ARTEFACT: "a fault of the instrument",
    Intent.UNDETERMINED: "undetermined",
}

KNOWLEDGE_WORDS = {
    Knowledge.ONSET: "before it was known to be over",
    Knowledge.END: "when it was over",
    Knowledge.HINDSIGHT: "with the week after, or another episode in it, known",
}
"""What was known of an episode, after "Judged"."""

WITH_CONTEXT = "with the context"

_ANSWERED = frozenset({Intent.DELIBERATE, Intent.SPONTANEOUS})


def is_weighed(verdict: Verdict) -> bool:
    """Whether there is a cause to tell of: something happened to the network, as far as is known."""
    if verdict.intent in _ANSWERED:
        return True
    return verdict.intent is Intent.UNDETERMINED and verdict.condition in HAS_CAUSE


def has_context(verdict: Verdict) -> bool:
    """Whether anything but measurements was at hand, so that there are two probabilities to tell."""
    return verdict.p_measured != verdict.p_deliberate or any(
        one.basis is Basis.CONTEXT for one in verdict.evidence
    )


def answer_text(verdict: Verdict) -> str:
    """Whether it was deliberate: the answer, why there is none, and how probable it is."""
    intent, words = verdict.intent, capital(ANSWER_WORDS[verdict.intent])
    if intent is Intent.UNDETERMINED:
        reasons = " ".join(sentence(reason) for reason in verdict.attribution.undecided if reason.strip())
        known = f" Probability that it was {probability_of_intent(verdict)}" if is_weighed(verdict) else ""
        return f"{words}: {reasons}{known}"
    if intent is Intent.DELIBERATE:
        return capital(probability_of_intent(verdict))
    return f"{words}; {probability_of_intent(verdict)}" if intent is Intent.SPONTANEOUS else words


def probability_of_intent(verdict: Verdict) -> str:
    """How probable it is that it was deliberate, in digits and in words; where there was context, twice.

    ``deliberate: 0.91 (very likely) from the measurements alone, 0.97 (extremely likely) with the
    context``: what was measured stands first.
    """
    name = CAUSE_WORDS[Cause.DELIBERATE]
    if not has_context(verdict):
        return f"{name}: {_number(verdict.p_deliberate)}"
    return (
        f"{name}: {_number(verdict.p_measured)} from the measurements alone,"
        f" {_number(verdict.p_deliberate)} {WITH_CONTEXT}"
    )


def others_text(verdict: Verdict) -> str:
    """The other causes that are not negligible."""
    others = [cause_text(cause, verdict.probabilities[cause]) for cause in worth_naming(verdict)]
    return ("; ".join(others) or "no other cause reaches 0.05") + _reservation(verdict)


def headline(content: ReportContent) -> str:
    """What happened, and whether it was on purpose and how sure that is, in one line without the entity.

    Of the episodes in the report's condition it tells of one that was found deliberate, and of those,
    or where there is none, of the one that was most probably on purpose.
    """
    words = CONDITION_WORDS[content.condition]
    judged = [one for one in content.episodes if one.verdict.condition is content.condition]
    if not judged or content.condition not in HAS_CAUSE:
        return words
    verdict = max(judged, key=_clearness).verdict
    if not is_weighed(verdict):
        return f"{words}; {ANSWER_WORDS[verdict.intent]}"
    likeliest = max(one.verdict.p_deliberate for one in judged)
    which = "likeliest" if verdict.p_deliberate == likeliest else "clearest"
    line = f"{words}; {f'in the {which} of {len(judged)} such episodes ' if len(judged) > 1 else ''}"
    if verdict.intent is Intent.UNDETERMINED:
        line += "intent undetermined; "
    elif verdict.intent is Intent.SPONTANEOUS:
        line += f"{ANSWER_WORDS[verdict.intent]}; "
    line += probability_of_intent(verdict)
    probable = verdict.attribution.most_probable
    if probable is not Cause.DELIBERATE:
        cause = cause_text(probable, verdict.probabilities[probable])
        line += f"; most probable cause: {cause}{_reservation(verdict)}"
    return line


def _clearness(judged: EpisodeVerdict) -> tuple[bool, float]:
    return judged.verdict.intent is Intent.DELIBERATE, judged.verdict.p_deliberate


def _number(probability: float) -> str:
    return f"{probability_text(probability)} ({likelihood(probability)})"


def _reservation(verdict: Verdict) -> str:
    return f" ({WITH_CONTEXT})" if has_context(verdict) else ""
