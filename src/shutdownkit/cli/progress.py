"""Signs of life on standard error, while something takes more than a second."""

from __future__ import annotations

import contextlib
import sys
import threading
from collections.abc import Callable, Iterator

from ..errors import MissingExtraError

__all__ = ["waiting"]

PATIENCE = 1.0  # seconds: what is done sooner needs no sign of life


@contextlib.contextmanager
def waiting(what: str, *, total: int | None = None) -> Iterator[Callable[[int], None]]:
    """Show what is being done, once it has taken a second and only on a terminal.

    Args:
        what: what is being done.
        total: how much there is to do, or None where that is unknown.

    Yields:
        A function that takes how much is done so far.
    """
    if sys.stderr is None or not sys.stderr.isatty():
        yield _ignore
        return
    try:
        from rich import progress as bars  # noqa: PLC0415
        from rich.console import Console  # noqa: PLC0415 (needs the extra)
    except ModuleNotFoundError:
        raise MissingExtraError("the command line", "rich", "cli") from None
    progress = bars.Progress(
        bars.SpinnerColumn(),
        bars.TextColumn("{task.description}", markup=False),
        *([] if total is None else [bars.BarColumn()]),
        bars.TimeElapsedColumn(),
        console=Console(stderr=True),
        transient=True,
    )
    task = progress.add_task(what, total=total)
    timer = threading.Timer(PATIENCE, progress.start)
    timer.start()
    try:
        yield lambda done: progress.update(task, completed=done)
    finally:
        timer.cancel()
        timer.join()
        if progress.live.is_started:
            progress.stop()


def _ignore(done: int, /) -> None:
    """Nobody looks."""
