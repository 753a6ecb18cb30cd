"""Lists of known incidents.

Ground truth is dirty: times that are no times, ends before starts, places that are no one place.  A row
is read where it can be, left out where it cannot, and one warning a file says which and why.  What a list
says in words of its own where a plain yes or no is needed is unknown, and is said as well.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from types import MappingProxyType

from attrs import field, frozen

from ..errors import FileError, InvalidValueError
from ..model.checks import flag, instance, member
from ..model.entity import Entity, EntityKind
from ..model.episode import Episode
from ..model.kinds import Plane
from ..model.window import TimeWindow
from .cells import check_text, time_micros
from .chunks import chunks
from .countries import country_code
from .opening import CSV, GZIP, AnyPath, ending_of, path_text
from .places import CellError, Places, shown

__all__ = ["Incident", "IncidentWarning", "read_incidents", "read_labelled_incidents"]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_STARTS = ("start", "start_utc", "start_date")
_ENDS = ("end", "end_utc", "end_date")
_WHERE = ("entity", "cc", "country", "networks")
_CAUSES = ("cause", "true_cause", "actual_cause")
_PLANES = {
    Plane.ROUTING: ("bgp",),
    Plane.PROBING: ("probing", "active_probing"),
    Plane.BACKGROUND: ("telescope",),
}
"""The columns that say whether there was a fall on each plane, as IODA's curated list has them."""

_ANSWERS = {"true": True, "yes": True, "false": False, "no": False}
_ENTRIES_SHOWN = 5


def _pairs(planes: Mapping[Plane, bool] | Iterable[tuple[Plane, bool]]) -> tuple[tuple[Plane, bool], ...]:
    """What is said of the planes, in their one order."""
    said = {
        member("Incident.planes", Plane, plane): flag("Incident.planes", fell)
        for plane, fell in dict(planes).items()
    }
    return tuple((plane, said[plane]) for plane in Plane if plane in said)


@frozen
class Incident:
    """One row of a list of incidents: the episode, and what the list says about it.

    Attributes:
        episode: when and where, without events; ``end`` is None where the list gives no usable one.
        line: the line of the file on which the row begins.
        id: the list's own name for it (column ``id``), or None.
        cause: the cause in the list's own words (column ``cause``, ``true_cause`` or
            ``actual_cause``), or None where it gives none.
        confirmed: whether the list calls the cause confirmed (column ``confirmation``); None where it
            says neither ``Confirmed`` nor ``Unconfirmed``.
        label, strict_label: the columns ``label`` and ``label_strict``, or None.
        planes: where the list looked for a fall, and whether it says that there was one; see the
            property.
    """

    episode: Episode
    line: int
    id: str | None = None
    cause: str | None = None
    confirmed: bool | None = None
    label: str | None = None
    strict_label: str | None = None
    _planes: tuple[tuple[Plane, bool], ...] = field(factory=dict, converter=_pairs)  # hashable

    @property
    def planes(self) -> Mapping[Plane, bool]:
        """Whether there was a fall, by plane; a plane at which nobody looked is absent.

        Columns ``bgp`` (ROUTING), ``probing`` or ``active_probing`` (PROBING) and ``telescope``
        (BACKGROUND): True or Yes, False or No, in any case of the letters.  What is empty or says
        anything else is unknown, and so absent.
        """
        return MappingProxyType(dict(self._planes))


class IncidentWarning(UserWarning):
    """Rows of a list of incidents that were left out, or kept without a part of what they say.

    Attributes:
        path: the file, as the caller named it.
        rows: how many rows it has, as far as it could be read.
        left_out: the lines of the rows that were left out, by reason.
        without_end: the lines of the rows that were kept without an end, by reason.
        broken_off: why the rest of the file could not be read, or None.
        without_plane: the lines of the rows that were kept without what they say of a plane, by reason.
    """

    def __init__(
        self,
        path: str,
        rows: int,
        left_out: Mapping[str, tuple[int, ...]],
        without_end: Mapping[str, tuple[int, ...]],
        broken_off: str | None,
        *,
        without_plane: Mapping[str, tuple[int, ...]] = MappingProxyType({}),
    ) -> None:
        self.path = path
        self.rows = rows
        self.left_out = left_out
        self.without_end = without_end
        self.broken_off = broken_off
        self.without_plane = without_plane
        parts = [
            f"{word} {len(lines)}, since {reason} ({_line_list(lines)})"
            for word, reasons in (
                ("left out", left_out),
                ("kept without an end", without_end),
                ("kept without a plane", without_plane),
            )
            for reason, lines in reasons.items()
        ]
        if broken_off is not None:
            parts.append(f"the rest could not be read: {broken_off}")
        super().__init__(f"{path}: of {rows} rows: {'; '.join(parts)}")

    def __reduce__(self) -> tuple[object, ...]:
        taken = (self.path, self.rows, self.left_out, self.without_end, self.broken_off)
        return type(self), taken, {"without_plane": dict(self.without_plane), "args": self.args}


def _line_list(lines: tuple[int, ...]) -> str:
    more = ", ..." if len(lines) > _ENTRIES_SHOWN else ""
    word = "line" if len(lines) == 1 else "lines"
    return f"{word} {', '.join(map(str, lines[:_ENTRIES_SHOWN]))}{more}"


def read_incidents(path: AnyPath, *, entity: Entity | str | None = None) -> tuple[Episode, ...]:
    """The incidents of a CSV file (``.csv`` or ``.csv.gz``) as episodes without events.

    The simple form is ``start,end,entity``: times in ISO 8601 with ``Z`` or an offset (or a date alone,
    its midnight in UTC, or seconds since 1970), and ``BY``, ``AS6697`` or ``US/LA``.  Other columns are
    allowed.  The forms of published lists are read as well:

    * ``start_utc``, ``end_utc``: the same, and a time without an offset is UTC.
    * ``start_date``, ``end_date``: days, taken as days of UTC; the last day is part of the incident.
    * ``cc``, a country's code or a region's in ISO 3166-2 (``US-LA``), or ``country``, a country's code
      or English name.  It is narrowed by ``scope_raw`` (``Country``, ``Region (Lara)``, ``AS (8048)``),
      ``area_name`` (``Nationwide``, or a part of the country in the list's own words, which becomes the
      region's code) or ``networks`` (``country``, or one network, ``AS6697``).

    An end that is missing, is no time or lies before the start is unknown.  Such an episode keeps its
    onset: its window is empty, and its ``end`` is None.  Every other row with a flaw is left out.

    Args:
        path: the file.
        entity: of the rows that name none.

    Returns:
        The episodes in the order of the file.

    Warns:
        IncidentWarning: once, where a row was left out or its end is unknown, unless the list itself
            says that it is ongoing (column ``shutdown_status``).

    Raises:
        FileError: where the file cannot be opened, or has no column for the start, the end or, without
            ``entity``, the entity.
        InvalidValueError: for an ``entity`` that is none.
    """
    incidents, warning = _read(path, entity, labelled=False)
    if warning is not None:
        warnings.warn(warning, stacklevel=2)
    return tuple(incident.episode for incident in incidents)


def read_labelled_incidents(path: AnyPath, *, entity: Entity | str | None = None) -> tuple[Incident, ...]:
    """The same as :func:`read_incidents`, with what the list says about each.

    Warns:
        IncidentWarning: as there, and where a row says of a plane neither yes nor no.

    Raises:
        FileError, InvalidValueError: as there.
    """
    incidents, warning = _read(path, entity, labelled=True)
    if warning is not None:
        warnings.warn(warning, stacklevel=2)
    return incidents


@frozen(eq=False)
class _Tally:
    """What happened to the rows."""

    left_out: dict[str, list[int]] = field(factory=dict)
    without_end: dict[str, list[int]] = field(factory=dict)
    without_plane: dict[str, list[int]] = field(factory=dict)

    def warning(
        self, path: str, rows: int, broken_off: str | None, *, labelled: bool
    ) -> IncidentWarning | None:
        """The one warning for the file, or None where there is nothing to say."""
        left_out, without_end, without_plane = (
            {reason: tuple(lines) for reason, lines in reasons.items()}
            for reasons in (self.left_out, self.without_end, self.without_plane if labelled else {})
        )
        if not left_out and not without_end and not without_plane and broken_off is None:
            return None
        return IncidentWarning(path, rows, left_out, without_end, broken_off, without_plane=without_plane)


class _UnusableError(Exception):
    """Why a row is left out."""


def _read(
    path: AnyPath, entity: Entity | str | None, *, labelled: bool
) -> tuple[tuple[Incident, ...], IncidentWarning | None]:
    name = path_text(path)
    zipped = ending_of(name, (CSV, GZIP)) == GZIP
    if isinstance(entity, str):
        entity = Entity.parse(entity)
    elif entity is not None:
        instance("entity", Entity, entity)
    places = Places(name)
    lines = _lines(name, places, zipped=zipped)
    first = next(lines, None)
    if first is None:
        raise places.error("is empty")
    header = _header(*first, places, entity)
    incidents: list[Incident] = []
    tally = _Tally()
    rows, broken_off = 0, None
    try:
        for cells, line in lines:
            rows += 1
            try:
                incidents.append(_incident(header, cells, line, entity, tally))
            except _UnusableError as unusable:
                tally.left_out.setdefault(str(unusable), []).append(line)
    except FileError as error:
        broken_off = error.problem if error.line is None else f"line {error.line} {error.problem}"
    return tuple(incidents), tally.warning(name, rows, broken_off, labelled=labelled)


def _lines(path: str, places: Places, *, zipped: bool) -> Iterator[tuple[list[str], int]]:
    """Each row with the line it begins on; what breaks the reading off is raised after the last."""
    for chunk in chunks(path, zipped=zipped):
        yield from zip(chunk.rows, chunk.lines, strict=True)
        if chunk.fault is not None:
            raise places.error(chunk.fault[1], chunk.fault[0])


def _header(cells: list[str], line: int, places: Places, entity: Entity | None) -> list[str]:
    try:
        for cell in cells:
            check_text(cell, "header")
    except CellError as error:
        raise places.error(f"the header is not text: {error.problem}", line) from None
    header = [cell.strip() for cell in cells]
    found = shown(", ".join(header))
    for group in (_STARTS, _ENDS):
        if not set(group) & set(header):
            raise places.error(f"there is none of the columns {', '.join(group)} among {found}", line)
    if entity is None and not set(_WHERE) & set(header):
        raise places.error(
            f"there is none of the columns {', '.join(_WHERE)} among {found}; say whose with entity=",
            line,
        )
    for name in header:
        if name and header.count(name) > 1:
            raise places.error(f"there are {header.count(name)} columns {shown(name)}", line)
    return header


def _incident(
    header: list[str], cells: list[str], line: int, default: Entity | None, tally: _Tally
) -> Incident:
    if len(cells) != len(header):
        raise _UnusableError("the number of fields is not that of the header")
    row = {name: cell.strip() for name, cell in zip(header, cells, strict=True)}
    entity = _entity(row, default)
    start = _start(row)
    end, flaw = _end(row, start)
    if flaw is not None and row.get("shutdown_status") != "Ongoing":
        tally.without_end.setdefault(flaw, []).append(line)
    confirmation = row.get("confirmation")
    return Incident(
        Episode(entity, TimeWindow(start, start if end is None else end), (), ongoing=end is None),
        line,
        row.get("id") or None,
        next((row[name] for name in _CAUSES if row.get(name)), None),
        {"Confirmed": True, "Unconfirmed": False}.get(confirmation or ""),
        row.get("label") or None,
        row.get("label_strict") or None,
        _planes_said(row, line, tally),
    )


def _planes_said(row: Mapping[str, str], line: int, tally: _Tally) -> dict[Plane, bool]:
    """What the row says of the planes."""
    said: dict[Plane, bool] = {}
    for plane, names in _PLANES.items():
        name = next((name for name in names if row.get(name)), None)
        if name is None:
            continue
        answer = _ANSWERS.get(row[name].casefold())
        if answer is None:
            tally.without_plane.setdefault(f"{name} says neither yes nor no", []).append(line)
        else:
            said[plane] = answer
    return said


def _start(row: Mapping[str, str]) -> datetime:
    name = next((name for name in _STARTS if row.get(name)), None)
    if name is None:
        raise _UnusableError("the start is missing")
    start = _time(row[name], name)
    if start is None:
        raise _UnusableError("the start is not a time in UTC")
    return start


def _end(row: Mapping[str, str], start: datetime) -> tuple[datetime | None, str | None]:
    """The end, or None and why it is unknown."""
    name = next((name for name in _ENDS if row.get(name)), None)
    if name is None:
        return None, "the end is missing"
    end = _time(row[name], name)
    if end is None:
        return None, "the end is not a time in UTC"
    if end < start:
        return None, "the end lies before the start"
    if name == "end_date":
        end = min(end, datetime.max.replace(tzinfo=UTC) - timedelta(days=1)) + timedelta(days=1)
    return end, None


def _time(text: str, column: str) -> datetime | None:
    """A time, or None where it is none; without an offset it is UTC where the column says so."""
    if column.endswith("_utc"):
        try:
            naive = datetime.fromisoformat(text).tzinfo is None
        except ValueError:
            naive = False
        if naive and len(text) > len("2020-08-08"):
            text += "Z"
    try:
        return _EPOCH + timedelta(microseconds=time_micros(text))
    except CellError:
        return None


_REGION = re.compile(r"([A-Za-z]{2})-([A-Za-z0-9]{1,3})", re.ASCII)  # ISO 3166-2
_SCOPE = re.compile(r"(Region|AS) \((.+)\)")
_NATIONAL = re.compile(
    r"nation[ -]?wide|national|country-?wide( shutdown)?|(entire|whole) country", re.IGNORECASE
)


def _entity(row: Mapping[str, str], default: Entity | None) -> Entity:
    try:
        if row.get("entity"):
            check_text(row["entity"], "entity")
            return Entity.parse(row["entity"])
        return _narrowed(row, _country(row, default))
    except (InvalidValueError, CellError):
        raise _UnusableError("the entity is not a country, network or region") from None


def _country(row: Mapping[str, str], default: Entity | None) -> Entity | None:
    """The entity before it is narrowed; None where the row and the caller name none."""
    code = row.get("cc") or row.get("country")
    if not code:
        return default
    region = _REGION.fullmatch(code)
    if region is not None:
        return Entity(EntityKind.REGION, region[2].upper(), region[1].upper())
    country = country_code(code)
    if country is None:
        raise _UnusableError("the country is not one that ISO 3166-1 lists")
    return Entity.parse(country)


def _narrowed(row: Mapping[str, str], entity: Entity | None) -> Entity:
    scope, area, networks = row.get("scope_raw"), row.get("area_name"), row.get("networks")
    if networks and re.fullmatch(r"AS\d+", networks, re.ASCII):
        return Entity.parse(networks)
    if entity is None:
        raise _UnusableError("it names no entity")
    if networks and networks != "country":
        raise _UnusableError("the networks are not one network or the country")
    if scope and scope != "Country":
        match = _SCOPE.fullmatch(scope)
        if match is None:
            raise _UnusableError("the scope is not Country, Region (...) or AS (...)")
        return Entity.parse(f"AS{match[2]}") if match[1] == "AS" else _region(entity, match[2])
    if area is not None and _NATIONAL.fullmatch(area) is None:
        return _region(entity, area)
    return entity


def _region(entity: Entity, name: str) -> Entity:
    check_text(name, "entity")
    if not name or "/" in name:
        raise _UnusableError("the area is not named, or is not one area")
    return Entity(EntityKind.REGION, name, entity.country)
