"""The envelope that every answer of IODA's API comes in."""

from __future__ import annotations

from ...errors import RefusedError, WrongAnswerError
from ...reading.http.fields import as_list, as_object, as_text, member, shown

__all__ = ["data_of"]


def data_of(document: object, kind: str) -> list[object]:
    """The ``data`` of an answer, which may be empty.

    Args:
        document: the whole answer.
        kind: the ``type`` that it should have, such as ``signals``; an answer without one is taken.

    Raises:
        RefusedError: where ``error`` is set: the server says why it does not answer.
        WrongAnswerError: where it is no such envelope.
    """
    envelope = as_object(document, "")
    error = envelope.get("error")
    if error is not None:
        text = (" ".join(error.split()) if isinstance(error, str) else "") or shown(error)
        raise RefusedError(f"the server says: {text}")
    found = envelope.get("type")
    if found is not None and as_text(found, "type") != kind:
        raise WrongAnswerError(f"type: {shown(found)} is not {kind!r}")
    return as_list(member(envelope, "data", ""), "data")
