"""The JSON of a report: the part that other programs read, and everything else, without loss.

Where the JSON differs from the classes, forms say how:
:class:`~shutdownkit.report.episode_forms.EpisodeForm` for an episode with its verdict,
:class:`~shutdownkit.report.episode_forms.SignalForm` for an event,
:class:`~shutdownkit.report.claim_forms.ClaimForm` for what a party claims,
:class:`~shutdownkit.report.service_forms.BlockForm` for a blocked service.  Their fields are the keys, in
order.  What stands for keys that earlier versions did not write is in
:mod:`~shutdownkit.report.earlier`.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache
from typing import Any, NoReturn, TypeVar

import cattrs
from attrs import frozen

from ..errors import CallerError, InvalidValueError
from ..model.codec import converter, read_plain
from ..model.kinds import KINDS, SignalKind
from .claim_forms import add_claim_hooks
from .content import ReportContent
from .earlier import with_later_keys
from .episode_forms import add_episode_hooks
from .service_forms import add_service_hooks

__all__ = [
    "SCHEMA_VERSION",
    "read_report",
    "report_json",
    "report_plain",
]

SCHEMA_VERSION = 1
"""The version of the JSON that this module writes and reads.

It grows when a key changes its meaning or goes; a new key does not change it, so readers must ignore
keys that they do not know.
"""

_KIND_HOLDERS = ("coverage", "faults", "traces")  # and the signals of the episodes

R = TypeVar("R", bound=ReportContent)


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
    document = with_later_keys(document)
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
    read_kind = new.get_structure_hook(SignalKind)

    def read(plain: object, cls: type) -> object:
        if not isinstance(plain, str | _Definition):
            raise InvalidValueError("", plain, "is not the name of a kind")
        if isinstance(plain, str) and plain not in KINDS:
            raise InvalidValueError("", plain, "is neither built in nor defined under kinds")
        return read_kind(plain, cls)

    new.register_structure_hook(SignalKind, read)
    add_episode_hooks(new)
    add_claim_hooks(new)
    add_service_hooks(new)
    return new


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
