"""Scenario files: what they say, and the error for each way to get one wrong."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from shutdownkit.demo import read_scenario
from shutdownkit.demo.scenario import Confidence, Precision
from shutdownkit.errors import FileError

GOOD = """
[scenario]
title = "Made up"
entity = "LT"
history = 2021-01-01
start = 2021-01-02
end = 2021-01-03T00:00:00Z
notice = "Nothing here happened."

[[timeline]]
id = "cut"
start = 2021-01-02T02:00:00+02:00
end = 2021-01-02T06:00:00Z
precision = "hour"
confidence = "low"
text = \"\"\"
It is
cut.\"\"\"
source = "someone"

[[timeline]]
id = "rumour"
start = 2021-01-02
precision = "day"
confidence = "low"
text = "It may be cut."
source = "someone else"
not_modelled = "a rumour"

[[signal]]
kind = "probing.up-slash24s"
entity = "LT"
step = 10
level = 200
source = "someone"
assumed = "the level"
lag = 90
rhythm = { amplitude = 0.1, peak_hour = 20 }
phase = [{ line = "cut", share = 0.25, fall = 20, assumed = "the depth" }]
gap = [{ start = 2021-01-02T10:00:00Z, end = 2021-01-02T11:00:00Z, source = "someone" }]

[[signal]]
kind = "ooni.anomaly-ratio"
entity = "LT"
subject = "app:telegram"
step = 60
level = 0.1
weight = 12
source = "someone"

[[signal.phase]]
line = "cut"
value = 0.9
"""


def test_a_file_says_what_it_says() -> None:
    scenario = read_scenario(GOOD)
    line, rumour = scenario.lines
    assert (line.text, line.precision, line.confidence) == ("It is cut.", Precision.HOUR, Confidence.LOW)
    assert line.start == datetime(2021, 1, 2, tzinfo=UTC)
    assert rumour.start == datetime(2021, 1, 2, tzinfo=UTC)
    assert rumour.end is None
    probing, telegram = scenario.signals
    assert (probing.step, probing.lag) == (timedelta(minutes=10), timedelta(minutes=90))
    assert (probing.rhythm.amplitude, probing.rhythm.peak_hour, probing.rhythm.weekend) == (0.1, 20, 1)
    (phase,) = probing.phases
    assert (phase.level, phase.fall, phase.rise) == (50.0, timedelta(minutes=20), timedelta(0))
    assert phase.window.end == datetime(2021, 1, 2, 6, tzinfo=UTC)
    assert phase.assumed == "the depth"
    assert probing.gaps[0].source == "someone"
    assert telegram.subject == "app:telegram"
    assert telegram.weight == 12
    assert telegram.phases[0].level == 0.9


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("[scenario]", "[scenario", "scenario, line 2: is not TOML: "),
        ("level = 200", "level = 200\nlevel = 200", ": is not TOML: Cannot overwrite a value"),
        ("[scenario]", "[scene]", "scenario: unknown key 'scene'"),
        ('title = "Made up"', "", "scenario: scenario: title is missing"),
        ('entity = "LT"', 'entity = "XX"', "scenario: scenario: entity: 'XX' is not a country"),
        ("start = 2021-01-02\nend", "start = 2021-01-02T00:00:00\nend", "has no time zone"),
        ("start = 2021-01-02\nend", "start = 2021-01-09\nend", "scenario: scenario: TimeWindow.end: "),
        ('id = "rumour"', 'id = "cut"', "scenario: timeline 2 (cut): its id is there twice"),
        (
            'precision = "hour"',
            'precision = "hours"',
            "timeline 1 (cut): precision: 'hours' is none of second, ",
        ),
        ('source = "someone else"', 'source = ""', "scenario: timeline 2 (rumour): source: '' is empty"),
        ('source = "someone else"', "", "scenario: timeline 2 (rumour): source is missing"),
        ('not_modelled = "a rumour"', "", "scenario: Scenario.lines: 'rumour' is shown by no phase"),
        ("level = 200", "", "signal 1 (LT probing.up-slash24s): level is missing"),
        ("level = 200", 'level = "200"', "level: '200' is not a number"),
        ("lag = 90", "lagg = 90", "signal 1 (LT probing.up-slash24s): unknown key 'lagg'"),
        ("step = 10", "step = 0", "signal 1 (LT probing.up-slash24s): ScenarioSignal.step"),
        (
            "amplitude = 0.1",
            "amplitude = 2",
            "signal 1 (LT probing.up-slash24s), rhythm: Rhythm.amplitude",
        ),
        ("rhythm = { amplitude = 0.1, peak_hour = 20 }", "rhythm = 3", "rhythm is not a table"),
        (
            '"probing.up-slash24s"',
            '"ping"',
            "kind: 'ping' is no kind; the kinds are bgp.visible-slash24s",
        ),
        ('line = "cut", share', 'line = "cat", share', "phase 1 (cat): line 'cat' is the id of no line"),
        ("share = 0.25", "share = 25", "phase 1 (cut): share: 25 is over 1"),
        ("share = 0.25", "share = 0.25, value = 50", "phase 1 (cut): give one of share"),
        ("share = 0.25, ", "", "phase 1 (cut): give one of share"),
        ("fall = 20", 'fall = "20"', "phase 1 (cut): fall: '20' is not a number"),
        ('line = "cut", share', 'line = "rumour", share', "end is missing, and line rumour has none"),
        ("value = 0.9", "value = 1.9", "scenario: signal 2 (LT ooni.anomaly-ratio app:telegram): "),
        ("weight = 12", "", "ScenarioSignal.weight: None is missing: a share needs it"),
        ("gap = [{", "gap = {", ": is not TOML: "),
        ("gap = [{ start", "gap = [3, { start", "gap is not an array of tables: write [[gap]]"),
        (
            'end = 2021-01-02T11:00:00Z, source = "someone"',
            "end = 2021-01-02T11:00:00Z",
            "gap 1 (2021-01-02 10:00:00+00:00): source is missing",
        ),
    ],
)
def test_each_error_names_the_place_and_the_problem(old: str, new: str, message: str) -> None:
    assert old in GOOD
    with pytest.raises(FileError) as caught:
        read_scenario(GOOD.replace(old, new, 1))
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_file_is_read_by_its_path(tmp_path: Path) -> None:
    path = tmp_path / "made-up.toml"
    path.write_text(GOOD, encoding="utf-8")
    assert read_scenario(path) == read_scenario(GOOD)


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(FileError, match=r"absent\.toml: cannot be read: No such file"):
        read_scenario(tmp_path / "absent.toml")
    path = tmp_path / "latin.toml"
    path.write_bytes(b"# caf\xe9")
    with pytest.raises(FileError, match=r"latin\.toml: is not UTF-8: byte 5"):
        read_scenario(path)


def test_absurd_text_is_refused_as_any_other() -> None:
    for text in ("level = " + "9" * 5000, "level = " + "[" * 100_000):
        with pytest.raises(FileError, match=r"^scenario(, line \d+)?: is not TOML: ") as caught:
            read_scenario(text)
        assert "\n" not in str(caught.value)


def test_an_error_stays_on_one_line_whatever_the_file_holds() -> None:
    with pytest.raises(FileError) as caught:
        read_scenario(GOOD.replace('"probing.up-slash24s"', '"ping\\n\\u2028"', 1))
    assert str(caught.value).startswith("scenario: signal 1 (LT ping ): kind: ")
    assert len(str(caught.value).splitlines()) == 1
