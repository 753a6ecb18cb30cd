"""Files that say which tests belong to one service: our own TOML, and Citizen Lab's test lists."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from urllib.parse import urlsplit

from attrs import frozen

from ..errors import FileError, InvalidValueError
from ..model.builtin_services import SERVICES
from ..model.services import Service, Services
from ..model.services_table import services_of_table
from .categories import category_name
from .cells import check_text
from .chunks import chunks
from .opening import CSV, GZIP, AnyPath, ending_of, file_errors, opened, path_text
from .places import CellError, Places, shown

__all__ = ["read_services"]

_TOML = ".toml"
_WHERE = re.compile(r"(?P<problem>.*) \(at line (?P<line>\d+), column \d+\)", re.DOTALL)


def read_services(*paths: AnyPath) -> Services:
    """The services of some files, merged; none of the built-in ones unless a file names them.

    * ``.toml``: ``[[service]]`` tables with ``name``, ``title``, ``subjects`` and, where it is one,
      ``category = true``.  One of a name that an earlier file had takes its place.
    * ``.csv``, ``.csv.gz``: Citizen Lab's test lists, with the columns ``url``, ``category_code`` and,
      where there is one, ``category_description``.  Each code becomes a category (``NEWS`` is ``news``;
      a code that is not known keeps its name) with the hosts of its URLs, in lower case.  A page on a
      platform (``https://www.facebook.com/somebody``) does not put the platform, if it is one of the
      built-in services, into the category; its own address, without a path, does.

    Categories of one name are joined.

    Returns:
        The services in the order of the files, then the categories by name.

    Raises:
        FileError: where a file cannot be opened or read as what it should be, with the line in a list;
            where a file names a category as another names a service.
    """
    found: dict[str, Service] = {}
    for path in paths:
        name = path_text(path)
        ending = ending_of(name, (_TOML, CSV, GZIP))
        read = _toml(name) if ending == _TOML else _test_list(name, zipped=ending == GZIP)
        for service in read:
            found[service.name] = _joined(name, found.get(service.name), service)
    services = [service for service in found.values() if not service.category]
    categories = sorted((one for one in found.values() if one.category), key=lambda one: one.name)
    return Services((*services, *categories))


def _joined(path: str, before: Service | None, service: Service) -> Service:
    if before is None:
        return service
    if before.category != service.category:
        raise FileError(
            path, f"{shown(service.name)} is a category in one file and a single service in another"
        )
    if not service.category:
        return service
    return Service(before.name, before.title, (*before.subjects, *service.subjects), category=True)


def _toml(path: str) -> Services:
    with file_errors(path), opened(path) as raw:
        content = raw.read()
    try:
        # Beside TOMLDecodeError: an integer of thousands of digits, tables nested by the hundred.
        table: Mapping[str, object] = tomllib.loads(content.decode("utf-8"))
        return services_of_table(table)
    except UnicodeDecodeError as error:
        raise FileError(path, f"is not UTF-8: byte {error.start}") from None
    except InvalidValueError as error:
        raise FileError(path, " ".join(str(error).split())) from None
    except (ValueError, RecursionError) as error:
        match = _WHERE.fullmatch(str(error))
        if match is None:
            raise FileError(path, f"is not TOML: {' '.join(str(error).split())}") from None
        raise FileError(path, f"is not TOML: {match['problem']}", line=int(match["line"])) from None


@frozen
class _Row:
    """One address of a test list."""

    code: str
    description: str
    subject: str
    page: bool  # whether it is a page on the host, not the host's own address


def _test_list(path: str, *, zipped: bool) -> Iterator[Service]:
    """The categories of a list."""
    rows = list(_rows(path, zipped=zipped))
    descriptions: dict[str, str] = {}
    subjects: dict[str, set[str]] = {}
    for row in rows:
        descriptions.setdefault(row.code, row.description)
        if not row.page or not _is_platform(row.subject):
            subjects.setdefault(row.code, set()).add(row.subject)
    for code, found in subjects.items():
        name, title = category_name(code, descriptions[code])
        yield Service(name, title, found, category=True)


def _is_platform(subject: str) -> bool:
    return SERVICES.of(subject).name != subject


def _rows(path: str, *, zipped: bool) -> Iterator[_Row]:
    places = Places(path)
    header: list[str] | None = None
    for chunk in chunks(path, zipped=zipped):
        for cells, line in zip(chunk.rows, chunk.lines, strict=True):
            if header is None:
                header = _header(cells, places, line)
            else:
                yield _row(header, cells, places, line)
        if chunk.fault is not None:
            raise places.error(chunk.fault[1], chunk.fault[0])
    if header is None:
        raise places.error("is empty")


def _header(cells: Sequence[str], places: Places, line: int) -> list[str]:
    header = [cell.strip() for cell in cells]
    for name in ("url", "category_code"):
        if header.count(name) != 1:
            raise places.error(f"there are {header.count(name)} columns {name}, not one", line)
    return header


def _row(header: Sequence[str], cells: Sequence[str], places: Places, line: int) -> _Row:
    if len(cells) != len(header):
        raise places.error(f"has {len(cells)} fields, the header {len(header)}", line)
    row = {name: cell.strip() for name, cell in zip(header, cells, strict=True)}
    try:
        for column in ("url", "category_code", "category_description"):
            check_text(row.get(column, ""), column)
    except CellError as error:
        raise places.error(error.problem, line, error.column) from None
    if not row["category_code"]:
        raise places.error("is empty", line, "category_code")
    host, page = _host(row["url"])
    if not host:
        raise places.error(f"{shown(row['url'])} is not the address of a site", line, "url")
    return _Row(row["category_code"], row.get("category_description", ""), f"domain:{host}", page)


def _host(url: str) -> tuple[str, bool]:
    """The host of an address, empty where it has none, and whether the address goes on behind it."""
    try:
        parts = urlsplit(url if "//" in url else f"//{url}")
        host = (parts.hostname or "").rstrip(".").lower()  # behind a % it comes as it was written
    except ValueError:
        return "", False
    if any(char.isspace() for char in host):
        return "", False
    return host, bool(parts.path.strip("/") or parts.query or parts.fragment)
