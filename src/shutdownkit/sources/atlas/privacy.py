"""Keeps the ids of probes, which may identify a home, out of what people read."""

from __future__ import annotations

import re
from collections.abc import Collection

from ...errors import ProviderError

__all__ = ["without_ids"]

_PARAMETER = re.compile(r"(probe_ids|id__in)=[^&\s'\")]*")
_NUMBER = re.compile(r"(?<!HTTP )(?<!\d)\d+(?!\d)")  # a status keeps its number


def without_ids(error: ProviderError, ids: Collection[int]) -> ProviderError:
    """The same error, saying nothing of the probes that were asked about."""
    numbers = frozenset(ids)

    def hidden(found: re.Match[str]) -> str:
        return "*" if int(found[0]) in numbers else found[0]

    def clean(text: str) -> str:
        return _NUMBER.sub(hidden, _PARAMETER.sub(r"\1=*", text))

    where = None if error.where is None else _PARAMETER.sub(r"\1=*", error.where)
    return type(error)(clean(error.problem), where=where, retry=error.retry)
