"""The services that are told apart unless a program gives its own."""

from __future__ import annotations

import tomllib
from importlib import resources

from .services import Services
from .services_table import services_of_table

__all__ = ["SERVICES"]


def _read() -> Services:
    content = (resources.files(__package__) / "services.toml").read_text(encoding="utf-8")
    return services_of_table(tomllib.loads(content))


SERVICES: Services = _read()
"""Messengers, social networks and tools of circumvention, with the apps and domains tested of each.

Read from ``services.toml`` in this package, and checked, when this module is first imported.
"""
