"""The report as a table: CSV, CODF and data frames."""

from __future__ import annotations

import csv
import io
import json
import sys
from datetime import UTC, datetime, timedelta
from typing import Any

import attrs
import pandas as pd  # type: ignore[import-untyped]
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shutdownkit.errors import MissingExtraError
from shutdownkit.model.entity import Entity
from shutdownkit.model.episode import Episode
from shutdownkit.model.knowledge import Intent
from shutdownkit.model.verdict import Cause, Condition
from shutdownkit.model.window import utc_text
from shutdownkit.report.codf import report_codf
from shutdownkit.report.content import EpisodeVerdict
from shutdownkit.report.frames import report_frame
from shutdownkit.report.report import Report
from shutdownkit.report.tables import COLUMNS, report_csv
from shutdownkit.testing.strategies import reports
from tests.unit.report.claim_samples import context_report, context_verdict
from tests.unit.report.samples import (
    BELARUS,
    EVENT,
    LASTING,
    ROUTES,
    WINDOW,
    judged,
    report,
    verdict,
)

CODF_KEYS = [
    "location",
    "start",
    "duration",
    "uncertainty",
    "method",
    "datasource",
    "status",
    "fraction",
    "score",
    "location_name",
    "overlaps_window",
]


def rows_of(content: Report) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(report_csv(content), newline="")))


def codf_of(content: Report) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = json.loads(report_codf(content))
    return rows


# --- CSV


@given(reports())
def test_a_csv_row_says_what_the_episode_is(content: Report) -> None:
    rows = rows_of(content)
    assert len(rows) == len(content.episodes)
    for row, one in zip(rows, content.episodes, strict=True):
        assert list(row) == list(COLUMNS)
        assert row["start"] == utc_text(one.episode.onset)
        assert (row["end"] == "") == one.episode.ongoing
        assert {c: float(row[f"p_{c.value}"]) for c in Cause} == dict(one.verdict.probabilities)
        peaks = [event.peak for event in one.episode.events]
        assert row["peak"] == ("" if not peaks else str(max(peaks)))
        assert set(filter(None, row["planes"].split(";"))) == {p.value for p in one.episode.planes}


@given(reports(), st.text(" \t\r\n", max_size=2), st.sampled_from("=+-@"), st.text(max_size=4))
def test_no_cell_is_a_formula(content: Report, space: str, start: str, rest: str) -> None:
    content = attrs.evolve(content, licences=(space + start + rest,))
    for row in rows_of(content):
        assert row["licences"].startswith("'" + start)
        assert not any(cell.startswith(tuple("=+-@\t\r")) for cell in row.values())


@given(reports(), st.text())
def test_a_line_for_each_episode_whatever_the_text(content: Report, text: str) -> None:
    content = attrs.evolve(content, licences=(text,))
    assert len(report_csv(content).splitlines()) == 1 + len(content.episodes)


def test_the_known_csv() -> None:
    assert report_csv(report()) == (
        "id,entity,start,end,condition,mechanism,p_deliberate,p_power,p_cable,p_routing,p_attack,"
        "p_disaster,p_equipment,p_unknown_technical,planes,peak,ruleset,licences,services,networks_blocking,"
        "intent,p_measured,knowledge,undecided,claims\n"
        "BY-2020-08-09T18,BY,2020-08-09T18:00:00Z,2020-08-11T06:20:00Z,outage,filtering,0.968,0.0101,"
        "0.0019,0.004,0.006,0.001,0.003,0.006,probing,0.95,2026.2,IODA terms of use; CC BY 4.0,,,"
        "deliberate,0.968,end,,\n"
    )


def test_the_answer_and_what_parties_claim_stand_in_the_last_columns() -> None:
    undecided = ("Only one plane saw it.", "Nothing that was measured bears on the cause.")
    content = context_report(context_verdict(Intent.UNDETERMINED, undecided))
    (row,) = rows_of(content)
    assert {name: row[name] for name in COLUMNS[20:]} == {
        "intent": "undetermined",
        "p_measured": "0.912",
        "knowledge": "hindsight",
        "undecided": "Only one plane saw it.; Nothing that was measured bears on the cause.",
        "claims": "Beltelecom: attack inconsistent; Ministry: cable untestable",
    }
    assert float(row["p_deliberate"]) == 0.968
    frame = content.to_frame()
    assert frame["p_measured"].tolist() == [0.912]
    assert frame["intent"].tolist() == ["undetermined"]


@given(reports())
def test_the_columns_of_earlier_versions_keep_their_places(content: Report) -> None:
    header = report_csv(content).splitlines()[0].split(",")
    assert header[:6] == ["id", "entity", "start", "end", "condition", "mechanism"]
    assert header[6:14] == [f"p_{cause.value}" for cause in Cause]
    assert header[14:20] == ["planes", "peak", "ruleset", "licences", "services", "networks_blocking"]
    assert header[20:] == ["intent", "p_measured", "knowledge", "undecided", "claims"]
    for row, one in zip(rows_of(content), content.episodes, strict=True):
        assert row["intent"] == one.verdict.intent.value
        assert float(row["p_measured"]) == one.verdict.p_measured
        assert (row["undecided"] == "") == (one.verdict.intent is not Intent.UNDETERMINED)
        assert (row["claims"] == "") == (not one.claims)
        assert row["knowledge"] == one.verdict.attribution.knowledge.value


# --- CODF


@given(reports())
def test_a_codf_row_for_each_loss_of_connectivity(content: Report) -> None:
    lost = [
        one.episode
        for one in content.episodes
        if one.verdict.condition in {Condition.OUTAGE, Condition.DEGRADED}
    ]
    rows = codf_of(content)
    assert len(rows) == len(lost)
    for row, episode in zip(rows, lost, strict=True):
        assert list(row) == CODF_KEYS
        assert (
            timedelta(0) <= episode.onset - datetime.fromtimestamp(row["start"], UTC) < timedelta(seconds=1)
        )
        assert row["duration"] == episode.duration // timedelta(seconds=1)
        assert row["fraction"] == max((event.depth for event in episode.events), default=None)
        assert (row["datasource"] is None) == (not episode.events)


def test_the_known_codf_row() -> None:
    assert codf_of(report()) == [
        {
            "location": "country/BY",
            "start": 1596996000,
            "duration": 130800,
            "uncertainty": 600,
            "method": "shutdownkit/2026.2",
            "datasource": "probing.up-slash24s",
            "status": 0,
            "fraction": 0.8,
            "score": pytest.approx(100 * 0.8 * 130800 / 60),
            "location_name": "Belarus",
            "overlaps_window": False,
        }
    ]


def test_codf_of_several_signals() -> None:
    routes = attrs.evolve(EVENT, kind=ROUTES, depth=0.1, step=timedelta(minutes=5))
    lasting = judged(Condition.DEGRADED, LASTING, routes, ongoing=True)
    (row,) = codf_of(attrs.evolve(report(), episodes=(lasting,)))
    assert (row["datasource"], row["uncertainty"], row["fraction"]) == ("multiple", 600, 0.8)
    assert row["overlaps_window"] is True


@pytest.mark.parametrize(
    ("name", "location", "shown"),
    [
        ("AS6697", "asn/6697", "AS6697"),
        ("US/LA", "region/LA", "US/LA"),
        ("BY/3332", "region/3332", "BY/3332"),
    ],
)
def test_codf_locations(name: str, location: str, shown: str) -> None:
    episode = Episode(Entity.parse(name), WINDOW.widened(timedelta(hours=1)))
    content = attrs.evolve(report(), episodes=(EpisodeVerdict(episode, verdict()),))
    (row,) = codf_of(content)
    assert (row["location"], row["location_name"]) == (location, shown)
    assert row["overlaps_window"] is True
    assert row["fraction"] is row["score"] is row["uncertainty"] is row["datasource"] is None


@pytest.mark.parametrize(
    "condition",
    [Condition.NORMAL, Condition.BLOCKING, Condition.ARTEFACT, Condition.INSUFFICIENT_DATA],
)
def test_what_lost_no_connectivity_has_no_codf_row(condition: Condition) -> None:
    assert codf_of(report(condition)) == []


# --- frames


@given(reports())
def test_a_pandas_frame_has_the_same_columns_and_types_whatever_its_length(content: Report) -> None:
    frame = content.to_frame()
    assert isinstance(frame, pd.DataFrame)
    assert list(frame.columns) == list(COLUMNS)
    assert str(frame["start"].dtype) == str(frame["end"].dtype) == "datetime64[us, UTC]"
    assert {str(frame[f"p_{cause.value}"].dtype) for cause in Cause} == {"float64"}
    assert str(frame["peak"].dtype) == str(frame["p_measured"].dtype) == "float64"
    for row, one in zip(frame.to_dict("records"), content.episodes, strict=True):
        assert row["start"].to_pydatetime() == one.episode.onset
        assert pd.isna(row["end"]) if one.episode.ongoing else row["end"] == one.episode.end
        assert pd.isna(row["peak"]) == (not one.episode.events)
        assert row["id"] == one.episode.id


@given(reports())
def test_polars_where_there_is_no_pandas(content: Report) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(sys.modules, "pandas", None)
        frame = report_frame(content)
    assert isinstance(frame, pl.DataFrame)
    assert frame.columns == list(COLUMNS)
    assert frame.schema["start"] == frame.schema["end"] == pl.Datetime("us", "UTC")
    assert frame.schema["p_measured"] == pl.Float64
    assert frame.schema["intent"] == frame.schema["undecided"] == frame.schema["claims"] == pl.String
    for row, one in zip(frame.to_dicts(), content.episodes, strict=True):
        assert row["start"] == one.episode.onset
        assert row["end"] == one.episode.end
        assert row["p_deliberate"] == one.verdict.p_deliberate


def test_no_frame_without_pandas_or_polars(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pandas", None)
    monkeypatch.setitem(sys.modules, "polars", None)
    with pytest.raises(MissingExtraError, match=r"needs the package pandas.*shutdownkit\[frames\]"):
        report().to_frame()


def test_the_sample_is_of_belarus() -> None:
    assert report().to_frame()["entity"].tolist() == [str(BELARUS)]
