"""The JSON of a report: the part that other programs read, and everything else, without loss.

Where the JSON differs from the classes, the classes of this module say how: :class:`EpisodeForm` for an
episode with its verdict, :class:`SignalForm` for an event,
:class:`~shutdownkit.report.service_forms.BlockForm` for a blocked service.  Their fields are the keys, in
order.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import cache
from typing import Any, NoReturn, TypeVar

import cattrs
from attrs import frozen

from ..errors import CallerError, InvalidValueError
from ..model.codec import converter, read_plain
from ..model.entity import Entity
from ..model.episode import Episode
from ..model.event import Event
from ..model.kinds import KINDS, SignalKind
from ..model.reach import Blocking
from ..model.verdict import (
    Attribution,
    CauseProbabilities,
    Condition,
    Evidence,
    Mechanism,
    Verdict,
)
from ..model.window import TimeWindow
from .content import EpisodeVerdict, ReportContent
from .service_forms import add_service_hooks

__all__ = [
    "SCHEMA_VERSION",
    "EpisodeForm",
    "SignalForm",
    "read_report",
    "report_json",
    "report_plain",
]

SCHEMA_VERSION = 1
"""The version of the JSON that this module writes and reads.

It grows when a key changes its meaning or goes; a new key does not change it, so readers must ignore
keys that they do not know.
"""

_LATER_KEYS: dict[str, Any] = {"services": []}
_LATER_EPISODE_KEYS: dict[str, Any] = {"blocking": None}
"""Keys that earlier versions of this package did not write, and what stands for them where they lack."""

_KIND_HOLDERS = ("coverage", "faults", "traces")  # and the signals of the episodes

R = TypeVar("R", bound=ReportContent)


@frozen
class SignalForm:
    """One event of an episode: what one signal did."""

    kind: SignalKind
    entity: Entity
    subject: str | None
    start: datetime
    end: datetime | None
    seen_until: datetime
    depth: float
    peak: float
    step: timedelta | None
    fall: timedelta | None
    rise: timedelta | None

    @classmethod
    def of(cls, event: Event) -> SignalForm:
        """The form of an event."""
        return cls(
            kind=event.kind,
            entity=event.entity,
            subject=event.subject,
            start=event.onset,
            end=event.end,
            seen_until=event.window.end,
            depth=event.depth,
            peak=event.peak,
            step=event.step,
            fall=event.fall,
            rise=event.rise,
        )

    def value(self) -> Event:
        """The event that this is the form of."""
        if self.peak < 0:  # Event would take -1 to mean that the peak is the depth
            raise InvalidValueError("SignalForm.peak", self.peak, "is under 0")
        return Event(
            kind=self.kind,
            entity=self.entity,
            window=_seen_window("SignalForm", self.start, self.end, self.seen_until),
            depth=self.depth,
            subject=self.subject,
            ongoing=self.end is None,
            peak=self.peak,
            step=self.step,
            fall=self.fall,
            rise=self.rise,
        )


@frozen
class EpisodeForm:
    """One episode with its verdict.

    ``id`` and ``p_deliberate`` follow from other keys; a reader refuses a report in which they do not.
    """

    id: str
    entity: Entity
    start: datetime
    end: datetime | None
    seen_until: datetime
    condition: Condition
    mechanism: Mechanism
    p_deliberate: float
    causes: CauseProbabilities
    evidence: tuple[Evidence, ...]
    signals: tuple[Event, ...]
    ruleset: str
    blocking: Blocking | None

    @classmethod
    def of(cls, judged: EpisodeVerdict) -> EpisodeForm:
        """The form of an episode and its verdict."""
        episode, verdict = judged.episode, judged.verdict
        return cls(
            id=episode.id,
            entity=episode.entity,
            start=episode.onset,
            end=episode.end,
            seen_until=episode.window.end,
            condition=verdict.condition,
            mechanism=verdict.mechanism,
            p_deliberate=verdict.p_deliberate,
            causes=verdict.probabilities,
            evidence=verdict.evidence,
            signals=episode.events,
            ruleset=verdict.attribution.ruleset,
            blocking=judged.blocking,
        )

    def value(self) -> EpisodeVerdict:
        """The episode and the verdict that this is the form of."""
        for index, event in enumerate(self.signals):
            if event.entity != self.entity:
                raise InvalidValueError(
                    f"EpisodeForm.signals[{index}].entity", str(event.entity), f"is not {self.entity}"
                )
        episode = Episode(
            entity=self.entity,
            window=_seen_window("EpisodeForm", self.start, self.end, self.seen_until),
            events=self.signals,
            ongoing=self.end is None,
        )
        verdict = Verdict(
            condition=self.condition,
            mechanism=self.mechanism,
            attribution=Attribution(self.causes, self.evidence, self.ruleset),
        )
        if self.id != episode.id:
            raise InvalidValueError("EpisodeForm.id", self.id, f"is not {episode.id!r}")
        if self.p_deliberate != verdict.p_deliberate:
            raise InvalidValueError(
                "EpisodeForm.p_deliberate",
                self.p_deliberate,
                f"is not {verdict.p_deliberate!r}, as causes.deliberate says",
            )
        return EpisodeVerdict(episode, verdict, self.blocking)


def _seen_window(form: str, start: datetime, end: datetime | None, seen_until: datetime) -> TimeWindow:
    if end is not None and end != seen_until:
        raise InvalidValueError(f"{form}.seen_until", seen_until.isoformat(), "is not the end")
    if seen_until < start:
        field = "seen_until" if end is None else "end"
        raise InvalidValueError(f"{form}.{field}", seen_until.isoformat(), "is before the start")
    return TimeWindow(start, seen_until)


def report_plain(content: ReportContent) -> dict[str, Any]:
    """The JSON document of a report as dictionaries and lists, keys in their fixed order.

    Raises:
        CallerError: where two kinds of one name differ, so that the name does not say which is meant.
    """
    document: dict[str, Any] = {"schema_version": SCHEMA_VERSION}
    document |= _converter().unstructure(content, unstructure_as=ReportContent)
    _refuse_ambiguous_kinds(content)
    definitions: dict[str, Any] = {}
    _name_kinds(document, definitions)
    document["kinds"] = [definitions[name] for name in sorted(definitions)]
    return document


def report_json(content: ReportContent, *, indent: int | None = None) -> str:
    """The JSON text of a report: ASCII, without NaN, the same text for the same report.

    Raises:
        CallerError: where two kinds of one name differ, so that the name does not say which is meant.
    """
    return json.dumps(report_plain(content), indent=indent, allow_nan=False)


def read_report(cls: type[R], text: str) -> R:
    """The report that a JSON text says; the inverse of :func:`report_json`.

    Raises:
        CallerError: for text that is not JSON, a newer schema version, a missing key, a wrong type or
            an impossible value; names the first part at fault by its path.
    """
    try:
        return _read(cls, _parse(text))
    except RecursionError:
        raise CallerError("report: the JSON is nested too deeply") from None


def _read(cls: type[R], document: object) -> R:
    if not isinstance(document, dict):
        raise InvalidValueError("report", document, "is not an object")
    _check_version(document)
    document = _with_later_keys(document)
    if "kinds" not in document:
        raise CallerError("kinds: is missing")
    kinds = _each(document["kinds"], lambda plain: _Definition(plain) if isinstance(plain, dict) else plain)
    definitions: dict[str, _Definition] = {}
    for index, kind in enumerate(read_plain(_converter(), _KindTable, {"kinds": kinds}).kinds):
        if kind.name in definitions:
            raise InvalidValueError(f"kinds[{index}].name", kind.name, "is defined twice")
        definitions[kind.name] = kinds[index]
    content = read_plain(_converter(), ReportContent, _with_definitions(document, definitions))
    return cls(**{name: getattr(content, name) for name in _field_names()})


# --- converter


class _Definition(dict[str, Any]):
    """The definition of a kind, from the place where definitions belong."""


@frozen
class _KindTable:
    kinds: tuple[SignalKind, ...]


@cache
def _converter() -> cattrs.Converter:
    new = converter()
    new.register_unstructure_hook(Event, lambda event: new.unstructure(SignalForm.of(event)))
    new.register_structure_hook(Event, lambda plain, _: new.structure(plain, SignalForm).value())
    new.register_unstructure_hook(EpisodeVerdict, lambda judged: new.unstructure(EpisodeForm.of(judged)))
    new.register_structure_hook(EpisodeVerdict, lambda plain, _: new.structure(plain, EpisodeForm).value())
    read_kind = new.get_structure_hook(SignalKind)

    def read(plain: object, cls: type) -> object:
        if not isinstance(plain, str | _Definition):
            raise InvalidValueError("", plain, "is not the name of a kind")
        if isinstance(plain, str) and plain not in KINDS:
            raise InvalidValueError("", plain, "is neither built in nor defined under kinds")
        return read_kind(plain, cls)

    new.register_structure_hook(SignalKind, read)
    add_service_hooks(new)
    return new


def _with_later_keys(document: dict[str, Any]) -> dict[str, Any]:
    """A copy in which no key is absent only because an earlier version wrote the report."""
    copy = _LATER_KEYS | document
    if "episodes" in document:
        copy["episodes"] = _each(
            document["episodes"],
            lambda episode: _LATER_EPISODE_KEYS | episode if isinstance(episode, dict) else episode,
        )
    return copy


def _field_names() -> list[str]:
    return [field.name for field in ReportContent.__attrs_attrs__]


# --- kinds: the document names them, and defines those that are not built in


def _name_kinds(part: object, definitions: dict[str, Any]) -> None:
    """Replace the definition of each kind by its name, and collect the definitions."""
    if isinstance(part, dict):
        kind = part.get("kind")
        if isinstance(kind, dict):
            definitions[kind["name"]] = kind
            part["kind"] = kind["name"]
        for inner in part.values():
            _name_kinds(inner, definitions)
    elif isinstance(part, list):
        for inner in part:
            _name_kinds(inner, definitions)


def _with_definitions(document: dict[str, Any], definitions: dict[str, _Definition]) -> dict[str, Any]:
    """A copy in which the name of each defined kind is replaced by its definition."""

    def define(holder: Any) -> Any:
        if isinstance(holder, dict) and isinstance(holder.get("kind"), str):
            return holder | {"kind": definitions.get(holder["kind"], holder["kind"])}
        return holder

    copy = {key: _each(document[key], define) for key in document if key in _KIND_HOLDERS}
    episodes = _each(
        document.get("episodes"),
        lambda episode: (
            episode | {"signals": _each(episode["signals"], define)}
            if isinstance(episode, dict) and "signals" in episode
            else episode
        ),
    )
    return document | copy | ({"episodes": episodes} if "episodes" in document else {})


def _each(part: Any, change: Callable[[Any], Any]) -> Any:
    return [change(item) for item in part] if isinstance(part, list) else part


def _refuse_ambiguous_kinds(content: ReportContent) -> None:
    by_name: dict[str, SignalKind] = {}
    kinds = [event.kind for judged in content.episodes for event in judged.episode.events]
    for part in (content.coverage, content.faults, content.traces):
        kinds += [holder.kind for holder in part]
    for kind in kinds:
        known = by_name.setdefault(kind.name, kind)
        if known != kind:
            raise CallerError(f"kinds: two different kinds of this report are named {known.name}")


# --- text


def _parse(text: object) -> object:
    if not isinstance(text, str):
        raise InvalidValueError("report", text, "is not text")
    try:
        return json.loads(text, parse_constant=_refuse_constant, object_pairs_hook=_distinct)
    except CallerError:
        raise
    except json.JSONDecodeError as error:
        raise CallerError(
            f"report: not JSON: {error.msg} (line {error.lineno}, column {error.colno})"
        ) from None
    except ValueError as error:  # a number of thousands of digits
        raise CallerError(f"report: not JSON that can be read: {error}") from None


def _refuse_constant(name: str) -> NoReturn:
    raise CallerError(f"report: not JSON: it holds {name}")


def _distinct(pairs: list[tuple[str, object]]) -> dict[str, object]:
    result = dict(pairs)
    if len(result) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise CallerError(f"report: the key {twice!r} stands twice in one object")
    return result


def _check_version(document: dict[str, object]) -> None:
    if "schema_version" not in document:
        raise CallerError("schema_version: is missing")
    version = document["schema_version"]
    if isinstance(version, bool) or not isinstance(version, int) or version < 1:
        raise InvalidValueError("schema_version", version, "is not a schema version")
    if version > SCHEMA_VERSION:
        raise InvalidValueError(
            "schema_version",
            version,
            f"is newer than {SCHEMA_VERSION}, the newest that can be read here",
        )
