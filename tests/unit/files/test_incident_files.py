"""Lists of incidents: what is read, what is left out, and how that is said."""

from __future__ import annotations

import gzip
import pickle
from datetime import UTC, datetime
from pathlib import Path

import pytest
from attrs import evolve

from shutdownkit.errors import FileError, InvalidValueError
from shutdownkit.files.countries import country_code
from shutdownkit.files.incidents import (
    Incident,
    IncidentWarning,
    read_incidents,
    read_labelled_incidents,
)
from shutdownkit.model.entity import Entity
from shutdownkit.model.episode import Episode
from shutdownkit.model.kinds import Plane
from shutdownkit.model.window import TimeWindow


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "incidents.csv"


def episode(entity: str, start: str, end: str | None) -> Episode:
    return Episode(Entity.parse(entity), TimeWindow(start, end or start), ongoing=end is None)


def warned(path: Path, content: str, *, entity: str | None = None) -> tuple[tuple[Episode, ...], str]:
    path.write_text(content, "utf-8")
    with pytest.warns(IncidentWarning) as caught:
        read = read_incidents(path, entity=entity)
    (warning,) = caught
    assert warning.filename == __file__
    assert str(warning.message).startswith(f"{path}: of ")
    return read, str(warning.message)


def test_the_simple_form(path: Path) -> None:
    path.write_text(
        "entity,start,end,note\n"
        "BY,2020-08-09T17:00:00Z,2020-08-12T06:50:00+03:00,first\n"
        "as6697,1597000000,2020-08-20,\n"
        "US/LA,2020-08-27,2020-08-27,\n",
        "utf-8",
    )
    assert read_incidents(path) == (
        episode("BY", "2020-08-09T17:00:00Z", "2020-08-12T03:50:00Z"),
        episode("AS6697", "2020-08-09T19:06:40Z", "2020-08-20"),
        episode("US/LA", "2020-08-27", "2020-08-27"),
    )


def test_a_list_without_a_row(path: Path) -> None:
    path.write_text("start,end,entity\n", "utf-8")
    assert read_incidents(path) == ()


def test_a_naive_time_is_utc_only_where_the_column_says_so(path: Path) -> None:
    path.write_text(
        "start_utc,end_utc,cc\n2020-08-09T17:00:00,2020-08-09T20:00:00+02:00,by\n1597000000,1597000001,BY\n",
        "utf-8",
    )
    assert read_incidents(path) == (
        episode("BY", "2020-08-09T17:00:00Z", "2020-08-09T18:00:00Z"),
        episode("BY", "2020-08-09T19:06:40Z", "2020-08-09T19:06:41Z"),
    )
    read, text = warned(path, "start,end,cc\n2020-08-09T17:00:00,2020-08-10,BY\n")
    assert read == ()
    assert text == f"{path}: of 1 rows: left out 1, since the start is not a time in UTC (line 2)"


def test_the_last_day_is_part_of_the_incident(path: Path) -> None:
    path.write_text(
        "start_date,end_date,country,area_name\n"
        "2020-08-09,2020-08-09,Belarus,Nationwide\n"
        "9999-12-31,9999-12-31,Belarus,Nation wide\n",
        "utf-8",
    )
    first, last = read_incidents(path)
    assert first == episode("BY", "2020-08-09", "2020-08-10")
    assert last == episode("BY", "9999-12-31", "9999-12-31T23:59:59.999999Z")


def test_an_unknown_end_keeps_the_onset(path: Path) -> None:
    read, text = warned(
        path,
        "start,end,entity\n2020-08-09,,BY\n2020-08-09,2020-08-08,BY\n2020-08-09,later,BY\n2020-08-09,,BY\n",
    )
    assert read == (episode("BY", "2020-08-09", None),) * 4
    assert {one.end for one in read} == {None}
    assert text == (
        f"{path}: of 4 rows: kept without an end 2, since the end is missing (lines 2, 5); "
        "kept without an end 1, since the end lies before the start (line 3); "
        "kept without an end 1, since the end is not a time in UTC (line 4)"
    )


def test_an_incident_that_the_list_calls_ongoing_is_no_flaw(path: Path) -> None:
    path.write_text("start_date,end_date,country,shutdown_status\n2020-08-09,,Belarus,Ongoing\n", "utf-8")
    assert read_incidents(path) == (episode("BY", "2020-08-09", None),)


def test_rows_that_cannot_be_used(path: Path) -> None:
    read, text = warned(
        path,
        "start,end,entity\n"
        "soon,,BY\n"
        ",2020-08-09,BY\n"
        '2020-08-09,2020-08-10,"Atlantis\n"\n'
        "2020-08-09,2020-08-10,BY,more\n"
        "2020-08-09,2020-08-10,\n"
        "2020-08-09,2020-08-10,BY\n",
    )
    assert read == (episode("BY", "2020-08-09", "2020-08-10"),)
    assert text == (
        f"{path}: of 6 rows: left out 1, since the start is not a time in UTC (line 2); "
        "left out 1, since the start is missing (line 3); "
        "left out 1, since the entity is not a country, network or region (line 4); "
        "left out 1, since the number of fields is not that of the header (line 6); "
        "left out 1, since it names no entity (line 7)"
    )


def test_only_the_first_lines_are_listed(path: Path) -> None:
    _, text = warned(path, "start,end,entity\n" + "x,x,BY\n" * 9)
    assert text.endswith("(lines 2, 3, 4, 5, 6, ...)")


def test_the_entity_of_rows_that_name_none(path: Path) -> None:
    path.write_text("start,end\n2020-08-09,2020-08-10\n", "utf-8")
    expected = (episode("BY", "2020-08-09", "2020-08-10"),)
    assert read_incidents(path, entity="BY") == expected
    assert read_incidents(path, entity=Entity.parse("BY")) == expected
    path.write_text("start,end,entity\n2020-08-09,2020-08-10,\n2020-08-09,2020-08-10,IR\n", "utf-8")
    assert [str(one.entity) for one in read_incidents(path, entity="BY")] == ["BY", "IR"]
    with pytest.raises(InvalidValueError, match="entity: 'Atlantis' is not a country"):
        read_incidents(path, entity="Atlantis")
    with pytest.raises(InvalidValueError, match="entity: 5 is not a Entity"):
        read_incidents(path, entity=5)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("cells", "entity"),
    [
        ("BY,Country,,", "BY"),
        ("BY,,,", "BY"),
        ("RU,Region (Sakha (Yakutia)),,", "RU/Sakha (Yakutia)"),
        ("VE,AS (8048),,", "AS8048"),
        ("US-LA,,,", "US/LA"),
        ("by,,nationwide,", "BY"),
        ("BY,,,country", "BY"),
        ("BY,,,AS6697", "AS6697"),
        (",,,AS6697", "AS6697"),
        ("India,,Agartala city,", "IN/Agartala city"),
        ("Iran (Islamic Republic of),,,", "IR"),
    ],
)
def test_places(path: Path, cells: str, entity: str) -> None:
    area = cells.split(",")[2]
    header = "start,end,cc,scope_raw,area_name,networks"
    if not area:  # an area that is not named is not the whole country
        header = header.replace("area_name", "note")
    path.write_text(f"{header}\n2020-08-09,2020-08-10,{cells}\n", "utf-8")
    assert read_incidents(path) == (episode(entity, "2020-08-09", "2020-08-10"),)


@pytest.mark.parametrize(
    ("header", "cells", "reason"),
    [
        ("cc", "LT/SE", "the country is not one that ISO 3166-1 lists"),
        ("country", "Laos; Myanmar", "the country is not one that ISO 3166-1 lists"),
        ("cc,scope_raw", "VE,Planet", "the scope is not Country, Region (...) or AS (...)"),
        ("cc,scope_raw", "VE,AS (many)", "the entity is not a country, network or region"),
        ("cc,area_name", "IN,", "the area is not named, or is not one area"),
        ("cc,area_name", "IN,here/there", "the area is not named, or is not one area"),
        ("cc,networks", "BY,AS6697+others", "the networks are not one network or the country"),
        ("networks", "country", "it names no entity"),
        ("entity", "XX", "the entity is not a country, network or region"),
    ],
)
def test_places_that_are_no_one_entity(path: Path, header: str, cells: str, reason: str) -> None:
    read, text = warned(path, f"start,end,{header}\n2020-08-09,2020-08-10,{cells}\n")
    assert read == ()
    assert text == f"{path}: of 1 rows: left out 1, since {reason} (line 2)"


def test_an_area_that_is_not_utf8(path: Path) -> None:
    path.write_bytes("start,end,cc,area_name\n2020-08-09,2020-08-10,VE,M\xe9rida\n".encode("latin-1"))
    with pytest.warns(IncidentWarning, match="left out 1, since the entity is not a country"):
        assert read_incidents(path) == ()


def test_what_the_list_says_beside(path: Path) -> None:
    path.write_text(
        "id,start,end,entity,cause,confirmation,label,label_strict\n"
        "A1,2020-08-09,2020-08-10,BY,Exams,Confirmed,shutdown,shutdown\n"
        ",2020-08-09,2020-08-10,BY,,,,\n"
        "A3,2020-08-09,2020-08-10,BY,,Unconfirmed,outage,unlabelled\n",
        "utf-8",
    )
    one = episode("BY", "2020-08-09", "2020-08-10")
    assert read_labelled_incidents(path) == (
        Incident(one, 2, "A1", "Exams", True, "shutdown", "shutdown"),
        Incident(one, 3),
        Incident(one, 4, "A3", None, False, "outage", "unlabelled"),
    )
    assert read_incidents(path) == (one,) * 3


def test_the_planes_on_which_the_list_looked(path: Path) -> None:
    path.write_text(
        "start,end,entity,bgp,probing,telescope\n"
        "2020-08-09,2020-08-10,BY,True,False,\n"
        "2020-08-09,2020-08-10,BY, yes ,NO,true\n"
        "2020-08-09,2020-08-10,BY,,,\n",
        "utf-8",
    )
    first, second, third = read_labelled_incidents(path)
    assert first.planes == {Plane.ROUTING: True, Plane.PROBING: False}
    assert second.planes == {Plane.ROUTING: True, Plane.PROBING: False, Plane.BACKGROUND: True}
    assert third.planes == {}
    assert first == Incident(first.episode, 2, planes={Plane.PROBING: False, Plane.ROUTING: True})
    assert hash(first) == hash(Incident(first.episode, 2, planes={Plane.PROBING: False, Plane.ROUTING: True}))
    assert len({first, second, third}) == 3
    assert evolve(first, line=2) == first


def test_another_name_of_the_column_of_probing(path: Path) -> None:
    path.write_text("start,end,entity,active_probing\n2020-08-09,2020-08-10,BY,No\n", "utf-8")
    assert read_labelled_incidents(path)[0].planes == {Plane.PROBING: False}


def test_what_says_neither_yes_nor_no_of_a_plane_is_unknown_and_said(path: Path) -> None:
    path.write_text(
        "start,end,entity,bgp,active_probing,telescope\n"
        "2020-08-09,2020-08-10,BY,partial,Yes,?\n"
        "2020-08-09,2020-08-10,BY,2928->176 prefixes,,1\n",
        "utf-8",
    )
    with pytest.warns(IncidentWarning) as caught:
        read = read_labelled_incidents(path)
    assert [dict(one.planes) for one in read] == [{Plane.PROBING: True}, {}]
    (warning,) = (one.message for one in caught)
    assert isinstance(warning, IncidentWarning)
    assert str(warning) == (
        f"{path}: of 2 rows: kept without a plane 2, since bgp says neither yes nor no (lines 2, 3); "
        "kept without a plane 2, since telescope says neither yes nor no (lines 2, 3)"
    )
    assert warning.without_plane["bgp says neither yes nor no"] == (2, 3)
    again = pickle.loads(pickle.dumps(warning))  # noqa: S301
    assert str(again) == str(warning)
    assert again.without_plane == warning.without_plane
    assert len(read_incidents(path)) == 2  # who asks for the episodes alone is not told of the planes


def test_planes_of_an_incident_are_checked() -> None:
    one = episode("BY", "2020-08-09", None)
    with pytest.raises(InvalidValueError, match=r"Incident.planes: 1 is neither True nor False"):
        Incident(one, 2, planes={Plane.ROUTING: 1})  # type: ignore[arg-type]
    with pytest.raises(InvalidValueError, match=r"Incident.planes: 'bgp' is not a Plane"):
        Incident(one, 2, planes={"bgp": True})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", ": is empty"),
        ("end,entity\n", ", line 1: there is none of the columns start, start_utc, start_date"),
        ("start,entity\n", ", line 1: there is none of the columns end, end_utc, end_date among"),
        ("start,end\n", ", line 1: there is none of the columns entity, cc, country, networks among"),
        ("start,end,entity,entity\n", ", line 1: there are 2 columns 'entity'"),
        ("start,end,entity\0\n", ", line 1: the header is not text"),
        ('"start"x,end,entity\n', ", line 1: is not valid CSV"),
    ],
)
def test_files_that_are_no_list(path: Path, content: str, message: str) -> None:
    path.write_text(content, "utf-8")
    with pytest.raises(FileError) as caught:
        read_incidents(path)
    assert str(caught.value).startswith(f"{path}{message}")


def test_files_that_cannot_be_opened(tmp_path: Path) -> None:
    with pytest.raises(FileError, match=r"none.csv: does not exist"):
        read_incidents(tmp_path / "none.csv")
    with pytest.raises(FileError, match=r"a.parquet: ends in none of .csv, .csv.gz$"):
        read_incidents(tmp_path / "a.parquet")


def test_what_was_read_before_a_file_breaks_off_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "incidents.csv.gz"
    row = "2020-08-09,2020-08-10,BY\n"
    path.write_bytes(gzip.compress(("start,end,entity\n" + row * 3).encode())[:-8])
    with pytest.warns(IncidentWarning, match="the rest could not be read: is not a sound gzip file"):
        assert len(read_incidents(path)) == 3
    plain = tmp_path / "incidents.csv"
    plain.write_text("start,end,entity\n" + row * 5000 + f'"{row * 2}', "utf-8")
    with pytest.warns(IncidentWarning) as caught:
        assert len(read_incidents(plain)) == 5000
    assert str(caught[0].message) == (
        f"{plain}: of 5000 rows: the rest could not be read: "
        "line 5002 is not valid CSV: unexpected end of data"
    )


def test_the_warning_can_be_taken_apart_and_pickled(path: Path) -> None:
    path.write_text("start,end,entity\nx,,BY\n2020-08-09,,BY\n", "utf-8")
    with pytest.warns(IncidentWarning) as caught:
        read_labelled_incidents(path)
    warning = caught[0].message
    assert isinstance(warning, IncidentWarning)
    assert warning.path == str(path)
    assert warning.rows == 2
    assert warning.left_out == {"the start is not a time in UTC": (2,)}
    assert warning.without_end == {"the end is missing": (3,)}
    assert str(pickle.loads(pickle.dumps(warning))) == str(warning)  # noqa: S301


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("by", "BY"),
        ("Belarus", "BY"),
        ("C\N{LATIN SMALL LETTER O WITH CIRCUMFLEX}te d'Ivoire", "CI"),
        ("Congo", "CG"),
        ("Congo (Democratic Republic of the)", "CD"),
        ("Tanzania, United Republic of", "TZ"),
        ("Korea, Republic of", None),
        ("Myanmar", "MM"),
        ("Kosovo", "XK"),
        ("India (Kashmir)", None),
        ("Kenya, Uganda", None),
        ("Virgin Islands", None),
        ("", None),
    ],
)
def test_country_names(name: str, code: str | None) -> None:
    assert country_code(name) == code


def test_times_are_utc(path: Path) -> None:
    path.write_text("start,end,entity\n2020-08-09,2020-08-10,BY\n", "utf-8")
    (read,) = read_incidents(path)
    assert read.onset == datetime(2020, 8, 9, tzinfo=UTC)
