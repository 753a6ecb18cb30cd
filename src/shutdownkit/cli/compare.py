"""``shutdownkit compare``."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import click

from ..errors import CallerError
from ..judging.classify import classify
from ..judging.compare import compare
from ..model.entity import Entity
from ..model.episode import Episode
from ..model.similarity import Similarity
from ..model.verdict import Condition
from ..model.window import utc_text
from .files import signals_from
from .options import entity_option, format_option, signals_argument, time_option
from .output import say, write_json, write_text
from .progress import waiting
from .selection import choose_entity

__all__ = ["compare_command", "nearest_episode"]


@click.command("compare")
@signals_argument()
@time_option("--first", "first", "A time in, or near, the one episode.", required=True)
@time_option("--second", "second", "A time in, or near, the other episode.", required=True)
@entity_option()
@format_option(("text", "json"))
def compare_command(
    *, path: str, first: datetime, second: datetime, entity: Entity | None, form: str
) -> None:
    """Compare the technical signatures of two episodes in a file of signals.

    The episodes are those that contain, or are nearest to, two times.  Faults of an instrument are
    no episodes here.
    """
    signals, controls = choose_entity(signals_from(path), entity, path)
    with waiting(f"judging {len(signals)} signals of {signals[0].entity}"):
        report = classify(signals, controls=controls)
    found = [
        judged.episode for judged in report.episodes if judged.verdict.condition is not Condition.ARTEFACT
    ]
    if len(found) < 2:
        raise CallerError(
            f"{path}: two episodes are needed to compare, and {signals[0].entity} has {len(found)}"
        )
    one, other = nearest_episode(found, first), nearest_episode(found, second)
    if one == other:
        raise CallerError(f"--second: {utc_text(second)} is nearest to {one.id}, and so is --first")
    for flag, time, episode in (("--first", first, one), ("--second", second, other)):
        if away := _distance(episode, time):
            say(f"note: {flag}: no episode at {utc_text(time)}; {episode.id} is {away} away")
    similarity = compare(one, other)
    if form == "json":
        write_json(_plain(one, other, similarity))
    else:
        write_text(_text(one, other, similarity))


def nearest_episode(found: Sequence[Episode], time: datetime) -> Episode:
    """The episode that contains a time, or else the nearest; of several, the shortest, then the earliest.

    So a time in a blackout means the blackout, not the weeks in which services were blocked around it.
    ``found`` holds at least one.
    """
    return min(
        found,
        key=lambda episode: (
            time not in episode.window,
            _distance(episode, time),
            episode.duration,
            episode.onset,
        ),
    )


def _distance(episode: Episode, time: datetime) -> timedelta:
    """From a time to the nearest instant of an episode; zero within it."""
    return max(episode.window.start - time, time - episode.window.end, timedelta(0))


def _plain(one: Episode, other: Episode, similarity: Similarity) -> dict[str, object]:
    return {
        "entity": str(one.entity),
        "first": one.id,
        "second": other.id,
        "score": similarity.score,
        "consistent": similarity.consistent,
        "agreements": list(similarity.agreements),
        "differences": list(similarity.differences),
    }


def _text(one: Episode, other: Episode, similarity: Similarity) -> str:
    answer = {
        True: "one way of doing it explains both",
        False: "one way of doing it does not explain both",
        None: "too little can be compared to say",
    }[similarity.consistent]
    lines = [f"{one.entity.name}: {answer} (score {similarity.score:.2f}, of 0 to 1)", ""]
    for name, episode in (("first ", one), ("second", other)):
        end = "lasts" if episode.end is None else f"to {utc_text(episode.end)}"
        lines.append(f"  {name}  {episode.id}  {utc_text(episode.onset)} {end}")
    for title, sentences in (
        ("alike", similarity.agreements),
        ("different", similarity.differences),
    ):
        lines += ["", title, *(f"  - {sentence}" for sentence in sentences or ("nothing",))]
    return "\n".join(lines)
