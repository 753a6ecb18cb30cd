"""From what a source raised to the failure that a report tells."""

from __future__ import annotations

import sys
from urllib.parse import quote, quote_plus

from .. import errors
from ..errors import BrokenSourceError, FileError, MissingExtraError, NotServedError, ProviderError
from ..model.account import SourceFailure
from .http.request import Secret
from .saying import one_line, said

__all__ = ["failure_of", "tellable"]


def failure_of(source: str, error: Exception, *, control: str | None = None) -> SourceFailure:
    """What a report tells of an error.

    Args:
        source: the source's name.
        error: as :func:`tellable` gives it; what is none of this package's errors is a fault of the
            source's own code.
        control: the entity that was asked about for comparison; None where it was the one in question.
    """
    prefix = "" if control is None else f"control {control}: "
    if not isinstance(error, ProviderError):
        return SourceFailure(source, prefix + _problem(error))
    where = one_line(error.where) if error.where else None
    return SourceFailure(source, prefix + _problem(error), where, retry=error.retry)


def _problem(error: Exception) -> str:
    match error:
        case NotServedError():
            return f"was not asked: {one_line(error.problem)}"
        case ProviderError():
            return one_line(error.problem) or type(error).__name__
        case BrokenSourceError():
            return one_line(f"{error.problem} (installed by {error.distribution})")
        case MissingExtraError() | FileError():
            return one_line(str(error))
        case _:
            return f"its code failed: {said(error)}"


def tellable(error: BaseException, secret: Secret | None, *, note: str | None = None) -> Exception:
    """The error itself where it can be told as it is, or else one that says the same.

    It can not where it is no ``Exception``, where it is a plugin's own and fails when it is looked at or
    lacks what its base has, and where it holds the secret: the errors of other libraries may hold a key
    that went into an address.

    Args:
        note: added to it, as its last.
    """
    try:
        told = _tellable(error, secret)
        if note is not None:
            told.add_note(note)
    except Exception:  # noqa: BLE001 (an error of strangers that fails itself)
        told = ProviderError(f"its code failed: {type(error).__name__}, which cannot be told")
        if note is not None:
            told.add_note(note)
    return told


def _tellable(error: BaseException, secret: Secret | None) -> Exception:
    if not isinstance(error, Exception) or (isinstance(error, ProviderError) and not _is_whole(error)):
        error = ProviderError(f"its code failed: {said(error)}")
    if secret is None:
        return error
    key = secret.reveal()
    forms = sorted({key, quote(key, safe=""), quote_plus(key)}, key=len, reverse=True)
    if isinstance(error, ProviderError):
        problem, where = _struck(error.problem, forms), _struck(error.where or "", forms) or None
        if (problem, where) == (error.problem, error.where or None):
            return error
        return _ours(error)(problem, where=where, retry=error.retry)
    told = said(error, limit=sys.maxsize)  # whole: a key that is cut in two is not found
    struck = _struck(told, forms)
    return error if struck == told else ProviderError(f"its code failed: {struck}")


def _is_whole(error: ProviderError) -> bool:
    """Whether it has what every provider error has."""
    return (
        isinstance(getattr(error, "problem", None), str)
        and isinstance(getattr(error, "where", 0), str | None)
        and isinstance(getattr(error, "retry", None), bool)
    )


def _ours(error: ProviderError) -> type[ProviderError]:
    """The nearest of this package's own classes: a plugin's may be made in another way."""
    return next(one for one in type(error).__mro__ if one.__module__ == errors.__name__)


def _struck(text: str, forms: list[str]) -> str:
    for form in forms:
        text = text.replace(form, "***")
    return text
