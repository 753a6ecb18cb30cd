"""The view for notebooks."""

from __future__ import annotations

import re
from xml.etree import ElementTree as ET

import attrs
from hypothesis import given
from hypothesis import strategies as st

from shutdownkit.model.account import BlindSpot, SourceFailure
from shutdownkit.report.report import Report
from shutdownkit.testing.strategies import reports
from tests.unit.report.samples import quiet_report, report

ALLOWED_TAGS = {"div", "p", "h3", "h4", "ul", "li", "table", "tr", "th", "td"}
SVG_TAGS = {f"{{http://www.w3.org/2000/svg}}{name}" for name in ("svg", "path", "rect")}
POINT = re.compile(r"([ML])([\d.]+) ([\d.]+)H([\d.]+)")


def parsed(content: Report) -> ET.Element:
    return ET.fromstring(content._repr_html_())  # noqa: S314 - the test's own text


@given(reports())
def test_it_is_well_formed_and_has_only_these_elements(content: Report) -> None:
    root = parsed(content)
    assert root.attrib == {"class": "shutdownkit-report"}
    assert {element.tag for element in root.iter()} <= ALLOWED_TAGS | SVG_TAGS
    names = {name for element in root.iter() for name in element.attrib}
    assert not any(name.startswith("on") or name in {"href", "src"} for name in names)


@given(reports(), st.sampled_from(["<script>alert(1)</script>", '"><b>', "a & b", "</div>", "'\"<>&"]))
def test_text_stays_text(content: Report, hostile: str) -> None:
    content = attrs.evolve(
        content,
        notices=(hostile,),
        licences=(hostile,),
        failures=(SourceFailure(hostile, hostile),),
        blind_spots=(BlindSpot(None, hostile),),
    )
    root = parsed(content)
    texts = "".join(root.itertext())
    assert texts.count(hostile) >= 5
    assert {element.tag for element in root.iter()} <= ALLOWED_TAGS | SVG_TAGS


@given(reports())
def test_pictures_stay_in_their_frame(content: Report) -> None:
    for path in parsed(content).iter("{http://www.w3.org/2000/svg}path"):
        for _, left, level, right in POINT.findall(path.attrib["d"]):
            assert 0 <= float(left) <= float(right) <= 600
            assert 1 <= float(level) <= 27


def test_a_line_breaks_where_nobody_measured_and_falls_where_all_was_lost() -> None:
    first, second = (path.attrib["d"] for path in parsed(report()).iter("{http://www.w3.org/2000/svg}path"))
    assert first.count("M") == 2
    assert first.count("L") == 96 - 2 - 2
    points = POINT.findall(second)
    assert [move for move, *_ in points] == ["M", "M", "L"]
    levels = [float(level) for _, _, level, _ in points]
    assert levels[1] == 27.0  # all lost: at the bottom
    assert levels[2] == 1.0  # more than expected: at the top
    assert [(float(left), float(right)) for _, left, _, right in points] == [
        (0, 150),
        (300, 450),
        (450, 600),
    ]


def test_episodes_are_shaded_over_their_time() -> None:
    rects = list(parsed(report()).iter("{http://www.w3.org/2000/svg}rect"))
    assert [(rect.attrib["x"], rect.attrib["width"]) for rect in rects] == [("262.5", "227.1")] * 2


def test_it_says_what_the_text_says() -> None:
    texts = " ".join(parsed(report()).itertext())
    for words in (
        "Notice: The signals are a reconstruction.",
        "deliberate: 0.97 (extremely likely)",
        "planes.routes-up",
        "Dainotti and others 2011",
        "What could not have been seen",
        "IODA terms of use",
    ):
        assert words in texts
    assert "deliberate" not in "".join(parsed(quiet_report()).itertext())
