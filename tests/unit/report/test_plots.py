"""The figure of a report."""

from __future__ import annotations

import io
import math
import sys

import attrs
import numpy as np
import pytest
from hypothesis import given, settings
from matplotlib.figure import Figure

from shutdownkit.errors import MissingExtraError
from shutdownkit.model.account import InstrumentFault
from shutdownkit.report.report import Report
from shutdownkit.testing.strategies import reports
from tests.unit.report.samples import PROBING, WINDOW, quiet_report, report


@pytest.mark.filterwarnings("ignore:Glyph")  # the font at hand does not have every letter
@settings(max_examples=20, deadline=None)
@given(reports())
def test_a_panel_for_each_trace_that_can_be_drawn(content: Report) -> None:
    figure = content.plot()
    assert isinstance(figure, Figure)
    assert len(figure.axes) == max(1, len(content.traces))
    figure.savefig(io.BytesIO(), format="svg")


def test_gaps_stay_gaps_and_zero_stays_zero() -> None:
    first, second = report().plot().axes
    (line,) = first.patches[:1]
    values = line.get_data().values  # type: ignore[attr-defined]
    assert np.isnan(values).sum() == 2
    assert values[:42].tolist() == [1.0] * 42
    (line,) = second.patches[:1]
    days = line.get_data().values.tolist()  # type: ignore[attr-defined]
    assert (days[0], math.isnan(days[1]), days[2], days[3]) == (1.0, True, 0.0, 1.1)
    assert second.get_ylim()[0] < 0


def test_episodes_are_shaded_everywhere_and_faults_where_they_count() -> None:
    fault = InstrumentFault(PROBING, WINDOW, (), "It fell everywhere.")
    panels = attrs.evolve(report(), faults=(fault,)).plot().axes
    assert [len(panel.patches) for panel in panels] == [1 + 1 + 1, 1 + 1]  # line, episode, fault


def test_the_titles() -> None:
    figure = report().plot()
    assert [panel.get_title(loc="left") for panel in figure.axes] == [
        "probing.up-slash24s",
        "acme.cdn-requests (app:video)",
    ]
    assert "deliberate: 0.97" in str(figure.get_suptitle())
    assert len(quiet_report().plot().axes) == 1


def test_pyplot_is_left_alone() -> None:
    sys.modules.pop("matplotlib.pyplot", None)
    report().plot()
    assert "matplotlib.pyplot" not in sys.modules


def test_no_figure_without_matplotlib(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    with pytest.raises(MissingExtraError, match=r"needs the package matplotlib.*shutdownkit\[plot\]"):
        report().plot()
