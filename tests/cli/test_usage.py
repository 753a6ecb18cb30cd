"""Arguments: what is taken, and what is refused in one line."""

from __future__ import annotations

import click
import pytest
from click.testing import CliRunner

from shutdownkit.cli import main
from shutdownkit.cli.group import group

from .conftest import Command

WEEK = ("--from", "2020-08-08", "--to", "2020-08-15")


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        ([], "Missing command (see shutdownkit --help)"),
        (["clasify"], "No such command 'clasify'"),
        (["--fron"], "No such option"),
        (["classify"], "Missing argument 'SIGNALS.csv' (see shutdownkit classify --help)"),
        (["classify", "a.csv", "b.csv"], "unexpected extra argument (b.csv)"),
        (["classify", "a.csv", "--fron", "x"], "No such option"),
        (
            ["classify", "a.csv", "--format", "xml"],
            "'xml' is not one of 'text', 'json', 'html', 'csv', 'codf'",
        ),
        (["classify", "a.csv", "--from"], "Option '--from' requires an argument"),
        (["classify", "a.csv", "--from", "now"], "--from: 'now' is not an ISO 8601 time"),
        (["classify", "a.csv", "--to", "2020-08-08T10:00"], "--to: '2020-08-08T10:00' has no time zone"),
        (["classify", "a.csv", "--entity", "Utopia"], "--entity: 'Utopia' is not a country"),
        (["compare", "a.csv", "--first", "2020-08-08"], "Missing option '--second'"),
        (["compare", "a.csv", "--format", "csv"], "'csv' is not one of 'text', 'json'"),
        (["schema", "extra"], "unexpected extra argument"),
        (["demo", "--format", "png"], "'png' is not one of"),
        (["assess"], "Missing argument 'BY' (see shutdownkit assess --help)"),
        (["assess", "BY"], "Missing option '--from'"),
        (["assess", "Utopia", *WEEK], "'Utopia' is not a country"),
        (["assess", "BY", "--from", "2020-08-09", "--to", "2020-08-09"], "is not after --from"),
        (["assess", "BY", *WEEK, "--controls", "LT,,PL"], "--controls: '' is not a country"),
        (["assess", "BY", *WEEK, "--controls", "LT,BY"], "controls: BY is the entity in question"),
        (["assess", "BY", *WEEK, "--source", "iodda"], "did you mean ioda?"),
        (["assess", "BY", *WEEK, "--source", "ioda", "--source", "ioda"], "'ioda' is there twice"),
        (["assess", "BY", *WEEK, "--timeout", "0"], "'--timeout'"),
        (["assess", "BY", *WEEK, "--timeout", "nan"], "timeout: nan is not a finite number"),
        (["assess", "BY", *WEEK, "--history-days", "nan"], "history_length: nan is not a finite number"),
        (["assess", "BY", *WEEK, "--history-days", "-1"], "'--history-days'"),
        (["assess", "BY", *WEEK, "--history", "no.csv"], "no.csv"),
        (["sources", "--format", "csv"], "'csv' is not one of 'text', 'json'"),
    ],
)
def test_mistake_is_one_line(arguments: list[str], line: str, capfd: pytest.CaptureFixture[str]) -> None:
    assert main.run(arguments) == 2
    written, said = capfd.readouterr()
    assert written == ""
    assert said.startswith("shutdownkit: ")
    assert said.count("\n") == 1
    assert said.endswith("\n")
    assert line in said


@pytest.mark.parametrize(
    "command", [[], ["demo"], ["assess"], ["classify"], ["compare"], ["sources"], ["schema"]]
)
def test_help_is_plain_and_whole(command: list[str]) -> None:
    ran = CliRunner().invoke(group, [*command, "--help"], prog_name="shutdownkit")
    assert ran.exit_code == 0
    assert ran.output.isascii()
    assert ran.output.startswith(f"Usage: {' '.join(['shutdownkit', *command])} ")


def test_group_lists_the_commands() -> None:
    names = ["assess", "classify", "compare", "demo", "evaluate", "schema", "sources"]
    assert group.list_commands(click.Context(group)) == names
    shown = CliRunner().invoke(group, ["--help"]).output
    assert all(f"\n  {name} " in shown for name in names)


def test_version(capfd: pytest.CaptureFixture[str]) -> None:
    assert main.run(["--version"]) == 0
    written, said = capfd.readouterr()
    assert (written, said) == ("shutdownkit 0.1.0\n", "")


def test_arguments_of_the_process_are_taken(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["shutdownkit", "--version"])
    assert main.run() == 0
    assert capfd.readouterr().out == "shutdownkit 0.1.0\n"


def test_what_needs_no_provider_imports_no_http_client(shell: Command) -> None:
    code = (
        "import sys; from shutdownkit.cli.main import run; status = run(sys.argv[1:]);"
        "print(status, sorted({'requests', 'requests_cache', 'urllib3', 'tenacity'} & set(sys.modules)))"
    )
    for argument in ("--version", "schema"):
        assert shell(argument, program=("-c", code)).stdout.splitlines()[-1] == "0 []"
