"""The smallest parts: text, shares, counts and members of enumerations."""

from __future__ import annotations

import enum
from functools import cache
from typing import Literal, TypeVar
from unicodedata import category

from hypothesis import strategies as st

__all__ = ["counts", "lines", "members", "names", "sentences", "several", "shares"]

E = TypeVar("E", bound=enum.Enum)
T = TypeVar("T")

_Categories = tuple[Literal["Zs", "Zl", "Zp", "Cc", "Cs"], ...]

BLANK: _Categories = ("Zs", "Zl", "Zp", "Cc", "Cs")
"""The categories of Unicode whose characters nobody sees."""


@cache
def lines(*, empty: bool = False) -> st.SearchStrategy[str]:
    """Text of nine characters at most, any of Unicode's; it begins with one that shows.

    Shrinks to ``"0"``, or to no text at all where that is allowed.

    Args:
        empty: whether it may be empty or blank.
    """
    if empty:
        return st.text(max_size=8)
    # one choice, not a character and a text: stories of fewer choices shrink faster and further
    return st.text(min_size=1, max_size=9).filter(lambda text: category(text[0]) not in BLANK)


@st.composite
def several(draw: st.DrawFn, one: st.SearchStrategy[T], *, least: int = 0, most: int = 2) -> tuple[T, ...]:
    """Some of what another strategy gives.  Shrinks to as few as allowed, whichever the story needs.

    How many is drawn first.  Of a list, Hypothesis can drop the last items only, unless they are small: with
    its own lists a story about the second of two episodes keeps the first one.

    Args:
        one: what is drawn.
        least: at least so many.
        most: at most so many.
    """
    return tuple([draw(one) for _ in range(draw(st.integers(least, most)))])


@cache
def sentences() -> st.SearchStrategy[tuple[str, ...]]:
    """No, one or two lines.  Shrinks to none."""
    return several(lines())


@cache
def names() -> st.SearchStrategy[str]:
    """Names as sources have them: lower-case letters and digits, joined by hyphens.  Shrinks to ``"0"``."""
    return st.from_regex(r"[a-z0-9]{1,4}(-[a-z0-9]{1,4})?", fullmatch=True)


@cache
def shares() -> st.SearchStrategy[float]:
    """Numbers from 0 to 1.  Shrinks to 0."""
    return st.floats(0.0, 1.0)


@cache
def counts() -> st.SearchStrategy[int]:
    """Whole numbers from 0 to 99.  Shrinks to 0."""
    return st.integers(0, 99)


def members(kind: type[E], *, plain: E) -> st.SearchStrategy[E]:
    """Members of an enumeration.  Shrinks to the plain one.

    Args:
        kind: the enumeration.
        plain: the member that says least.
    """
    return st.sampled_from([plain, *(member for member in kind if member is not plain)])
