"""Fit the weights that ship: ``python bench/fit_weights.py [INCIDENTS.csv] [--write | --check]``.

Prints them; writes ``src/shutdownkit/judging/fitted/weights.toml``, or fails where that file says
something else.  Nothing here is random: the same list gives the same file.
"""

from __future__ import annotations

import argparse
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path

from fitting import RIDGE, TYPICAL, fit

import shutdownkit as sk
from shutdownkit.evaluating.cases import Case, cases_of
from shutdownkit.files.incidents import Incident, IncidentWarning, read_labelled_incidents
from shutdownkit.judging.fitted.weights import Weights

ROOT = Path(__file__).resolve().parents[1]
DATA = ROOT.parent / "shared" / "data"
INCIDENTS = DATA / "incidents" / "ioda-curated.csv"
SHIPPED = ROOT / "src" / "shutdownkit" / "judging" / "fitted" / "weights.toml"

_HEAD = """\
# The weights of the fitted rules: written by bench/fit_weights.py, not by hand.
#
# Fitted to {n} national incidents ({shutdowns} shutdowns by the paper's label rule; {bursts} bursts) of the
# curated IODA list behind Bischof et al., Destination Unreachable, SIGCOMM 2023.
# Logistic regression; each weight has the sign that its meaning calls for; ridge {ridge:g}; a typical outage
# has log-odds {typical}.
#
# onset, end, hindsight: log-likelihood ratio (nats) for each unit of the feature, where that much is known.
# typical: the feature's mean over the spontaneous outages, each burst counted once; the ratio is to that.
# shutdowns, outages: how many of them have the feature (in hindsight).
# causes: log-likelihood (nats) against an unknown technical cause, at most 1, from incidents of known cause;
# of recurrence a proposal (load shedding).
"""


def national(path: Path) -> tuple[tuple[Incident, ...], tuple[Case, ...]]:
    """The incidents of a list, and the labelled national ones as cases."""
    with warnings.catch_warnings():
        warnings.simplefilter(
            "ignore", IncidentWarning
        )  # the list's known flaws: printed by the command evaluate
        incidents = read_labelled_incidents(path)
    countries = [one for one in incidents if one.episode.entity.kind is sk.EntityKind.COUNTRY]
    return incidents, cases_of(countries)


def toml_of(weights: Weights, head: str) -> str:
    """The file's text."""
    return "\n".join([head, *_lines(weights)])


def _lines(weights: Weights) -> Iterator[str]:
    for one in weights.baselines:
        yield "[[baseline]]"
        yield f'rule = "{one.rule}"'
        yield from (f"{stage.value} = {value:.3f}" for stage, value in one.by_stage.items())
        yield ""
    for weight in weights.weights:
        yield "[[weight]]"
        yield f'feature = "{weight.feature}"'
        yield f'rule = "{weight.rule}"'
        yield f'sign = "{weight.sign}"'
        yield f'meaning = "{weight.meaning}"'
        yield from (f"{stage.value} = {value:.3f}" for stage, value in weight.by_stage.items())
        yield f"typical = {weight.typical:.4f}"
        yield f"shutdowns = {weight.shutdowns}"
        yield f"outages = {weight.outages}"
        if weight.causes:
            inside = ", ".join(f"{cause.value} = {value:.3f}" for cause, value in weight.causes.items())
            yield f"causes = {{ {inside} }}"
        yield ""


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("incidents", nargs="?", type=Path, default=INCIDENTS)
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--write", action="store_true", help="write the file that ships")
    what.add_argument("--check", action="store_true", help="fail where the file that ships differs")
    asked = parser.parse_args()
    incidents, cases = national(asked.incidents)
    head = _HEAD.format(
        n=len(cases),
        shutdowns=sum(case.is_shutdown for case in cases),
        bursts=len({(case.incident.episode.entity, case.burst) for case in cases}),
        ridge=RIDGE,
        typical=", ".join(f"{odds:g} ({stage.value})" for stage, odds in TYPICAL.items()),
    )
    text = toml_of(fit(cases, incidents=incidents), head)
    if asked.write:
        SHIPPED.write_text(text, encoding="utf-8")
        return 0
    if asked.check:
        same = SHIPPED.read_text(encoding="utf-8") == text
        print("the file that ships is the fit" if same else f"{SHIPPED.name} is not the fit of this list")
        return 0 if same else 1
    print(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
