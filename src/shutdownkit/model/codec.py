"""Values to plain data and back: what JSON can hold, and nothing lost.

Times become ISO 8601 text in UTC, durations seconds, enumerations their lower-case value, entities
their text, missing numbers null.  :func:`to_plain` and :func:`from_plain` are each other's inverse, also
through :mod:`json`.  A reader refuses what is of the wrong type instead of converting it, and ignores
keys that it does not know.
"""

from __future__ import annotations

import enum
import math
import string
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from functools import cache
from typing import Any, TypeVar, get_args, get_origin

import attrs
import cattrs
from cattrs.gen import make_dict_structure_fn, make_dict_unstructure_fn

from ..errors import CallerError, InvalidValueError
from .checks import instant
from .claims import ClaimCheck, PartyClaim, Prediction
from .context import ContextEvent
from .entity import Entity
from .episode import Episode
from .event import Event
from .kinds import KINDS, SignalKind
from .series import TimeSeries
from .signal import Provenance, Signal
from .similarity import Similarity
from .verdict import (
    Attribution,
    Cause,
    CauseProbabilities,
    CauseWeights,
    Evidence,
    Verdict,
)
from .window import TimeWindow, utc_text

__all__ = ["PLAIN_CLASSES", "converter", "from_plain", "read_plain", "to_plain"]

T = TypeVar("T")

PLAIN_CLASSES: tuple[type, ...] = (
    Entity,
    TimeWindow,
    SignalKind,
    TimeSeries,
    Provenance,
    Signal,
    Event,
    Episode,
    Evidence,
    CauseWeights,
    CauseProbabilities,
    Attribution,
    Verdict,
    ContextEvent,
    Similarity,
    Prediction,
    ClaimCheck,
    PartyClaim,
)
"""The classes whose values :func:`to_plain` takes."""

_HERE = ""  # the field of an error that lies in the very value that a hook was given
_NAME_LETTERS = string.ascii_letters + string.digits + "_"


def to_plain(value: object) -> Any:
    """Dictionaries, lists, texts and numbers that say the same as ``value``.

    Args:
        value: an instance of one of :data:`PLAIN_CLASSES`.

    Returns:
        JSON-safe data without NaN: an object in the order of the class's fields, or text for an
        :class:`Entity` and for a built-in :class:`SignalKind`.

    Raises:
        InvalidValueError: for a value of another class, or a duration so long (over a century) and
            so fine that seconds as a float do not hold it.
    """
    if not isinstance(value, PLAIN_CLASSES):
        raise InvalidValueError("value", value, "is not a value that has a plain form")
    return _shared().unstructure(value)


def from_plain(cls: type[T], plain: object) -> T:
    """The value of class ``cls`` that ``plain`` says; the inverse of :func:`to_plain`.

    Raises:
        InvalidValueError: names the first part at fault by its path (``events[0].depth``).
        CallerError: names a key that is missing by its path.
    """
    if cls not in PLAIN_CLASSES:
        raise InvalidValueError("cls", cls, "is not a class whose values have a plain form")
    return read_plain(_shared(), cls, plain)


def read_plain(using: cattrs.Converter, cls: type[T], plain: object) -> T:
    """Structure with a converter of :func:`converter`, with one error that names the path."""
    try:
        return using.structure(plain, cls)
    except _UNREADABLE as error:
        raise _named(error, cls.__name__) from None


@cache
def _shared() -> cattrs.Converter:
    return converter()


def converter() -> cattrs.Converter:
    """A new converter that knows every class of :data:`PLAIN_CLASSES`; hooks may be added to it."""
    new = cattrs.Converter(detailed_validation=True)
    simple = ((str, _read_text), (bool, _read_flag), (int, _read_whole), (float, _read_number))
    for kind, hook in simple:
        new.register_structure_hook(kind, hook)
    new.register_structure_hook_factory(attrs.has, _class_reader)
    new.register_structure_hook_factory(_is_tuple, _tuple_reader)
    new.register_structure_hook_factory(_is_enum, _enum_reader)
    new.register_unstructure_hook(datetime, utc_text)
    new.register_structure_hook(datetime, lambda plain, _: instant(_HERE, _read_text(plain, str)))
    new.register_unstructure_hook(timedelta, _write_duration)
    new.register_structure_hook(timedelta, _read_duration)
    new.register_unstructure_hook(Entity, str)
    new.register_structure_hook(Entity, _read_entity)
    new.register_unstructure_hook(TimeSeries, lambda series: _write_series(new, series))
    new.register_structure_hook(TimeSeries, lambda plain, _: _read_series(new, plain))
    new.register_unstructure_hook(CauseWeights, _write_weights)
    new.register_structure_hook(CauseWeights, _read_weights)
    new.register_unstructure_hook(CauseProbabilities, _write_causes)
    new.register_structure_hook(CauseProbabilities, _read_probabilities)
    _add_kind_hooks(new)
    return new


class _MissingKeyError(Exception):
    """An object lacks a key, which is the error's only argument."""


_UNREADABLE = (cattrs.BaseValidationError, InvalidValueError, _MissingKeyError)


# --- texts, numbers, flags, times


def _read_text(plain: object, _: type) -> str:
    if not isinstance(plain, str):
        raise InvalidValueError(_HERE, plain, "is not text")
    return plain


def _read_flag(plain: object, _: type) -> bool:
    if not isinstance(plain, bool):
        raise InvalidValueError(_HERE, plain, "is neither true nor false")
    return plain


def _read_whole(plain: object, _: type) -> int:
    if isinstance(plain, bool) or not isinstance(plain, int):
        raise InvalidValueError(_HERE, plain, "is not a whole number")
    return plain


def _read_number(plain: object, _: type) -> float:
    if isinstance(plain, bool) or not isinstance(plain, int | float):
        raise InvalidValueError(_HERE, plain, "is not a number")
    try:
        number = float(plain)
    except OverflowError:
        raise InvalidValueError(_HERE, "an integer", "is too large for a float") from None
    if not math.isfinite(number):
        raise InvalidValueError(_HERE, plain, "is not finite")
    return number


def _write_duration(value: timedelta) -> int | float:
    if not value.microseconds:
        return value.days * 86400 + value.seconds
    seconds = value.total_seconds()
    if timedelta(seconds=seconds) != value:
        raise InvalidValueError("duration", value, "has microseconds, and too many seconds for a float")
    return seconds


def _read_duration(plain: object, _: type) -> timedelta:
    if isinstance(plain, bool) or not isinstance(plain, int | float):
        raise InvalidValueError(_HERE, plain, "is not a number of seconds")
    try:
        return timedelta(seconds=plain)
    except (OverflowError, ValueError):
        raise InvalidValueError(_HERE, plain, "is not a possible number of seconds") from None


# --- containers


def _is_enum(cls: object) -> bool:
    return isinstance(cls, type) and issubclass(cls, enum.Enum)


def _enum_reader(cls: type[enum.Enum]) -> Callable[[object, type], enum.Enum]:
    members = {member.value: member for member in cls}

    def read(plain: object, _: type) -> enum.Enum:
        if not isinstance(plain, str) or plain not in members:
            raise InvalidValueError(_HERE, plain, f"is none of {', '.join(members)}")
        return members[plain]

    return read


def _is_tuple(cls: object) -> bool:
    return get_origin(cls) is tuple


def _tuple_reader(cls: Any, using: cattrs.Converter) -> Callable[[object, type], tuple[object, ...]]:
    item, _ = get_args(cls)  # tuple[item, ...]
    read_item = using.get_structure_hook(item)

    def read(plain: object, _: type) -> tuple[object, ...]:
        items = []
        for index, part in enumerate(_list(plain)):
            try:
                items.append(read_item(part, item))
            except _UNREADABLE as error:
                error.add_note(cattrs.IterableValidationNote("item", index, item))
                raise cattrs.IterableValidationError("items", [error], cls) from None
        return tuple(items)

    return read


def _class_reader(cls: type, using: cattrs.Converter) -> Callable[[object, type], object]:
    """Reads an object with a key for every field; a default stands in for none."""
    fill: Callable[[Mapping[str, Any], type], object] = make_dict_structure_fn(cls, using)
    names = [field.name for field in attrs.fields(cls)]

    def read(plain: object, _: type) -> object:
        keys = _object(plain)
        for name in names:
            if name not in keys:
                raise _MissingKeyError(name)
        return fill(keys, cls)

    return read


def _list(plain: object) -> list[Any]:
    if not isinstance(plain, list):
        raise InvalidValueError(_HERE, plain, "is not a list")
    return plain


def _object(plain: object) -> Mapping[str, Any]:
    if not isinstance(plain, dict):
        raise InvalidValueError(_HERE, plain, "is not an object")
    return plain


# --- single classes


def _read_entity(plain: object, _: type) -> Entity:
    try:
        return Entity.parse(_read_text(plain, str))
    except InvalidValueError as error:
        raise InvalidValueError(_HERE, error.value, error.problem) from None


def _add_kind_hooks(new: cattrs.Converter) -> None:
    write_fields = make_dict_unstructure_fn(SignalKind, new)
    read_fields = _class_reader(SignalKind, new)

    def write(kind: SignalKind) -> object:
        return kind.name if KINDS.get(kind.name) == kind else write_fields(kind)

    def read(plain: object, cls: type) -> object:
        if isinstance(plain, str):
            if plain not in KINDS:
                raise InvalidValueError(_HERE, plain, "is not the name of a built-in kind")
            return KINDS[plain]
        return read_fields(plain, cls)

    new.register_unstructure_hook(SignalKind, write)
    new.register_structure_hook(SignalKind, read)


@attrs.frozen
class _SeriesForm:
    """A time series before its numbers are read."""

    start: datetime
    step: timedelta
    values: tuple[float | None, ...]


def _write_series(using: cattrs.Converter, series: TimeSeries) -> dict[str, object]:
    return {
        "start": utc_text(series.start),
        "step": using.unstructure(series.step),
        "values": [None if math.isnan(value) else value for value in series.values.tolist()],
    }


def _read_series(using: cattrs.Converter, plain: object) -> TimeSeries:
    form = using.structure(plain, _SeriesForm)
    values = [math.nan if value is None else value for value in form.values]
    return TimeSeries(form.start, form.step, values)


def _write_causes(values: Mapping[Cause, float]) -> dict[str, float]:
    return {cause.value: value for cause, value in values.items()}


def _write_weights(weights: CauseWeights) -> dict[str, float]:
    return {name: value for name, value in _write_causes(weights).items() if value}


def _read_causes(plain: object) -> dict[Cause, float]:
    names = {cause.value: cause for cause in Cause}
    values = {}
    for name, value in _object(plain).items():
        if name not in names:
            raise InvalidValueError(_HERE, name, f"is none of {', '.join(names)}")
        try:
            values[names[name]] = _read_number(value, float)
        except InvalidValueError as error:
            raise InvalidValueError(f"causes.{name}", error.value, error.problem) from None
    return values


def _read_weights(plain: object, _: type) -> CauseWeights:
    return CauseWeights(_read_causes(plain))


def _read_probabilities(plain: object, _: type) -> CauseProbabilities:
    values = _read_causes(plain)
    for cause in Cause:
        if cause not in values:
            raise InvalidValueError(_HERE, _object(plain), f"has no probability for {cause.value}")
    return CauseProbabilities(values)


# --- errors


def _named(error: BaseException, root: str) -> CallerError:
    """The first error within, as one line that names the path to it."""
    path = ""
    while isinstance(error, cattrs.BaseValidationError):
        error = error.exceptions[0]
        for note in getattr(error, "__notes__", ()):
            if isinstance(note, cattrs.AttributeValidationNote):
                path += f".{note.name}"
            elif isinstance(note, cattrs.IterableValidationNote):
                path += f"[{note.index}]"
    path = path.removeprefix(".")
    if isinstance(error, InvalidValueError):
        return InvalidValueError(_joined(path, error.field) or root, error.value, error.problem)
    if isinstance(error, _MissingKeyError):
        key = f"{path}.{error.args[0]}".removeprefix(".")
        return CallerError(f"{key}: is missing")
    raise error


def _joined(path: str, field: str) -> str:
    """The path to a field (``Class.field`` or ``Class[key]``) of the value that stands at ``path``."""
    return path + field.lstrip(_NAME_LETTERS) if path else field
