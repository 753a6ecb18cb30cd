"""The scores of a list of incidents, from the shell."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from shutdownkit.cli import main

HEADER = (
    "id,start_utc,end_utc,country,cc,tz,scope,scope_raw,cause,confirmation,"
    "bgp,probing,telescope,label,label_strict"
)


def row(
    day: int, *, cc: str = "SN", label: str = "outage", strict: str = "unlabelled", scope: str = "Country"
) -> str:
    return (
        f"X{day},2020-08-{day:02}T10:00:00,2020-08-{day:02}T15:00:00,,{cc},,,{scope},,,True,True,False,{label},"
        f"{strict}"
    )


@pytest.fixture
def path(tmp_path: Path) -> Path:
    rows = [
        row(1, label="shutdown", strict="shutdown"),
        row(2, label="shutdown", strict="shutdown"),
        row(3),
        row(5, cc="LK", strict="outage"),
        row(25, cc="LK"),
        row(6, scope="Region (Kandy)", cc="LK"),
    ]
    return write(tmp_path / "incidents.csv", *rows)


def write(path: Path, *rows: str) -> Path:
    path.write_text("\n".join([HEADER, *rows]) + "\n", encoding="utf-8")
    return path


def printed(arguments: list[str], capfd: pytest.CaptureFixture[str]) -> str:
    """What a command prints that succeeds and says nothing else."""
    assert main.run(["evaluate", *arguments]) == 0
    written, said = capfd.readouterr()
    assert said == ""
    assert written.endswith("\n")
    assert not written.endswith("\n\n")
    return written


def document(arguments: list[str], capfd: pytest.CaptureFixture[str]) -> Any:
    return json.loads(printed([*arguments, "--format", "json"], capfd))


def test_text(path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    text = printed([str(path)], capfd)
    assert text.startswith("5 incidents of 2 entities, 2 of them shutdowns, judged by the rules ")
    for word in (
        "AUC",
        "Brier",
        "ECE",
        "precision",
        "recall",
        "F1",
        "first in burst",
        "episode",
        "95 % interval",
    ):
        assert word in text
    assert "in sample" in text


def test_json_is_one_document(path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    found = document([str(path)], capfd)
    assert list(found) == [
        "file",
        "ruleset",
        "scope",
        "strict",
        "context",
        "context_elsewhere",
        "incidents",
        "scores",
        "answers",
        "notes",
    ]
    assert (found["file"], found["scope"], found["strict"], found["context"]) == (
        str(path),
        "country",
        False,
        None,
    )
    assert found["incidents"]["judged"] == 5
    assert found["incidents"]["out_of_scope"] == 1
    units = {
        (one["basis"], one["knowledge"], one["unit"]): (one["n"], one["shutdowns"]) for one in found["scores"]
    }
    assert units == {
        ("measured", knowledge, unit): counts
        for knowledge in ("onset", "end", "hindsight")
        for unit, counts in (("event", (5, 2)), ("episode", (3, 1)), ("first in burst", (3, 1)))
    }
    assert [at["threshold"] for at in found["scores"][0]["thresholds"]] == [0.5, 0.8]


def test_scope(path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    found = document([str(path), "--scope", "all"], capfd)
    assert (found["scope"], found["incidents"]["judged"], found["incidents"]["entities"]) == ("all", 6, 3)


def test_strict(path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    found = document([str(path), "--strict"], capfd)
    assert found["strict"] is True
    assert (found["incidents"]["judged"], found["incidents"]["without_label"]) == (3, 2)


def test_thresholds(path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    found = document([str(path), "--threshold", "0.9", "--threshold", "0"], capfd)
    at = found["scores"][0]["thresholds"]
    assert [one["threshold"] for one in at] == [0.0, 0.9]
    assert at[0]["true_positives"] + at[0]["false_positives"] == 5
    assert "called deliberate at 0.9 and more" in printed([str(path), "--threshold", "0.9"], capfd)


def test_context(path: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    context = tmp_path / "context.csv"
    context.write_text(
        "start,end,entity,kind,text,source\n"
        "2020-08-01,2020-08-02,SN,protest,a march,a newspaper\n"
        "2020-08-01,2020-08-02,FR,protest,a march,a newspaper\n",
        encoding="utf-8",
    )
    found = document([str(path), "--context", str(context)], capfd)
    assert (found["context"], found["context_elsewhere"]) == (2, 1)
    assert {one["basis"] for one in found["scores"]} == {"measured", "context"}
    text = printed([str(path), "--context", str(context)], capfd)
    assert "ranking and calibration, with the context" in text
    alone = document([str(path)], capfd)
    assert [one for one in found["scores"] if one["basis"] == "measured"] == alone["scores"]


@pytest.mark.parametrize(
    "rows", [[], [row(1), row(20)], [row(1, label="shutdown"), row(2, label="shutdown")]]
)
@pytest.mark.parametrize("options", [[], ["--strict"], ["--scope", "all"]])
def test_lists_that_are_empty_or_of_one_class(
    rows: list[str], options: list[str], tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    path = write(tmp_path / "few.csv", *rows)
    text = printed([str(path), *options], capfd)
    assert "cannot be computed: " in text or "nothing can be computed: there is none" in text
    found = document([str(path), *options], capfd)
    assert all(one["auc"] is None for one in found["scores"])


@pytest.mark.filterwarnings("always")
def test_a_flawed_row_is_told_on_standard_error(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    path = write(
        tmp_path / "flawed.csv", row(1), row(2).replace("True,True", "partial,True"), row(3, cc="XX")
    )
    assert main.run(["evaluate", str(path), "--format", "json"]) == 0
    written, said = capfd.readouterr()
    assert json.loads(written)["incidents"]["read"] == 2
    assert said.count("\n") == 1
    assert "kept without a plane 1, since bgp says neither yes nor no (line 3)" in said
    assert "left out 1" in said


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        ([], "Missing argument 'INCIDENTS.csv' (see shutdownkit evaluate --help)"),
        (["none.csv"], "none.csv: does not exist"),
        (["list.txt"], "list.txt: ends in none of .csv, .csv.gz"),
        (["{path}", "--threshold", "2"], "'--threshold'"),
        (["{path}", "--threshold", "nan"], "thresholds: nan is not finite"),
        (["{path}", "--scope", "city"], "'city' is not one of 'country', 'all'"),
        (["{path}", "--format", "html"], "'html' is not one of 'text', 'json'"),
        (["{path}", "--context", "none.csv"], "none.csv: does not exist"),
        (["{path}", "--context", "{path}"], "incidents.csv"),
    ],
)
def test_mistakes_are_one_line(
    arguments: list[str], line: str, path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert main.run(["evaluate", *(one.replace("{path}", str(path)) for one in arguments)]) == 2
    written, said = capfd.readouterr()
    assert written == ""
    assert said.startswith("shutdownkit: ")
    assert said.count("\n") == 1
    assert line in said


def test_files_that_are_no_list(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    for content in ("", "a,b\n1,2\n", "\0"):
        path = tmp_path / "wrong.csv"
        path.write_text(content, encoding="utf-8")
        assert main.run(["evaluate", str(path)]) == 2
        written, said = capfd.readouterr()
        assert written == ""
        assert said.startswith(f"shutdownkit: {path}")
        assert said.count("\n") == 1
