"""Belarus 2020 as knowledge grows: ``python bench/belarus.py``.

The reconstruction that the demonstration shows, judged with what was known at a time: the probabilities of
each blackout, with the election as context and without; both claims of the authorities tested; and Monday
17 August compared with the evenings of 9 to 11 August.  The hour of 17 August is not published: the one in
the reconstruction was chosen, so that what is said of that day is of the reconstruction alone.
"""

from __future__ import annotations

import sys
from datetime import datetime

import shutdownkit as sk
from shutdownkit.demo import belarus_2020

BELARUS = sk.Entity.parse("BY")
TIMES = (
    "2020-08-09T20:00Z",
    "2020-08-10T12:00Z",
    "2020-08-11T12:00Z",
    "2020-08-12T12:00Z",
    "2020-08-17T12:00Z",
    "2020-08-20T00:00Z",
)
ELECTION = sk.ContextEvent(
    sk.ContextKind.ELECTION,
    BELARUS,
    sk.TimeWindow("2020-08-09", "2020-08-10"),
    "The presidential election.",
    "REIGN, March 2021",
)
CLAIMS = {
    "DDoS from abroad (CERT)": sk.Cause.ATTACK,
    "technical failure (Beltelecom)": sk.Cause.UNKNOWN_TECHNICAL,
}


def blackouts(report: sk.Report) -> list[sk.EpisodeVerdict]:
    return [one for one in report.episodes if one.verdict.condition is sk.Condition.OUTAGE]


def reported(as_of: str | None) -> sk.Report:
    demo = belarus_2020()
    return sk.classify(
        demo.signals, window=demo.window, controls=demo.controls, context=[ELECTION], as_of=as_of
    )


def print_growth() -> None:
    print("known at          blackout of       judged     p measured  with context  intent")
    for time in TIMES:
        for one in blackouts(reported(time)):
            told = one.verdict.attribution
            print(
                f"{time[:16]}  {one.episode.onset:%Y-%m-%dT%H:%M}  {told.knowledge.value:10s} "
                f"{told.p_measured:10.2f}  {told.p_deliberate:12.2f}  {told.intent.value}"
            )


def print_claims(report: sk.Report) -> None:
    for one in blackouts(report):
        for name, cause in CLAIMS.items():
            check = sk.check_claim(one.verdict, cause)
            when = f"{one.episode.onset:%d %B %H:%M}"
            print(f"\n{when}, {name}: {check.status.value} ({check.weight:+.1f} nats)")
            for each in check.predictions:
                print(f"  {each.seen.value:8s} {each.weight:+5.1f}  {each.text}")


def print_comparison(report: sk.Report) -> None:
    signals = belarus_2020().signals
    found = blackouts(report)
    print()
    for k, first in enumerate(found):
        for second in found[k + 1 :]:
            alike = sk.compare(first.episode, second.episode, signals=signals)
            share = "-" if alike.as_alike is None else f"{alike.as_alike:.3f}"
            weight = "-" if alike.weight is None else f"{alike.weight:+.2f}"
            print(
                f"{day(first)} and {day(second)}: consistent {alike.consistent}, score {alike.score:.2f}, "
                f"{weight} nats, as alike {share} of unrelated pairs"
            )
    for text in sk.compare(found[0].episode, found[-1].episode, signals=signals).differences:
        print(f"  {day(found[0])} and {day(found[-1])} differ: {text}")


def day(one: sk.EpisodeVerdict) -> str:
    return f"{datetime.date(one.episode.onset):%d %B}"


def main() -> int:
    print_growth()
    report = reported(None)
    print_claims(report)
    print_comparison(report)
    return 0


if __name__ == "__main__":
    sys.exit(main())
