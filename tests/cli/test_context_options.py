"""``--context`` and ``--as-of``: what reaches the judging, and what is said."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from shutdownkit.cli import main
from shutdownkit.report.report import Report

HEADER = "start,end,entity,kind,text,source,independent,claims\n"
ELECTION = "2020-08-09,,BY,election,A president is elected.,BelTA,,\n"
STATEMENT = "2020-08-10,,BY,operator's statement,It is an attack.,Beltelecom,no,attack\n"
ELSEWHERE = "2020-08-09,,LT,storm,It blows.,LRT,,\n"


def run(arguments: list[str], capfd: pytest.CaptureFixture[str]) -> tuple[int, str, str]:
    status = main.run(arguments)
    written, said = capfd.readouterr()
    return status, written, said


def judged(arguments: list[str], capfd: pytest.CaptureFixture[str]) -> dict[str, Any]:
    """The report of a command that succeeds and says nothing."""
    status, written, said = run([*arguments, "--format", "json"], capfd)
    assert (status, said) == (0, "")
    report: dict[str, Any] = json.loads(written)
    return report


@pytest.fixture
def context(tmp_path: Path) -> Path:
    return tmp_path / "context.csv"


COMMANDS = ["classify", "assess"]


@pytest.fixture
def command(request: pytest.FixtureRequest, one_entity: str, plugins: Path) -> list[str]:
    """A command that finds the blackout of 9 August, from a file or from a source."""
    assert plugins.is_dir()
    window = ["--from", "2020-08-08", "--to", "2020-08-12"]
    if request.param == "classify":
        return ["classify", one_entity, *window]
    return ["assess", "BY", *window, "--source", "good"]


both = pytest.mark.parametrize("command", COMMANDS, indirect=True)


@both
def test_context_moves_what_is_expected_and_not_what_was_measured(
    command: list[str], context: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    context.write_text(HEADER + ELECTION)
    plain = judged(command, capfd)["episodes"][0]
    told = judged([*command, "--context", str(context)], capfd)["episodes"][0]
    assert told["p_deliberate"] > plain["p_deliberate"]
    (added,) = [one for one in told["evidence"] if one not in plain["evidence"]]
    assert (added["rule"], added["stance"]) == ("context.politics", "for")
    assert added["text"].endswith("A president is elected. (BelTA)")
    assert [one for one in told["evidence"] if one != added] == plain["evidence"]


@both
def test_the_report_holds_both_probabilities(
    command: list[str], context: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    context.write_text(HEADER + ELECTION)
    plain = Report.from_json(json.dumps(judged(command, capfd)))
    told = Report.from_json(json.dumps(judged([*command, "--context", str(context)], capfd)))
    for with_it, without in zip(told.episodes, plain.episodes, strict=True):
        assert with_it.verdict.p_measured == without.verdict.p_deliberate


@both
def test_claims_move_nothing(command: list[str], context: Path, capfd: pytest.CaptureFixture[str]) -> None:
    context.write_text(HEADER + STATEMENT)
    plain = judged(command, capfd)["episodes"][0]
    told = judged([*command, "--context", str(context)], capfd)["episodes"][0]
    assert told["causes"] == plain["causes"]
    (added,) = [one for one in told["evidence"] if one not in plain["evidence"]]
    assert added["stance"] == "discarded"
    assert added["text"] == "Claimed by those concerned, to be tested: It is an attack. (Beltelecom)"


@both
def test_what_is_of_others_is_told(
    command: list[str], context: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    context.write_text(HEADER + ELECTION + ELSEWHERE)
    status, written, said = run([*command, "--context", str(context), "--format", "json"], capfd)
    assert status == 0
    assert json.loads(written)["entity"] == "BY"
    assert said == (
        f"shutdownkit: note: {context}: of 2 reports, 1 are neither of BY nor of its country "
        "and move nothing\n"
    )


@both
@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (None, ": does not exist"),
        ("", ": is empty"),
        ("start,end\n", ", line 1: there is no column 'entity' among 'start, end'"),
        (
            HEADER + ELECTION.replace("election", "party"),
            ", line 2, column kind: 'party' is not a kind of context",
        ),
    ],
)
def test_a_file_that_cannot_be_read_is_one_line_and_status_2(
    command: list[str], context: Path, content: str | None, problem: str, capfd: pytest.CaptureFixture[str]
) -> None:
    if content is not None:
        context.write_text(content)
    status, written, said = run([*command, "--context", str(context)], capfd)
    assert (status, written) == (2, "")
    assert said.startswith(f"shutdownkit: {context}{problem}")
    assert said.count("\n") == 1


@both
def test_as_of_judges_with_what_was_known_then(command: list[str], capfd: pytest.CaptureFixture[str]) -> None:
    report = judged([*command, "--as-of", "2020-08-09T21:00:00Z"], capfd)
    assert report["window"]["end"] == "2020-08-09T21:00:00Z"
    assert [(one["start"], one["end"]) for one in report["episodes"]] == [("2020-08-09T18:00:00Z", None)]


@both
def test_context_of_later_is_not_known_then(
    command: list[str], context: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    context.write_text(HEADER + STATEMENT)
    then = [*command, "--as-of", "2020-08-09T21:00:00Z"]
    assert judged([*then, "--context", str(context)], capfd) == judged(then, capfd)


@both
@pytest.mark.parametrize(
    ("time", "problem"),
    [
        ("2020-08-08", "is not after the start of the window, 2020-08-08T00:00:00Z"),
        ("2020-08-07", "is not after the start of the window, 2020-08-08T00:00:00Z"),
        ("2020-08-09T21:00", "has no time zone"),
        ("soon", "is not an ISO 8601 time"),
    ],
)
def test_a_time_that_cannot_be_is_one_line_and_status_2(
    command: list[str], time: str, problem: str, capfd: pytest.CaptureFixture[str]
) -> None:
    status, written, said = run([*command, "--as-of", time], capfd)
    assert (status, written) == (2, "")
    assert said.startswith("shutdownkit: --as-of: ")
    assert problem in said
    assert said.count("\n") == 1


def test_without_a_window_the_data_must_begin_before(
    one_entity: str, capfd: pytest.CaptureFixture[str]
) -> None:
    status, _, said = run(["classify", one_entity, "--as-of", "2020-07-20"], capfd)
    assert status == 2
    assert "is not after the start of the window, 2020-07-20T00:00:00Z" in said
