"""Record a source's live answers into a file for tests.

``python -m shutdownkit.testing.record SOURCE ENTITY --from TIME --to TIME --into FILE``

What came is scrubbed before it is written (see :mod:`shutdownkit.testing.scrubbing`), and what was taken out
is said.  Whether the provider's terms allow the file to be passed on is for who records to know: the licence
stands in it.  Exit status: 0 written, 2 the caller's mistake, 3 the provider did not answer.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import NoReturn

from attrs import frozen

from ..errors import CallerError, NotServedError, ProviderError, RegistryError
from ..model.window import TimeWindow
from ..reading.candidates import candidates
from ..reading.http.client import HttpClient
from ..reading.query import HISTORY, Query
from ..reading.source import SourceInfo, SourceResult
from .exchanges import Recording
from .recording import RecordingTransport

__all__ = ["Recorded", "main", "record"]

_DONE, _CALLERS_MISTAKE, _NO_ANSWER = 0, 2, 3
_TERMS = "Every file says the provider's licence; whether it allows to pass the file on is yours to know."


@frozen
class Recorded:
    """What came of recording.

    Attributes:
        recording: scrubbed.
        result: what the source made of the answers as they came.
        info: of the source.
    """

    recording: Recording
    result: SourceResult
    info: SourceInfo


def record(source: str, query: Query, *, environ: Mapping[str, str] = os.environ) -> Recorded:
    """Ask an installed source, and note what it was answered.  Nothing is taken from kept answers.

    Args:
        source: its name, as ``sources`` of :func:`shutdownkit.gather` has it.
        query: what it is asked.
        environ: base addresses and keys.

    Raises:
        CallerError: it is no installed source, does not serve the query, or an argument cannot be.
        RegistryError: it cannot be made.
        ProviderError: the provider did not answer.
    """
    (candidate,) = candidates([source], environ=environ)
    transport = RecordingTransport()
    with HttpClient(transport=transport) as client:
        made = candidate.build(lambda: client)
        info = made.info
        try:
            info.check_serves(query)
        except NotServedError as error:
            raise CallerError(f"{info.name} {error.problem}") from error
        result = made.fetch(query)
    if not transport.exchanges:
        raise CallerError(f"{info.name} asked nobody: there is nothing to record")
    kinds = "" if query.kinds is None else f", {', '.join(query.kinds)}"
    recording = transport.recording(
        source=info.name,
        licence=info.licence,
        note=f"{query.entity}, {query.span}{kinds}",
        secrets=() if candidate.secret is None else (candidate.secret,),
    )
    return Recorded(recording, result, info)


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; the exit status."""
    try:
        options = _parser().parse_args(argv)
        recorded = record(options.source, _query(options))
        recorded.recording.write(options.into)
    except (CallerError, RegistryError) as error:
        return _fail(error, _CALLERS_MISTAKE)
    except ProviderError as error:
        return _fail(error, _NO_ANSWER)
    for failure in recorded.result.failures:
        sys.stderr.write(_line(f"{failure.source}: {failure.problem}"))
    sys.stdout.write(_line(_told(options.into, recorded)))
    return _DONE


class _Parser(argparse.ArgumentParser):
    """Says what is wrong in one line."""

    def error(self, message: str) -> NoReturn:
        raise CallerError(f"{message} (see --help)")


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="python -m shutdownkit.testing.record",
        description="Record a source's live answers, scrubbed, into a file for tests.",
        epilog=_TERMS,
    )
    parser.add_argument("source", metavar="SOURCE", help="name of an installed source, such as ioda")
    parser.add_argument("entity", metavar="ENTITY", help="BY, AS6697 or US/LA")
    parser.add_argument("--from", dest="start", metavar="TIME", required=True, help="ISO 8601, UTC")
    parser.add_argument("--to", dest="end", metavar="TIME", required=True, help="ISO 8601, UTC")
    parser.add_argument("--kind", dest="kinds", action="append", metavar="KIND", help="may be given again")
    parser.add_argument(
        "--history",
        type=float,
        default=HISTORY / timedelta(days=1),
        metavar="DAYS",
        help="how many days before it are asked for as well (%(default)s)",
    )
    parser.add_argument("--into", metavar="FILE", required=True, help="is written anew")
    return parser


def _query(options: argparse.Namespace) -> Query:
    window = TimeWindow(options.start, options.end)
    try:
        history = timedelta(days=options.history)
    except (OverflowError, ValueError):
        raise CallerError(f"--history: {options.history} is no number of days") from None
    return Query(options.entity, window, options.kinds, history=history)


def _told(path: str, recorded: Recorded) -> str:
    recording = recorded.recording
    out = ", ".join(f"{count} {name}" for name, count in recording.scrubbed.items()) or "nothing"
    return (
        f"{path}: {len(recording.exchanges)} answers of {recorded.info.title}, "
        f"licence {recording.licence}; taken out: {out}"
    )


def _fail(error: Exception, status: int) -> int:
    sys.stderr.write(_line(f"record: {error}"))
    return status


def _line(text: str) -> str:
    return " ".join(text.split()) + "\n"


if __name__ == "__main__":
    sys.exit(main())
