"""A program that shows reports to readers: what ``downstream_test.py`` tests."""

import shutdownkit as sk


def headline(report: sk.Report) -> str:
    """One line, which says no more than the report."""
    ordered = any(one.verdict.intent is sk.Intent.DELIBERATE for one in report.episodes)
    return f"{report.entity.name}: {report.condition.value}{', deliberate' if ordered else ''}"
