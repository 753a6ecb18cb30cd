"""The commands on files: what they print, and that programs can read it."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import jsonschema
import pytest

from shutdownkit.cli import main
from shutdownkit.report.report import Report
from shutdownkit.report.schema import report_schema

from .conftest import BLACKOUTS, Command, rows, write

ASCII_TERMINAL = {"PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0", "LC_ALL": "C"}
C_LOCALE = {"LANG": "C", "LC_ALL": "C", "PYTHONIOENCODING": "", "PYTHONUTF8": ""}


def printed(arguments: list[str], capfd: pytest.CaptureFixture[str]) -> str:
    """What a command prints that succeeds and says nothing else."""
    assert main.run(arguments) == 0
    written, said = capfd.readouterr()
    assert said == ""
    assert written.endswith("\n")
    assert not written.endswith("\n\n")
    return written


def test_classify_finds_both_blackouts(one_entity: str, capfd: pytest.CaptureFixture[str]) -> None:
    report = json.loads(printed(["classify", one_entity, "--format", "json"], capfd))
    assert report["entity"] == "BY"
    assert report["condition"] == "outage"
    assert [(episode["start"], episode["end"]) for episode in report["episodes"]] == [
        ("2020-08-09T18:00:00Z", "2020-08-10T00:00:00Z"),
        ("2020-08-11T18:00:00Z", "2020-08-12T00:00:00Z"),
    ]
    jsonschema.validate(report, report_schema())


def test_classify_judges_only_the_window(one_entity: str, capfd: pytest.CaptureFixture[str]) -> None:
    arguments = [
        "classify",
        one_entity,
        "--from",
        "2020-08-11",
        "--to",
        "2020-08-13",
        "--format",
        "json",
    ]
    report = Report.from_json(printed(arguments, capfd))
    assert str(report.window) == "2020-08-11T00:00:00Z to 2020-08-13T00:00:00Z"
    assert [judged.episode.id for judged in report.episodes] == ["BY-2020-08-11T18"]


def test_classify_text(one_entity: str, capfd: pytest.CaptureFixture[str]) -> None:
    text = printed(["classify", one_entity], capfd)
    assert "Belarus" in text
    assert "\x1b" not in text


def test_classify_csv_has_a_row_an_episode(one_entity: str, capfd: pytest.CaptureFixture[str]) -> None:
    rows = list(csv.DictReader(io.StringIO(printed(["classify", one_entity, "--format", "csv"], capfd))))
    assert [row["id"] for row in rows] == ["BY-2020-08-09T18", "BY-2020-08-11T18"]


def test_classify_codf_has_a_row_an_episode(one_entity: str, capfd: pytest.CaptureFixture[str]) -> None:
    rows = json.loads(printed(["classify", one_entity, "--format", "codf"], capfd))
    assert [row["location"] for row in rows] == ["country/BY", "country/BY"]


def test_entity_is_chosen(two_entities: str, capfd: pytest.CaptureFixture[str]) -> None:
    arguments = ["classify", two_entities, "--entity", "lt", "--format", "json"]
    report = json.loads(printed(arguments, capfd))
    assert (report["entity"], report["condition"], report["episodes"]) == ("LT", "normal", [])


def test_history_of_others_is_left_out_and_told(
    one_entity: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    history = tmp_path / "incidents.csv"
    history.write_text(
        "start,end,entity\n"
        "2020-07-21T00:00:00Z,2020-07-21T06:00:00Z,BY\n"
        "2020-07-22T00:00:00Z,2020-07-22T06:00:00Z,IR\n"
        "2020-07-23T00:00:00Z,2020-07-23T06:00:00Z,US/LA\n"
    )
    assert main.run(["classify", one_entity, "--history", str(history), "--format", "json"]) == 0
    written, said = capfd.readouterr()
    assert json.loads(written)["entity"] == "BY"
    assert said == f"shutdownkit: note: {history}: of 3 incidents, 2 are not of BY and were left out\n"


def test_history_reaches_the_judging(
    one_entity: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    history = tmp_path / "incidents.csv"
    history.write_text("start,end,entity\n2020-08-02T18:00:00Z,2020-08-03T00:00:00Z,BY\n")
    arguments = ["classify", one_entity, "--format", "json"]
    alone = json.loads(printed(arguments, capfd))
    remembered = json.loads(printed([*arguments, "--history", str(history)], capfd))
    assert alone["episodes"][0]["evidence"] != remembered["episodes"][0]["evidence"]


@pytest.mark.parametrize("command", ["classify", "compare"])
def test_other_entities_show_a_fault_of_the_instrument(
    faulty_instrument: str, command: str, capfd: pytest.CaptureFixture[str]
) -> None:
    arguments = [command, faulty_instrument, "--entity", "BY", "--format", "json"]
    if command == "classify":
        report = json.loads(printed(arguments, capfd))
        assert report["condition"] == "artefact"
        assert report["faults"]
        return
    assert main.run([*arguments, "--first", "2020-08-09T19:00Z", "--second", "2020-08-11T19:00Z"]) == 2
    assert "two episodes are needed to compare, and BY has 0" in capfd.readouterr().err


@pytest.fixture(scope="module")
def country_and_networks(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Two blackouts of a country and of one of its networks; another network is spared."""
    lost = {"BY": BLACKOUTS, "AS6697": BLACKOUTS, "AS25106": ()}
    parts = [rows(entity, blackouts=blackouts) for entity, blackouts in lost.items()]
    return write(tmp_path_factory.mktemp("networks") / "networks.csv", *parts)


def test_compare_json(one_entity: str, capfd: pytest.CaptureFixture[str]) -> None:
    arguments = [
        "compare",
        one_entity,
        "--first",
        "2020-08-09T19:00Z",
        "--second",
        "2020-08-11T23:00+03:00",
    ]
    found = json.loads(printed([*arguments, "--format", "json"], capfd))
    assert list(found) == [
        "entity", "first", "second", "score", "consistent", "agreements", "differences",
        "weight", "as_alike", "first_signature", "second_signature",
    ]  # fmt: skip
    assert (found["first"], found["second"]) == ("BY-2020-08-09T18", "BY-2020-08-11T18")
    assert 0 <= found["score"] <= 1
    assert found["agreements"]
    assert found["consistent"] is True
    assert found["weight"] > 2.1
    assert 0 < found["as_alike"] < 0.001
    signature = found["first_signature"]
    assert [(one["plane"], one["after_minutes"]) for one in signature["fell"]] == [("probing", 0.0)]
    assert (signature["start_local"], signature["start_utc"]) == ("21:00", "18:00")
    assert (signature["duration_minutes"], signature["held"], signature["networks"]) == (360.0, [], None)


def test_compare_knows_the_networks_of_the_file(
    country_and_networks: str, capfd: pytest.CaptureFixture[str]
) -> None:
    arguments = ["compare", country_and_networks, "--entity", "BY", "--first", "2020-08-09T19:00Z"]
    arguments += ["--second", "2020-08-11T20:00Z"]
    found = json.loads(printed([*arguments, "--format", "json"], capfd))
    networks = found["second_signature"]["networks"]
    assert networks == {
        "watched": 2,
        "dark": [{"entity": "AS6697", "after_minutes": 0.0}],
        "spread_minutes": None,
        "survived": ["AS25106"],
    }
    assert "networks that held: AS25106 / AS25106" in found["agreements"]
    assert "1 of 2 networks went dark" in printed(arguments, capfd)


def test_compare_text(one_entity: str, capfd: pytest.CaptureFixture[str]) -> None:
    arguments = ["compare", one_entity, "--first", "2020-08-09T19:00Z", "--second", "2020-08-11T20:00Z"]
    text = printed(arguments, capfd)
    assert text.startswith("Belarus: one way of doing it explains both (score 1.00, of 0 to 1)\n")
    assert "the same switch against two unrelated episodes: +" in text
    assert "0.0% of unrelated pairs of episodes are as alike" in text
    assert text.count("began at 21:00 local time") == 2
    assert "BY-2020-08-09T18" in text
    assert "BY-2020-08-11T18" in text


def test_compare_takes_the_nearest_and_says_so(one_entity: str, capfd: pytest.CaptureFixture[str]) -> None:
    arguments = ["compare", one_entity, "--first", "2020-08-09", "--second", "2020-08-11T20:00Z"]
    assert main.run([*arguments, "--format", "json"]) == 0
    written, said = capfd.readouterr()
    assert json.loads(written)["first"] == "BY-2020-08-09T18"
    assert said == (
        "shutdownkit: note: --first: no episode at 2020-08-09T00:00:00Z; BY-2020-08-09T18 is 18:00:00 away\n"
    )


def test_compare_refuses_an_episode_with_itself(one_entity: str, capfd: pytest.CaptureFixture[str]) -> None:
    arguments = ["compare", one_entity, "--first", "2020-08-09T19:00Z", "--second", "2020-08-09T20:00Z"]
    assert main.run(arguments) == 2
    line = "--second: 2020-08-09T20:00:00Z is nearest to BY-2020-08-09T18, and so is --first"
    assert capfd.readouterr() == ("", f"shutdownkit: {line}\n")


def test_compare_needs_two_episodes(two_entities: str, capfd: pytest.CaptureFixture[str]) -> None:
    arguments = ["compare", two_entities, "--first", "2020-08-09", "--second", "2020-08-11"]
    assert main.run([*arguments, "--entity", "LT"]) == 2
    written, said = capfd.readouterr()
    assert written == ""
    assert said.endswith("two episodes are needed to compare, and LT has 0\n")


def test_schema_is_the_schema(capfd: pytest.CaptureFixture[str]) -> None:
    schema = json.loads(printed(["schema"], capfd))
    assert schema == report_schema()
    jsonschema.Draft202012Validator.check_schema(schema)


def test_demo_tells_the_story_and_that_it_is_a_reconstruction(
    capfd: pytest.CaptureFixture[str],
) -> None:
    text = printed(["demo"], capfd)
    assert "Belarus" in text
    assert "reconstruction" in text


@pytest.mark.parametrize("arguments", [("demo",), ("schema",)])
@pytest.mark.parametrize("environment", [C_LOCALE, ASCII_TERMINAL])
def test_json_is_one_document_and_nothing_else(
    shell: Command, arguments: tuple[str, ...], environment: dict[str, str]
) -> None:
    form = ("--format", "json") if arguments == ("demo",) else ()
    ran = shell(*arguments, *form, environment=environment)
    assert (ran.returncode, ran.stderr) == (0, "")
    assert isinstance(json.loads(ran.stdout), dict)
    assert ran.stdout == shell(*arguments, *form, environment={"PYTHONIOENCODING": "utf-8"}).stdout


def test_demo_json_says_that_it_is_a_reconstruction(shell: Command) -> None:
    report = json.loads(shell("demo", "--format", "json").stdout)
    assert any("reconstruction" in notice for notice in report["notices"])


@pytest.mark.parametrize("environment", [C_LOCALE, {"LANG": "C"}])
def test_text_works_in_the_c_locale(shell: Command, environment: dict[str, str]) -> None:
    ran = shell("demo", environment=environment)
    assert (ran.returncode, ran.stderr) == (0, "")
    assert "Belarus" in ran.stdout


def test_text_is_drawn_in_ascii_where_the_terminal_has_no_more(shell: Command) -> None:
    plain = shell("demo", environment=ASCII_TERMINAL)
    assert (plain.returncode, plain.stderr) == (0, "")
    assert plain.stdout.isascii()
    full = shell("demo", environment={"PYTHONIOENCODING": "utf-8"})
    assert not full.stdout.isascii()
    assert [len(line) for line in plain.stdout.splitlines()] == [
        len(line) for line in full.stdout.splitlines()
    ]
    assert plain.stdout.count("#") > 40 > full.stdout.count("#")


def test_console_script_and_module_are_the_same(shell: Command) -> None:
    code = "import sys; from shutdownkit.cli.main import run; sys.exit(run())"
    assert shell("--version").stdout == shell("--version", program=("-c", code)).stdout != ""


def test_the_readme_shows_what_the_demonstration_prints(capfd: pytest.CaptureFixture[str]) -> None:
    readme = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
    excerpt = readme.split("<!-- demo output: begin -->")[1].split("```")[1]
    parts = [part.strip("\n") for part in excerpt.split("\n[...]\n")]
    assert len(parts) == 2
    page = printed(["demo"], capfd)
    for part in parts:
        assert part in page
