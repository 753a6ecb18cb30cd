"""What a fault is: a way in which a provider, or what lies before it, answers badly."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from attrs import frozen

from ...errors import ProviderError
from ..server import Received, Reply

__all__ = ["Answering", "Fault", "FileFault"]

Answering = Callable[[Received], Reply]
"""What a :class:`~shutdownkit.testing.server.LoopbackServer` answers with."""


@frozen
class Fault:
    """A way in which a provider misbehaves.

    A source that is asked through it must give what the good answer gives, or raise one of ``errors``;
    never something else, never a wrong value, never for ever.

    Attributes:
        name: what it is called in the zoo.
        description: what comes over the wire, in one line.
        misbehave: takes what answers well and returns what answers badly.  Where it counts requests, it
            begins anew each time it is called.
        errors: what a source raises where EVERY request meets it; none where it recovers.  A fault that can
            leave an answer good (``negative``, where it holds no number) may instead become a result in which
            nothing is measured and whose ``failures`` say why.
        recovers: whether asking again gives the good answer.
        slow: whether it takes a second or more of real time, however time is faked: until a limit of the
            client ends it.
    """

    name: str
    description: str
    misbehave: Callable[[Answering], Answering]
    errors: tuple[type[ProviderError], ...]
    recovers: bool = False
    slow: bool = False


@frozen
class FileFault:
    """A way in which the files that a source reads are not what they were.

    Attributes:
        name: what it is called in the zoo.
        description: what is found on the disk, in one line.
        damage: takes the folder and damages it, or, where it is given a file, that file.
    """

    name: str
    description: str
    damage: Callable[[Path], None]
