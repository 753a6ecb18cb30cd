"""Signs of life: only on a terminal, and only when something takes long."""

from __future__ import annotations

import io
import time

import pytest

from shutdownkit.cli import progress


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
