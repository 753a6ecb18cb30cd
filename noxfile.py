"""Every check of the project: ``python -m pip install nox && nox``.

``nox --list`` shows the sessions, ``nox -s tests -- -k series`` passes arguments on to pytest.
"""

from __future__ import annotations

import shutil
import tarfile
import zipfile
from pathlib import Path

import nox

nox.needs_version = ">=2025.2.9"
nox.options.default_venv_backend = "virtualenv"

PROJECT = nox.project.load_toml("pyproject.toml")
EXAMPLE = Path("examples", "shutdownkit-example-source")
SHIPPED = (
    "shutdownkit/py.typed",
    "shutdownkit/demo/belarus-2020.toml",
    "shutdownkit/judging/claiming/predictions.toml",
    "shutdownkit/judging/fitted/weights.toml",
    "shutdownkit/judging/likeness/measured.toml",
    "shutdownkit/judging/likeness/proposed.toml",
    "shutdownkit/judging/rules/proposals.toml",
    "shutdownkit/model/services.toml",
    "_shutdownkit_hypothesis.py",
    "LICENSE",
)


def group(name: str) -> tuple[str, ...]:
    """The requirements of one of the project's dependency groups."""
    return nox.project.dependency_groups(PROJECT, name)


@nox.session
def lint(session: nox.Session) -> None:
    """Style: ruff's rules and its format."""
    session.install(*group("lint"))
    session.run("ruff", "check")
    session.run("ruff", "format", "--check")


@nox.session
def types(session: nox.Session) -> None:
    """Types: mypy, strict, over all Python; pyright's rules over the examples; what both must refuse."""
    session.install(".[all]", *group("types"))
    session.run("mypy")
    session.run("basedpyright")
    session.run("pytest", "tests/typing", *session.posargs)


@nox.session
def imports(session: nox.Session) -> None:
    """Which part may import which."""
    session.install(".", *group("imports"))
    session.run("lint-imports")


@nox.session
def build(session: nox.Session) -> None:
    """Build the source archive, the wheel from it, and look at both; run what the wheel installs."""
    session.install(*group("build"))
    folder = Path(session.create_tmp())
    for old in folder.glob("shutdownkit-*"):
        old.unlink()
    session.run("python", "-m", "build", "--no-isolation", "--outdir", str(folder))
    (wheel,) = folder.glob("*.whl")
    (archive,) = folder.glob("*.tar.gz")
    for built in (wheel, archive):
        names = names_in(built)
        for wanted in SHIPPED:
            if not any(name.endswith(f"/{wanted}") or name == wanted for name in names):
                session.error(f"{built.name} lacks {wanted}")
    session.install(str(wheel))
    session.run("python", "-c", "import _shutdownkit_hypothesis")  # at the top, where Hypothesis looks for it
    session.run("shutdownkit", "--version", success_codes=[2])  # without its extra: one line, status 2
    session.install(f"{wheel}[cli]")
    with session.chdir(folder):
        session.run("shutdownkit", "--version")
        session.run("shutdownkit", "demo", "--format", "csv")


@nox.session
def example(session: nox.Session) -> None:
    """The example of a source: built, installed beside shutdownkit, both as wheels, and tested by itself."""
    session.install(*group("build"))
    folder = Path(session.create_tmp()).resolve()
    for old in folder.glob("*.whl"):
        old.unlink()
    alone = folder / EXAMPLE.name
    shutil.rmtree(alone, ignore_errors=True)
    shutil.copytree(EXAMPLE, alone)
    for project in (Path(), alone):
        session.run(
            "python", "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(project)
        )
    (library,) = folder.glob("shutdownkit-[0-9]*.whl")
    (wheel,) = folder.glob("shutdownkit_example_source-*.whl")
    session.install(f"{library}[cli,testing]", str(wheel))
    with session.chdir(alone):
        session.run("python", "-m", "pytest")
        session.run("python", "-m", "unittest", "discover", "--start-directory", "tests")
    session.run("python", "-m", "pytest", "tests/installed")


@nox.session
def tests(session: nox.Session) -> None:
    """The tests, with branch coverage.  Those of recorded data skip where the data are not there."""
    session.install(".[all]", *group("tests"))
    session.run("pytest", "--cov", "--cov-report=term", "--numprocesses=auto", *session.posargs)


@nox.session(default=False)
def fit(session: nox.Session) -> None:
    """Fit the weights again: the file that ships must be what comes out.  Needs the recorded data."""
    session.install(".[all]", *group("fit"))
    session.run("python", "bench/fit_weights.py", "--check", *session.posargs)


@nox.session(default=False)
def live(session: nox.Session) -> None:
    """Ask the real providers, a little, and look at the shapes of their answers.  Needs the network."""
    session.install(".[all]", *group("tests"))
    session.run("pytest", "-m", "live", *session.posargs)


def names_in(built: Path) -> list[str]:
    """The files in a wheel or a source archive."""
    if built.suffix == ".whl":
        with zipfile.ZipFile(built) as wheel:
            return wheel.namelist()
    with tarfile.open(built) as archive:
        return archive.getnames()
