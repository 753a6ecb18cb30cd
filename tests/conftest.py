"""Settings for all tests."""

from __future__ import annotations

from hypothesis import HealthCheck, settings

# No deadline: machines differ, and speed is measured in bench/, never asserted in a test.
settings.register_profile("shutdownkit", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("thorough", settings.get_profile("shutdownkit"), max_examples=1000)
settings.load_profile("shutdownkit")
