"""Windows at the ends of the calendar."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from shutdownkit.model.window import TimeWindow

FIRST, LAST = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)


@given(
    st.lists(st.datetimes(timezones=st.just(UTC)), min_size=2, max_size=2).map(sorted),
    st.timedeltas(timedelta(0), timedelta(days=4_000_000)),
)
def test_a_window_is_widened_as_far_as_the_calendar_goes(edges: list[datetime], by: timedelta) -> None:
    window = TimeWindow(*edges)
    wide = window.widened(by)
    assert wide.start == (window.start - by if window.start - FIRST >= by else FIRST)
    assert wide.end == (window.end + by if LAST - window.end >= by else LAST)
