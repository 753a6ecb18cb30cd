"""A report as a whole page: well-formed, titled, and with nothing to load or run."""

from __future__ import annotations

from xml.etree import ElementTree as ET

import attrs
from hypothesis import given
from hypothesis import strategies as st

from shutdownkit.model.entity import Entity
from shutdownkit.report.html import report_html
from shutdownkit.report.page import report_page
from shutdownkit.report.report import Report
from shutdownkit.testing.strategies import entities, reports


def parsed(page: str) -> ET.Element:
    return ET.fromstring(page)  # noqa: S314 (our own)


@given(reports())
def test_it_is_well_formed_and_holds_the_report(content: Report) -> None:
    page = report_page(content)
    root = parsed(page)
    assert page.startswith("<!DOCTYPE html>\n")
    assert [child.tag for child in root] == ["head", "body"]
    assert page.count(report_html(content)) == 1
    page.encode("utf-8")


@given(reports())
def test_it_says_its_encoding_first_and_loads_nothing(content: Report) -> None:
    root = parsed(report_page(content))
    metas = [element.attrib for element in root.iter("meta")]
    assert metas[0] == {"charset": "utf-8"}
    assert metas[1]["content"].startswith("default-src 'none'")
    assert metas[2]["name"] == "viewport"
    names = {name for element in root.iter() for name in element.attrib}
    assert not any(name.startswith("on") or name in {"href", "src"} for name in names)
    assert not {"script", "link", "img", "iframe", "base"} & {element.tag for element in root.iter()}


@given(reports(), entities() | st.just(Entity.parse('US/<script>&"')))
def test_the_title_names_the_entity_and_stays_text(content: Report, entity: Entity) -> None:
    title = parsed(report_page(attrs.evolve(content, entity=entity))).findtext("head/title") or ""
    assert f"{content.window.start:%H:%M}" in title
    if entity.code.isalnum() and entity.code.isascii():
        assert entity.code in title
    if "script" in entity.code:
        assert 'US/<script>&"' in title
