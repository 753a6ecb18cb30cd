"""Code that no type checker may accept: each is a file whose line with ``# E`` is wrong, and no other."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

__all__ = ["REFUSED"]

_HEAD: Final = """\
import shutdownkit as sk
from forms import described

INFO = described("acme")
"""
_IMPORT: Final = """\
from shutdownkit.reading.source import SourceFactory
"""

_FORMS: Final = {
    "fetch takes another type": """
class Wrong:
    info = INFO

    def fetch(self, query: str, /) -> sk.SourceResult:
        raise NotImplementedError


def made() -> sk.Source:
    return Wrong()  # E
""",
    "fetch gives signals without a result": """
class Wrong:
    info = INFO

    def fetch(self, query: sk.Query, /) -> tuple[sk.Signal, ...]:
        return ()


def made() -> sk.Source:
    return Wrong()  # E
""",
    "fetch wants more than the query": """
class Wrong:
    info = INFO

    def fetch(self, query: sk.Query, key: str, /) -> sk.SourceResult:
        raise NotImplementedError


def made() -> sk.Source:
    return Wrong()  # E
""",
    "fetch is a coroutine": """
class Wrong:
    info = INFO

    async def fetch(self, query: sk.Query, /) -> sk.SourceResult:
        raise NotImplementedError


def made() -> sk.Source:
    return Wrong()  # E
""",
    "there is no fetch": """
class Wrong:
    info = INFO


def made() -> sk.Source:
    return Wrong()  # E
""",
    "there is no info": """
class Wrong:
    def fetch(self, query: sk.Query, /) -> sk.SourceResult:
        raise NotImplementedError


def made() -> sk.Source:
    return Wrong()  # E
""",
    "info is a method": """
class Wrong:
    def info(self) -> sk.SourceInfo:
        return INFO

    def fetch(self, query: sk.Query, /) -> sk.SourceResult:
        raise NotImplementedError


def made() -> sk.Source:
    return Wrong()  # E
""",
    "info is a text": """
class Wrong:
    info = "acme"

    def fetch(self, query: sk.Query, /) -> sk.SourceResult:
        raise NotImplementedError


def made() -> sk.Source:
    return Wrong()  # E
""",
    "the factory takes nothing": """
class Wrong:
    info = INFO

    def fetch(self, query: sk.Query, /) -> sk.SourceResult:
        raise NotImplementedError


FACTORY: SourceFactory = Wrong  # E
""",
    "the factory gives the info": """
def make(config: sk.SourceConfig) -> sk.SourceInfo:
    return INFO


FACTORY: SourceFactory = make  # E
""",
    "the factory may give none": """
def make(config: sk.SourceConfig) -> sk.Source | None:
    return None


FACTORY: SourceFactory = make  # E
""",
    "a source in place of its factory": """
class Made:
    info = INFO

    def fetch(self, query: sk.Query, /) -> sk.SourceResult:
        raise NotImplementedError


FACTORY: SourceFactory = Made()  # E
""",
    "a result of one signal": """
def result(signal: sk.Signal) -> sk.SourceResult:
    return sk.SourceResult(signal)  # E
""",
    "an info without a licence": """
def wrong(kind: sk.SignalKind) -> sk.SourceInfo:
    return sk.SourceInfo(  # E
        name="acme",
        title="Acme",
        kinds=(kind,),
        entity_kinds=frozenset(sk.EntityKind),
        native_steps={},
        blind_to=(),
        homepage="https://acme.example",
    )
""",
}

REFUSED: Mapping[str, str] = MappingProxyType(
    {name: (_IMPORT if "SourceFactory" in code else "") + _HEAD + code for name, code in _FORMS.items()}
)
"""What is wrong, and the whole file."""
