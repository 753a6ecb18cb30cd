"""How the results of one kind of test are judged: what is decoded of them, and what it is found to say."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

import msgspec
from attrs import frozen

from .finding import Finding, unknown
from .keys import Timed, decode, is_null
from .record import Whole

__all__ = ["Rule"]

K = TypeVar("K", bound=msgspec.Struct)


@frozen(eq=False)
class Rule(Generic[K]):
    """What is decoded of the results, and who judges it."""

    decoder: msgspec.json.Decoder[K]
    judge: Callable[[K, Whole], Finding]

    def of(self, whole: Whole) -> tuple[Finding, Timed | None]:
        """What a measurement is found to say, and what was decoded on the way that tells times.

        Raises:
            WrongAnswerError: the results cannot be decoded where they matter.
        """
        if is_null(whole.test_keys):
            return unknown("the measurement has no results"), None
        keys = decode(whole.test_keys, self.decoder)
        return self.judge(keys, whole), keys if isinstance(keys, Timed) else None
