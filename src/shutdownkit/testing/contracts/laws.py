"""What a contract is: numbered laws that come with their tests, and that nobody can test away.

A contract is a class whose methods ``test_law_…`` are the laws.  Inherit from it, give what it asks for, and
pytest or ``unittest`` runs them:

- A law cannot be overridden: a subclass that tries is refused when the class is made.
- A law that something is known to break is declared, with the reason, in :attr:`Contract.violations`.  Its
  test then is expected to fail, strictly: once the law is kept, the declaration fails.
"""

from __future__ import annotations

import functools
import inspect
import sys
import traceback
import unittest
from collections.abc import Callable, Mapping
from typing import Any, ClassVar, TypeVar

from attrs import frozen
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.strategies import SearchStrategy

__all__ = ["Contract", "Law", "LawBrokenError", "law", "laws_of"]

Test = TypeVar("Test", bound=Callable[..., None])


@frozen
class Law:
    """One law of a contract.

    Attributes:
        number: by which it is called; it never changes.
        title: what it says, in a few words.
        look_at: what to look at where it is broken, in a sentence.
    """

    number: int
    title: str
    look_at: str

    def __str__(self) -> str:
        return f"law {self.number} ({self.title})"


class LawBrokenError(AssertionError):
    """A law is broken: the message says which, on what input, and what to look at.

    Attributes:
        law: which.
    """

    def __init__(self, broken: Law, what: str, *, given: Mapping[str, object] | None = None) -> None:
        self.law = broken
        lines = [f"{broken} is broken: {what}"]
        lines += [f"  {name}: {value}" for name, value in (given or {}).items()]
        lines.append(f"  look at: {broken.look_at}")
        super().__init__("\n".join(lines))


def law(number: int, title: str, *, look_at: str) -> Callable[[Test], Test]:
    """Mark a test as a law of its contract."""

    def mark(test: Test) -> Test:
        test.__law__ = Law(number, title, look_at)  # type: ignore[attr-defined]
        return test

    return mark


def laws_of(contract: type[Contract]) -> dict[str, Law]:
    """The laws of a contract by the names of their tests, in order of their numbers, then names."""
    found = {name: known for name in dir(contract) if (known := _law_at(contract, name)) is not None}
    return dict(sorted(found.items(), key=lambda item: (item[1].number, item[0])))


def _law_at(contract: type, name: str) -> Law | None:
    known = getattr(inspect.getattr_static(contract, name, None), "__law__", None)
    return known if isinstance(known, Law) else None


class Contract:
    """What all contracts share.  Not a test by itself: a subclass is.

    Attributes:
        violations: laws that are known to be broken, by number or by the name of one test, and why.
        max_examples: how many inputs each law is tried on.
    """

    violations: ClassVar[Mapping[int | str, str]] = {}
    max_examples: ClassVar[int] = 15

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        originals = _originals(cls)
        for name, original in originals.items():
            known = getattr(inspect.getattr_static(cls, name), "__law__", None)
            if name in vars(cls) or known is not _law_of(original):
                raise TypeError(
                    f"{cls.__name__}.{name} overrides {_law_of(original)}, and a law cannot be overridden; "
                    f"where it is known to be broken, declare it: violations = "
                    f"{{{_law_of(original).number}: 'the reason'}}"
                )
        _declare(cls, originals)

    def law(self, number: int) -> Law:
        """The law of a number."""
        return next(one for one in laws_of(type(self)).values() if one.number == number)

    def once(self, inputs: SearchStrategy[Any], body: Callable[[Any], None]) -> None:
        """Try a law on the plainest input alone."""

        @settings(
            max_examples=1,
            deadline=None,
            database=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(given=inputs)
        def first(given: Any) -> None:
            body(given)

        first()

    def for_all(self, **inputs: SearchStrategy[Any]) -> Callable[[Callable[..., None]], None]:
        """Try a law on inputs; the caller's own Hypothesis profile decides about all but their number."""

        def run(body: Callable[..., None]) -> None:
            wanted = settings(
                max_examples=self.max_examples,
                deadline=None,  # machines differ
                report_multiple_bugs=False,  # one law, one message
                phases=[one for one in settings().phases if one is not Phase.explain],
                suppress_health_check=[
                    HealthCheck.too_slow,
                    HealthCheck.data_too_large,
                    HealthCheck.differing_executors,
                ],
            )
            wanted(given(**inputs)(body))()

        return run


def _originals(cls: type) -> dict[str, Callable[..., None]]:
    """Each law that a class has from others, as whoever made it wrote it."""
    found: dict[str, Callable[..., None]] = {}
    for base in reversed(cls.__mro__[1:]):
        for name, value in vars(base).items():
            if isinstance(getattr(value, "__law__", None), Law):
                found.setdefault(name, value)
    return found


def _law_of(test: object) -> Law:
    found: Law = test.__law__  # type: ignore[attr-defined]
    return found


def _declare(cls: type[Contract], originals: Mapping[str, Callable[..., None]]) -> None:
    """Let the tests of laws that are known to be broken be expected to fail, and no others."""
    reasons: dict[str, str] = {}
    for key, reason in cls.violations.items():
        named = [name for name, test in originals.items() if key in {name, _law_of(test).number}]
        if not named:
            raise TypeError(f"{cls.__name__}.violations: there is no law {key!r}")
        if not _is_said(reason):
            raise TypeError(f"{cls.__name__}.violations: law {key} is declared broken without a reason")
        reasons.update(dict.fromkeys(named, reason))
    for name, test in originals.items():
        if name in reasons:
            setattr(cls, name, _expected(test, reasons[name], cls))
        elif inspect.getattr_static(cls, name) is not test:
            setattr(cls, name, test)  # a base declares it, and this class does not


def _is_said(reason: object) -> bool:
    return isinstance(reason, str) and bool(reason.strip())


def _expected(test: Callable[..., None], reason: str, cls: type[Contract]) -> Callable[..., None]:
    """The test as one that must fail, of a broken law and nothing else."""

    @functools.wraps(test)
    def expected(self: Contract) -> None:
        test(self)

    if issubclass(cls, unittest.TestCase):
        return unittest.expectedFailure(_only_laws(test))
    pytest = sys.modules.get("pytest")  # where it is not there, nobody collects a class that is no TestCase
    if pytest is not None:
        marked: Callable[..., None] = pytest.mark.xfail(reason=reason, raises=LawBrokenError, strict=True)(
            expected
        )
        return marked
    return expected


def _only_laws(test: Callable[..., None]) -> Callable[..., None]:
    """For unittest, which expects any exception alike: another one is told, and counts as no failure.

    So that it turns up as the unexpected success that it is: the law was not seen to be broken.
    """

    @functools.wraps(test)
    def expected(self: Contract) -> None:
        try:
            test(self)
        except (LawBrokenError, unittest.SkipTest):
            raise
        except Exception:  # noqa: BLE001 (told, and the test fails by it)
            sys.stderr.write(f"not a broken law, but:\n{traceback.format_exc()}")

    return expected
