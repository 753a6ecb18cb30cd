"""Arguments and options that several commands take."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TypeVar

import click

from ..errors import InvalidValueError
from ..model.checks import instant
from ..model.entity import Entity

__all__ = ["REPORT_FORMATS", "entity_option", "format_option", "signals_argument", "time_option"]

REPORT_FORMATS = ("text", "json", "csv", "codf")

T = TypeVar("T")
F = TypeVar("F", bound=Callable[..., object])


def signals_argument() -> Callable[[F], F]:
    """The file of signals."""
    return click.argument("path", metavar="SIGNALS.csv")


def entity_option() -> Callable[[F], F]:
    """Which entity of the file is judged."""
    return click.option(
        "--entity",
        metavar="IR",
        callback=_parsed_entity,
        help="Which entity of the file to judge: a country (BY), a network (AS6697) or a region "
        "(US/LA). Needed where the file holds several; the others serve as controls.",
    )


def format_option(formats: Sequence[str]) -> Callable[[F], F]:
    """The form of the result; the first is the default."""
    return click.option(
        "--format",
        "form",
        type=click.Choice(list(formats)),
        default=formats[0],
        show_default=True,
        help="Form of the result.",
    )


def time_option(flag: str, name: str, what: str, *, required: bool = False) -> Callable[[F], F]:
    """A time: a date (its midnight, UTC) or ISO 8601 with an offset."""
    return click.option(
        flag,
        name,
        metavar="T",
        required=required,
        callback=_parsed_instant,
        help=f"{what} A date (its midnight, UTC) or an ISO 8601 time with Z or an offset.",
    )


def _parsed_instant(_: click.Context, option: click.Parameter, value: str | None) -> datetime | None:
    return None if value is None else _parsed(lambda: instant(option.opts[0], value), option, value)


def _parsed_entity(_: click.Context, option: click.Parameter, value: str | None) -> Entity | None:
    return None if value is None else _parsed(lambda: Entity.parse(value), option, value)


def _parsed(parse: Callable[[], T], option: click.Parameter, value: str) -> T:
    """What ``parse`` gives; its error names the option and the text as it was typed."""
    try:
        return parse()
    except InvalidValueError as error:
        raise InvalidValueError(option.opts[0], value, error.problem) from None
