"""The contract that every source must keep."""

from __future__ import annotations

from .answers import AnswerLaws
from .conduct import ConductLaws
from .disclosure import DisclosureLaws
from .values import ValueLaws

__all__ = ["SourceContract"]


class SourceContract(AnswerLaws, ValueLaws, ConductLaws, DisclosureLaws):
    """Inherit from it to test a source: say how it is made, and how its provider tells a truth.

    ::

        class TestAcme(SourceContract):
            name = "acme"

            def make_source(self, config):
                return AcmeSource(config)

            def publish(self, upstream, truth):
                upstream.serve(lambda received: Reply(json.dumps(...)))

    It runs under pytest as it is, and under unittest with ``unittest.TestCase`` as a second base.  The laws
    cannot be overridden; what is known to be broken is declared in ``violations``.
    """
