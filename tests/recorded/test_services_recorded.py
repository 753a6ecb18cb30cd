"""Citizen Lab's real test lists."""

from __future__ import annotations

from pathlib import Path

import pytest

from shutdownkit.errors import FileError
from shutdownkit.files.services import read_services
from shutdownkit.model.builtin_services import SERVICES

pytestmark = pytest.mark.recorded


def test_every_list_is_read_and_every_code_known(recorded: Path) -> None:
    lists = sorted((recorded / "ooni" / "testlists").glob("[a-z]*.csv"))
    assert len(lists) == 17
    read = read_services(*lists)
    names = {service.name for service in read}
    assert {"news", "social-networks", "human-rights", "circumvention"} <= names
    assert [name for name in names if name.isupper()] == []
    assert len(read.named("news").subjects) > 2000
    assert "domain:charter97.org" in read.named("news").subjects
    assert "domain:www.facebook.com" in read.named("social-networks").subjects


def test_platforms_are_not_in_the_categories_of_the_pages_on_them(recorded: Path) -> None:
    gabon = read_services(recorded / "ooni" / "testlists" / "ga.csv").named("political-criticism")
    assert "domain:fngabon.blogspot.com" in gabon.subjects
    assert [subject for subject in gabon.subjects if SERVICES.of(subject).name != subject] == []


def test_a_legend_is_no_list(recorded: Path) -> None:
    with pytest.raises(FileError, match="line 1: there are 0 columns url"):
        read_services(recorded / "ooni" / "testlists" / "00-LEGEND-category_codes.csv")
