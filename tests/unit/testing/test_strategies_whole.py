"""Every public value has a strategy, which gives what it says and can be read about."""

from __future__ import annotations

import inspect

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import shutdownkit as sk
from shutdownkit.testing import strategies
from shutdownkit.testing.registration import STRATEGIES

WITHOUT = {"SourceConfig": "holds the one HTTP client, which is no value: nothing could be drawn for it"}
NO_PLURAL = {"evidence", "facts", "series"}
few = settings(max_examples=8, database=None)

VALUES = sorted(
    name
    for name in sk.__all__
    if isinstance(getattr(sk, name), type) and attrs.has(getattr(sk, name)) and name not in WITHOUT
)


def test_every_public_value_has_a_strategy() -> None:
    assert set(VALUES) <= set(STRATEGIES)
    assert len(VALUES) > 50


def test_the_table_names_public_classes_and_public_strategies_only() -> None:
    assert set(STRATEGIES) <= set(sk.__all__)
    assert set(STRATEGIES.values()) <= set(strategies.__all__)
    assert len(set(STRATEGIES.values())) == len(STRATEGIES)
    assert not set(STRATEGIES) & set(WITHOUT)


@pytest.mark.parametrize("name", sorted(STRATEGIES))
def test_a_strategy_gives_values_of_its_class(name: str) -> None:
    wanted = getattr(sk, name)

    @few
    @given(getattr(strategies, STRATEGIES[name])())
    def check(value: object) -> None:
        assert type(value) is wanted

    check()


@pytest.mark.parametrize("name", strategies.__all__)
def test_a_strategy_is_a_plural_noun_with_keywords_only_that_says_what_it_shrinks_to(name: str) -> None:
    strategy = getattr(strategies, name)
    assert callable(strategy)
    assert name in NO_PLURAL or "s" in {word[-1] for word in name.split("_")}
    assert "hrinks to" in inspect.getdoc(strategy) or "hrinks as" in inspect.getdoc(strategy)  # type: ignore[operator]
    for parameter in inspect.signature(strategy).parameters.values():
        assert parameter.kind is parameter.KEYWORD_ONLY
        assert parameter.default is not parameter.empty
        assert f"{parameter.name}: " in (inspect.getdoc(strategy) or "")


def test_every_name_of_the_package_is_listed() -> None:
    functions = {
        name for name, value in vars(strategies).items() if callable(value) and not name.startswith("_")
    }
    assert functions == set(strategies.__all__)


@few
@given(st.data())
def test_plain_values_are_of_the_model(data: st.DataObject) -> None:
    assert type(data.draw(strategies.plain_values())).__module__.startswith("shutdownkit.model.")
