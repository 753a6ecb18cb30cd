"""Which law catches which broken source: ``python -m bench.broken_sources``.

Runs every law of the contract on a source that keeps them all and on each that is broken on purpose
(``tests/unit/testing/broken_sources.py``), prints the laws that each breaks, the one that is meant to catch
it in brackets, and the time.  Fails where the good source breaks one, or a broken one keeps the law meant.

Of the faults of law 9 a few stand for all unless ``--all`` is given.
"""

from __future__ import annotations

import argparse
import sys
import time

from hypothesis import Phase, settings
from tests.unit.testing.broken_sources import BROKEN
from tests.unit.testing.good_source import GoodContract, GoodSource

from shutdownkit.reading.source import Source, SourceConfig
from shutdownkit.testing.contracts.laws import LawBrokenError, laws_of
from shutdownkit.testing.contracts.source.contract import SourceContract
from shutdownkit.testing.faults.zoo import ZOO

FEW = ("unavailable_twice", "broken", "html", "wrong_types", "one_answer_to_all")
OTHERS = tuple(name for name in ZOO if name not in FEW)


def contract_of(source: type[GoodSource]) -> SourceContract:
    """The contract of the good source, for another."""

    class Contract(GoodContract):
        max_examples = 40

        def make_source(self, config: SourceConfig) -> Source:
            return source(config)

    return Contract()


def broken_laws(contract: SourceContract, *, skip: tuple[str, ...]) -> tuple[set[int], str]:
    """The numbers of the laws that it breaks, and the first line of the message of the first test."""
    found: dict[int, str] = {}
    for name, law in laws_of(type(contract)).items():
        if law.number in found or name.removeprefix("test_law_09_") in skip:
            continue
        try:
            getattr(contract, name)()
        except LawBrokenError as error:
            found[law.number] = str(error).splitlines()[0]
    return set(found), next(iter(found.values()), "")


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    options.add_argument("--all", action="store_true", help="with all faults")
    skip = () if options.parse_args().all else OTHERS
    settings.register_profile("first", deadline=None, database=None, phases=[Phase.generate])
    settings.load_profile("first")
    began = time.monotonic()
    good, message = broken_laws(contract_of(GoodSource), skip=skip)
    print(f"the good source breaks {sorted(good) or 'none'} {message}({time.monotonic() - began:.1f} s)")
    wrong = len(good)
    for broken in BROKEN.values():
        began = time.monotonic()
        found, _ = broken_laws(contract_of(broken.source), skip=skip)
        also = ", ".join(str(number) for number in sorted(found - {broken.law}))
        caught = f"[{broken.law}]" if broken.law in found else f"NOT BY {broken.law}"
        wrong += broken.law not in found
        what = (broken.source.__doc__ or "").strip()
        print(f"{broken.name:22} {caught:>5} {also:24} {time.monotonic() - began:5.1f} s  {what}", flush=True)
    print(f"{len(BROKEN)} broken sources, {wrong} not as meant")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
