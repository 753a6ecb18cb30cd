"""Packages that only some renderings need."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from ..errors import MissingExtraError


def optional(package: str, *, extra: str, what: str) -> Any:
    """A package, imported now.

    Raises:
        MissingExtraError: where the package is not installed; names the extra that brings it.
    """
    try:
        return import_module(package)
    except ImportError:
        raise MissingExtraError(what, package.partition(".")[0], extra) from None
