from hypothesis import given, settings
from newsroom import headline

from shutdownkit import Report
from shutdownkit.testing.scenarios import OutageKind, OutageScenario
from shutdownkit.testing.strategies import reports, scenarios


@settings(deadline=None, max_examples=25)
@given(report=reports(), story=scenarios(kinds=[OutageKind.POWER]))
def test_headlines_are_a_line_and_true(report: Report, story: OutageScenario) -> None:
    assert len(headline(report).splitlines()) == 1
    assert "deliberate" not in headline(story.report())
