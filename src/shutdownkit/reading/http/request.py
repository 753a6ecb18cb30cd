"""What is asked over HTTP, and what came back."""

from __future__ import annotations

import enum
import json
import re
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from urllib.parse import quote, urlencode

from attrs import field, frozen

from ...errors import InvalidValueError
from ...model.checks import duration, instant, member, store, text

__all__ = ["Answer", "AnswerForm", "HttpRequest", "Secret"]

_TELLING = 4
"""Characters of a key that are too many to be shown."""


class AnswerForm(enum.Enum):
    """What the body of an answer must be."""

    JSON = "json"
    TEXT = "text"  # such as CSV


class Secret:
    """A key that shows itself only where it is used."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        try:
            self._value = text("Secret", value)
        except InvalidValueError as error:
            problem = error.problem
        else:
            return
        raise InvalidValueError("Secret", "***", problem)  # the first repeats what it was given

    def reveal(self) -> str:
        """The key itself."""
        return self._value

    def hidden_in(self, text: str) -> str:
        """The text with ``***`` for the key, and for the beginning of a key in which the text was cut."""
        for form in self._forms():
            text = text.replace(form, "***")
            cuts = "|".join(re.escape(form[:end]) for end in range(len(form) - 1, _TELLING - 1, -1))
            text = re.sub(rf"(?:{cuts})(?=\.\.\.|…)", "***", text) if cuts else text
        return text

    def said_in(self, body: bytes) -> bool:
        """Whether a body says the key."""
        return any(form.encode() in body for form in self._forms())

    def _forms(self) -> list[str]:
        """The key as it stands in headers, Python's texts, JSON (two ways to write it) and addresses."""
        value = self._value
        escaped = json.dumps(value)[1:-1]
        forms = {value, repr(value)[1:-1], escaped, escaped.replace("/", "\\/"), quote(value, safe="")}
        return sorted(forms, key=len, reverse=True)

    def __repr__(self) -> str:
        return "Secret('***')"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._value == self._value

    def __hash__(self) -> int:
        return hash(self._value)

    def __reduce__(self) -> str:
        raise TypeError("a secret is not pickled")


def _pairs(params: Mapping[str, object] | Iterable[tuple[str, object]]) -> tuple[tuple[str, str], ...]:
    given = params.items() if isinstance(params, Mapping) else params
    return tuple((str(name), str(value)) for name, value in given)


@frozen
class HttpRequest:
    """A GET.

    Attributes:
        url: without a query.
        params: names and values of the query, in order.
        until: the end of the time that the answer is about; None where it is about no time in particular.
        settles: how long after ``until`` the answer may still change.  From then on it is kept for ever.
        keep: how long an answer is kept that may still change.
        pace: at least this time between two requests to one host, as a courtesy.
        key: sent as ``Authorization: Key …``; in no address, log, error or file.
        form: what the body of the answer must be.
    """

    url: str
    params: tuple[tuple[str, str], ...] = field(default=(), converter=_pairs)
    until: datetime | None = None
    settles: timedelta = timedelta(days=2)
    keep: timedelta = timedelta(minutes=10)
    pace: timedelta = timedelta(seconds=0.5)
    key: Secret | None = field(default=None, repr=False)
    form: AnswerForm = AnswerForm.JSON

    def __attrs_post_init__(self) -> None:
        text("HttpRequest.url", self.url)
        member("HttpRequest.form", AnswerForm, self.form)
        if self.until is not None:
            store(self, "until", instant("HttpRequest.until", self.until))
        for name in ("settles", "keep", "pace"):
            store(self, name, duration(f"HttpRequest.{name}", getattr(self, name), zero=True))

    @property
    def address(self) -> str:
        """The address with its query."""
        return f"{self.url}?{urlencode(self.params)}" if self.params else self.url


@frozen
class Answer:
    """What came back, when it is what was asked for.

    Attributes:
        document: the JSON: dicts, lists, text, finite numbers, booleans and None, not deeper than
            :data:`~shutdownkit.reading.http.document.DEEPEST`; where the request's form is TEXT, the text.
        address: what was asked.
        retrieved: when the provider sent it (aware UTC, whole seconds); of a kept answer, the time then.
        headers: of the answer, names in lower case.
    """

    document: object
    address: str
    retrieved: datetime
    headers: Mapping[str, str] = field(factory=dict)
