"""Where Hypothesis finds shutdownkit's strategies: its entry point of the group ``hypothesis``.

Hypothesis loads this whenever it is imported, for whatever project.  So it stands outside the package and
imports nothing of it: importing shutdownkit takes a quarter of a second, which those who do not use it
should not pay.  Who imports shutdownkit later finds this module loaded, and registers then.

With ``HYPOTHESIS_NO_PLUGINS`` set, Hypothesis does not load it, and nothing is registered.
"""

from __future__ import annotations

import sys
from importlib import import_module

__all__ = ["register"]


def register() -> None:
    """Register the strategies if shutdownkit is imported; it registers them itself if that comes later."""
    package = sys.modules.get("shutdownkit")
    if getattr(package, "_complete", False):
        import_module("shutdownkit.testing.registration").register(vars(package))
