"""The words for what a report holds, shared by the renderings for people."""

from __future__ import annotations

import unicodedata
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from ..model.account import InstrumentFault, SourceFailure
from ..model.entity import Entity, EntityKind
from ..model.kinds import SignalKind
from ..model.places import country_zones
from ..model.verdict import Cause, Condition, Mechanism, Stance, Verdict
from .content import Coverage

__all__ = [
    "CAUSE_WORDS",
    "CONDITION_WORDS",
    "CONTEXT_TITLE",
    "HAS_CAUSE",
    "MECHANISM_WORDS",
    "STANCE_WORDS",
    "as_of_text",
    "capital",
    "cause_text",
    "coverage_text",
    "duration_text",
    "entity_text",
    "failure_text",
    "fault_text",
    "likelihood",
    "local_zone",
    "printable",
    "probability_text",
    "sentence",
    "share_text",
    "signal_name",
    "time_text",
    "window_text",
    "worth_naming",
]

CONDITION_WORDS = {
    Condition.NORMAL: "nothing out of the ordinary was seen",
    Condition.OUTAGE: "outage: half or more was lost on at least one signal",
    Condition.DEGRADED: "degraded: less than half of the connectivity was lost, or it worked worse",
    Condition.BLOCKING: "blocking: services failed while the network worked",
    Condition.ARTEFACT: "artefact: the instrument failed, not the network",
    Condition.INSUFFICIENT_DATA: "not enough data to say what happened",
}

HAS_CAUSE = frozenset({Condition.OUTAGE, Condition.DEGRADED, Condition.BLOCKING})
"""The conditions in which something happened to the network, so that there is a cause to weigh."""

MECHANISM_WORDS = {
    Mechanism.ROUTING_WITHDRAWAL: "routes withdrawn",
    Mechanism.FILTERING: "traffic filtered while routes stayed up",
    Mechanism.DNS: "names blocked (DNS)",
    Mechanism.TLS: "server names blocked (TLS)",
    Mechanism.THROTTLING: "throttled",
    Mechanism.MOBILE_ONLY: "mobile networks only",
    Mechanism.UNKNOWN: "not known",
}

CAUSE_WORDS = {
    Cause.DELIBERATE: "deliberate",
    Cause.POWER: "power cut",
    Cause.CABLE: "cable cut",
    Cause.ROUTING: "routing fault",
    Cause.ATTACK: "attack from outside",
    Cause.DISASTER: "natural disaster",
    Cause.EQUIPMENT: "equipment failure",
    Cause.UNKNOWN_TECHNICAL: "technical failure of another kind",
}

STANCE_WORDS = {
    Stance.FOR: "speaks for intent",
    Stance.AGAINST: "speaks against intent",
    Stance.MISSING: "should be there and is missing",
    Stance.DISCARDED: "is there and may not be used",
}

CONTEXT_TITLE = "Context, not measured:"
"""The heading above evidence that the caller gave."""

_LIKELIHOODS = (
    (0.99, "virtually certain"),
    (0.95, "extremely likely"),
    (0.90, "very likely"),
    (0.66, "likely"),
    (0.33, "about as likely as not"),
    (0.10, "unlikely"),
    (0.05, "very unlikely"),
    (0.01, "extremely unlikely"),
)


def likelihood(probability: float) -> str:
    """A probability in words, on the scale that the IPCC uses.

    Source: M. D. Mastrandrea and others, Guidance Note for Lead Authors of the IPCC Fifth Assessment
    Report on Consistent Treatment of Uncertainties (2010), table 1; of terms that overlap, the
    narrowest.
    """
    for least, words in _LIKELIHOODS:
        if probability >= least:
            return words
    return "exceptionally unlikely"


def probability_text(probability: float) -> str:
    """Two decimals, but never 0.00 or 1.00: no probability in a report is either."""
    if probability < 0.005:
        return "<0.01"
    if probability >= 0.995:
        return ">0.99"
    return f"{probability:.2f}"


def cause_text(cause: Cause, probability: float) -> str:
    """A cause with its probability: ``deliberate: 0.97``."""
    return f"{CAUSE_WORDS[cause]}: {probability_text(probability)}"


def worth_naming(verdict: Verdict, *, least: float = 0.05, most: int = 3) -> list[Cause]:
    """The causes other than "deliberate" that are not negligible, most probable first."""
    others = list(Cause)
    others.remove(Cause.DELIBERATE)
    named = [cause for cause in others if verdict.probabilities[cause] >= least]
    return sorted(named, key=lambda cause: -verdict.probabilities[cause])[:most]


def capital(text: str) -> str:
    """The text with a capital letter at its start."""
    return text[:1].upper() + text[1:]


def sentence(text: str) -> str:
    """The text on one line with a full stop at its end, unless it has an end."""
    line = printable(text)
    return line if line.endswith((".", "!", "?")) else f"{line}."


def entity_text(entity: Entity) -> str:
    """Name and code: ``Belarus (BY)``, ``AS6697``, ``US/LA (United States)``."""
    if entity.kind is EntityKind.COUNTRY:
        return f"{entity.name} ({entity})"
    if entity.kind is EntityKind.REGION and entity.country is not None:
        return f"{printable(str(entity))} ({Entity.parse(entity.country).name})"
    return str(entity)


def signal_name(kind: SignalKind, subject: str | None, entity: Entity, *, within: Entity) -> str:
    """Kind and subject, and the entity where it is not the report's."""
    parts = [kind.name]
    if subject is not None:
        parts.append(f"({printable(subject)})")
    if entity != within:
        parts.append(printable(str(entity)))
    return " ".join(parts)


def local_zone(entity: Entity) -> ZoneInfo | None:
    """The time zone of the entity's country, where the country has just one."""
    zones = country_zones(entity.country) if entity.country is not None else ()
    return zones[0] if len(zones) == 1 else None


def time_text(time: datetime, zone: ZoneInfo | None = None) -> str:
    """``2020-08-09 18:00 UTC (21:00 in Europe/Minsk)``; seconds only where there are any."""
    utc = time.astimezone(UTC)
    text = f"{utc:%Y-%m-%d} {_clock(utc)} UTC"
    if zone is None:
        return text
    local = time.astimezone(zone)
    day = "" if local.date() == utc.date() else f"{local:%Y-%m-%d} "
    return f"{text} ({day}{_clock(local)} in {zone.key})"


def window_text(start: datetime, end: datetime) -> str:
    """``2020-08-08 00:00 to 2020-08-20 00:00 UTC``."""
    return f"{start:%Y-%m-%d} {_clock(start)} to {end:%Y-%m-%d} {_clock(end)} UTC"


def as_of_text(time: datetime) -> str:
    """What the verdicts of a report do not rest on."""
    return f"As of {time_text(time)}: nothing later was used."


def _clock(time: datetime) -> str:
    return f"{time:%H:%M:%S}" if time.second or time.microsecond else f"{time:%H:%M}"


def duration_text(duration: timedelta) -> str:
    """``3 d 4 h 20 min``: the units that are not zero, from days to seconds."""
    minutes, seconds = divmod(duration // timedelta(seconds=1), 60)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    units = ((days, "d"), (hours, "h"), (minutes, "min"), (seconds, "s"))
    return " ".join(f"{number} {unit}" for number, unit in units if number) or "0 s"


def share_text(share: float) -> str:
    """A share in percent; one between 0 and 1 is never shown as 0 or 100."""
    percent = 100 * share
    if 0 < percent < 0.5:
        return "<1 %"
    if 99.5 <= percent < 100:
        return ">99 %"
    return f"{percent:.0f} %"


def fault_text(fault: InstrumentFault) -> str:
    """One instrument fault as a sentence."""
    seen = ", ".join(map(str, fault.entities)) or "no named entity"
    window = window_text(fault.window.start, fault.window.end)
    return f"{fault.kind.name}, {window}, seen on {seen}: {fault.text}"


def coverage_text(one: Coverage, *, within: Entity) -> str:
    """One signal's coverage as a sentence."""
    text = f"{signal_name(one.kind, one.subject, one.entity, within=within)}: "
    text += f"{share_text(one.measured)} of the window measured"
    if one.first is not None and one.last is not None:
        text += f", first bin {time_text(one.first)}, last {time_text(one.last)}"
    history = duration_text(one.history) if one.history else "none"
    return f"{text}; bins of {duration_text(one.step)}, history {history}; from {one.source}"


def failure_text(one: SourceFailure) -> str:
    """One source's failure as a sentence: what, where, and whether to try again."""
    asked = [] if one.where is None else [f"asked: {one.where}"]
    if one.retry:
        asked.append("asking again may help")
    return f"{one.source}: {one.problem}" + (f" ({'; '.join(asked)})" if asked else "")


_BIDI_CONTROLS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def printable(text: str) -> str:
    """Text on one line that can do nothing to a terminal or a page.

    Runs of white space become one space.  Control characters, lone surrogates, non-characters and the
    controls that turn the direction of writing become U+FFFD; joiners, which Persian needs, stay.
    """
    return "".join("\ufffd" if _harmful(char) else char for char in " ".join(text.split()))


def _harmful(char: str) -> bool:
    if char in _BIDI_CONTROLS or ord(char) & 0xFFFE == 0xFFFE:
        return True
    return unicodedata.category(char) in {"Cc", "Cs"}
