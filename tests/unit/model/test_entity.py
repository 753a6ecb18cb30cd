"""Entities, kinds and places: known answers."""

from __future__ import annotations

import re

import pytest

from shutdownkit.errors import InvalidValueError
from shutdownkit.model.entity import Entity, EntityKind
from shutdownkit.model.kinds import KINDS
from shutdownkit.model.places import country_names, country_zones


@pytest.mark.parametrize(
    ("text", "kind", "code", "country", "back"),
    [
        ("BY", EntityKind.COUNTRY, "BY", "BY", "BY"),
        (" by ", EntityKind.COUNTRY, "BY", "BY", "BY"),
        ("AS6697", EntityKind.ASN, "AS6697", None, "AS6697"),
        ("as006697", EntityKind.ASN, "AS6697", None, "AS6697"),
        ("as", EntityKind.COUNTRY, "AS", "AS", "AS"),  # American Samoa, not a network
        ("US/LA", EntityKind.REGION, "LA", "US", "US/LA"),
        ("by/3332", EntityKind.REGION, "3332", "BY", "BY/3332"),
        ("XK", EntityKind.COUNTRY, "XK", "XK", "XK"),
    ],
)
def test_parsing(text: str, kind: EntityKind, code: str, country: str | None, back: str) -> None:
    entity = Entity.parse(text)
    assert (entity.kind, entity.code, entity.country) == (kind, code, country)
    assert str(entity) == back


@pytest.mark.parametrize("text", ["", "Belarus", "QQ", "AS0", "AS4294967295", "AS-1", "BY/", "BY/a/b", "/x"])
def test_what_is_no_entity_is_refused(text: str) -> None:
    with pytest.raises(InvalidValueError, match=r"^(entity|Entity\.\w+): "):
        Entity.parse(text)


def test_the_kinds_of_the_contract_are_built_in() -> None:
    assert set(KINDS) == {
        "bgp.visible-slash24s",
        "bgp.v6-prefixes",
        "bgp.v4-prefixes",
        "probing.up-slash24s",
        "probing.loss",
        "probing.latency",
        "telescope.unique-sources",
        "traffic.search",
        "atlas.connected-probes",
        "ooni.measurements",
        "ooni.networks",
        "ooni.anomaly-ratio",
        "ooni.confirmed-ratio",
        "ooni.failure-ratio",
        "throughput.download",
        "throughput.rtt",
        "connectivity.index",
        "ooni.tls-handshake",  # these two are not of the contract
        "traffic.http3-share",
    }
    assert all(kind.name == name for name, kind in KINDS.items())


def test_countries_and_their_zones() -> None:
    names = country_names()
    assert names["BY"] == "Belarus"
    assert all(re.fullmatch("[A-Z]{2}", code) for code in names)
    assert [zone.key for zone in country_zones("BY")] == ["Europe/Minsk"]
    assert len(country_zones("RU")) > 1
    assert country_zones("ZZ") == ()
