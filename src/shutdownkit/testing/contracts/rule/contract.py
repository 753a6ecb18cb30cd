"""The contract that every rule must keep."""

from __future__ import annotations

from .conduct import ConductLaws
from .findings import FindingLaws

__all__ = ["RuleContract"]


class RuleContract(ConductLaws, FindingLaws):
    """Inherit from it to test a rule: say how it is made.

    ::

        class TestCdnDip(RuleContract):
            def make_rule(self):
                return shutdownkit.Rule("acme.cdn-dip", ...)

    It is tried on the facts of scenarios of every kind; a rule that looks at signals of its own may give
    scenarios that have some (``scenarios``).  It runs under pytest as it is, and under unittest with
    ``unittest.TestCase`` as a second base.  The laws cannot be overridden; what is known to be broken is
    declared in ``violations``.
    """
