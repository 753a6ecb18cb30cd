"""The envelope of a whole measurement: who tested what, where, when and with what.

Decoding goes in two steps: here everything but the results, which stay undecoded bytes (``test_keys``), and
later, of the results of a test that is judged, the fields that matter.  Fields: OONI's base data format
(``ooni/spec: data-formats/df-000-base.md``).
"""

from __future__ import annotations

import re
import sys
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any
from urllib.parse import quote

import msgspec

from ....errors import InvalidValueError, WrongAnswerError
from ....model.entity import Entity

__all__ = ["Whole", "read_whole"]

_TIME = re.compile(r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d(\.\d{1,6})?Z?", re.ASCII)
_ASN = re.compile(r"(?:AS)?(\d{1,10})", re.ASCII)
_COUNTRY = re.compile(r"[A-Z]{2}", re.ASCII)
_LARGEST_ASN = 2**32 - 2
_EXPLORER = "https://explorer.ooni.org"
_PLAIN = re.compile(r"[\w.~-]*", re.ASCII)  # letters that a URL has as they are
_NULL = msgspec.Raw(b"null")
_HALF = re.compile(rb"\\u[dD][89a-fA-F]")
_ESCAPE = re.compile(
    rb"\\(?:(u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2})|(u[dD][89a-fA-F][0-9a-fA-F]{2})|.)",
    re.DOTALL,
)


class Whole(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One whole measurement.

    Attributes:
        test_name: such as ``web_connectivity``.
        measurement_start_time: by the probe's clock, in UTC.
        input: what was tested, such as an address; None where the test needs none.  Of several, as in
            tests of before 2022, the first.
        probe_cc: two letters; ``ZZ`` or empty where the probe did not know.
        probe_asn: the network's number, 0 where the probe did not know.
        report_id: which run of the probe it belongs to; empty where not known.
        software_name, software_version, test_version, engine_version: of the instrument; empty where
            not known.
        resolver_asn: the network of the resolver; 0 where not known.
        resolver_ip: the resolver's address; empty where not known.
        measurement_uid: OONI's name for it; None where it was not yet given.
        test_keys: the results, as JSON that is not decoded; ``null`` where there are none.
    """

    test_name: str
    measurement_start_time: str
    input: str | None = None
    probe_cc: str = ""
    probe_asn: int = 0
    report_id: str = ""
    software_name: str = ""
    software_version: str = ""
    test_version: str = ""
    engine_version: str = ""
    resolver_asn: int = 0
    resolver_ip: str = ""
    measurement_uid: str | None = None
    test_keys: msgspec.Raw = _NULL

    @property
    def time(self) -> datetime:
        """When it was made, by the probe's clock (aware UTC)."""
        return _time(self.measurement_start_time)

    @property
    def country(self) -> Entity | None:
        """Where the probe was; None for ``ZZ``, lower case and whatever else is no country."""
        return _country(self.probe_cc) if len(self.probe_cc) == 2 else None

    @property
    def asn(self) -> int:
        """The network's number, 0 where the probe did not know."""
        return self.probe_asn

    @property
    def network(self) -> Entity | None:
        """The network the probe was in; None where it did not know."""
        return _network(self.probe_asn) if self.probe_asn else None

    @property
    def instrument(self) -> str:
        """The software and the test with their versions, such as ``ooniprobe-ios 2.2.0 telegram 0.2.0``."""
        return _joined(self.software_name, self.software_version, self.test_name, self.test_version)

    @property
    def address(self) -> str | None:
        """Where it can be looked at; None where neither its name nor its run is known."""
        if self.measurement_uid:
            return f"{_EXPLORER}/m/{_quoted(self.measurement_uid)}"
        if not self.report_id:
            return None
        run = f"{_EXPLORER}/measurement/{_quoted(self.report_id)}"
        return run if self.input is None else f"{run}?input={_quoted(self.input)}"


class _Envelope(msgspec.Struct, gc=False):
    """What is decoded: strictly only what matters, the rest as it comes."""

    test_name: str
    measurement_start_time: str
    input: Any = None
    probe_cc: Any = None
    probe_asn: Any = None
    report_id: Any = None
    software_name: Any = None
    software_version: Any = None
    test_version: Any = None
    annotations: Any = None
    resolver_asn: Any = None
    resolver_ip: Any = None
    measurement_uid: Any = None
    test_keys: msgspec.Raw = _NULL


_DECODER = msgspec.json.Decoder(_Envelope)


def read_whole(line: bytes | str) -> Whole:
    """A whole measurement from a line of JSON.

    Lenient in what does not matter: half letters in escapes are replaced, and a field that is missing, null
    or of another type than OONI documents is not known.  Strict in what does.

    Raises:
        WrongAnswerError: it is not JSON, or has no name of a test or no time that can be read.
    """
    found = _decode(line)
    if not found.test_name.strip():
        raise WrongAnswerError("not a measurement: test_name is empty")
    _time(found.measurement_start_time)
    annotations = found.annotations if isinstance(found.annotations, dict) else {}
    return Whole(
        test_name=found.test_name,
        measurement_start_time=found.measurement_start_time,
        input=_input(found.input),
        probe_cc=_text(found.probe_cc),
        probe_asn=_asn(found.probe_asn),
        report_id=_text(found.report_id),
        software_name=_text(found.software_name),
        software_version=_text(found.software_version),
        test_version=_text(found.test_version),
        engine_version=_text(annotations.get("engine_version")),
        resolver_asn=_asn(found.resolver_asn),
        resolver_ip=_text(found.resolver_ip),
        measurement_uid=_text(found.measurement_uid) or None,
        test_keys=found.test_keys,
    )


def _decode(line: bytes | str) -> _Envelope:
    try:
        raw = line.encode() if isinstance(line, str) else line
        try:
            return _DECODER.decode(raw)
        except msgspec.ValidationError:
            raise
        except msgspec.DecodeError:
            mended = _mended(raw)
            if mended is None:
                raise
            return _DECODER.decode(mended)
    except (msgspec.MsgspecError, UnicodeError, RecursionError) as error:
        raise WrongAnswerError(f"not a measurement: {' '.join(str(error).split())}") from None


def _mended(raw: bytes) -> bytes | None:
    """The line with U+FFFD for half letters (lone surrogates, as old software wrote for bytes that are no
    text), in its own length; None where it has none.
    """
    if _HALF.search(raw) is None:
        return None
    mended = bytearray(raw)
    for one in _ESCAPE.finditer(raw):
        if one[2]:
            mended[one.start() : one.end()] = rb"\ufffd"
    return None if mended == raw else bytes(mended)


@lru_cache(maxsize=16)  # of one measurement it is asked several times
def _time(text: str) -> datetime:
    if _TIME.fullmatch(text) is None:
        raise WrongAnswerError(f"measurement_start_time: {_shown(text)} is not a time in UTC")
    try:
        return datetime.fromisoformat(text.removesuffix("Z")).replace(tzinfo=UTC)
    except ValueError:
        raise WrongAnswerError(f"measurement_start_time: {_shown(text)} is not in the calendar") from None


def _shown(text: str) -> str:
    return repr(text if len(text) <= 40 else text[:37] + "...")


def _text(value: Any) -> str:
    return value.strip() if isinstance(value, str) else ""


def _input(value: Any) -> str | None:
    first = value[0] if isinstance(value, list) and value else value
    return _text(first) or None


def _asn(value: Any) -> int:
    """A network's number of ``"AS123"``, ``"123"`` or 123; 0 of anything else, and out of range."""
    match = _ASN.fullmatch(value) if isinstance(value, str) else None
    number = int(match[1]) if match else value
    if isinstance(number, bool) or not isinstance(number, int):
        return 0
    return number if 0 < number <= _LARGEST_ASN else 0


@lru_cache(maxsize=1 << 10)
def _country(code: str) -> Entity | None:
    return _entity(code) if _COUNTRY.fullmatch(code) else None


@lru_cache(maxsize=1 << 14)
def _network(number: int) -> Entity | None:
    return _entity(f"AS{number}")


def _joined(*parts: str) -> str:
    """As one text, which is not kept once for each measurement."""
    return sys.intern(" ".join([part for part in parts if part]))


def _quoted(text: str) -> str:
    return text if _PLAIN.fullmatch(text) else quote(text, safe="")


def _entity(code: str) -> Entity | None:
    try:
        return Entity.parse(code)
    except InvalidValueError:  # no country has this code
        return None
