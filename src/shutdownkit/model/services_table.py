"""The written form of services: a table of the TOML kind."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ..errors import InvalidValueError
from .checks import flag, instance, text
from .services import Service, Services

__all__ = ["services_of_table"]

_KEYS = ("name", "title", "subjects", "category")


def services_of_table(table: Mapping[str, object]) -> Services:
    """Services from what a TOML file holds.

    That is an array of tables ``[[service]]`` with ``name``, ``title``, ``subjects`` (a list of
    ``app:telegram`` and ``domain:example.org``) and, where it is one, ``category = true``.

    Raises:
        InvalidValueError: names the service by its number and name: for a key that is missing or
            unknown, a value that cannot be, or two services of one name.
    """
    unknown = set(table) - {"service"}
    if unknown:
        raise InvalidValueError("services", min(unknown), "is no known key: write [[service]]")
    entries = table.get("service", [])
    if not isinstance(entries, list):
        raise InvalidValueError("services", entries, "is no array of tables: write [[service]]")
    return Services(tuple(_services(entries)))


def _services(entries: list[object]) -> Iterator[Service]:
    for number, entry in enumerate(entries, start=1):
        if not isinstance(entry, Mapping):
            raise InvalidValueError("services", entry, f"(service {number}) is no table: write [[service]]")
        where = f"service {number} ({entry.get('name', 'without a name')})"
        for key in ("name", "title", "subjects"):
            if key not in entry:
                raise InvalidValueError(where, key, "is missing")
        unknown = set(entry) - set(_KEYS)
        if unknown:
            raise InvalidValueError(where, min(unknown), "is no known key")
        try:
            yield Service(
                text("name", entry["name"]),
                text("title", entry["title"]),
                instance("subjects", list, entry["subjects"]),
                flag("category", entry.get("category", False)),
            )
        except InvalidValueError as error:
            raise InvalidValueError(f"{where}: {error.field}", error.value, error.problem) from None
