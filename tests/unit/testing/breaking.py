"""Running one law of a contract on something broken, to see that it is the law that catches it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from hypothesis import Phase, settings

from shutdownkit.testing.contracts.laws import Contract, LawBrokenError, laws_of

settings.register_profile(
    "breaking",
    settings.get_profile("shutdownkit"),
    phases=(Phase.explicit, Phase.generate),  # the smallest story is not asked for here
    derandomize=True,  # caught is caught, on every day
    database=None,
)


@contextmanager
def unshrunk() -> Iterator[None]:
    """Hypothesis without shrinking and without chance while the context lasts."""
    name = settings.get_current_profile_name()
    settings.load_profile("breaking")
    try:
        yield
    finally:
        settings.load_profile(name)


def run_law(contract: type[Contract], number: int) -> None:
    """Run the tests of one law."""
    names = [name for name, law in laws_of(contract).items() if law.number == number]
    assert names, f"there is no law {number}"
    with unshrunk():
        for name in names:
            getattr(contract(), name)()


def must_break(contract: type[Contract], number: int) -> str:
    """Run one law, which must be broken; the message."""
    with pytest.raises(LawBrokenError) as caught:
        run_law(contract, number)
    assert caught.value.law.number == number
    message = str(caught.value)
    assert f"law {number} (" in message
    assert "look at: " in message
    return message
