"""What stands in a report's JSON for the keys that earlier versions of this package did not write.

An earlier version weighed context together with the measurements and gave no answer but a probability.
So what it wrote is read as all measured, as known in hindsight (an episode that lasts: at its onset), and as
undetermined: nobody may read an answer into a report that gave none.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..model.knowledge import Intent, Knowledge
from ..model.verdict import Basis

__all__ = ["NOT_SAID", "with_later_keys"]

NOT_SAID = "An earlier version wrote this report and did not say."
"""Why it is undetermined whether an episode of an earlier report was deliberate."""

_LATER_KEYS: dict[str, Any] = {"services": [], "as_of": None}
_LATER_EPISODE_KEYS: dict[str, Any] = {
    "blocking": None,
    "intent": Intent.UNDETERMINED.value,
    "claims": [],
}
_LATER_EVIDENCE_KEYS: dict[str, Any] = {"basis": Basis.MEASURED.value}


def with_later_keys(document: dict[str, Any]) -> dict[str, Any]:
    """A copy in which no key is absent only because an earlier version wrote the report."""
    return _LATER_KEYS | _with_each(document, "episodes", _episode)


def _episode(plain: dict[str, Any]) -> dict[str, Any]:
    copy = _LATER_EPISODE_KEYS | _with_each(plain, "evidence", lambda one: _LATER_EVIDENCE_KEYS | one)
    if "knowledge" not in copy:
        lasts = "end" in copy and copy["end"] is None
        copy["knowledge"] = (Knowledge.ONSET if lasts else Knowledge.HINDSIGHT).value
    if "undecided" not in copy:
        copy["undecided"] = [NOT_SAID] if copy["intent"] == Intent.UNDETERMINED.value else []
    for later, stand_in in (("p_measured", "p_deliberate"), ("causes_measured", "causes")):
        if later not in copy and stand_in in copy:
            copy[later] = copy[stand_in]
    return copy


def _with_each(
    holder: dict[str, Any], key: str, change: Callable[[dict[str, Any]], dict[str, Any]]
) -> dict[str, Any]:
    """A copy in which each object of a list is changed; what is no object, or no list, is left to refuse."""
    items = holder.get(key)
    if not isinstance(items, list):
        return dict(holder)
    return holder | {key: [change(item) if isinstance(item, dict) else item for item in items]}
