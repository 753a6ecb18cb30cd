"""Signs of life on standard error, while something takes more than a second."""

from __future__ import annotations

import contextlib
import sys
import threading
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from ..errors import MissingExtraError
from ..reading.progress import Progress, Stage

if TYPE_CHECKING:
    from rich.progress import Progress as Bars
    from rich.progress import TaskID

__all__ = ["asking", "waiting"]

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
    with _shown(bar=total is not None) as bars:
        if bars is None:
            yield _ignore
            return
        task = bars.add_task(what, total=total)
        yield lambda done: bars.update(task, completed=done)


@contextlib.contextmanager
def asking() -> Iterator[Callable[[Progress], None] | None]:
    """Show how the asking of sources goes on, a line a source, under the same conditions.

    Yields:
        A function that takes every change, or None where nobody looks.
    """
    with _shown() as bars:
        if bars is None:
            yield None
            return
        lines: dict[str, TaskID] = {}

        def tell(change: Progress) -> None:
            if change.source not in lines:
                lines[change.source] = bars.add_task(change.source, total=1)
            ended = change.stage in {Stage.DONE, Stage.FAILED}
            bars.update(lines[change.source], description=progress_line(change), completed=int(ended))

        yield tell


def progress_line(change: Progress) -> str:
    """``ioda: asking, 3 requests``."""
    match change.stage:
        case Stage.FAILED:
            what = f"failed: {change.problem}"
        case Stage.ASKING if change.requests:
            what = f"asking, {change.requests} request{'s' if change.requests > 1 else ''}"
        case _:
            what = change.stage.value
    return f"{change.source}: {what}"


@contextlib.contextmanager
def _shown(*, bar: bool = False) -> Iterator[Bars | None]:
    """Lines on standard error that begin to show after a while and are wiped at the end.

    Yields:
        None where standard error is no terminal.
    """
    if sys.stderr is None or not sys.stderr.isatty():
        yield None
        return
    try:
        from rich import progress as rich_bars  # noqa: PLC0415
        from rich.console import Console  # noqa: PLC0415 (needs the extra)
    except ModuleNotFoundError:
        raise MissingExtraError("the command line", "rich", "cli") from None
    bars = rich_bars.Progress(
        rich_bars.SpinnerColumn(),
        rich_bars.TextColumn("{task.description}", markup=False),
        *([rich_bars.BarColumn()] if bar else []),
        rich_bars.TimeElapsedColumn(),
        console=Console(stderr=True),
        transient=True,
    )
    timer = threading.Timer(PATIENCE, bars.start)
    timer.start()
    try:
        yield bars
    finally:
        timer.cancel()
        timer.join()
        if bars.live.is_started:
            bars.stop()


def _ignore(done: int, /) -> None:
    """Nobody looks."""
