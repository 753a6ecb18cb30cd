"""Each broken source is caught by the law that is meant to catch it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import Phase, settings

from shutdownkit.reading.source import Source, SourceConfig
from shutdownkit.testing.contracts.laws import LawBrokenError, laws_of
from shutdownkit.testing.contracts.source.contract import SourceContract

from .broken_sources import BROKEN, Broken
from .good_source import GoodContract

RAISE = ("AsksWithTheClock",)
"""Those that are caught because they raise where all is well."""

SLOW = ("silent", "drip_headers", "drip_body")


@pytest.fixture(autouse=True)
def _hasty() -> Iterator[None]:
    """The first counterexample will do."""
    settings.register_profile("first", settings.get_profile("shutdownkit"), phases=[Phase.generate])
    settings.load_profile("first")
    yield
    settings.load_profile("shutdownkit")


def contract_of(broken: Broken) -> SourceContract:
    class Contract(GoodContract):
        max_examples = 40

        def make_source(self, config: SourceConfig) -> Source:
            return broken.source(config)

    return Contract()


def breaks(contract: SourceContract, number: int) -> str | None:
    """The first message of a law that is broken; None where it is kept."""
    for name, one in laws_of(type(contract)).items():
        if one.number == number and not name.endswith(SLOW):
            try:
                getattr(contract, name)()
            except LawBrokenError as error:
                return str(error)
    return None


@pytest.mark.parametrize("broken", BROKEN.values(), ids=BROKEN)
def test_the_law_that_is_meant_catches_it(broken: Broken) -> None:
    message = breaks(contract_of(broken), broken.law)
    assert message is not None, f"{broken.name} keeps law {broken.law}"
    first, *rest = message.splitlines()
    assert "though all was well" not in first or broken.name in RAISE
    assert first.startswith(f"law {broken.law} (")
    assert rest[-1].startswith("  look at: ")


def test_every_law_has_a_source_that_breaks_it() -> None:
    assert {broken.law for broken in BROKEN.values()} == {
        one.number for one in laws_of(SourceContract).values()
    }
