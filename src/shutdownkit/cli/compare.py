"""``shutdownkit compare``."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import datetime, timedelta

import click
from attrs import frozen

from ..errors import CallerError
from ..judging.classify import classify
from ..judging.likeness.signature import Signature, clock_text, signature_within
from ..judging.likeness.survey import Survey
from ..judging.likeness.weighing import compare_signatures
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


@frozen
class _Side:
    """One of the two episodes."""

    name: str
    episode: Episode
    signature: Signature


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
    no episodes here.  Networks in the file show which of them went dark, and which survived.
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
    survey = Survey.of((*signals, *controls), (one.entity,))
    sides = (
        _Side("first ", one, signature_within(one, survey)),
        _Side("second", other, signature_within(other, survey)),
    )
    similarity = compare_signatures(sides[0].signature, sides[1].signature)
    if form == "json":
        write_json(_plain(sides, similarity))
    else:
        write_text(_text(sides, similarity))


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


def _plain(sides: tuple[_Side, _Side], similarity: Similarity) -> dict[str, object]:
    first, second = sides
    return {
        "entity": str(first.episode.entity),
        "first": first.episode.id,
        "second": second.episode.id,
        "score": similarity.score,
        "consistent": similarity.consistent,
        "agreements": list(similarity.agreements),
        "differences": list(similarity.differences),
        "weight": similarity.weight,
        "as_alike": similarity.as_alike,
        "first_signature": _plain_signature(first.signature),
        "second_signature": _plain_signature(second.signature),
    }


def _plain_signature(signature: Signature) -> dict[str, object]:
    """Times in minutes; null where something is not known."""
    networks = signature.networks
    return {
        "fell": [
            {"plane": one.plane.value, "depth": one.depth, "after_minutes": _minutes(one.after)}
            for one in signature.fell
        ],
        "held": None if signature.held is None else [plane.value for plane in signature.held],
        "start_local": None if signature.local_minute is None else clock_text(signature.local_minute),
        "start_utc": None if signature.utc_minute is None else clock_text(signature.utc_minute),
        "start_known_to_minutes": _minutes(signature.step),
        "duration_minutes": _minutes(signature.duration),
        "fall_minutes": _minutes(signature.fall),
        "rise_minutes": _minutes(signature.rise),
        "networks": None
        if networks is None
        else {
            "watched": networks.watched,
            "dark": [
                {"entity": str(entity), "after_minutes": _minutes(after)} for entity, after in networks.dark
            ],
            "spread_minutes": _minutes(networks.spread),
            "survived": [str(entity) for entity in sorted(networks.survived)],
        },
    }


def _minutes(duration: timedelta | None) -> float | None:
    return None if duration is None else duration / timedelta(minutes=1)


def _text(sides: tuple[_Side, _Side], similarity: Similarity) -> str:
    answer = {
        True: "one way of doing it explains both",
        False: "one way of doing it does not explain both",
        None: "it cannot be said whether one way of doing it explains both",
    }[similarity.consistent]
    name = sides[0].episode.entity.name
    lines = [f"{name}: {answer} (score {similarity.score:.2f}, of 0 to 1)"]
    if similarity.weight is not None:
        lines.append(
            f"the same switch against two unrelated episodes: {similarity.weight:+.1f} nats "
            f"(odds {_odds(similarity.weight)})"
        )
    if similarity.as_alike is not None:
        lines.append(
            f"{similarity.as_alike:.1%} of unrelated pairs of episodes are as alike in time of day, duration "
            "and planes, as far as these could be compared"
        )
    for side in sides:
        end = "lasts" if side.episode.end is None else f"to {utc_text(side.episode.end)}"
        lines += ["", f"  {side.name}  {side.episode.id}  {utc_text(side.episode.onset)} {end}"]
        lines += [f"          {line}" for line in side.signature.lines]
    for title, sentences in (
        ("alike", similarity.agreements),
        ("different", similarity.differences),
    ):
        lines += ["", title, *(f"  - {sentence}" for sentence in sentences or ("nothing",))]
    return "\n".join(lines)


def _odds(weight: float) -> str:
    """Odds to one significant figure or two, the greater number first where it is for the same switch."""
    odds = f"{math.exp(abs(weight)):.2g}"
    return f"{odds} to 1" if weight >= 0 else f"1 to {odds}"
