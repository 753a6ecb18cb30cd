"""Signs of life: only on a terminal, and only when something takes long."""

from __future__ import annotations

import io
import time

import pytest

from shutdownkit.cli import progress
from shutdownkit.reading.progress import Progress, Stage


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def on_terminal(monkeypatch: pytest.MonkeyPatch) -> Terminal:
    """Standard error as a terminal; to be called within a test, for pytest sets it anew before one."""
    stream = Terminal()
    monkeypatch.setattr("sys.stderr", stream)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "80")
    return stream


def test_long_work_is_shown_and_wiped(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = on_terminal(monkeypatch)
    monkeypatch.setattr(progress, "PATIENCE", 0.0)
    with progress.waiting("reading [x].csv", total=100) as done:
        done(50)
        deadline = time.monotonic() + 30
        while "reading [x].csv" not in terminal.getvalue() and time.monotonic() < deadline:
            time.sleep(0.01)
    shown = terminal.getvalue()
    assert "reading [x].csv" in shown
    assert shown.endswith("\x1b[2K")  # the line is erased


def test_short_work_is_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = on_terminal(monkeypatch)
    with progress.waiting("judging") as done:
        done(1)
    assert terminal.getvalue() == ""


def test_error_in_the_work_passes_through(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = on_terminal(monkeypatch)
    with pytest.raises(KeyError), progress.waiting("judging"):
        raise KeyError("x")
    assert terminal.getvalue() == ""


def test_nothing_is_shown_where_nobody_looks(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(progress, "PATIENCE", 0.0)
    with progress.waiting("judging") as done:
        time.sleep(0.05)
        done(1)
    assert capfd.readouterr() == ("", "")


# --- the asking of sources


@pytest.mark.parametrize(
    ("change", "line"),
    [
        (Progress("ioda", Stage.WAITING), "ioda: waiting"),
        (Progress("ioda", Stage.ASKING), "ioda: asking"),
        (Progress("ioda", Stage.ASKING, 1), "ioda: asking, 1 request"),
        (Progress("ioda", Stage.ASKING, 12), "ioda: asking, 12 requests"),
        (Progress("ioda", Stage.DONE, 12), "ioda: done"),
        (Progress("ioda", Stage.FAILED, 12, "[no] route"), "ioda: failed: [no] route"),
    ],
)
def test_a_change_is_one_line(change: Progress, line: str) -> None:
    assert progress.progress_line(change) == line


def test_asking_shows_a_line_a_source_and_wipes_them(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = on_terminal(monkeypatch)
    monkeypatch.setattr(progress, "PATIENCE", 0.0)
    with progress.asking() as tell:
        assert tell is not None
        tell(Progress("ioda", Stage.ASKING, 3))
        tell(Progress("ooni", Stage.FAILED, 1, "[no] route"))
        deadline = time.monotonic() + 30
        while "ooni: failed: [no] route" not in terminal.getvalue() and time.monotonic() < deadline:
            time.sleep(0.01)
    shown = terminal.getvalue()
    assert "ioda: asking, 3 requests" in shown
    assert "ooni: failed: [no] route" in shown
    assert shown.endswith("\x1b[2K")


def test_asking_is_not_shown_where_nobody_looks(capfd: pytest.CaptureFixture[str]) -> None:
    with progress.asking() as tell:
        assert tell is None
    assert capfd.readouterr() == ("", "")
