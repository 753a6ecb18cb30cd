"""For tests of sources, of rules, and of programs that embed shutdownkit.

Needs the extra ``testing``, but for the servers on the loopback interface.  What stands here by name is
imported when it is first used, since most of it stands on Hypothesis.
"""

from __future__ import annotations

from importlib import import_module as _import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .clock import ManualClock
    from .contracts.classifier.contract import ClassifierContract
    from .contracts.laws import LawBrokenError
    from .contracts.rule.contract import RuleContract
    from .contracts.source.contract import SourceContract
    from .contracts.source.truth import Truth
    from .contracts.source.upstream import Upstream
    from .server import LoopbackServer, Received, Reply

__all__ = [
    "ClassifierContract",
    "LawBrokenError",
    "LoopbackServer",
    "ManualClock",
    "Received",
    "Reply",
    "RuleContract",
    "SourceContract",
    "Truth",
    "Upstream",
]

_LATER = {
    "ClassifierContract": ".contracts.classifier.contract",
    "LawBrokenError": ".contracts.laws",
    "LoopbackServer": ".server",
    "ManualClock": ".clock",
    "Received": ".server",
    "Reply": ".server",
    "RuleContract": ".contracts.rule.contract",
    "SourceContract": ".contracts.source.contract",
    "Truth": ".contracts.source.truth",
    "Upstream": ".contracts.source.upstream",
}
"""Where the names are."""

if not TYPE_CHECKING:  # a type checker sees the imports above, and so still knows which names there are

    def __getattr__(name: str) -> object:
        if name not in _LATER:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        value = getattr(_import_module(_LATER[name], __name__), name)
        globals()[name] = value
        return value

    def __dir__() -> list[str]:
        return sorted({*globals(), *_LATER})
