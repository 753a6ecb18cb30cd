"""Requests with their answers, and the file that holds them.

The file is one JSON document, written so that a change of an answer is a change of few lines::

    {
     "format": "shutdownkit recording",
     "version": 1,
     "source": "ioda",                  what was asked; may be ""
     "licence": "...",                  the provider's terms for what is in here; may be ""
     "note": "...",                     anything a reader must know; may be ""
     "scrubbed": {"header": 4},         what was taken out, and how often
     "exchanges": [
      {
       "method": "GET",
       "path": "/v2/signals/raw/country/BY",
       "query": [["from", "1"], ["until", "2"]],      sorted
       "status": 200,
       "headers": {"content-type": "application/json"},
       "json": {"data": []}             the body, or "text": its lines with their ends, or "base64"
      }
     ]
    }

A body is kept as JSON where it is an object or list that loses nothing by it, as text where it is UTF-8,
else in base64.  JSON is given back in the shortest spelling, in UTF-8, whatever its spelling was.
"""

from __future__ import annotations

import base64
import binascii
import json
import os
import threading
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import MappingProxyType

from attrs import field, frozen
from requests.utils import requote_uri

from ..errors import FileError, InvalidValueError
from ..model.checks import all_of, instance, store, text, whole

__all__ = ["Exchange", "Recording", "json_of", "spelled"]

_FORMAT = "shutdownkit recording"
_VERSION = 1


def _pairs(given: Mapping[str, str] | Iterable[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    pairs = given.items() if isinstance(given, Mapping) else given
    return tuple(sorted((str(name), str(value)) for name, value in pairs))


def _headers(given: Mapping[str, str]) -> Mapping[str, str]:
    return MappingProxyType({str(name).lower(): str(value) for name, value in sorted(given.items())})


def _counts(given: Mapping[str, int]) -> Mapping[str, int]:
    counts = {str(name): whole(f"Recording.scrubbed[{name}]", count) for name, count in given.items()}
    return MappingProxyType(dict(sorted(counts.items())))


@frozen
class Exchange:
    """A request and its answer.

    Attributes:
        method: such as ``GET``.
        path: of the address, without scheme, host and query; quoted as ``requests`` sends it.
        query: names and values, sorted.
        status: of the answer.
        headers: of the answer, names in lower case.
        body: of the answer, unpacked.
    """

    method: str
    path: str = field(converter=requote_uri)
    query: tuple[tuple[str, str], ...] = field(default=(), converter=_pairs)
    status: int = 200
    headers: Mapping[str, str] = field(factory=dict, converter=_headers, hash=False)
    body: bytes = field(default=b"", repr=False)

    def __attrs_post_init__(self) -> None:
        text("Exchange.method", self.method)
        if not text("Exchange.path", self.path).startswith("/") or "?" in self.path:
            raise InvalidValueError("Exchange.path", self.path, "is no path that begins with a slash")
        if not 100 <= whole("Exchange.status", self.status) <= 599:
            raise InvalidValueError("Exchange.status", self.status, "is no status")
        instance("Exchange.body", bytes, self.body)


@frozen
class Recording:
    """Exchanges in the order in which they happened; see this module's text for the file.

    Attributes:
        source: the name of the source that asked.
        licence: the provider's licence for what is in here.
        note: anything a reader must know, such as what was asked.
        scrubbed: what was taken out, and how often.
    """

    exchanges: tuple[Exchange, ...]
    source: str = ""
    licence: str = ""
    note: str = ""
    scrubbed: Mapping[str, int] = field(factory=dict, converter=_counts, hash=False)

    def __attrs_post_init__(self) -> None:
        store(self, "exchanges", all_of("Recording.exchanges", Exchange, self.exchanges))
        for name in ("source", "licence", "note"):
            text(f"Recording.{name}", getattr(self, name), empty=True)

    def to_json(self) -> str:
        """The text of the file."""
        document = {
            "format": _FORMAT,
            "version": _VERSION,
            "source": self.source,
            "licence": self.licence,
            "note": self.note,
            "scrubbed": dict(self.scrubbed),
            "exchanges": [_written(one) for one in self.exchanges],
        }
        return json.dumps(document, ensure_ascii=False, indent=1) + "\n"

    def write(self, path: str | os.PathLike[str]) -> None:
        """Write the file, whole or not at all.

        Raises:
            FileError: it cannot be written.
        """
        target = Path(path)
        beside = target.parent / f".{os.getpid()}-{threading.get_ident()}.part"
        try:
            try:
                beside.write_text(self.to_json(), encoding="utf-8")
                beside.replace(target)
            finally:
                beside.unlink(missing_ok=True)
        except OSError as error:
            raise FileError(str(path), f"cannot be written: {error.strerror}") from error

    @classmethod
    def read(cls, path: str | os.PathLike[str]) -> Recording:
        """The recording that a file holds.

        Raises:
            FileError: it cannot be read, or is no recording of a version that is known.
        """
        try:
            document = json.loads(Path(path).read_bytes())
        except OSError as error:
            raise FileError(str(path), f"cannot be read: {error.strerror}") from error
        except (ValueError, RecursionError) as error:
            raise FileError(str(path), f"is no JSON: {error}") from error
        if not isinstance(document, dict) or document.get("format") != _FORMAT:
            raise FileError(str(path), "is no recording")
        if document.get("version") != _VERSION:
            raise FileError(str(path), f"is of version {document.get('version')!r}; known is {_VERSION}")
        try:
            return cls(
                tuple(_read(one) for one in document["exchanges"]),
                document["source"],
                document["licence"],
                document["note"],
                document["scrubbed"],
            )
        except (KeyError, TypeError, AttributeError, ValueError) as error:
            raise FileError(str(path), f"is no recording: {type(error).__name__}: {error}") from error


def json_of(body: bytes) -> object:
    """The object or list that a body is, where writing it as JSON and reading it back loses nothing.

    None for any other: a text, names that come twice, NaN, half a character, brackets without end,
    and what is not in UTF-8 or begins with a byte-order mark, which not every source reads.
    """
    try:
        document = json.loads(
            body.decode(), object_pairs_hook=_members, parse_constant=_refused, parse_float=_exact
        )
        kept = spelled(document)
    except (ValueError, RecursionError):  # UnicodeError is a ValueError
        return None
    return document if isinstance(document, dict | list) and json.loads(kept) == document else None


def spelled(document: object) -> bytes:
    """A JSON document in its shortest spelling."""
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()


def _members(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name is there twice")
    return found


def _refused(name: str) -> object:
    raise ValueError(f"{name} is not JSON")


def _exact(digits: str) -> float:
    value = float(digits)
    if value in {float("inf"), float("-inf")}:
        raise ValueError("a number too large to be kept")
    return value


def _written(exchange: Exchange) -> dict[str, object]:
    return {
        "method": exchange.method,
        "path": exchange.path,
        "query": [list(pair) for pair in exchange.query],
        "status": exchange.status,
        "headers": dict(exchange.headers),
        **_written_body(exchange.body),
    }


def _written_body(body: bytes) -> dict[str, object]:
    document = json_of(body)
    if document is not None:
        return {"json": document}
    try:
        return {"text": body.decode("utf-8").splitlines(keepends=True)}
    except UnicodeDecodeError:
        return {"base64": base64.b64encode(body).decode("ascii")}


def _read(written: Mapping[str, object]) -> Exchange:
    values: dict[str, object] = dict(written)
    forms = [name for name in ("json", "text", "base64") if name in values]
    if len(forms) != 1:
        raise ValueError(f"an exchange has {len(forms)} bodies")
    body = _read_body(forms[0], values.pop(forms[0]))
    return Exchange(body=body, **values)  # type: ignore[arg-type] # checked there, or a TypeError


def _read_body(form: str, value: object) -> bytes:
    if form == "json":
        return spelled(value)
    if form == "base64":
        try:
            return base64.b64decode(str(value), validate=True)
        except binascii.Error as error:
            raise ValueError(f"a body is no base64: {error}") from error
    if not isinstance(value, list):
        raise TypeError("a text is no list of lines")
    return "".join(value).encode()
