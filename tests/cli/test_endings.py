"""How a run ends: exit status, and what stands on standard error."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import warnings

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shutdownkit.cli import main
from shutdownkit.cli.output import _PLAIN, _one_line
from shutdownkit.errors import CallerError, FileError
from shutdownkit.report.picture import BLOCKS, UNMEASURED

from .conftest import BUFFERED, Command

POSIX = pytest.mark.skipif(os.name != "posix", reason="needs a POSIX shell")


def ends_with(monkeypatch: pytest.MonkeyPatch, error: BaseException) -> None:
    def fail(argv: object) -> int:
        raise error

    monkeypatch.setattr(main, "_invoke", fail)


@pytest.mark.parametrize(
    ("error", "status", "line"),
    [
        (CallerError("no such thing"), 2, "shutdownkit: no such thing\n"),
        (FileError("a\nb.csv", "is bad", line=3), 2, "shutdownkit: a b.csv, line 3: is bad\n"),
        (
            OSError(28, "No space left on device"),
            2,
            "shutdownkit: standard output: No space left on device\n",
        ),
        (OSError(13, "Permission denied", "x.csv"), 2, "shutdownkit: x.csv: Permission denied\n"),
        (KeyboardInterrupt(), 130, "shutdownkit: interrupted\n"),
        (BrokenPipeError(), 0, ""),
    ],
)
def test_error_gives_status_and_line(
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    error: BaseException,
    status: int,
    line: str,
) -> None:
    ends_with(monkeypatch, error)
    monkeypatch.setattr(main, "abandon_stdout", lambda: None)
    assert main.run([]) == status
    assert capfd.readouterr() == ("", line)


def test_bug_shows_its_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    ends_with(monkeypatch, ZeroDivisionError("a bug"))
    with pytest.raises(ZeroDivisionError):
        main.run([])


def test_warning_is_one_line(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
    def warn(argv: object) -> int:
        warnings.warn("two rows\nwere left out", UserWarning, stacklevel=1)
        return 0

    monkeypatch.setattr(main, "_invoke", warn)
    shown = warnings.showwarning
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        assert main.run([]) == 0
    assert capfd.readouterr() == ("", "shutdownkit: warning: two rows were left out\n")
    assert warnings.showwarning is shown


@given(st.text())
def test_one_line_is_one_printable_line(text: str) -> None:
    line = _one_line(text)
    assert line.isprintable()
    assert _one_line(line) == line


def test_one_line_shows_control_characters() -> None:
    assert _one_line("a\tb\n c \x1b[31m") == "a b c \\x1b[31m"


def test_every_height_of_a_picture_has_a_character_of_its_own_in_ascii() -> None:
    plain = f"{BLOCKS}{UNMEASURED}".translate(_PLAIN)
    assert plain.isascii()
    assert len(set(plain)) == len(BLOCKS) + len(UNMEASURED) == 9


@pytest.mark.parametrize("package", ["click", "rich"])
def test_missing_package_names_the_extra(shell: Command, package: str) -> None:
    code = (
        f"import sys; sys.modules[{package!r}] = None; sys.stderr.isatty = lambda: True;"
        "from shutdownkit.cli.main import run; sys.exit(run(['demo']))"
    )
    ran = shell(program=("-c", code))
    assert (ran.returncode, ran.stdout) == (2, "")
    assert ran.stderr == (
        f"shutdownkit: the command line needs the package {package}: "
        "python -m pip install 'shutdownkit[cli]'\n"
    )


def test_other_missing_module_is_a_bug(shell: Command) -> None:
    code = (
        "import sys; sys.modules['shutdownkit.cli.render'] = None;"
        "from shutdownkit.cli.main import run; sys.exit(run(['demo']))"
    )
    ran = shell(program=("-c", code))
    assert ran.returncode == 1
    assert "ModuleNotFoundError" in ran.stderr


@pytest.mark.parametrize(
    "arguments", [("schema",), ("--help",), ("--version",), ("demo", "--format", "json"), ("demo",)]
)
def test_closed_pipe_is_quiet(arguments: tuple[str, ...]) -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "shutdownkit", *arguments],
        env=BUFFERED,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        said = process.stderr.read()
        assert (process.wait(timeout=120), said) == (0, b"")


@POSIX
def test_head_is_quiet() -> None:
    line = f"{sys.executable} -m shutdownkit schema | head -n 1; exit ${{PIPESTATUS[0]}}"
    ran = subprocess.run(["bash", "-c", line], env=BUFFERED, capture_output=True, check=False, timeout=120)
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, b"{\n", b"")


@POSIX
@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="there is no /dev/full")  # noqa: PTH110
@pytest.mark.parametrize("arguments", ["schema", "--version", "demo"])
def test_full_disk_is_one_line(arguments: str) -> None:
    line = f"{sys.executable} -m shutdownkit {arguments} > /dev/full"
    ran = subprocess.run(["bash", "-c", line], env=BUFFERED, capture_output=True, check=False, timeout=120)
    assert ran.returncode == 2
    assert ran.stderr == b"shutdownkit: standard output: No space left on device\n"


@POSIX
def test_closed_standard_output_is_one_line() -> None:
    line = f"{sys.executable} -m shutdownkit schema >&-"
    ran = subprocess.run(["bash", "-c", line], env=BUFFERED, capture_output=True, check=False, timeout=120)
    assert (ran.returncode, ran.stderr) == (2, b"shutdownkit: standard output is closed\n")


@POSIX
def test_closed_standard_error_keeps_the_status() -> None:
    line = f"{sys.executable} -m shutdownkit nonsense 2>&-"
    ran = subprocess.run(["bash", "-c", line], env=BUFFERED, capture_output=True, check=False, timeout=120)
    assert (ran.returncode, ran.stdout) == (2, b"")


@POSIX
def test_interrupt_is_one_line() -> None:
    code = (
        "import sys, time; from shutdownkit.cli import main;"
        "main._invoke = lambda argv: print('ready', flush=True) or time.sleep(60);"
        "sys.exit(main.run([]))"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.readline() == b"ready\n"
        process.send_signal(signal.SIGINT)
        assert process.stderr.read() == b"shutdownkit: interrupted\n"
        assert process.wait(timeout=60) == 130
