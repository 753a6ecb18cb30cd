"""Scenario files: TOML that people write and read."""

from __future__ import annotations

import enum
import re
import tomllib
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Protocol, TypeVar

from ..errors import FileError, InvalidValueError
from ..model.checks import duration, instant, number, text
from ..model.entity import Entity
from ..model.kinds import KINDS, SignalKind
from ..model.window import TimeWindow
from .scenario import (
    Confidence,
    Gap,
    Phase,
    Precision,
    Rhythm,
    Scenario,
    ScenarioSignal,
    TimelineLine,
)

__all__ = ["Readable", "read_scenario"]

T = TypeVar("T")
E = TypeVar("E", bound=enum.Enum)

_WHERE = re.compile(r"(?P<problem>.*) \(at line (?P<line>\d+), column \d+\)", re.DOTALL)


class Readable(Protocol):
    """A file to read: a :class:`pathlib.Path`, or a resource of a package."""

    @property
    def name(self) -> str:
        """The file's name, for errors."""

    def read_bytes(self) -> bytes:
        """Its whole content."""


def read_scenario(source: str | Readable) -> Scenario:
    """A scenario from TOML text, or from a file or resource that holds it.

    The keys are in ``docs/reconstruction.md``.

    Raises:
        FileError: one line that says where in the file something is wrong, and what: for a file that
            cannot be opened, text that is not TOML, a key that is missing or unknown, or a value that
            cannot be.
    """
    if isinstance(source, str):
        name, content = "scenario", source
    else:
        name, content = _content(source)
    try:
        # Beside TOMLDecodeError: an integer of thousands of digits, tables nested by the hundred.
        table = tomllib.loads(content)
    except (ValueError, RecursionError) as error:
        raise _not_toml(name, str(error)) from None
    return _scenario(_Table(name, "", table))


def _content(source: Readable) -> tuple[str, str]:
    name = source.name
    try:
        return name, source.read_bytes().decode("utf-8")
    except OSError as error:
        raise FileError(name, f"cannot be read: {error.strerror or error}") from error
    except UnicodeDecodeError as error:
        raise FileError(name, f"is not UTF-8: byte {error.start}") from None


def _not_toml(name: str, message: str) -> FileError:
    match = _WHERE.fullmatch(message)
    if match is None:
        return FileError(name, f"is not TOML: {message}")
    return FileError(name, f"is not TOML: {match['problem']}", line=int(match["line"]))


class _Table:
    """A table of the file, of which every key must be known and is taken once."""

    def __init__(self, name: str, where: str, table: Mapping[str, object]) -> None:
        self.name = name
        self.where = where
        self.left = dict(table)

    def error(self, problem: str) -> FileError:
        """An error on one line, whatever the file's own text holds."""
        where = f"{self.where}: {problem}" if self.where else problem
        return FileError(self.name, " ".join(where.split()))

    def has(self, key: str) -> bool:
        return key in self.left

    def need(self, key: str, read: Callable[[str, object], T]) -> T:
        if key not in self.left:
            raise self.error(f"{key} is missing")
        return self.read(key, read)

    def read(self, key: str, read: Callable[[str, object], T]) -> T:
        """The value of a key that is there."""
        return self.make(lambda: read(key, self.left.pop(key)))

    def take(self, key: str, read: Callable[[str, object], T], default: T) -> T:
        return self.read(key, read) if key in self.left else default

    def make(self, make: Callable[[], T]) -> T:
        """What ``make`` makes, with the place in the file named where it cannot be made."""
        try:
            return make()
        except InvalidValueError as error:
            raise self.error(str(error)) from None

    def table(self, key: str) -> _Table:
        value = self.left.pop(key, {})
        if not isinstance(value, Mapping):
            raise self.error(f"{key} is not a table")
        return _Table(self.name, f"{self.where}, {key}" if self.where else key, value)

    def tables(self, key: str, names: Callable[[Mapping[str, object]], str]) -> list[_Table]:
        values = self.left.pop(key, [])
        if not isinstance(values, list) or not all(isinstance(value, Mapping) for value in values):
            raise self.error(f"{key} is not an array of tables: write [[{key}]]")
        prefix = f"{self.where}, {key}" if self.where else key
        return [
            _Table(self.name, f"{prefix} {index} ({names(value)})", value)
            for index, value in enumerate(values, start=1)
        ]

    def done(self) -> None:
        """Refuse what nobody asked for: most likely a key with a typing error."""
        if self.left:
            raise self.error(f"unknown key {min(self.left)!r}")


def _time(field: str, value: object) -> datetime:
    """A time with its offset, or a date, which is its midnight in UTC."""
    if isinstance(value, date) and not isinstance(value, datetime):
        return datetime(value.year, value.month, value.day, tzinfo=UTC)
    return instant(field, value)


def _minutes(field: str, value: object) -> timedelta:
    return duration(field, number(field, value, maximum=1e7) * 60, zero=True)


def _entity(field: str, value: object) -> Entity:
    return Entity.parse(text(field, value))


def _kind(field: str, value: object) -> SignalKind:
    kind = KINDS.get(text(field, value))
    if kind is None:
        raise InvalidValueError(field, value, f"is no kind; the kinds are {', '.join(KINDS)}")
    return kind


def _prose(field: str, value: object) -> str:
    """Text on one line, however it was wrapped in the file."""
    return " ".join(text(field, value).split())


def _choice(kind: type[E]) -> Callable[[str, object], E]:
    def read(field: str, value: object) -> E:
        for member in kind:
            if member.value == value:
                return member
        names = ", ".join(str(member.value) for member in kind)
        raise InvalidValueError(field, value, f"is none of {names}")

    return read


def _named(*keys: str) -> Callable[[Mapping[str, object]], str]:
    return lambda table: " ".join(str(table[key]) for key in keys if key in table) or "without a name"


def _scenario(table: _Table) -> Scenario:
    head = table.table("scenario")
    lines: dict[str, TimelineLine] = {}
    for each in table.tables("timeline", _named("id")):
        line = _line(each)
        if line.id in lines:
            raise each.error("its id is there twice")
        lines[line.id] = line
    signals = [_signal(each, lines) for each in table.tables("signal", _named("entity", "kind", "subject"))]
    table.done()
    title = head.need("title", _prose)
    entity = head.need("entity", _entity)
    start, end = head.need("start", _time), head.need("end", _time)
    history = head.need("history", _time)
    notice = head.need("notice", _prose)
    head.done()
    return head.make(
        lambda: Scenario(
            title=title,
            entity=entity,
            window=TimeWindow(start, end),
            history=history,
            notice=notice,
            lines=tuple(lines.values()),
            signals=tuple(signals),
        )
    )


def _line(table: _Table) -> TimelineLine:
    line = table.make(
        lambda: TimelineLine(
            id=table.need("id", text),
            start=table.need("start", _time),
            end=table.take("end", _time, None),
            precision=table.need("precision", _choice(Precision)),
            confidence=table.need("confidence", _choice(Confidence)),
            text=table.need("text", _prose),
            source=table.need("source", _prose),
            not_modelled=table.take("not_modelled", _prose, ""),
        )
    )
    table.done()
    return line


def _signal(table: _Table, lines: Mapping[str, TimelineLine]) -> ScenarioSignal:
    level = table.need("level", number)
    signal = table.make(
        lambda: ScenarioSignal(
            kind=table.need("kind", _kind),
            entity=table.need("entity", _entity),
            subject=table.take("subject", text, None),
            step=table.need("step", _minutes),
            level=level,
            source=table.need("source", _prose),
            assumed=table.take("assumed", _prose, ""),
            rhythm=_rhythm(table.table("rhythm")),
            noise=table.take("noise", number, 0.0),
            weight=table.take("weight", number, None),
            weight_follows=table.take("weight_follows", _kind, None),
            missing=table.take("missing", number, 0.0),
            lag=table.take("lag", _minutes, timedelta(0)),
            lag_note=table.take("lag_note", _prose, ""),
            phases=[_phase(each, lines, level) for each in table.tables("phase", _named("line"))],
            gaps=[_gap(each) for each in table.tables("gap", _named("start"))],
        )
    )
    table.done()
    return signal


def _rhythm(table: _Table) -> Rhythm:
    amplitude = table.take("amplitude", number, 0.0)
    peak_hour = table.take("peak_hour", number, 12.0)
    weekend = table.take("weekend", number, 1.0)
    table.done()
    return table.make(lambda: Rhythm(amplitude, peak_hour, weekend))


def _phase(table: _Table, lines: Mapping[str, TimelineLine], usual: float) -> Phase:
    line = _referred(table, "line", lines)
    until = _referred(table, "until", lines) if table.has("until") else None
    start = table.take("start", _time, line.start)
    published = line.end if until is None else until.start
    if published is None and not table.has("end"):
        raise table.error(f"end is missing, and line {line.id} has none: give end, or until")
    end = table.read("end", _time) if published is None else table.take("end", _time, published)
    level = _level(table, usual)
    fall = table.take("fall", _minutes, timedelta(0))
    rise = table.take("rise", _minutes, timedelta(0))
    assumed = table.take("assumed", _prose, "")
    table.done()
    return table.make(lambda: Phase(line, start, end, level, fall, rise, until, assumed))


def _level(table: _Table, usual: float) -> float:
    """The level from ``share`` (of the usual one, 0..1) or ``value`` (in the signal's unit)."""
    if table.has("share") == table.has("value"):
        raise table.error("give one of share (of the usual level, 0..1) and value (in the signal's unit)")
    if table.has("value"):
        return table.read("value", number)
    share = table.read("share", lambda field, value: number(field, value, minimum=0.0, maximum=1.0))
    return share * usual


def _referred(table: _Table, key: str, lines: Mapping[str, TimelineLine]) -> TimelineLine:
    name = table.need(key, text)
    if name not in lines:
        raise table.error(f"{key} {name!r} is the id of no line")
    return lines[name]


def _gap(table: _Table) -> Gap:
    start, end = table.need("start", _time), table.need("end", _time)
    source = table.need("source", _prose)
    table.done()
    return table.make(lambda: Gap(TimeWindow(start, end), source))
