"""The contract that every classifier must keep: a program that adds rules, or stands around ``classify``."""

from __future__ import annotations

from .answers import AnswerLaws
from .conduct import ConductLaws

__all__ = ["ClassifierContract"]


class ClassifierContract(AnswerLaws, ConductLaws):
    """Inherit from it to test what judges: give your rules, or your own ``classify``, or both.

    ::

        class TestOurs(ClassifierContract):
            rules = shutdownkit.RULES.extended(OUR_RULE)

        class TestOurProgram(ClassifierContract):
            def classify(self, signals, **more):
                return our_program.judge(signals, **more)

    The laws are tried on scenarios (:func:`~shutdownkit.testing.strategies.scenarios`) of which the truth is
    known.  It runs under pytest as it is, and under unittest with ``unittest.TestCase`` as a second base.
    The laws cannot be overridden; what is known to be broken is declared in ``violations``.

    ``classify`` takes the keyword arguments of :func:`shutdownkit.classify` and hands those on that it does
    not know.
    """
