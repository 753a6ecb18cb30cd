"""Arguments and options that several commands take."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from typing import TypeVar

import click

from ..errors import CallerError, InvalidValueError
from ..files.services import read_services
from ..model.builtin_services import SERVICES
from ..model.checks import instant
from ..model.entity import Entity
from ..model.services import Services
from ..model.window import utc_text

__all__ = [
    "REPORT_FORMATS",
    "as_of_option",
    "check_as_of",
    "chosen_services",
    "context_option",
    "entities_option",
    "entity_argument",
    "entity_option",
    "format_option",
    "names_option",
    "services_options",
    "signals_argument",
    "time_option",
]

REPORT_FORMATS = ("text", "json", "html", "csv", "codf")

T = TypeVar("T")
F = TypeVar("F", bound=Callable[..., object])


def signals_argument() -> Callable[[F], F]:
    """The file of signals."""
    return click.argument("path", metavar="SIGNALS.csv")


def entity_argument() -> Callable[[F], F]:
    """Whom it is about."""
    return click.argument("entity", metavar="BY", callback=_parsed_entity)


def entities_option(flag: str, what: str) -> Callable[[F], F]:
    """Several entities, joined by commas or each with an option of its own."""
    return click.option(
        flag,
        metavar="LT,PL",
        multiple=True,
        callback=_parsed_entities,
        help=f"{what} Codes joined by commas; may be given again.",
    )


def names_option(flag: str, name: str, metavar: str, what: str) -> Callable[[F], F]:
    """Any number of names, each with an option of its own."""
    return click.option(flag, name, metavar=metavar, multiple=True, help=f"{what} May be given again.")


def services_options() -> Callable[[F], F]:
    """The services that are asked about by name, and the files that say what belongs to one."""

    def add(command: F) -> F:
        named = names_option(
            "--service", "named", "telegram", "A service to ask about: all that is tested of it."
        )
        files = names_option(
            "--services",
            "files",
            "FILE",
            "Services of one's own beside the built-in ones, or in their place where of one name: TOML, or "
            "one of Citizen Lab's test lists (.csv, .csv.gz).",
        )
        return named(files(command))

    return add


def chosen_services(named: Sequence[str], files: Sequence[str]) -> tuple[Services, tuple[str, ...]]:
    """The services that are told apart, and the subjects of those named.

    Raises:
        InvalidValueError: for a name that is none, with those known.
        FileError: for a file that cannot be read as what it should be.
    """
    services = SERVICES.extended(*read_services(*files)) if files else SERVICES
    subjects: list[str] = []
    for name in named:
        try:
            subjects += services.named(name).subjects
        except InvalidValueError as error:
            raise InvalidValueError("--service", name, error.problem) from None
    return services, tuple(subjects)


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


def as_of_option() -> Callable[[F], F]:
    """The time as of which is judged."""
    return time_option("--as-of", "as_of", "Judge with what was measured and had happened before this time.")


def check_as_of(as_of: datetime | None, start: datetime) -> None:
    """Refuse a time as of which nothing of the window had passed.

    Raises:
        CallerError: where ``as_of`` is not after the start of the window.
    """
    if as_of is not None and as_of <= start:
        raise CallerError(
            f"--as-of: {utc_text(as_of)} is not after the start of the window, {utc_text(start)}"
        )


def context_option() -> Callable[[F], F]:
    """What was reported around the time."""
    return click.option(
        "--context",
        metavar="CONTEXT.csv",
        help="What was reported around the time: start,end,entity,kind,text,source and, where there are any, "
        "independent,claims. It moves what is expected beforehand; the report shows the probability without "
        "it as well.",
    )


def _parsed_instant(_: click.Context, option: click.Parameter, value: str | None) -> datetime | None:
    return None if value is None else _parsed(lambda: instant(option.opts[0], value), option, value)


def _parsed_entity(_: click.Context, option: click.Parameter, value: str | None) -> Entity | None:
    return None if value is None else _parsed(lambda: Entity.parse(value), option, value)


def _parsed_entities(
    _: click.Context, option: click.Parameter, values: tuple[str, ...]
) -> tuple[Entity, ...]:
    codes = [code for value in values for code in value.split(",")]
    return tuple(_parsed(partial(Entity.parse, code), option, code) for code in codes)


def _parsed(parse: Callable[[], T], option: click.Parameter, value: str) -> T:
    """What ``parse`` gives; its error names the option and the text as it was typed."""
    try:
        return parse()
    except InvalidValueError as error:
        raise InvalidValueError(option.opts[0], value, error.problem) from None
